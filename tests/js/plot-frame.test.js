import assert from "node:assert/strict";
import { test } from "node:test";

import { roomy } from "../../static/js/views/parts/plot-frame.js";

test("a span has room on either side, and a single value has some, too", () => {
  assert.deepEqual(roomy(0, 10, 0.1), [-1, 11]);
  for (const [value, share] of [[0, 0], [0, 0.06], [7, 0], [-0.2, 0]]) {
    const [low, high] = roomy(value, value, share);
    assert.ok(low < value && value < high, `${value}, ${share}`);
  }
  assert.deepEqual(roomy(Infinity, -Infinity, 0), [0, 1]);
});

