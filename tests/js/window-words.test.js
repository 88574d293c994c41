import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cellSide,
  neverReached,
  paddingText,
  productCaptions,
  shapeText,
  sizeFormula,
  windowPlace,
} from "../../static/js/views/parts/window-words.js";

const SCALARS = {
  ...{ in_rows: 7, in_columns: 7, above: 0, below: 0, left: 0, right: 0 },
  ...{ extent: 3, stride: 2, out_rows: 3, out_columns: 3 },
};

/** @param {number[]} numbers */
const tensor = (numbers) => ({
  name: "k",
  dtype: "<f4",
  shape: [numbers.length],
  data: Float32Array.from(numbers),
});

test("the size formula is said once where rows and columns agree, else twice", () => {
  assert.equal(sizeFormula(SCALARS), "rows and columns: ⌊(7 + 0 − 3) / 2⌋ + 1 = 3");
  const wide = { ...SCALARS, in_columns: 9, right: 1, out_columns: 4 };
  const both = "rows: ⌊(7 + 0 − 3) / 2⌋ + 1 = 3    columns: ⌊(9 + 1 − 3) / 2⌋ + 1 = 4";
  assert.equal(sizeFormula(wide), both);
});

test("a window's place counts from one, and below one in the padding", () => {
  const at = { top_row: -2, left_column: 1, extent: 3, row: 0, column: 3 };
  const said = "This window covers rows −1 to 1 and columns 2 to 4. It is about to make row 1, column 4.";
  assert.equal(windowPlace(at), said);
  assert.match(windowPlace({ ...at, extent: 1, value: 5 }), /row −1 and column 2\. It has made/);
});

test("a product is a pixel and the weight of its own filter, signs in brackets", () => {
  const captions = productCaptions(tensor([2, -1]), tensor([9, 9, -3, 0.5]), 2);
  assert.deepEqual(captions, ["2·(−3)", "(−1)·0.5"]);
  assert.equal(productCaptions(undefined, tensor([1]), 0), null);
});

test("shapes, padding and what is never reached in words", () => {
  assert.equal(shapeText(1, 3, 6, 6), "3 · 6×6");
  assert.equal(paddingText([1, 1, 1, 1]), "with padding 1 on every side");
  assert.equal(paddingText([0, 1, 0, 1]), "with padding: 0 above, 1 below, 0 left, 1 right");
  assert.equal(neverReached(0), "");
  assert.match(neverReached(1), /^One cell is never reached/);
});

test("a cell is as large as fits both ways, and never vanishes", () => {
  assert.equal(cellSide(262, 7, 270, 9, 38), 30);
  assert.equal(cellSide(1000, 3, 1000, 3, 38), 38);
  assert.equal(cellSide(20, 64, 20, 64, 38), 2);
});
