/**
 * What a line chart says in words.
 *
 * @import {Lines} from "./chart-painter.js"
 */

import { count, significant } from "../../core/format.js";

/**
 * Where a point lies: `step 120`, `mean of steps 296–303`, or `3 px to the right`.
 *
 * @param {Pick<Lines, "steps" | "quantity" | "head">} lines
 * @param {number} point
 */
export function placeName(lines, point) {
  const { steps, quantity } = lines;
  if (quantity) return `${significant(steps[point])} ${quantity}`;
  const last = lastOf(lines, point);
  if (last === steps[point]) return `step ${count(last)}`;
  return `mean of steps ${count(steps[point])}–${count(last)}`;
}

/**
 * A point's row in a table: its place, without what stands at the column's head.
 *
 * @param {Pick<Lines, "steps" | "quantity" | "head">} lines
 * @param {number} point
 */
export function rowName(lines, point) {
  const alone = lines.quantity || lastOf(lines, point) === lines.steps[point];
  return alone ? significant(lines.steps[point]) : placeName(lines, point);
}

/**
 * The last step that a point stands for: long courses are thinned to a point for several steps.
 *
 * @param {Pick<Lines, "steps" | "head">} lines
 * @param {number} point
 */
function lastOf({ steps, head }, point) {
  const width = steps.length > 1 ? steps[1] - steps[0] : 1;
  return Math.max(Math.min(steps[point] + width - 1, head), steps[point]);
}

/**
 * A point's name: `training, step 120: 0.312`.
 *
 * @param {Lines} lines
 * @param {number} line
 * @param {number} point
 */
export function pointName(lines, line, point) {
  const { steps, series, values } = lines;
  if (point >= steps.length || !series[line]) return "no values yet";
  return `${series[line].label}, ${placeName(lines, point)}: ${measure(values[line][point])}`;
}

/**
 * One sentence about a chart: where each line started, where it is, and its least and greatest.
 *
 * @param {string} label
 * @param {Lines} lines
 */
export function chartSummary(label, lines) {
  const told = lines.series.map((_, i) => lineSummary(lines, i)).filter(Boolean);
  if (told.length === 0) return `${label}: no values yet.`;
  const where = lines.quantity ? "" : ` up to step ${count(lines.step)}`;
  const ghosts = lines.ghosts.flatMap((_, i) => ghostSummary(lines, i));
  const behind = ghosts.length > 0 ? ` Behind it, dashed: ${ghosts.join("; ")}.` : "";
  const steps = lines.marks.map((mark) => `${mark.label} at step ${count(mark.step)}`);
  const marked = steps.length > 0 ? ` Marked: ${steps.join("; ")}.` : "";
  return `${label}${where}: ${told.join("; ")}.${marked}${behind}`;
}

/** @param {Lines} lines @param {number} ghost @returns {string[]} */
function ghostSummary({ ghosts, series }, ghost) {
  const { name, steps, values } = ghosts[ghost];
  return series.flatMap(({ label }, i) => {
    let last = values[i].length - 1;
    while (last >= 0 && !Number.isFinite(values[i][last])) last -= 1;
    if (last < 0) return [];
    return `run ${name}, ${label} ${significant(values[i][last])} at step ${count(steps[last])}`;
  });
}

/** @param {Lines} lines @param {number} line */
function lineSummary(lines, line) {
  const { steps, series, values, step, present } = lines;
  let first = -1;
  let last = -1;
  let least = -1;
  let greatest = -1;
  for (let i = 0; i < steps.length && steps[i] <= step; i++) {
    const value = values[line]?.[i];
    if (!Number.isFinite(value)) continue;
    if (first < 0) first = i;
    last = i;
    if (least < 0 || value < values[line][least]) least = i;
    if (greatest < 0 || value > values[line][greatest]) greatest = i;
  }
  if (first < 0) return "";
  const at = (/** @type {number} */ i) => {
    const between = lines.quantity || lastOf(lines, i) === steps[i] ? "at" : "as the";
    return `${significant(values[line][i])} ${between} ${placeName(lines, i)}`;
  };
  const { label } = series[line];
  if (first === last) return `${label} ${at(last)}`;
  const exact = present[line];
  const now = Number.isFinite(exact) ? `${significant(exact)} at step ${count(step)}` : at(last);
  return `${label} from ${at(first)} to ${now}, least ${at(least)}, greatest ${at(greatest)}`;
}

/** @param {number} value */
function measure(value) {
  return Number.isNaN(value) ? "not measured" : significant(value);
}
