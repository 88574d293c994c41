/**
 * The layers of the network on the stage, read off the names of a frame's tensors: which they are,
 * and how a graph draws them.
 *
 * @import {Moment, Tensor} from "../../core/types.js"
 * @import {GraphLayer} from "../../views/parts/graph-plan.js"
 *
 * @typedef {ReadonlyMap<string, Tensor>} Arrays
 */

/** Up to four hidden layers, and the outputs. */
const MOST_LAYERS = 5;
const OUTPUTS = ["sigmoid", "softmax", "linear"];
const BELOW = "₀₁₂₃₄₅₆₇₈₉";
/** What stands beside a weight's own number under another name. */
const OF_PARAMETERS = ["W", "b", "dW", "db", "W.update", "b.update"];

/** Every name that a network of this exhibit can have. */
export function everyName() {
  const names = [];
  for (let n = 1; n <= MOST_LAYERS; n++) {
    names.push(...OF_PARAMETERS.map((of) => `dense${n}.${of}`));
    names.push(`stage.dense${n}.dW`, `stage.dense${n}.db`, `dense${n}.z`, `dense${n}.dz`);
    names.push(`act${n}.a`, `act${n}.da`, `units.act${n}`);
  }
  return [...names, ...OUTPUTS.flatMap((of) => [`${of}.a`, `${of}.da`])];
}

/** How many dense layers there are. @param {Arrays} arrays */
export function depthOf(arrays) {
  let depth = 0;
  while (arrays.has(`dense${depth + 1}.W`)) depth += 1;
  return depth;
}

/** The output's tensor. @param {Arrays} arrays */
export function outputOf(arrays) {
  return OUTPUTS.map((of) => `${of}.a`).find((name) => arrays.has(name)) ?? "";
}

/** @param {number} n */
export const subscript = (n) => [...String(n)].map((digit) => BELOW[Number(digit)]).join("");

/**
 * The columns of the graph.
 *
 * @param {Arrays} arrays
 * @param {string} hidden  the control: `4 tanh, 3 relu`
 * @param {{features: readonly string[], outputs: readonly string[]}} names
 * @returns {GraphLayer[]}
 */
export function graphLayers(arrays, hidden, { features, outputs }) {
  const words = hidden.split(",").map((word) => word.trim().split(" ")[1] ?? "");
  const depth = depthOf(arrays);
  const first = unitsOf(arrays.get(inputOf(1)));
  /** @type {GraphLayer[]} */
  const layers = [{ heading: "inputs", units: first, a: inputOf(1), names: features.map(withoutUnit) }];
  for (let n = 1; n <= depth; n++) {
    const last = n === depth;
    const a = last ? outputOf(arrays) : `act${n}.a`;
    const dense = `dense${n}`;
    layers.push({
      heading: last ? "output" : `layer ${n}`,
      units: unitsOf(arrays.get(`${dense}.b`)),
      a,
      W: `${dense}.W`,
      b: `${dense}.b`,
      z: `${dense}.z`,
      ...(last ? { names: outputs } : { activation: words[n - 1] }),
    });
  }
  return layers;
}

/** What comes into a layer. @param {number} layer  counted from 1 */
export const inputOf = (layer) => (layer === 1 ? "dense1.x" : `act${layer - 1}.a`);

/** `petal length` of `petal length (cm)`. @param {string} name */
const withoutUnit = (name) => name.replace(/\s*\([^)]*\)$/, "");

/** @param {Tensor | undefined} tensor */
const unitsOf = (tensor) => tensor?.shape.at(-1) ?? 0;

/**
 * The numbers of a frame as the graph asks for them: the example's own gradients for the
 * minibatch's, in the neurons what goes back instead of what goes forward, and in slow motion
 * nothing that has not been computed yet.
 */
export class GraphArrays {
  /** @type {Map<string, Tensor>} */
  map = new Map();
  /** @type {Map<string, Tensor>} */
  #pictures = new Map();

  /**
   * @param {Arrays} arrays
   * @param {readonly GraphLayer[]} layers
   * @param {boolean} back  whether gradients are shown
   * @param {Moment | null} moment  in slow motion the gradients are the minibatch's
   */
  take(arrays, layers, back, moment) {
    const { map } = this;
    map.clear();
    for (const [name, tensor] of arrays) map.set(name, tensor);
    if (back) this.#turn(arrays, layers, moment);
    if (moment) for (const [name, { name: own }] of map) if (moment.pending.includes(own)) map.delete(name);
    return map;
  }

  /** What each hidden neuron says of the plane. @param {Arrays} arrays @param {readonly GraphLayer[]} layers */
  regions(arrays, layers) {
    const pictures = this.#pictures;
    pictures.clear();
    for (const { a } of layers) {
      const picture = arrays.get(`units.${a.split(".")[0]}`);
      if (picture) pictures.set(a, picture);
    }
    return pictures.size > 0 ? pictures : null;
  }

  /** @param {Arrays} arrays @param {readonly GraphLayer[]} layers @param {Moment | null} moment */
  #turn(arrays, layers, moment) {
    const { map } = this;
    const own = moment === null;
    for (const { a, W, b, z } of layers) {
      // what has come back to a neuron's output stands there until its slope makes dz of it
      const waits = z !== undefined && moment?.pending.includes(gradient(z));
      // of the inputs, only the one example's own are known
      const backward = z && !waits ? arrays.get(gradient(z)) : (own || waits) && arrays.get(gradient(a));
      if (backward) map.set(a, backward);
      else map.delete(a);
      if (!own) continue;
      for (const parameter of [W, b]) {
        const mine = parameter && arrays.get(`stage.${gradient(parameter)}`);
        if (parameter && mine) map.set(gradient(parameter), mine);
      }
    }
  }
}

/** `dense1.dW` of `dense1.W`. @param {string} name */
export const gradient = (name) => name.replace(/[^.]+$/, (part) => `d${part}`);
