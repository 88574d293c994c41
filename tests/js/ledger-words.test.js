import assert from "node:assert/strict";
import { test } from "node:test";

import { headingOf, numberOf, plain, signed, symbolOf } from "../../static/js/views/parts/ledger-words.js";

test("symbols of equations are written in one line", () => {
  for (const [tex, text] of [
    ["x", "x"],
    ["\\mathrm{dz}", "dz"],
    ["e^{z_{13} - \\max z}", "e^(z₁₃ − max z)"],
    ["\\frac{1}{\\mathrm{cells}}", "1/cells"],
    ["\\hat{m}", "m̂"],
    ["-\\hat\\eta", "−η̂"],
    ["\\frac1{\\sqrt v + \\hat\\varepsilon}", "1/(√v + ε̂)"],
    ["\\frac{\\eta}{\\sqrt{\\hat v} + \\varepsilon}", "η/(√v̂ + ε)"],
    ["1 - \\beta_1", "1 − β₁"],
  ]) {
    assert.equal(plain(tex), text);
  }
});

test("an element carries its index, a function of one does not", () => {
  assert.equal(symbolOf({ symbol: "x", value: 1, tensor: "conv1.x", index: [0, 2] }), "x[0,2]");
  const slope = { symbol: "1 - a", value: 1, tensor: "softmax.a", index: [0, 2], of: 0 };
  assert.equal(symbolOf(slope), "1 − a");
});

test("what is not finite is named", () => {
  assert.equal(numberOf({ value: 2 }), 2);
  assert.equal(numberOf({ value: null, nonfinite: "-inf" }), -Infinity);
  assert.ok(Number.isNaN(numberOf({ value: null, nonfinite: "nan" })));
});

test("the sign is a glyph", () => {
  assert.equal(signed(0.5), "+0.5");
  assert.equal(signed(-0.5), "−0.5");
  assert.equal(signed(0), "0");
});

test("the heading counts what is listed and what is not", () => {
  /** @param {object} more */
  const ledger = (more) => /** @type {any} */ ({ rest: { count: 0 }, function: null, ...more });
  const product = { value: 1, factors: [{ symbol: "x" }, { symbol: "W" }] };
  const number = { value: 1, factors: [{ symbol: "x" }] };
  const sum = ledger({ combine: "sum", terms: [product, product], rest: { count: 61 } });
  assert.equal(headingOf(sum), "sum of 63 products");
  assert.equal(headingOf(ledger({ combine: "max", terms: [number, number] })), "greatest of 2 numbers");
  assert.equal(headingOf(ledger({ combine: "function", function: "given", terms: [number] })), "");
});
