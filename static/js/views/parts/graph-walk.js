/**
 * The keyboard's way through a graph: one tab stop. Left and right follow the signal, from a neuron
 * along an edge to a bias and the next neuron; up and down go through what stands beside each other.
 *
 * For the roving cell it is a grid: a column for the edges into a layer, one for its biases and one
 * for its neurons.
 *
 * @import {GraphLayer, Spot} from "./graph-plan.js"
 */

const PER_LAYER = 3;
/** The inputs have neither edges nor biases before them. */
const MISSING = 2;
const EDGES = 0;
const BIASES = 1;
const NEURONS = 2;

export class GraphWalk {
  /** @param {() => readonly GraphLayer[]} layers */
  constructor(layers) {
    this.layers = layers;
    /** The last spot asked for. @type {Spot} */
    this.spot = { kind: "neuron", layer: 0, from: 0, to: 0 };
  }

  get columns() {
    return Math.max(0, PER_LAYER * this.layers().length - MISSING);
  }

  get rows() {
    const layers = this.layers();
    let most = 0;
    for (let column = 0; column < this.columns; column++) most = Math.max(most, rowsOf(layers, column));
    return most;
  }

  /** @param {number} row @param {number} column */
  has(row, column) {
    return row >= 0 && column >= 0 && row < rowsOf(this.layers(), column);
  }

  /** The spot of a cell, where it is valid until the next is asked for. @param {number} row @param {number} column */
  at(row, column) {
    const { spot } = this;
    const layers = this.layers();
    const at = column + MISSING;
    const part = at % PER_LAYER;
    spot.layer = Math.floor(at / PER_LAYER);
    const { units } = layers[spot.layer];
    spot.kind = part === EDGES ? "edge" : part === BIASES ? "bias" : "neuron";
    spot.from = part === EDGES ? Math.floor(row / units) : 0;
    spot.to = part === EDGES ? row % units : row;
    return spot;
  }

  /** The cell of a spot. @param {Spot} spot  @returns {[row: number, column: number]} */
  cellOf({ kind, layer, from, to }) {
    const part = kind === "edge" ? EDGES : kind === "bias" ? BIASES : NEURONS;
    const row = part === EDGES ? from * this.layers()[layer].units + to : to;
    return [row, PER_LAYER * layer + part - MISSING];
  }

  /**
   * Where a key leads.
   *
   * @param {string} key
   * @param {number} row
   * @param {number} column
   * @returns {[row: number, column: number] | null}  null when it is not one of movement here
   */
  move(key, row, column) {
    if (key === "Home") return [0, 0];
    if (key === "End") return [0, this.columns - 1];
    if (key === "ArrowRight") return this.onward({ ...this.at(row, column) });
    if (key === "ArrowLeft") return this.back({ ...this.at(row, column) });
    return null;
  }

  /** @param {Spot} spot */
  onward(spot) {
    const layers = this.layers();
    const { layer, to } = spot;
    if (spot.kind === "bias") return this.cellOf({ ...spot, kind: "neuron" });
    if (spot.kind === "edge") return this.cellOf({ ...spot, kind: layers[layer].b ? "bias" : "neuron" });
    const next = layers[layer + 1];
    if (!next) return this.cellOf(spot);
    if (!next.W) return this.cellOf({ ...spot, layer: layer + 1, to: Math.min(to, next.units - 1) });
    return this.cellOf({ kind: "edge", layer: layer + 1, from: to, to: 0 });
  }

  /** @param {Spot} spot */
  back(spot) {
    const layers = this.layers();
    const { layer, from, to } = spot;
    if (spot.kind === "edge") return this.cellOf({ kind: "neuron", layer: layer - 1, from: 0, to: from });
    if (spot.kind === "neuron" && layers[layer].b) return this.cellOf({ ...spot, kind: "bias" });
    if (layer === 0) return this.cellOf(spot);
    if (layers[layer].W) return this.cellOf({ kind: "edge", layer, from: 0, to });
    return this.cellOf({ ...spot, layer: layer - 1, to: Math.min(to, layers[layer - 1].units - 1) });
  }
}

/** How many cells a column of the grid has. @param {readonly GraphLayer[]} layers @param {number} column */
function rowsOf(layers, column) {
  const i = Math.floor((column + MISSING) / PER_LAYER);
  const part = (column + MISSING) % PER_LAYER;
  const layer = layers[i];
  if (!layer) return 0;
  if (part === NEURONS) return layer.units;
  if (part === BIASES) return layer.b ? layer.units : 0;
  return layer.W && i > 0 ? layer.units * layers[i - 1].units : 0;
}
