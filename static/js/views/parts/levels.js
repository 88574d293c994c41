/**
 * At which heights contour lines are drawn, and the scale of colours that goes with them.
 *
 * Lines at even distances show how steep the ground is. Where almost all of it would lie between
 * two of them (a valley under cliffs a thousand times as high) they would show nothing: then they
 * are drawn at even ratios, or so that as much ground lies between any two of them.
 */

import { roundUp } from "./ticks.js";

/**
 * @typedef {"even" | "ratio" | "ranked"} Kind
 *
 * @typedef {object} Levels
 * @property {Kind} kind
 * @property {number[]} lines  heights of the lines, rising
 * @property {number} least  of the ground
 * @property {number} greatest
 * @property {Float64Array} knots  least, the lines, greatest
 */

/** Lines on one map. */
const MOST = 12;
/** More of the ground than this between three even lines says that they are the wrong ones. */
const CROWDED = 0.8;
/** A share of the ground too small for a line round it: the grid would tear it into beads. */
const THINNEST = 0.03;
/** Of the greatest height: below it, ratios are not followed any further. */
const DEEPEST = 1e-6;

/**
 * @param {ArrayLike<number>} heights  NaN where nothing is known
 * @param {boolean} log  even ratios are wanted
 * @returns {Levels}
 */
export function levelsOf(heights, log) {
  const sorted = Float64Array.from(heights).filter(Number.isFinite).sort();
  if (sorted.length === 0) return levels("even", [], 0, 1);
  const least = sorted[0];
  const greatest = sorted[sorted.length - 1];
  if (least === greatest) return levels("even", [], least, greatest);
  const even = evenLines(least, greatest);
  if (!log && crowd(sorted, even) <= CROWDED) return levels("even", even, least, greatest);
  if (least >= 0) {
    const ratio = ratioLines(sorted[Math.floor(THINNEST * sorted.length)], least, greatest);
    if (ratio.length >= 4) return levels("ratio", ratio, least, greatest);
  }
  return levels("ranked", rankedLines(sorted), least, greatest);
}

/**
 * @param {Kind} kind
 * @param {number[]} lines
 * @param {number} least
 * @param {number} greatest
 * @returns {Levels}
 */
function levels(kind, lines, least, greatest) {
  return { kind, lines, least, greatest, knots: Float64Array.of(least, ...lines, greatest) };
}

/**
 * Where a height lies on the scale: 1 on the first line, 2 on the second; between two lines in
 * proportion, or in proportion of its logarithm where the lines stand at ratios.
 *
 * @param {Levels} levels
 * @param {number} height
 * @returns {number}  0 at the least, the number of lines and 1 at the greatest; NaN for NaN
 */
export function place({ kind, knots }, height) {
  if (height !== height) return NaN;
  let low = 0;
  let high = knots.length - 1;
  if (height <= knots[low]) return 0;
  if (height >= knots[high]) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (knots[middle] <= height) low = middle;
    else high = middle;
  }
  const from = knots[low];
  const to = knots[high];
  if (kind === "ratio" && from > 0) return low + Math.log(height / from) / Math.log(to / from);
  return low + (height - from) / (to - from);
}

/** Round heights at even distances. @param {number} least @param {number} greatest */
function evenLines(least, greatest) {
  const step = roundUp((greatest - least) / MOST);
  const lines = [];
  for (let i = Math.ceil(least / step + 1e-9); i * step < greatest; i++) {
    lines.push(Number((i * step).toPrecision(12)));
  }
  return lines.filter((line) => line > least);
}

/** 1, 2, 5, 10, …, or 1, 10, 100, … where that is many. */
function ratioLines(/** @type {number} */ low, /** @type {number} */ least, /** @type {number} */ greatest) {
  const from = Math.max(low, greatest * DEEPEST, Number.MIN_VALUE);
  /** @type {number[]} */
  let lines = [];
  for (const digits of [[1, 2, 5], [1, 3], [1]]) {
    lines = [];
    for (let power = Math.floor(Math.log10(from)); power <= Math.log10(greatest); power++) {
      for (const digit of digits) {
        const line = Number(`${digit}e${power}`);
        if (line > least && line >= from && line < greatest) lines.push(line);
      }
    }
    if (lines.length <= MOST) break;
  }
  return lines;
}

/** As much ground between any two lines, rounded as far as they stay apart. @param {Float64Array} sorted */
function rankedLines(sorted) {
  const least = sorted[0];
  const greatest = sorted[sorted.length - 1];
  const lines = [];
  const part = (/** @type {number} */ i) => sorted[Math.min(Math.floor((i * sorted.length) / MOST), sorted.length - 1)];
  for (let i = 1; i < MOST; i++) {
    const exact = part(i);
    const gap = Math.min(exact - part(i - 1), part(i + 1) - exact);
    if (gap <= 0) continue;
    const unit = 10 ** Math.floor(Math.log10(gap));
    const line = Number((Math.round(exact / unit) * unit).toPrecision(12));
    if (line > (lines[lines.length - 1] ?? least) && line < greatest) lines.push(line);
  }
  return lines;
}

/** The largest share of the ground on both sides of a line, as far as the next ones: one alone may part it. */
function crowd(/** @type {Float64Array} */ sorted, /** @type {number[]} */ lines) {
  let most = 0;
  let before = 0;
  let from = 0;
  let at = 0;
  for (const line of [...lines, Infinity]) {
    while (at < sorted.length && sorted[at] < line) at += 1;
    most = Math.max(most, at - before);
    before = from;
    from = at;
  }
  return most / sorted.length;
}
