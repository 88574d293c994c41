import assert from "node:assert/strict";
import { test } from "node:test";

import { count, indexed, percent, significant } from "../../static/js/core/format.js";

const EXAMPLES = [
  [0, "0"],
  [-0, "0"],
  [3, "3"],
  [-7, "−7"],
  [1797, "1797"],
  [0.5, "0.5"],
  [0.003, "0.003"],
  [1 / 3, "0.333"],
  [Math.fround(0.1), "0.100"],
  [Math.fround(0.4), "0.400"],
  [-0.11849, "−0.118"],
  [12.3456, "12.3"],
  [999.4, "999"],
  [999.96, "1000"],
  [1234.5, "1235"],
  [2.5e7 + 0.5, "2.50e7"],
  [1e-5, "1e−5"],
  [-1.23456e-7, "−1.23e−7"],
  [NaN, "not a number"],
  [Infinity, "infinity"],
  [-Infinity, "−infinity"],
];

for (const [number, text] of EXAMPLES) {
  test(`${number} is written ${text}`, () => assert.equal(significant(number), text));
}

test("a number is never off by more than half a unit of its third digit", () => {
  for (let i = 1; i < 2000; i++) {
    const x = Math.sin(i) * 10 ** ((i % 13) - 6);
    const read = Number(significant(x).replaceAll("−", "-"));
    assert.ok(Math.abs(read - x) <= 0.00501 * Math.abs(x), `${x} reads ${read}`);
  }
});

test("no number carries a hyphen for a minus sign", () => {
  for (const x of [-1, -0.25, -1e-9, 1e-9, -2e9]) assert.ok(!significant(x).includes("-"));
});

test("counts have their thousands apart", () => {
  assert.equal(count(2140), "2,140");
  assert.equal(count(-20000), "−20,000");
});

test("a share is written in percent", () => assert.equal(percent(0.9722), "97.2 %"));

test("an index is written as in code", () => assert.equal(indexed([2, 0, 1]), "[2,0,1]"));
