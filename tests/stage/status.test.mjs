// How far the requested run is, in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Status } from "../../l2viz/stage/frontend/status.js";

const IDLE = {
  state: "idle",
  stale: false,
  notice: { kind: "verdict", text: "" },
  progress: { share: 0, text: "" },
  trainLabel: "Train",
  trainBlocked: false,
};
const PYTHON = { stale: "", refused: "", others: "", blocked: "", train_label: "Train" };
const training = (share, seconds_left = null) => ({
  state: "training",
  ended: false,
  share,
  seconds_left,
  message: "",
  verdict: "",
});
const ended = (state, message = "") => ({
  state,
  ended: true,
  share: 1,
  seconds_left: null,
  message,
  verdict: "λ = 0.1 is best.",
});
const verdict = { kind: "verdict", text: "λ = 0.1 is best." };
const previous = { kind: "before", text: "The charts still show the previous run." };

/** A status, and what it displayed last and how often. */
function watched() {
  const seen = [];
  const status = new Status((display) => seen.push(display));
  return { status, shown: () => seen.at(-1), times: () => seen.length };
}

/** One whose charts show a run that has ended. */
function finished() {
  const { status, shown, times } = watched();
  status.open(true);
  status.receive(ended("finished"), true, 50);
  status.drawingEnded();
  return { status, shown, times };
}

test("it is idle before anything is known", () => {
  const { status, shown } = watched();
  assert.deepEqual(shown(), IDLE);
  assert.equal(status.grows, false);
});

test("a run that has ended counts once its charts are drawn", () => {
  const { status, shown } = watched();
  status.open(true);
  status.receive(ended("finished"), true, 50);
  const before = { ...IDLE, notice: verdict, progress: { share: 1, text: "" } };
  assert.deepEqual(shown(), before);
  status.drawingEnded();
  assert.deepEqual(shown(), { ...before, state: "finished" });
});

test("a run that was stopped has ended like a finished one", () => {
  const { status, shown } = watched();
  status.receive(ended("stopped", "Stopped at epoch 10."), true, 10);
  status.drawingEnded();
  assert.deepEqual(shown(), {
    ...IDLE,
    state: "finished",
    notice: { kind: "ended", text: "Stopped at epoch 10." },
    progress: { share: 1, text: "" },
  });
});

test("while a run trains, its epoch and the time left are shown", () => {
  const { status, shown } = watched();
  status.open(false);
  assert.deepEqual(shown(), {
    ...IDLE,
    state: "training",
    progress: { share: 0, text: "training: epoch 0" },
  });
  status.receive(training(0.25, 4.16), true, 12);
  assert.deepEqual(shown(), {
    ...IDLE,
    state: "training",
    progress: { share: 0.25, text: "training: epoch 12, 4.2 s left" },
  });
  assert.equal(status.grows, true);
});

test("a queued run is training, with the server's words", () => {
  const { status, shown } = watched();
  const queued = { ...training(0), state: "queued", message: "waiting: 2 runs before" };
  status.receive(queued, false, 0);
  assert.deepEqual(shown(), {
    ...IDLE,
    state: "training",
    progress: { share: 0, text: "waiting: 2 runs before" },
  });
  assert.equal(status.grows, false, "nothing of it is on the stage");
});

test("the charts of the previous run are stale until the next one is drawn", () => {
  const { status, shown } = finished();
  status.open(false);
  const text = "training: epoch 0";
  const waiting = { ...IDLE, state: "training", stale: true, notice: previous };
  assert.deepEqual(shown(), { ...waiting, progress: { share: 0, text } });
  status.drawingEnded(); // of the previous run: another theme, say
  assert.deepEqual(shown(), { ...waiting, progress: { share: 0, text } });
  status.receive(ended("finished"), true, 50);
  assert.deepEqual(shown(), {
    ...IDLE,
    stale: true,
    notice: previous,
    progress: { share: 1, text: "" },
  });
  status.drawingEnded();
  assert.deepEqual(shown(), {
    ...IDLE,
    state: "finished",
    notice: verdict,
    progress: { share: 1, text: "" },
  });
});

test("a run that failed says why, though the charts are of the previous one", () => {
  const { status, shown } = finished();
  status.open(false);
  status.receive(ended("failed", "The trainer ended."), false, 0);
  assert.deepEqual(shown(), {
    ...IDLE,
    state: "failed",
    stale: true,
    notice: { kind: "ended", text: "The trainer ended." },
    progress: { share: 1, text: "" },
  });
});

test("a server that does not answer is reported, and the run goes on when it answers", () => {
  const { status, shown } = watched();
  status.open(false);
  status.receive(training(0.5), true, 20);
  status.lose("No answer.", false);
  assert.deepEqual(shown().notice, { kind: "lost", text: "No answer." });
  assert.equal(shown().state, "training");
  status.receive(training(0.6), true, 22);
  assert.deepEqual(shown().notice, { kind: "verdict", text: "" });
  status.lose("It is gone.", true);
  assert.deepEqual(shown(), {
    ...IDLE,
    notice: { kind: "lost", text: "It is gone." },
    progress: { share: 0.6, text: "" },
  });
  status.drawingEnded();
  assert.equal(shown().state, "failed");
  assert.equal(status.grows, false);
});

test("the most urgent sentence is shown", () => {
  const { status, shown } = finished();
  const said = { ...PYTHON, stale: "Other settings.", others: "Two runs wait.", blocked: "Full." };
  status.receiveFromPython(said);
  assert.deepEqual(shown().notice, { kind: "blocked", text: "Full." });
  status.receiveFromPython({ ...said, blocked: "", refused: "Not now." });
  assert.deepEqual(shown().notice, { kind: "refused", text: "Not now." });
  assert.equal(shown().trainBlocked, false);
  status.receiveFromPython({ ...said, blocked: "" });
  assert.deepEqual(shown().notice, { kind: "stale", text: "Other settings." });
  status.receiveFromPython({ ...said, blocked: "", stale: "" });
  assert.deepEqual(shown().notice, verdict, "of others only while a run trains");
  status.receive(training(0.5), true, 20);
  assert.deepEqual(shown().notice, { kind: "others", text: "Two runs wait." });
});

test("the button follows Python", () => {
  const { status, shown } = finished();
  status.receiveFromPython({ ...PYTHON, blocked: "Full.", train_label: "Retrain" });
  assert.deepEqual(shown(), {
    ...IDLE,
    state: "finished",
    notice: { kind: "blocked", text: "Full." },
    progress: { share: 1, text: "" },
    trainLabel: "Retrain",
    trainBlocked: true,
  });
});

test("changed settings wait for training unless it is blocked or a run trains", () => {
  const { status } = finished();
  const waits = (python, progress = ended("finished")) => {
    status.receive(progress, true, 50);
    status.receiveFromPython({ ...PYTHON, ...python });
    return status.waitsForTraining;
  };
  assert.equal(waits({ stale: "Other settings." }), true);
  assert.equal(waits({}), false);
  assert.equal(waits({ stale: "Other settings.", blocked: "Full." }), false);
  assert.equal(waits({ stale: "Other settings." }, training(0.5)), false);
});

test("it displays once for each change, and not for a drawing that changes nothing", () => {
  const { status, times } = finished();
  const before = times();
  status.drawingEnded();
  assert.equal(times(), before);
  status.receiveFromPython(PYTHON);
  assert.equal(times(), before + 1);
});
