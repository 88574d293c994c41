/**
 * What a tensor says in words: the names of its cells and a sentence about the whole.
 *
 * Indices count from 0 in code and from 1 in words; an axis that counts otherwise says from where:
 * `digit@0` is digit 0, digit 1, ….
 *
 * @import {Arrangement} from "./arrangement.js"
 */

import { significant } from "../../core/format.js";

const USUAL = ["image", "channel", "row", "column"];

/**
 * Names for the axes of a tensor: as given by the attribute `axes`, or the usual ones; these, too,
 * as long as a tensor of another rank stands there than the attribute is for.
 *
 * @param {string | null} given  `filter,channel,row,column`
 * @param {readonly number[]} shape
 * @param {number} held  leading axes that are fixed
 * @returns {string[]}
 */
export function axisNames(given, shape, held) {
  const names = given ? given.split(",").map((name) => name.trim()) : [];
  if (names.length === shape.length) return names;
  if (shape.length - held === 1) return [...new Array(held).fill("image"), "unit"];
  const more = Math.max(0, shape.length - USUAL.length);
  return [...new Array(more).fill("group"), ...USUAL.slice(-shape.length)];
}

/**
 * An element's place: `filter 3, row 2, column 1`. Axes of length 1 say nothing and are left out,
 * and so are those that the view holds fixed.
 *
 * @param {Arrangement} arrangement
 * @param {readonly string[]} axes
 * @param {number} element
 * @returns {string}  empty when the tensor is a single number
 */
export function placeOf(arrangement, axes, element) {
  const { shape, held } = arrangement;
  return arrangement
    .index(element)
    .map((i, axis) => (axis >= held && shape[axis] > 1 ? ordinal(axes[axis], i) : ""))
    .filter(Boolean)
    .join(", ");
}

/**
 * A cell's name: `filter 3, row 2, column 1: −0.52`.
 *
 * @param {Arrangement} arrangement
 * @param {readonly string[]} axes
 * @param {number} element
 * @param {number | undefined} value
 * @param {boolean} [gradual]  NaN is a number that is not there yet
 */
export function cellName(arrangement, axes, element, value, gradual = false) {
  const place = placeOf(arrangement, axes, element);
  const missing = value === undefined || (gradual && Number.isNaN(value));
  const number = missing ? "no value yet" : significant(value);
  return place ? `${place}: ${number}` : number;
}

/**
 * The name of a tile: `filter 3`; empty when there is but one.
 *
 * @param {Arrangement} arrangement
 * @param {readonly string[]} axes
 * @param {number} tile
 */
export function tileName(arrangement, axes, tile) {
  const { shape, held } = arrangement;
  const index = arrangement.index(arrangement.inTile(tile, 0, 0));
  const names = [];
  for (let axis = held; axis < shape.length - 2; axis++) {
    if (shape[axis] > 1) names.push(ordinal(axes[axis], index[axis]));
  }
  return names.join(", ");
}

/**
 * One sentence about a tensor: its shape, its least and greatest value and where they are.
 *
 * @param {Arrangement} arrangement
 * @param {readonly string[]} axes
 * @param {ArrayLike<number>} data
 * @param {boolean} [gradual]  NaN is a number that is not there yet
 * @returns {string}
 */
export function summary(arrangement, axes, data, gradual = false) {
  const { start, count } = arrangement;
  let least = -1;
  let most = -1;
  let lost = 0;
  let missing = 0;
  for (let i = start; i < start + count; i++) {
    const value = data[i];
    if (gradual && Number.isNaN(value)) missing += 1;
    else if (!Number.isFinite(value)) lost += 1;
    else {
      if (least < 0 || value < data[least]) least = i;
      if (most < 0 || value > data[most]) most = i;
    }
  }
  const size = sizeInWords(arrangement, axes);
  const notYet = missing > 0 ? `${missing} of them not there yet` : "";
  const notFinite = lost > 0 ? `${lost} of them not finite` : "";
  if (missing === count) return `${size}, none of them there yet.`;
  if (least < 0) return `${size}, none of them finite.`;
  const head = [size, notYet, notFinite].filter(Boolean).join(", ");
  if (data[least] === data[most]) {
    const which = missing > 0 ? "the others are" : "all are";
    return `${head}; ${which} ${significant(data[most])}.`;
  }
  const from = `least ${valueAt(arrangement, axes, data, least)}`;
  const to = `greatest ${valueAt(arrangement, axes, data, most)}`;
  return `${head}; ${from}, ${to}.`;
}

/**
 * The shape as a heading writes it: `8 · 3×3`, `64`.
 *
 * @param {readonly number[]} shape
 * @param {number} held
 */
export function shapeLine(shape, held) {
  const free = shape.slice(held);
  if (free.length < 2) return String(free[0] ?? 1);
  const tile = `${free[free.length - 2]}×${free[free.length - 1]}`;
  const lead = free.slice(0, -2).filter((n) => n > 1);
  return lead.length > 0 ? `${lead.join("×")} · ${tile}` : tile;
}

/** @param {Arrangement} arrangement @param {readonly string[]} axes */
function sizeInWords({ shape, held, count }, axes) {
  const parts = [];
  for (let axis = held; axis < shape.length; axis++) {
    if (shape[axis] > 1) parts.push(`${shape[axis]} ${plural(axes[axis])}`);
  }
  return parts.length > 1 ? `${count} numbers, ${parts.join(" by ")}` : parts[0] ?? "one number";
}

/**
 * One place along an axis: `row 3`.
 *
 * @param {string} axis
 * @param {number} i  from 0
 */
function ordinal(axis, i) {
  const [name, first = "1"] = axis.split("@");
  return `${name} ${i + Number(first)}`;
}

/** @param {string} axis */
function plural(axis) {
  const [name] = axis.split("@");
  if (/(x|ss|ch|sh)$/.test(name)) return `${name}es`;
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/**
 * @param {Arrangement} arrangement
 * @param {readonly string[]} axes
 * @param {ArrayLike<number>} data
 * @param {number} element
 */
function valueAt(arrangement, axes, data, element) {
  return `${significant(data[element])} at ${placeOf(arrangement, axes, element)}`;
}
