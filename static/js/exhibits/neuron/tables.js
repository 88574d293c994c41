/**
 * What stands in the tables of "One neuron".
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {Column} from "../../views/number-table.js"
 *
 * @typedef {ReadonlyMap<string, Tensor>} Arrays
 * @typedef {"perceptron" | "logistic"} Name
 */

/** @type {readonly Name[]} */
export const NAMES = ["perceptron", "logistic"];

/** @type {Readonly<Record<Name, "series-2" | "series-3">>} */
export const TOKENS = { perceptron: "series-3", logistic: "series-2" };

export const INPUTS = ["x1", "x2", "bias"];

/**
 * What is multiplied with what: a row for each input, and one for the bias.
 *
 * @param {Arrays} arrays
 * @param {Name} name
 * @param {number} point
 * @returns {Column[]}
 */
export function inputColumns(arrays, name, point) {
  const [x, w, b] = ["x", `${name}.w`, `${name}.b`].map((one) => arrays.get(one));
  return [
    { head: "input", tensor: [x, x, undefined], at: (row) => [point, row] },
    { head: "weight", tensor: [w, w, b], at: (row) => (row < 2 ? [row] : []) },
    { head: "product", tensor: arrays.get(`${name}.products`), at: (row) => [point, row] },
  ];
}

/**
 * What comes of the products: a row for the one point.
 *
 * @param {Arrays} arrays
 * @param {Name} name
 * @param {number} point
 * @returns {Column[]}
 */
export function answerColumns(arrays, name, point) {
  /** @type {[string, string][]} */
  const heads = [
    ["score z", `${name}.z`],
    [name === "perceptron" ? "a = step(z)" : "a = σ(z)", `${name}.a`],
    ["class y", "y"],
    ["a − y", `${name}.error`],
  ];
  return heads.map(([head, tensor]) => ({ head, tensor: arrays.get(tensor), at: () => [point] }));
}

/** @type {[string, string, number[]][]} */
const OF_BOTH = [
  ["w1", "w", [0]],
  ["w2", "w", [1]],
  ["b", "b", []],
  ["|w|", "norm", []],
  ["wrong side", "mistakes", []],
  ["loss J", "J", []],
  ["Δw1", "update", [0]],
  ["Δw2", "update", [1]],
  ["Δb", "update", [2]],
];

/** @param {Arrays} arrays @returns {Column[]} */
export function bothColumns(arrays) {
  return OF_BOTH.map(([head, of, index]) => ({
    head,
    tensor: NAMES.map((name) => arrays.get(`${name}.${of}`)),
    at: () => index,
  }));
}

export const BOTH = [
  { head: "perceptron", token: TOKENS.perceptron },
  { head: "logistic", token: TOKENS.logistic },
];

/**
 * @param {Arrays} arrays
 * @param {readonly Name[]} names  the neurons that are shown
 * @returns {Column[]}
 */
export function pointColumns(arrays, names) {
  /** @param {string} head @param {string} tensor @param {Column["at"]} [at] @param {string} [token] */
  const of = (head, tensor, at, token) => ({ head, tensor: arrays.get(tensor), at, token });
  const columns = [
    of("x1", "x", (row) => [row, 0]),
    of("x2", "x", (row) => [row, 1]),
    of("class y", "y"),
  ];
  for (const name of names) {
    const token = names.length > 1 ? TOKENS[name] : undefined;
    columns.push(of("z", `${name}.z`, undefined, token), of("a", `${name}.a`, undefined, token));
    if (names.length === 1) columns.push(of("distance", `${name}.distance`), of("wrong side", `${name}.wrong`));
    else {
      columns.push(
        of("asks of w1", `${name}.pull`, (row) => [row, 0], token),
        of("of w2", `${name}.pull`, (row) => [row, 1], token),
        of("of b", `${name}.pull`, (row) => [row, 2], token),
      );
    }
  }
  return columns;
}
