/**
 * What the activations are called on the stage, and how each is drawn; rows stand in this order.
 *
 * @import {Colour} from "../../core/tokens.js"
 */

/** @type {readonly {name: string, label: string, token: Colour, dash: readonly number[]}[]} */
export const ACTIVATIONS = [
  { name: "linear", label: "linear", token: "series-1", dash: [2, 3] },
  { name: "sigmoid", label: "sigmoid", token: "series-3", dash: [7, 3, 1.5, 3] },
  { name: "tanh", label: "tanh", token: "series-5", dash: [5, 3] },
  { name: "relu", label: "ReLU", token: "series-2", dash: [] },
  { name: "leaky_relu", label: "leaky ReLU", token: "series-4", dash: [9, 3] },
];

/** Their rows in a table. */
export const ROWS = ACTIVATIONS.map(({ label: head, token }) => ({ head, token }));

/** @param {(name: string) => string} array  @returns {string} a line for each of them */
export function series(array) {
  return JSON.stringify(
    ACTIVATIONS.map(({ name, label, token, dash }) => ({ name: array(name), label, token, dash })),
  );
}

/** Nothing has come yet. */
export const NONE = new Float64Array(0);
