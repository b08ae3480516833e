// Delays a call until the viewer has rested.
//
// Streamlit ends a run of the script when the next message comes. If that is the run of a button,
// and it had not come to the button's callback, the press is lost (1.67: the yield at the head of
// SafeSessionState.on_script_will_rerun, runtime/state/safe_session_state.py). So nothing is sent
// right after a press, wherever on the page it was.

const REST = 250; // milliseconds without a change or a press
const PRESSES = ["click", "keydown"];

export class Debounce {
  /** @param {() => void} call made once for all requests up to then */
  constructor(call) {
    this.call = call;
    /** @type {number | undefined} */
    this.timer = undefined;
    this.onPress = () => {
      if (this.timer !== undefined) this.request();
    };
    for (const press of PRESSES) window.addEventListener(press, this.onPress, true);
  }

  /** Make the call after the next rest. */
  request() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = undefined;
      this.call();
    }, REST);
  }

  /** Drop a call that was requested, and stop listening. */
  remove() {
    window.clearTimeout(this.timer);
    for (const press of PRESSES) window.removeEventListener(press, this.onPress, true);
  }
}
