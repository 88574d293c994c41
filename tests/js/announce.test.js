import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Announcer } from "../../static/js/core/announce.js";

/** @param {import("node:test").TestContext} t */
function room(t) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const said = [];
  const clock = { now: 0 };
  const region = {
    /** @param {string} text */
    set textContent(text) {
      said.push([clock.now, text]);
    },
  };
  const announcer = new Announcer(region, () => clock.now);
  /** @param {number} ms */
  const pass = (ms) => {
    for (let i = 0; i < ms; i += 100) {
      clock.now += 100;
      mock.timers.tick(100);
    }
  };
  return { announcer, said, pass };
}

test("the first milestone is said at once", (t) => {
  const { announcer, said } = room(t);
  announcer.announce("Paused");
  assert.deepEqual(said, [[0, "Paused"]]);
});

test("at most one is said in five seconds, and of several the latest", (t) => {
  const { announcer, said, pass } = room(t);
  for (let i = 0; i <= 120; i++) {
    announcer.announce(`Epoch ${i}`);
    pass(100);
  }
  pass(10_000);
  for (let i = 1; i < said.length; i++) assert.ok(said[i][0] - said[i - 1][0] >= 5000);
  assert.deepEqual(said.at(-1)?.[1], "Epoch 120");
  assert.ok(said.length <= 4);
});
