import assert from "node:assert/strict";
import { test } from "node:test";

import { Loop } from "../../static/js/core/loop.js";
import { Store } from "../../static/js/core/store.js";

/** @param {Partial<{run: number, seq: number, step: number}>} of */
const frame = (of = {}) => ({
  run: 1,
  seq: 1,
  step: 0,
  head: 0,
  playing: false,
  scalars: {},
  arrays: new Map(),
  ...of,
});

/** A loop whose animation frames the test gives. */
function stage() {
  /** @type {(() => void)[]} */
  const waiting = [];
  globalThis.requestAnimationFrame = (callback) => waiting.push(callback);
  const store = new Store();
  /** @type {number[]} */ const painted = [];
  /** @type {number[]} */ const acknowledged = [];
  const loop = new Loop(
    store,
    ({ seq }) => {
      if (seq === 13) throw new Error("this one breaks");
      painted.push(seq);
    },
    ({ seq }) => acknowledged.push(seq),
  );
  const tick = () => waiting.splice(0).forEach((callback) => callback());
  return { store, loop, painted, acknowledged, waiting, tick };
}

test("of several frames only the newest is painted", () => {
  const { store, loop, painted, acknowledged, tick } = stage();
  for (const seq of [1, 2, 3]) {
    store.put(frame({ seq }));
    loop.request();
  }
  tick();
  assert.deepEqual(painted, [3]);
  assert.deepEqual(acknowledged, [3]);
});

test("receiving paints nothing, and asking twice schedules once", () => {
  const { store, loop, painted, waiting } = stage();
  store.put(frame());
  loop.request();
  loop.request();
  assert.deepEqual(painted, []);
  assert.equal(waiting.length, 1);
});

test("a frame is not painted twice, unless it is asked for again", () => {
  const { store, loop, painted, tick } = stage();
  store.put(frame({ seq: 4 }));
  loop.request();
  tick();
  loop.request();
  tick();
  assert.deepEqual(painted, [4]);
  store.again();
  loop.request();
  tick();
  assert.deepEqual(painted, [4, 4]);
});

test("a frame of an ended run is thrown away", () => {
  const store = new Store();
  assert.equal(store.put(frame({ run: 2, seq: 9 })), true);
  assert.equal(store.put(frame({ run: 1, seq: 8 })), false);
  assert.equal(store.take()?.seq, 9);
  assert.equal(store.take(), null);
});

test("a server that counts its runs from the start again is believed after its welcome", () => {
  const store = new Store();
  store.put(frame({ run: 7 }));
  store.begin(1);
  assert.equal(store.put(frame({ run: 1, seq: 2 })), true);
});

test("a frame whose painting fails is acknowledged all the same", () => {
  const { store, loop, acknowledged, tick } = stage();
  store.put(frame({ seq: 13 }));
  loop.request();
  assert.throws(tick, /breaks/);
  assert.deepEqual(acknowledged, [13]);
  store.put(frame({ seq: 14 }));
  loop.request();
  tick();
  assert.deepEqual(acknowledged, [13, 14]);
});
