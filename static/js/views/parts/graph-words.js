/**
 * What a graph says in words: what its neurons, biases and edges are called, and the tables behind.
 *
 * @import {GraphNumbers} from "./graph-numbers.js"
 * @import {GraphLayer, Spot} from "./graph-plan.js"
 * @import {Sheet} from "./table-dialog.js"
 */

import { significant } from "../../core/format.js";

/** @type {Readonly<Record<string, readonly [edge: string, bias: string]>>} */
const CALLED = {
  W: ["weight", "bias"],
  dW: ["gradient of the weight", "gradient of the bias"],
  update: ["update of the weight", "update of the bias"],
  none: ["weight", "bias"],
};

/** `x1`; `hidden layer 1, neuron 3`. @param {GraphLayer} layer @param {number} unit */
export function unitName({ heading, names, units }, unit) {
  if (names?.[unit]) return names[unit];
  return units === 1 ? heading : `${heading}, neuron ${unit + 1}`;
}

/** A spot without its number. @param {GraphNumbers} numbers @param {Spot} spot */
export function spotName({ layers, kind: shows }, { kind, layer, from, to }) {
  const unit = unitName(layers[layer], to);
  if (kind === "neuron") return unit;
  if (kind === "bias") return `${CALLED[shows][1]} of ${unit}`;
  return `${CALLED[shows][0]} from ${unitName(layers[layer - 1], from)} to ${unit}`;
}

/** A spot with its number. @param {GraphNumbers} numbers @param {Spot} spot */
export function spotWords(numbers, spot) {
  const value = numbers.valueOf(spot);
  return `${spotName(numbers, spot)}: ${value === undefined ? "no value yet" : significant(value)}`;
}

/** An element as the engine names it: `dense1.W[3,0] = −0.52`. @param {GraphNumbers} numbers @param {Spot} spot */
export function elementWords(numbers, spot) {
  const tensor = numbers.tensorOf(spot);
  const value = numbers.valueOf(spot);
  if (!tensor || value === undefined) return "";
  return `${tensor.name}[${numbers.indexOf(spot).join()}] = ${significant(value)}`;
}

/**
 * One sentence about the whole: its layers, its strongest weight, what comes out.
 *
 * @param {string} label
 * @param {GraphNumbers} numbers
 */
export function graphSentence(label, numbers) {
  const { layers } = numbers;
  const sizes = layers.map(({ units, heading }) => `${units} in ${heading}`).join(", ");
  const told = [`${label}: ${layers.length} layers, ${sizes}`];
  const strongest = strongestEdge(numbers);
  if (strongest) told.push(`the largest ${spotWords(numbers, strongest)}`);
  const last = layers.length - 1;
  const out = numbers.a[last];
  if (out) {
    const said = Array.from({ length: layers[last].units }, (_, to) => {
      return spotWords(numbers, { kind: "neuron", layer: last, from: 0, to });
    });
    told.push(`out comes ${said.join(", ")}`);
  }
  return `${told.join("; ")}.`;
}

/** @param {GraphNumbers} numbers  @returns {Spot | null} */
function strongestEdge({ W, layers }) {
  let [most, layer, at] = [0, 0, 0];
  for (let i = 1; i < W.length; i++) {
    const data = W[i]?.data ?? [];
    for (let k = 0; k < data.length; k++) {
      if (Math.abs(data[k]) > most) [most, layer, at] = [Math.abs(data[k]), i, k];
    }
  }
  if (layer === 0) return null;
  const { units } = layers[layer - 1];
  return { kind: "edge", layer, from: at % units, to: Math.floor(at / units) };
}

/** A table for each layer: a row for each neuron. @param {GraphNumbers} numbers  @returns {Sheet[]} */
export function graphSheets(numbers) {
  const { layers, a, b, W } = numbers;
  return layers.map((layer, i) => {
    const before = i > 0 ? layers[i - 1] : null;
    const fed = before && W[i] ? Array.from({ length: before.units }, (_, u) => unitName(before, u)) : [];
    const bias = b[i];
    const lead = bias ? ["its number", CALLED[numbers.kind][1]] : ["its number"];
    const [edge] = CALLED[numbers.kind];
    return {
      caption: layer.heading,
      corner: "neuron",
      rows: Array.from({ length: layer.units }, (_, u) => layer.names?.[u] ?? `neuron ${u + 1}`),
      columns: [...lead, ...fed.map((name) => `${edge} from ${name}`)],
      value: (row, column) => {
        if (column === 0) return a[i]?.data[row];
        if (bias && column === 1) return bias.data[row];
        return W[i]?.data[row * fed.length + column - lead.length];
      },
    };
  });
}
