/**
 * What the plots say in words.
 *
 * @import {Curve, Line, Mark} from "./plot-marks.js"
 */

import { significant } from "../../core/format.js";

/** @typedef {{x: string, y: string}} Names  of the axes */

/**
 * A curve: `J from 4 at w = −2 to 9 at w = 3, least 0 at w = 0, greatest 9 at w = 3`.
 *
 * @param {Curve} curve
 * @param {Names} names
 */
export function curveWords({ x, y, label, name }, names) {
  let [first, last, least, greatest] = [-1, -1, -1, -1];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i])) continue;
    if (first < 0) first = i;
    last = i;
    if (least < 0 || y[i] < y[least]) least = i;
    if (greatest < 0 || y[i] > y[greatest]) greatest = i;
  }
  const called = label ?? name ?? names.y;
  if (first < 0) return `${called} has no values yet`;
  const at = (/** @type {number} */ i) => `${significant(y[i])} at ${names.x} = ${significant(x[i])}`;
  return `${called} from ${at(first)} to ${at(last)}, least ${at(least)}, greatest ${at(greatest)}`;
}

/** A ball: `the ball at w = 1.2, J = 1.44`. @param {Mark} mark @param {Names} names */
export function markWords({ x, y, label }, names) {
  return `${label ?? "the ball"} at ${placeWords(x, y, names)}`;
}

/** @param {Line} line @param {Names} names */
export function lineWords({ x1, y1, x2, y2, label, arrow }, names) {
  const called = label ?? (arrow ? "an arrow" : "a line");
  return `${called} from ${placeWords(x1, y1, names)} to ${placeWords(x2, y2, names)}`;
}

/** @param {number} x @param {number} y @param {Names} names */
export function placeWords(x, y, names) {
  return `${names.x} = ${significant(x)}, ${names.y} = ${significant(y)}`;
}

/**
 * How many points a plane has, of which classes and from where to where.
 *
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 * @param {ArrayLike<number> | undefined} classes
 * @param {readonly string[]} classNames
 * @param {Names} names
 */
export function pointsWords(x, y, classes, classNames, names) {
  if (x.length === 0) return "no points yet";
  const [fromX, toX] = ends(x);
  const [fromY, toY] = ends(y);
  const counts = new Map();
  for (let i = 0; classes && i < x.length; i++) counts.set(classes[i], (counts.get(classes[i]) ?? 0) + 1);
  const told = [...counts.keys()]
    .toSorted((one, other) => one - other)
    .map((which) => `${counts.get(which)} ${classNames[which] ?? `of class ${which}`}`);
  const of = told.length > 0 ? ` (${told.join(", ")})` : "";
  const range = (/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to) =>
    `${name} from ${significant(from)} to ${significant(to)}`;
  const count = x.length === 1 ? "1 point" : `${x.length} points`;
  return `${count}${of}, ${range(names.x, fromX, toX)}, ${range(names.y, fromY, toY)}`;
}

/** @param {ArrayLike<number>} values @returns {[number, number]} the least and the greatest */
export function ends(values) {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least && values[i] > -Infinity) least = values[i];
    if (values[i] > greatest && values[i] < Infinity) greatest = values[i];
  }
  return [least, greatest];
}
