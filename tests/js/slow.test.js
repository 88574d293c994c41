import assert from "node:assert/strict";
import { test } from "node:test";

import { merge } from "../../static/js/core/outbox.js";
import { SlowMotion } from "../../static/js/core/slow.js";

/** A page that notes what it is asked for. */
class Page {
  sent = [];
  rates = [];
  rate = 120;
  listeners = {};
  /** @type {((frame: any) => void)[]} */
  painters = [];
  onEvent(name, listener) {
    this.listeners[name] = listener;
  }
  onPaint(painter) {
    this.painters.push(painter);
  }
  setRate(rate) {
    this.rate = rate;
    this.rates.push(rate);
  }
  send(command) {
    this.sent.push(command);
    return true;
  }
  stepBy(n) {
    this.sent.push({ kind: "step", n });
  }
}

const MOMENT = {
  index: 7,
  count: 30,
  made: ["conv1.x", "conv1.z", "conv1.W"],
  sample: { place: 3, of: 32, number: 411 },
};

function slowMotion({ on = true, moment = MOMENT } = {}) {
  const page = new Page();
  const slow = new SlowMotion(/** @type {any} */ (page), /** @type {any} */ ({}));
  page.listeners.welcome({ slow: false });
  if (on) page.listeners.slow({ data: { on: true, sample: 0 } });
  for (const painter of page.painters) painter({ moment });
  return { page, slow };
}

test("a run whose steps cannot be opened has no slow motion", () => {
  const { page, slow } = slowMotion({ on: false, moment: null });
  page.listeners.welcome({ slow: null });
  slow.toggle();
  assert.equal(slow.possible, false);
  assert.deepEqual(page.sent, []);
});

test("it plays at a rate of its own, and whole steps afterwards at theirs", () => {
  const { page, slow } = slowMotion();
  assert.equal(page.rate, 1.5);
  page.listeners.slow({ data: { on: false } });
  assert.equal(slow.on, false);
  assert.equal(page.rate, 120);
});

test("arrows go by moments, and with Shift by steps", () => {
  const { page, slow } = slowMotion();
  for (const action of ["forward", "back", "forward-ten", "back-ten"]) {
    assert.equal(slow.perform(/** @type {any} */ (action)), true);
  }
  assert.deepEqual(page.sent, [
    { kind: "step", n: 1, moments: true },
    { kind: "step", n: -1, moments: true },
    { kind: "step", n: 1 },
    { kind: "step", n: -1 },
  ]);
  assert.equal(slow.perform("start"), false);
});

test("without it the keys are left alone", () => {
  const { page, slow } = slowMotion({ on: false });
  assert.equal(slow.perform("forward"), false);
  assert.deepEqual(page.sent, []);
});

test("a moment is gone to by how far it is, and samples come round", () => {
  const { page, slow } = slowMotion();
  slow.goTo(2);
  slow.turnSample(1);
  slow.turnSample(-4);
  assert.deepEqual(page.sent, [
    { kind: "step", n: -5, moments: true },
    { kind: "slow", on: true, sample: 4 },
    { kind: "slow", on: true, sample: 31 },
  ]);
});

test("a server that has forgotten it is told again", () => {
  const { page, slow } = slowMotion();
  page.listeners.welcome({ slow: false });
  assert.deepEqual(page.sent, [{ kind: "slow", on: true }]);
  assert.equal(slow.on, true);
});

test("the sample on the stage stands for its place in the minibatch, and for no other", () => {
  const { slow } = slowMotion();
  const at = (tensor, index) => slow.onStage({ tensor, index });
  assert.deepEqual(at("batch.conv1.z", [3, 1, 2, 2]), { tensor: "conv1.z", index: [0, 1, 2, 2] });
  assert.deepEqual(at("batch.conv1.z", [4, 1, 2, 2]), { tensor: "batch.conv1.z", index: [4, 1, 2, 2] });
  assert.deepEqual(at("conv1.dW", [3, 0]), { tensor: "conv1.dW", index: [3, 0] });
});

test("a parameter before its update stands on the stage until it is updated", () => {
  const { slow } = slowMotion();
  const at = (tensor) => slow.onStage({ tensor, index: [5] });
  assert.deepEqual(at("batch.conv2.b"), { tensor: "conv2.b", index: [5] });
  assert.deepEqual(at("batch.conv1.W"), { tensor: "batch.conv1.W", index: [5] });
});

test("with whole steps on the stage nothing stands for the minibatch", () => {
  const { slow } = slowMotion({ moment: null });
  const reference = { tensor: "batch.conv1.z", index: [3, 1, 2, 2] };
  assert.deepEqual(slow.onStage(reference), reference);
});

test("steps and moments on their way are not added up", () => {
  const moments = (n) => ({ kind: "step", n, moments: true });
  assert.deepEqual(merge(moments(1), moments(2)), moments(3));
  assert.equal(merge(moments(1), { kind: "step", n: 1 }), null);
});
