/**
 * The columns of a small network, as a graph takes them.
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {GraphLayer} from "../../views/parts/graph-plan.js"
 */

export const OUTPUTS = ["class 0", "class 1"];

/** Without the tensor that they show. */
export const INPUTS = { heading: "input", units: 2, names: ["x1", "x2"] };

/**
 * @param {string} name  of the network
 * @param {number} layer
 * @param {ReadonlyMap<string, Tensor>} arrays
 * @returns {GraphLayer}
 */
export function hiddenColumn(name, layer, arrays) {
  const dense = `${name}.dense${layer}`;
  return {
    heading: `hidden ${layer}`,
    units: arrays.get(`${dense}.b`)?.data.length ?? 0,
    a: `${name}.act${layer}.a`,
    ...{ W: `${dense}.W`, b: `${dense}.b`, z: `${dense}.z` },
  };
}

/**
 * @param {string} name  of the network
 * @param {number} layer
 * @param {string} shown  the tensor of the neurons' numbers
 * @returns {GraphLayer}
 */
export function outputColumn(name, layer, shown) {
  const dense = `${name}.dense${layer}`;
  return {
    heading: "class",
    units: OUTPUTS.length,
    names: ["0", "1"],
    a: `${name}.${shown}`,
    ...{ W: `${dense}.W`, b: `${dense}.b`, z: `${dense}.z` },
  };
}
