/**
 * What is said about a window that slides: its place, its products, the size that comes out.
 *
 * @import {Tensor} from "../../core/types.js"
 */

import { count, significant } from "../../core/format.js";

/** @typedef {Record<string, number>} Scalars  of the frame: every number here is the engine's */

/**
 * The output size with its numbers: `rows and columns: ⌊(7 + 0 − 3) / 1⌋ + 1 = 5`.
 *
 * @param {Scalars} scalars
 */
export function sizeFormula(scalars) {
  const { in_rows, in_columns, above, below, left, right, out_rows, out_columns } = scalars;
  const { extent, stride } = scalars;
  const rows = sizeOf(in_rows, above + below, extent, stride, out_rows);
  const columns = sizeOf(in_columns, left + right, extent, stride, out_columns);
  return rows === columns ? `rows and columns: ${rows}` : `rows: ${rows}    columns: ${columns}`;
}

/**
 * @param {number} length
 * @param {number} padding
 * @param {number} extent
 * @param {number} stride
 * @param {number} windows
 */
function sizeOf(length, padding, extent, stride, windows) {
  return `⌊(${length} + ${padding} − ${extent}) / ${stride}⌋ + 1 = ${windows}`;
}

/**
 * Where the window stands, counted from 1.
 *
 * @param {Scalars} scalars
 */
export function windowPlace({ top_row, left_column, extent, row, column, value }) {
  const rows = `row${span(top_row, extent)}`;
  const columns = `column${span(left_column, extent)}`;
  const made = value === undefined ? "is about to make" : "has made";
  return `This window covers ${rows} and ${columns}. It ${made} row ${row + 1}, column ${column + 1}.`;
}

/** @param {number} first @param {number} extent */
function span(first, extent) {
  const [from, to] = [significant(first + 1), significant(first + extent)];
  return extent > 1 ? `s ${from} to ${to}` : ` ${from}`;
}

/** How far the padding reaches. @param {readonly [number, number, number, number]} sides */
export function paddingText([above, below, left, right]) {
  const same = above === below && above === left && above === right;
  if (same) return `with padding ${above} on every side`;
  return `with padding: ${above} above, ${below} below, ${left} left, ${right} right`;
}

/** @param {number} never  how many cells no window covers */
export function neverReached(never) {
  if (!never) return "";
  const cells = never === 1 ? "One cell is" : `${count(never)} cells are`;
  return `${cells} never reached by the window (hatched).`;
}

/**
 * What stands in the cells of the products: pixel · weight.
 *
 * @param {Tensor | undefined} window
 * @param {Tensor | undefined} weights
 * @param {number} first  of the weights, the one that meets the window's first cell
 * @returns {string[] | null}
 */
export function productCaptions(window, weights, first) {
  if (!window || !weights) return null;
  return Array.from(window.data, (pixel, i) => `${factor(pixel)}·${factor(weights.data[first + i])}`);
}

/** A number in a product; in brackets when it has a sign. @param {number} value */
function factor(value) {
  return value < 0 ? `(${significant(value)})` : significant(value);
}

/** A shape, with axes of length 1 left out: `3 · 6×6`. @param {...number} shape */
export function shapeText(...shape) {
  const [rows, columns] = shape.slice(-2);
  const lead = shape.slice(0, -2).filter((n) => n > 1);
  return [...lead, `${rows}×${columns}`].join(" · ");
}

/**
 * The largest whole number of CSS px of a cell with which so many fit.
 *
 * @param {number} wide  room for all of them, CSS px
 * @param {number} columns
 * @param {number} high
 * @param {number} rows
 * @param {number} most
 */
export function cellSide(wide, columns, high, rows, most) {
  return Math.max(2, Math.floor(Math.min(wide / columns, high / rows, most)));
}
