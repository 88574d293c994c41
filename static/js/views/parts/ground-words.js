/**
 * What a plot of a ground says in words.
 *
 * @import {Levels} from "./levels.js"
 * @import {Path} from "./plane-marks.js"
 * @import {Sheet} from "./table-dialog.js"
 */

import { count, significant } from "../../core/format.js";

/**
 * @typedef {object} Ground  numbers over a grid of places
 * @property {ArrayLike<number>} x  of the columns, rising
 * @property {ArrayLike<number>} y  of the rows, rising
 * @property {ArrayLike<number>} z  row after row; NaN: not known
 * @property {string | number} key  another one for other numbers
 * @property {string} [title]
 *
 * @typedef {object} Names
 * @property {string} label
 * @property {string} x
 * @property {string} y
 * @property {string} z
 */

/** Whether any of it is. @param {Ground} ground */
export function isKnown({ z }) {
  return Array.prototype.some.call(z, Number.isFinite);
}

/** @param {Ground} ground @param {Names} names @param {number} row @param {number} column */
export function pointName({ x, y, z }, names, row, column) {
  const value = z[row * x.length + column];
  const told = Number.isNaN(value) ? "not known" : significant(value);
  return `${names.x} ${significant(x[column])}, ${names.y} ${significant(y[row])}: ${names.z} ${told}`;
}

/**
 * One sentence: the plane, the ground's least and greatest, where the paths have come.
 *
 * @param {Ground | null} ground
 * @param {Names} names
 * @param {readonly Path[]} paths
 */
export function groundSummary(ground, names, paths) {
  if (!ground || ground.z.length === 0) return `${names.label}: no values yet.`;
  const { x, y, z } = ground;
  let least = -1;
  let greatest = -1;
  for (let i = 0; i < z.length; i++) {
    if (!Number.isFinite(z[i])) continue;
    if (least < 0 || z[i] < z[least]) least = i;
    if (greatest < 0 || z[i] > z[greatest]) greatest = i;
  }
  const over = `${span(names.x, x)} and ${span(names.y, y)}`;
  const title = ground.title ? `${names.label}, ${ground.title}` : names.label;
  if (least < 0) return `${title}: ${names.z} over ${over}, not known yet.`;
  const at = (/** @type {number} */ i) =>
    `${significant(z[i])} at (${significant(x[i % x.length])}, ${significant(y[Math.floor(i / x.length)])})`;
  const told = `least ${at(least)}, greatest ${at(greatest)} of ${count(z.length)} places`;
  const where = paths.map(pathSummary).filter(Boolean).join("; ");
  return `${title}: ${names.z} over ${over}; ${told}.${where ? ` Now: ${where}.` : ""}`;
}

/** @param {string} name @param {ArrayLike<number>} values */
function span(name, values) {
  return `${name} from ${significant(values[0])} to ${significant(values[values.length - 1])}`;
}

/** @param {Path} path */
function pathSummary({ name, x, y, z }) {
  const last = x.length - 1;
  if (last < 0) return "";
  const place = `(${significant(x[last])}, ${significant(y[last])})`;
  const height = z && z.length > last ? ` at ${significant(z[last])}` : "";
  return `${name} at ${place}${height}`.trim();
}

/**
 * What the lines or colours say: `a line every 0.5`.
 *
 * @param {Levels} levels
 */
export function levelsWords({ kind, lines }) {
  if (lines.length === 0) return "";
  if (kind === "even" && lines.length > 1) {
    return `a line every ${significant(Number((lines[1] - lines[0]).toPrecision(9)))}`;
  }
  const [first, second, third] = lines.map(significant);
  if (lines.length < 6) return `lines at ${lines.map(significant).join(", ")}`;
  return `lines at ${first}, ${second}, ${third}, … ${significant(lines[lines.length - 1])}`;
}

/**
 * The grid as a table, the uppermost row first, as in the picture.
 *
 * @param {Ground} ground
 * @param {Names} names
 * @returns {Sheet}
 */
export function sheetOf({ x, y, z, title }, names) {
  const last = y.length - 1;
  return {
    caption: title ?? "",
    corner: `${names.y} ↓ ${names.x} →`,
    columns: Array.from(x, significant),
    rows: Array.from(y, (_, row) => significant(y[last - row])),
    value: (row, column) => {
      const value = z[(last - row) * x.length + column];
      return Number.isNaN(value) ? undefined : value;
    },
  };
}

/**
 * The place in a rising list of the value that is nearest.
 *
 * @param {ArrayLike<number>} values
 * @param {number} value
 */
export function nearest(values, value) {
  let found = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i] - value) < Math.abs(values[found] - value)) found = i;
  }
  return found;
}
