/**
 * The racers, in the engine's order, and what they look like.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {Control} from "../../core/types.js"
 */

export const RACERS = ["sgd", "momentum", "nesterov", "rmsprop", "adam", "annealing", "genetic"];
export const SHORT = ["descent", "momentum", "Nesterov", "RMSprop", "Adam", "annealing", "genetic"];
/** @type {readonly Colour[]} */
export const TOKENS = [
  ...["series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7"],
].map((name) => /** @type {Colour} */ (name));
export const DASHES = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 2], [12, 4], [6, 2, 2, 2, 2, 2]];

/** What people call each racer: the options of the control. @param {readonly Control[]} controls */
export function labelsOf(controls) {
  const control = controls.find(({ name }) => name === "racer");
  return control?.kind === "choice" ? control.options.map(({ label }) => label) : SHORT;
}
