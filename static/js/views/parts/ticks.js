/**
 * Where an axis is marked, and how: round numbers, as few as can be read.
 */

import { count, significant } from "../../core/format.js";

/**
 * @typedef {object} Axis
 * @property {number} low
 * @property {number} high
 * @property {boolean} log
 * @property {number[]} ticks
 * @property {string[]} texts
 */

const ROUND = [1, 2, 5, 10];

/**
 * The smallest of 1, 2, 5 times a power of ten that is no smaller than a number.
 *
 * @param {number} x  positive
 */
export function roundUp(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  const found = ROUND.find((step) => step * power >= x * (1 - 1e-9));
  return (found ?? 10) * power;
}

/**
 * The smallest number of two digits (and noughts) that is no smaller than a whole one: an axis that
 * ends there is laid out anew once in a while, not at every step.
 *
 * @param {number} n
 */
export function twoDigitsUp(n) {
  const unit = n < 100 ? 10 : 10 ** (Math.floor(Math.log10(n)) - 1);
  return Math.ceil(n / unit) * unit;
}

/**
 * Marks at round numbers from `low` to `high`: as many as fit, but at least two.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} most  marks
 * @param {boolean} [whole]  only whole numbers
 * @returns {number[]}
 */
export function linearTicks(low, high, most, whole = false) {
  let step = roundUp((high - low) / Math.max(1, most - 1));
  let ticks = multiples(low, high, step);
  while (ticks.length < 2) {
    step = roundUp(step * 0.4);
    ticks = multiples(low, high, step);
  }
  return whole && step < 1 ? multiples(low, high, 1) : ticks;
}

/** @param {number} low @param {number} high @param {number} step */
function multiples(low, high, step) {
  const ticks = [];
  // counting steps, not adding them up: 0.1 + 0.1 + 0.1 is not 0.3
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * Marks at powers of ten, thinned when there are many.
 *
 * @param {number} low  positive
 * @param {number} high
 * @param {number} most  marks
 * @returns {number[]}
 */
export function logTicks(low, high, most) {
  const from = Math.ceil(Math.log10(low) - 1e-9);
  const to = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((to - from + 1) / most));
  const ticks = [];
  for (let power = from; power <= to; power += every) ticks.push(Number(`1e${power}`));
  return ticks;
}

/**
 * An axis of steps: from 0 to the furthest.
 *
 * @param {number} furthest
 * @param {number} most  marks
 * @returns {Axis}
 */
export function stepAxis(furthest, most) {
  const high = Math.max(10, furthest);
  const ticks = linearTicks(0, high, most, true);
  return { low: 0, high, log: false, ticks, texts: ticks.map(count) };
}

/**
 * An axis of places, from the first to the last.
 *
 * @param {number} first
 * @param {number} last
 * @param {number} most  marks
 * @returns {Axis}
 */
export function placeAxis(first, last, most) {
  const ticks = linearTicks(first, last, most);
  return { low: first, high: last, log: false, ticks, texts: ticks.map(significant) };
}

/**
 * An axis of values that holds `least` to `greatest`.
 *
 * @param {number} least
 * @param {number} greatest
 * @param {object} options
 * @param {boolean} options.log
 * @param {number | null} options.low  fixed end
 * @param {number | null} options.high
 * @param {number} options.most  marks
 * @returns {Axis}
 */
export function valueAxis(least, greatest, { log, low, high, most }) {
  if (log) {
    const from = 10 ** Math.floor(Math.log10(low ?? least));
    const to = Math.max(from * 10, 10 ** Math.ceil(Math.log10(high ?? greatest)));
    const ticks = logTicks(from, to, most);
    return { low: from, high: to, log, ticks, texts: ticks.map(significant) };
  }
  const from = low ?? Math.min(0, least);
  const reach = high ?? Math.max(greatest, from + 1e-6);
  const [first, second] = linearTicks(from, reach, most);
  const half = (second - first) / 2;
  // the axis ends at a half or a whole mark above the greatest value, so that it seldom moves
  const to = high ?? Math.ceil(reach / half - 1e-9) * half;
  const ticks = linearTicks(from, to, most);
  return { low: from, high: to, log, ticks, texts: ticks.map(significant) };
}

/**
 * Where a value lies on an axis: 0 at its low end, 1 at its high end.
 *
 * @param {Axis} axis
 * @param {number} value
 */
export function along({ low, high, log }, value) {
  if (log) return Math.log(value / low) / Math.log(high / low);
  return (value - low) / (high - low);
}
