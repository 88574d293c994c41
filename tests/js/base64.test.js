import assert from "node:assert/strict";
import { test } from "node:test";

import { base64, base64Numbers, numbersOf } from "../../static/js/core/base64.js";

test("bytes are written as everybody writes them, however many", () => {
  const bytes = Uint8Array.from({ length: 200_001 }, (_, i) => (i * 7) % 256);
  assert.equal(base64(bytes), Buffer.from(bytes).toString("base64"));
  assert.equal(base64(new Uint8Array(0)), "");
});

test("numbers come back as the float32 that they were", () => {
  const numbers = Float32Array.from([0, -1.5, 0.1, 255, 1e-30]);
  const text = base64Numbers(numbers);
  assert.equal(Buffer.from(text, "base64").readFloatLE(4), -1.5);
  assert.deepEqual(numbersOf(text), numbers);
});
