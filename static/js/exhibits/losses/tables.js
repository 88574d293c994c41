/**
 * What stands in the tables of "What a loss is", and what its models are called.
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {Column} from "../../views/number-table.js"
 *
 * @typedef {ReadonlyMap<string, Tensor>} Arrays
 */

/** The models by name: their colour, and what they are called. */
export const MODELS = /** @type {const} */ ({
  linear: { token: "series-1", name: "squared error", data: "points" },
  mse: { token: "series-3", name: "squared error", data: "classes" },
  ce: { token: "series-2", name: "cross-entropy", data: "classes" },
});

/** @typedef {keyof typeof MODELS} Model */

/** The balls' columns: what is written over them, which tensor, which element. @type {[string, string, number[]][]} */
const OF_BALL = [
  ["w", "w", [0]],
  ["b", "w", [1]],
  ["loss J", "J", []],
  ["∂J/∂w", "dw", [0]],
  ["∂J/∂b", "dw", [1]],
  ["gradient's length", "norm", []],
  ["step in w", "update", [0]],
  ["step in b", "update", [1]],
];

/** @param {readonly Model[]} models @param {Arrays} arrays @returns {Column[]} */
export function ballColumns(models, arrays) {
  return OF_BALL.map(([head, of, index]) => ({
    head,
    tensor: models.map((name) => arrays.get(`${name}.${of}`)),
    at: () => index,
  }));
}

/** @param {readonly Model[]} models */
export function ballRows(models) {
  return models.map((name) => ({ head: MODELS[name].name, token: MODELS[name].token }));
}

export const WHOLE = ["sum of eᶻ", "loss: −ln p of the right class"];

/** Columns of vectors with an element a row: what stands at the head, and the tensor. @typedef {[string, string, string?][]} Heads */

/** @type {Heads} */
const OF_CLASS = [
  ["score z", "softmax.z"],
  ["eᶻ", "softmax.exp"],
  ["p = eᶻ / sum", "softmax.p"],
  ["y", "softmax.y"],
  ["gradient p − y", "softmax.dz"],
];

/** @type {Heads} */
const OF_POINT = [
  ["x", "points.x"],
  ["y", "points.y"],
  ["the line says z", "linear.z"],
  ["residual z − y", "linear.error"],
  ["squared", "linear.loss"],
];

/** @param {Arrays} arrays */
export function classColumns(arrays) {
  return columnsOf(OF_CLASS, arrays);
}

/** @param {Arrays} arrays @returns {Column[]} */
export function wholeColumns(arrays) {
  const tensor = ["softmax.sum", "softmax.loss"].map((name) => arrays.get(name));
  return [{ head: "all classes together", tensor, at: () => [] }];
}

/** @param {readonly Model[]} models @param {Arrays} arrays */
export function pointColumns(models, arrays) {
  if (models.includes("linear")) return columnsOf(OF_POINT, arrays);
  /** @type {Heads} */
  const heads = [
    ["x", "classes.x"],
    ["class y", "classes.y"],
  ];
  for (const name of models) {
    const { token } = MODELS[name];
    heads.push(["p", `${name}.p`, token]);
    // the gradient of cross-entropy has no such factor
    if (name === "mse") heads.push(["σ′(z)", `${name}.slope`, token]);
    heads.push(["loss ℓ", `${name}.loss`, token], ["∂ℓ/∂z", `${name}.dz`, token]);
  }
  return columnsOf(heads, arrays);
}

/** @param {Heads} heads @param {Arrays} arrays @returns {Column[]} */
function columnsOf(heads, arrays) {
  return heads.map(([head, tensor, token]) => ({ head, tensor: arrays.get(tensor), token }));
}

/** @param {string} what @param {number} count @param {number} [first] */
export function namesOf(what, count, first = 0) {
  return Array.from({ length: count }, (_, i) => `${what} ${i + first}`);
}
