/**
 * The tables below the network: the paths from a parameter to the loss, what each example of the
 * minibatch adds to its gradient, what the example on the stage says.
 *
 * @import {Column} from "../../views/number-table.js"
 * @import {Pointed} from "../../views/parts/graph-lights.js"
 * @import {Arrays} from "./layers.js"
 */

import { inputOf, outputOf, subscript } from "./layers.js";

/** The one number of a tensor of one. */
const only = () => [0];

/**
 * The parameter that is looked at.
 *
 * @typedef {object} Looked
 * @property {number} layer  counted from 1
 * @property {readonly number[]} index  of a weight two numbers, of a bias one
 * @property {string} tensor
 */

/** @param {Arrays} arrays  @returns {Looked} */
export function lookedAt(arrays) {
  const layer = arrays.get("look.layer")?.data[0] ?? 1;
  const index = [...(arrays.get("look.index")?.data ?? [0, 0])];
  return { layer, index, tensor: `dense${layer}.${index.length > 1 ? "W" : "b"}` };
}

/** `dense1.W[2,0] (x1 to neuron 3 of layer 1)`. @param {Looked} looked  @param {readonly string[]} features */
export function lookedWords({ layer, index, tensor }, features) {
  const [to, from] = index;
  const before = layer === 1 ? (features[from] ?? `x${subscript(from + 1)}`) : `neuron ${from + 1}`;
  const way = from === undefined ? "bias of" : `${before} to`;
  return `${tensor}[${index.join(",")}] (${way} neuron ${to + 1} of layer ${layer})`;
}

/**
 * A column for each local derivative along the paths.
 *
 * @param {Arrays} arrays
 * @param {Looked} looked
 * @param {number} depth
 * @returns {Column[]}
 */
export function pathColumns(arrays, { layer, index }, depth) {
  const factor = arrays.get("paths.factor");
  const heads = [index.length > 1 ? (layer === 1 ? "x" : `a${subscript(layer - 1)}`) : "1"];
  for (let n = layer; n < depth; n++) heads.push(`f′${subscript(n)}(z)`, `W${subscript(n + 1)}`);
  heads.push(`δ${subscript(depth)}`);
  const columns = heads.map((head, place) => ({
    head: place ? `· ${head}` : head,
    tensor: factor,
    at: (/** @type {number} */ row) => [row, place],
  }));
  return [...columns, { head: "= product", tensor: arrays.get("paths.product"), token: "gradient" }];
}

/**
 * The neurons that each listed path goes through, in words.
 *
 * @param {Arrays} arrays
 */
export function pathRows(arrays) {
  const units = arrays.get("paths.unit");
  if (!units) return [];
  const [rows, layers] = units.shape;
  return Array.from({ length: rows }, (_, row) => {
    const through = Array.from({ length: layers }, (__, n) => units.data[row * layers + n] + 1);
    return `→ ${through.join(" → ")} → L`;
  });
}

/**
 * What a listed path is made of, to be lit.
 *
 * @param {Arrays} arrays
 * @param {Looked} looked
 * @param {number} row
 * @returns {Pointed[]}
 */
export function pathParts(arrays, { layer, index, tensor }, row) {
  const units = arrays.get("paths.unit");
  if (!units) return [];
  const width = units.shape[1];
  const through = Array.from(units.data.subarray(row * width, (row + 1) * width));
  /** @type {Pointed[]} */
  const parts = [{ tensor, index }];
  if (index.length > 1) parts.push({ tensor: inputOf(layer), index: [0, index[1]] });
  for (const [n, unit] of through.entries()) {
    const dense = `dense${layer + n}`;
    parts.push({ tensor: `${dense}.z`, index: [0, unit] });
    if (n > 0) parts.push({ tensor: `${dense}.W`, index: [unit, through[n - 1]] });
  }
  return parts;
}

/**
 * What becomes of all products, and what the loss says when the weight is nudged.
 *
 * @param {Arrays} arrays
 * @param {Looked} looked
 * @param {string} together  `sum` or `product`; nothing is told of `open`
 * @returns {Column[]}
 */
export function togetherColumns(arrays, { tensor, index }, together) {
  if (together === "open") return [];
  const all = arrays.get("paths.count")?.data[0] ?? 0;
  const nudged = arrays.get("paths.quotient");
  const checked = { head: "nudged: (L₊ − L₋) / 2ε", tensor: nudged, at: only, token: "correct" };
  const named = (/** @type {string} */ done) => (all === 1 ? "the only one" : `all ${all} ${done}`);
  if (together === "product") {
    return [{ head: named("multiplied"), tensor: arrays.get("paths.multiplied"), at: only }, checked];
  }
  const listed = arrays.get("paths.product")?.data.length ?? 0;
  const rest = { head: `${all - listed} more`, tensor: arrays.get("paths.rest"), at: only };
  const own = arrays.get(`stage.${tensor.replace(".", ".d")}`);
  return [
    ...(all > listed ? [rest] : []),
    { head: named("added"), tensor: arrays.get("paths.sum"), at: only, token: "gradient" },
    { head: "δ · a by backprop", tensor: own, at: () => index, token: "gradient" },
    checked,
  ];
}

/**
 * @param {Arrays} arrays
 * @returns {Column[]}
 */
export function eachColumns(arrays) {
  return [
    { head: "δ", tensor: arrays.get("each.dz") },
    { head: "· a", tensor: arrays.get("each.x") },
    { head: "= δ · a", tensor: arrays.get("each.gradient"), token: "gradient" },
    { head: "Δ so far", tensor: arrays.get("each.sum") },
  ];
}

/** @param {Arrays} arrays */
export function eachRows(arrays) {
  return Array.from(arrays.get("each.sample")?.data ?? [], (sample) => `example ${sample + 1}`);
}

/**
 * @param {Arrays} arrays
 * @param {Looked} looked
 * @returns {Column[]}
 */
export function meanColumns(arrays, { tensor, index }) {
  const count = arrays.get("each.count")?.data[0] ?? 0;
  const listed = arrays.get("each.sample")?.data.length ?? 0;
  /** @type {Column[]} */
  const columns = [];
  if (count > listed) {
    columns.push({ head: `${count - listed} more`, tensor: arrays.get("each.rest"), at: only });
  }
  return [
    ...columns,
    { head: "Δ", tensor: arrays.get("each.total"), at: only },
    { head: `Δ / ${count}`, tensor: arrays.get("each.mean"), at: only, token: "gradient" },
    { head: "the step", tensor: arrays.get(`${tensor}.update`), at: () => index, token: "correct" },
    { head: index.length > 1 ? "weight now" : "bias now", tensor: arrays.get(tensor), at: () => index },
  ];
}

/**
 * What the example's outputs are and should be, and below them its loss.
 *
 * @param {Arrays} arrays
 * @param {number} outputs
 * @returns {Column[]}
 */
export function saidColumns(arrays, outputs) {
  const at = (/** @type {number} */ row) => (row < outputs ? [0, row] : []);
  const each = (/** @type {import("../../core/types.js").Tensor | undefined} */ tensor) =>
    new Array(outputs).fill(tensor);
  return [
    { head: "should say", tensor: each(arrays.get("target")), at },
    { head: "says", tensor: [...each(arrays.get(outputOf(arrays))), arrays.get("stage.loss")], at },
  ];
}
