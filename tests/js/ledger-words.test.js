import assert from "node:assert/strict";
import { test } from "node:test";

import { headingOf, isAdded, numberOf, plain, signed, symbolOf } from "../../static/js/views/parts/ledger-words.js";

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
  assert.equal(headingOf(sum), "sum of 63 terms");
  const few = ledger({ combine: "sum", terms: [product, product, product] });
  assert.equal(headingOf(few), "sum of 3 products");
  assert.equal(headingOf(ledger({ combine: "max", terms: [number, number] })), "greatest of 2 numbers");
  assert.equal(headingOf(ledger({ combine: "function", function: "given", terms: [number] })), "");
});

test("a long sum is called the same whether its bias is listed or not", () => {
  const product = { value: 1, factors: [{ symbol: "x" }, { symbol: "W" }] };
  const bias = { value: 1, factors: [{ symbol: "b" }] };
  const folded = { combine: "sum", terms: Array(10).fill(product), rest: { count: 55 } };
  const unfolded = { combine: "sum", terms: [...Array(64).fill(product), bias], rest: { count: 0 } };
  assert.equal(headingOf(/** @type {any} */ (folded)), "sum of 65 terms");
  assert.equal(headingOf(/** @type {any} */ (unfolded)), "sum of 65 terms");
});

test("only what is added to other terms carries a plus", () => {
  const terms = [{ value: 1, factors: [] }, { value: 2, factors: [] }];
  for (const [combine, listed, added] of [
    ["sum", terms, true],
    ["mean", terms, true],
    ["max", terms, false],
    ["sum", terms.slice(1), false],
    ["function", terms.slice(1), false],
  ]) {
    const ledger = { combine, terms: listed, rest: { count: 0 } };
    assert.equal(isAdded(/** @type {any} */ (ledger)), added, `${combine} of ${listed.length}`);
  }
});
