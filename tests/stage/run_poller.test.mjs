// Reading a run: what is asked for and when, and what is said while nobody answers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RunPoller } from "../../l2viz/stage/frontend/run_poller.js";

/** Return an answer of the server with this header and no frames. */
function answer(header) {
  const text = JSON.stringify({ frames: 0, ...header });
  const bytes = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const body = new Uint8Array(4 + bytes.length);
  new DataView(body.buffer).setUint32(0, bytes.length, true);
  body.set(bytes, 4);
  return new Response(body);
}

/** Read a run whose server gives these answers; return what was told, and all pauses. */
async function read(answers) {
  const told = { headers: [], lost: [], pauses: [], addresses: [] };
  const waiting = [];
  globalThis.fetch = async (address) => {
    told.addresses.push(address);
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  globalThis.window = {
    setTimeout: (act, pause) => {
      told.pauses.push(pause);
      waiting.push(act);
    },
    clearTimeout: () => {},
  };
  globalThis.console.warn = () => {};
  new RunPoller(
    "/l2viz/runs/1",
    ["gap", "norms"],
    (header) => told.headers.push(header),
    (message, forGood) => told.lost.push({ message, forGood }),
  );
  do {
    await new Promise((done) => setImmediate(() => setImmediate(done)));
    waiting.shift()?.();
  } while (answers.length);
  await new Promise((done) => setImmediate(() => setImmediate(done)));
  return told;
}

const missing = () => new Response("", { status: 404 });
const finished = () => answer({ state: "finished", ended: true, pause: 0.04 });

test("the server says when it is to be asked again", async () => {
  const told = await read([
    answer({ state: "queued", ended: false, pause: 0.75 }),
    answer({ state: "training", ended: false, pause: 0.04 }),
    finished(),
  ]);
  assert.deepEqual(told.pauses, [750, 40]);
  assert.equal(told.headers.length, 3);
  assert.deepEqual(told.lost, []);
  assert.equal(told.addresses[0], "/l2viz/runs/1?charts=gap,norms&from=0");
});

test("a stray answer that there is no such run is asked about again", async () => {
  const told = await read([missing(), new TypeError("offline"), missing(), finished()]);
  assert.equal(told.headers.length, 1);
  assert.ok(told.lost.every(({ forGood }) => !forGood));
});

test("a run that is missing for seconds is gone for good", async () => {
  const told = await read(Array.from({ length: 8 }, missing));
  assert.equal(told.addresses.length, 8);
  assert.deepEqual(
    told.lost.map(({ forGood }) => forGood),
    [...Array(7).fill(false), true],
  );
  assert.match(told.lost.at(-1).message, /no longer kept/);
});
