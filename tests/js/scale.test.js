import assert from "node:assert/strict";
import { test } from "node:test";

import { Pace } from "../../static/js/views/parts/pace.js";
import { scaleOf } from "../../static/js/views/parts/scale.js";
import { niceEnd, tickCount } from "../../static/js/views/parts/timeline.js";

const RATE = { low: 1e-5, high: 100, step: 0, scale: "log", integer: false };
const BATCH = { low: 1, high: 256, step: 0, scale: "log", integer: true };
const DROPOUT = { low: 0, high: 0.9, step: 0.05, scale: "linear", integer: false };

for (const [name, control] of Object.entries({ RATE, BATCH, DROPOUT })) {
  test(`${name}: the ends of the travel are the ends of the range`, () => {
    const { min, max, value } = scaleOf(/** @type {any} */ (control));
    assert.equal(value(min), control.low);
    assert.equal(value(max), control.high);
  });

  test(`${name}: each stop is its own place`, () => {
    const { min, max, step, value, position } = scaleOf(/** @type {any} */ (control));
    let former = -Infinity;
    for (let at = min; at <= max + step / 2; at += step) {
      const here = value(at);
      assert.ok(here > former, `${here} after ${former}`);
      assert.ok(Math.abs(position(here) - at) < step / 1000);
      former = here;
    }
  });
}

test("whole numbers stay whole", () => {
  const { max, value } = scaleOf(/** @type {any} */ (BATCH));
  for (let at = 0; at <= max; at++) assert.ok(Number.isInteger(value(at)));
});

test("a value between two stops stands at the nearer one, in ratio", () => {
  const { value, position } = scaleOf(/** @type {any} */ (RATE));
  assert.ok(Math.abs(value(position(0.0123)) / 0.0123 - 1) < 0.05);
  assert.equal(position(1e-9), 0);
  assert.equal(value(position(1e9)), 100);
});

test("a linear slider says round numbers", () => {
  const { value } = scaleOf(/** @type {any} */ (DROPOUT));
  assert.equal(value(0.1 + 0.2), 0.3);
});

test("the timeline of an endless run ends at a round number at or beyond its head", () => {
  for (const head of [0, 1, 99, 100, 101, 341, 5000, 5001, 19_999]) {
    const end = niceEnd(head, null);
    assert.ok(end >= head && end <= Math.max(100, 2.5 * head), `${head}: ${end}`);
    assert.match(String(end), /^[125]0+$/);
  }
});

test("the timeline of a finite run is as long as the run", () => {
  assert.equal(niceEnd(3, 25), 25);
  assert.equal(tickCount(25), 25);
  assert.ok(tickCount(3000) <= 50);
});

test("the pace is measured over a second and forgotten at a pause", () => {
  const pace = new Pace();
  assert.equal(pace.see(0, 0), -1);
  assert.equal(pace.see(300, 500), -1);
  assert.equal(pace.see(1234, 1000), 1200);
  assert.equal(pace.stop(), -1);
  assert.equal(pace.see(2000, 9000), -1);
});
