import assert from "node:assert/strict";
import { test } from "node:test";

import { merge, Outbox } from "../../static/js/core/outbox.js";

/** An outbox whose animation frames the test gives. */
function box() {
  /** @type {object[]} */ const sent = [];
  /** @type {(() => void)[]} */ const waiting = [];
  const made = new Outbox(
    (command) => sent.push(command),
    (callback) => waiting.push(callback),
  );
  return { made, sent, tick: () => waiting.splice(0).forEach((callback) => callback()) };
}

/** @param {number} n */
const step = (n) => ({ kind: "step", n });
/** @param {Record<string, number>} values */
const set = (values) => ({ kind: "set", values });

test("the first command of a burst leaves at once", () => {
  const { made, sent } = box();
  made.post(step(1));
  assert.deepEqual(sent, [step(1)]);
});

test("a drag sends at most one message per animation frame, with the last values", () => {
  const { made, sent, tick } = box();
  for (let i = 0; i < 100; i++) {
    made.post(set({ rate: i }));
    if (i % 10 === 9) tick();
  }
  tick();
  assert.ok(sent.length <= 11, `${sent.length} messages in 11 animation frames`);
  assert.deepEqual(sent.at(-1), set({ rate: 99 }));
});

test("a held key loses no step", () => {
  const { made, sent, tick } = box();
  for (let i = 0; i < 25; i++) {
    made.post(step(1));
    if (i % 4 === 0) tick();
  }
  tick();
  assert.equal(sent.reduce((sum, { n }) => sum + n, 0), 25);
});

test("commands keep their order, and only neighbours are merged", () => {
  const { made, sent, tick } = box();
  made.post({ kind: "pause" });
  made.post({ kind: "seek", step: 5 });
  made.post({ kind: "seek", step: 6 });
  made.post(set({ a: 1 }));
  made.post(set({ b: 2 }));
  made.post({ kind: "play" });
  made.post(set({ a: 3 }));
  tick();
  assert.deepEqual(sent, [
    { kind: "pause" },
    { kind: "seek", step: 6 },
    set({ a: 1, b: 2 }),
    { kind: "play" },
    set({ a: 3 }),
  ]);
});

test("what had not left when the connection was lost does not leave later", () => {
  const { made, sent, tick } = box();
  made.post(step(1));
  made.post(step(1));
  made.clear();
  tick();
  assert.deepEqual(sent, [step(1)]);
});

test("after a quiet frame the next command leaves at once again", () => {
  const { made, sent, tick } = box();
  made.post(step(1));
  tick();
  made.post(step(2));
  assert.deepEqual(sent, [step(1), step(2)]);
});

test("actions and resets are never merged: each has its own effect", () => {
  const act = { kind: "act", name: "draw", args: {} };
  assert.equal(merge(act, act), null);
  assert.equal(merge({ kind: "reset" }, { kind: "reset" }), null);
});
