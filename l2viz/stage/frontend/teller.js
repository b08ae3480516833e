// When Python is told of the view: once the viewer rests.
//
// Streamlit ends a run of the script when the next message comes. If that is the run of a button,
// and it had not come to the button's callback, the press is lost (1.67: the yield at the head of
// SafeSessionState.on_script_will_rerun, runtime/state/safe_session_state.py). So nothing is told
// right after a press, wherever on the page it was.

const REST = 250; // milliseconds without a change or a press
const PRESSES = ["click", "keydown"];

export class Teller {
  /** `tell()` is called once for all calls of `later()` up to then. */
  constructor(tell) {
    this.tell = tell;
    this.waiting = null;
    this.onPress = () => {
      if (this.waiting) this.later();
    };
    for (const press of PRESSES) window.addEventListener(press, this.onPress, true);
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.tell();
    }, REST);
  }

  remove() {
    clearTimeout(this.waiting);
    for (const press of PRESSES) window.removeEventListener(press, this.onPress, true);
  }
}
