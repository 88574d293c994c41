/**
 * The numbers that a graph shows: which tensors its neurons, biases and edges stand for, their
 * scales, and how many decimals fit.
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {GraphLayer, GraphPlan, Spot} from "./graph-plan.js"
 * @import {NumberStyle} from "./numbers.js"
 */

import { fit } from "./numbers.js";
import { Range } from "./range.js";

/** @typedef {"W" | "dW" | "update" | "none"} EdgeKind */

/** What a bias' and an edge's number may take, CSS px. */
const BESIDE = 50;
const LINE = 28;
/** How much of a circle's width its number may take. */
const INSIDE = 0.94;

export class GraphNumbers {
  /** @type {EdgeKind} */
  kind = "W";
  /** By layer; null for what the frame does not have. @type {(Tensor | null)[]} */
  a = [];
  /** @type {(Tensor | null)[]} */
  W = [];
  /** @type {(Tensor | null)[]} */
  b = [];
  neurons = new Range();
  edges = new Range();
  /** @type {NumberStyle | null} */
  inNeuron = null;
  /** @type {NumberStyle | null} */
  besideEdge = null;
  /** @type {readonly GraphLayer[]} */
  layers = [];
  run = 0;
  /** @private */ largest = new Float64Array(1);

  /** @param {readonly GraphLayer[]} layers */
  lay(layers) {
    this.layers = layers;
    this.a = layers.map(() => null);
    this.W = layers.map(() => null);
    this.b = layers.map(() => null);
  }

  /** @param {EdgeKind} kind */
  turn(kind) {
    this.kind = kind;
    // gradients fade a thousandfold while a network learns, weights do not
    this.edges = new Range(0, kind !== "W");
  }

  /**
   * Take what a frame has; what it has not leaves its place empty.
   *
   * @param {ReadonlyMap<string, Tensor>} arrays
   * @param {number} run
   * @returns {boolean}  whether a scale changed
   */
  take(arrays, run) {
    const { layers, kind, neurons, edges, largest } = this;
    let changed = false;
    let most = 0;
    this.run = run;
    for (let i = 0; i < layers.length; i++) {
      const { a, W, b, units } = layers[i];
      const now = arrays.get(a);
      this.a[i] = now && now.data.length >= units ? now : null;
      if (this.a[i]) changed = neurons.see(/** @type {Tensor} */ (now).data, 0, units, run) || changed;
      this.W[i] = W && i > 0 ? fitting(arrays.get(shown(W, kind)), units * layers[i - 1].units) : null;
      this.b[i] = b ? fitting(arrays.get(shown(b, kind)), units) : null;
      most = Math.max(most, largestOf(this.W[i]), largestOf(this.b[i]));
    }
    largest[0] = -most; // either sign: a minus has to fit beside the number
    return edges.see(largest, 0, 1, run) || changed;
  }

  /** Find what fits. @param {GraphPlan} plan */
  fit({ radius, zoom, small }) {
    const { neurons, edges } = this;
    const size = 2 * radius * INSIDE;
    this.inNeuron = small ? null : fit({ ...scaleOf(neurons), width: size, height: size, zoom });
    const room = { width: BESIDE * zoom, height: LINE * zoom, zoom };
    this.besideEdge = small ? null : fit({ ...scaleOf(edges), ...room, whole: false });
  }

  /** @param {Spot} spot  @returns {Tensor | null} */
  tensorOf({ kind, layer }) {
    return (kind === "neuron" ? this.a : kind === "bias" ? this.b : this.W)[layer] ?? null;
  }

  /** Where the number of a spot is in its tensor. @param {Spot} spot */
  placeOf({ kind, layer, from, to }) {
    return kind === "edge" ? to * this.layers[layer - 1].units + from : to;
  }

  /** @param {Spot} spot  @returns {number | undefined}  undefined when there is none yet */
  valueOf(spot) {
    return this.tensorOf(spot)?.data[this.placeOf(spot)];
  }

  /** The place of a spot's number as the engine counts it. @param {Spot} spot  @returns {number[]} */
  indexOf({ kind, layer, from, to }) {
    if (kind === "edge") return [to, from];
    if (kind === "bias") return [to];
    const rank = this.a[layer]?.shape.length ?? 1;
    return [...new Array(rank - 1).fill(0), to];
  }
}

/** What a parameter's edges are called when they show something else of it. @param {string} name @param {EdgeKind} kind */
export function shown(name, kind) {
  if (kind === "W") return name;
  if (kind === "update") return `${name}.update`;
  return kind === "dW" ? name.replace(/[^.]+$/, (part) => `d${part}`) : "";
}

/** @param {Tensor | undefined} tensor @param {number} count */
const fitting = (tensor, count) => (tensor?.data.length === count ? tensor : null);

/** @param {Range} range */
const scaleOf = ({ limit, signed, whole }) => ({ limit, signed, whole });

/** @param {Tensor | null} tensor */
function largestOf(tensor) {
  let most = 0;
  if (!tensor) return most;
  for (let i = 0; i < tensor.data.length; i++) {
    const size = Math.abs(tensor.data[i]);
    if (size > most && size < Infinity) most = size;
  }
  return most;
}
