/**
 * Which edges of a graph a moment of an opened step goes through, and which way.
 *
 * @import {Moment} from "../../core/types.js"
 * @import {Flow} from "./graph-lights.js"
 * @import {GraphLayer} from "./graph-plan.js"
 */

/**
 * Forward, a layer's edges carry what comes in to its sums; backward, the same edges carry the
 * gradient from its sums to what came in. Nothing flows where a neuron works on its own number.
 *
 * @param {Moment | null} moment
 * @param {readonly GraphLayer[]} layers
 * @returns {Flow | null}
 */
export function flowOf(moment, layers) {
  if (!moment) return null;
  const { phase, tensors } = moment;
  if (phase === "forward") {
    const layer = layers.findIndex(({ z }) => z !== undefined && tensors.includes(z));
    return layer > 0 ? { layer } : null;
  }
  if (phase !== "backward" || moment.index === firstOf(moment, "backward")) return null;
  // the loss makes the first gradient; after that, that of a layer's numbers comes through the next one
  const made = layers.findIndex(({ a }) => tensors.includes(gradientOf(a)));
  return made >= 0 && made + 1 < layers.length ? { layer: made + 1, backwards: true } : null;
}

/**
 * The parameters whose gradient, or whose update, a moment computes.
 *
 * @param {Moment | null} moment
 * @param {readonly GraphLayer[]} layers
 */
export function parametersOf(moment, layers) {
  if (!moment) return [];
  const of = layers.flatMap(({ W, b }) => [W, b].filter((name) => name !== undefined));
  return of.filter((name) => {
    const own = moment.phase === "update" ? name : gradientOf(name);
    return moment.tensors.includes(own);
  });
}

/** The place of a phase's first moment in its step. @param {Moment} moment @param {string} phase */
function firstOf({ phases }, phase) {
  let first = 0;
  for (const [name, count] of phases) {
    if (name === phase) return first;
    first += count;
  }
  return first;
}

/** `act1.da` of `act1.a`. @param {string} name */
const gradientOf = (name) => name.replace(/[^.]+$/, (part) => `d${part}`);
