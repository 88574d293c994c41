/**
 * Where everything of a graph stands: a column of neurons for each layer, a bias below each neuron,
 * and the edges between neighbouring columns. Lengths are CSS px.
 *
 * @import {Box} from "./geometry.js"
 */

/**
 * @typedef {object} GraphLayer  one column
 * @property {string} heading
 * @property {number} units
 * @property {readonly string[]} [names]  of the units, of inputs and outputs
 * @property {string} a  the tensor of the neurons' numbers
 * @property {string} [W]  what feeds it: (units, units of the layer before)
 * @property {string} [b]
 * @property {string} [z]
 * @property {string} [activation]  of a hidden layer, as it is chosen: `tanh`
 *
 * @typedef {object} Room  what a drawing must fit
 * @property {number} width
 * @property {number} height  of the neurons' tallest column, at most
 * @property {number} zoom  how much larger the page's type is than usual: 1.6 on a projector
 * @property {number} left  what the names of the inputs take
 * @property {number} right  what the names of the outputs take
 * @property {number} least  the least from column to column: what a column's heading takes
 * @property {boolean} tiles  neurons are tiles that show a picture
 */

/** A neuron's diameter; with a picture, its side; and when there is little room. */
const NEURON = 38;
const TILE = 44;
const SMALL = 14;
/** What a bias takes below its neuron. */
const BIAS = 17;
/** Between a neuron with its bias and the one below. */
const APART = 5;
const FAR_APART = 108;
const SMALL_APART = 30;
/** Around the drawing: what an outline takes. */
const RIM = 4;
/** An edge of the strongest number, where the columns are far apart. */
const THICK = 5;
/** Between two columns, at least. */
const GAP = 36;
/** How much wider than its box a drawing may be so that its numbers stay readable. */
const SCROLL = 1.7;
/** A number beside an edge needs so much across and down, and stays so far from neurons. */
const LABEL = 46;
const LABEL_LINE = 15;
const CLEAR = 16;
const MOST_LABELS = 24;

export class GraphPlan {
  /** @type {readonly GraphLayer[]} */
  layers = [];
  /** The first unit of each layer in the lists of all units. @type {number[]} */
  first = [];
  count = 0;
  /** The columns' middles. */
  x = new Float32Array(0);
  /** The units' middles, as they are drawn, and where they belong. */
  y = new Float32Array(0);
  aim = new Float32Array(0);
  /** Half of a neuron. */
  radius = NEURON / 2;
  pitch = 0;
  width = 0;
  height = 0;
  zoom = 1;
  /** How thick an edge may be. */
  thick = THICK;
  /** Neurons are too small for numbers. */
  small = false;
  /** Where on the edges into a layer their numbers stand, from 0 to 1; 0 where there is no room. */
  labels = new Float32Array(0);

  /** @param {readonly GraphLayer[]} layers */
  take(layers) {
    this.layers = layers;
    this.first = [];
    this.count = 0;
    for (const { units } of layers) {
      this.first.push(this.count);
      this.count += units;
    }
    this.x = new Float32Array(layers.length);
    this.y = new Float32Array(this.count);
    this.aim = new Float32Array(this.count);
    this.labels = new Float32Array(layers.length);
  }

  /** Find the sizes. @param {Room} room */
  fit(room) {
    const { layers } = this;
    const { zoom, left, right, tiles } = room;
    const rows = Math.max(1, ...layers.map(({ units }) => units));
    const gaps = Math.max(1, layers.length - 1);
    const whole = (tiles ? TILE : NEURON) * zoom;
    const across = (/** @type {number} */ size) => (room.width - left - right - size) / gaps;
    let size = whole;
    let step = Math.max(across(size), size + GAP * zoom, room.least);
    if (left + right + size + step * gaps > SCROLL * room.width) {
      // many layers: rather all of them at once than their numbers
      size = Math.max(SMALL * zoom, Math.min(whole, across(whole) / 2));
      step = Math.max(across(size), 2 * size, room.least);
    }
    this.zoom = zoom;
    this.small = size < whole;
    const own = size + (this.small ? 0 : BIAS * zoom) + APART * zoom;
    const most = this.small ? SMALL_APART * zoom : room.height / rows;
    this.pitch = Math.max(own, Math.min(FAR_APART * zoom, most));
    this.radius = size / 2;
    this.width = Math.max(room.width, left + right + size + step * gaps);
    this.height = this.pitch * (rows - 1) + size + this.below + 2 * RIM;
    this.thick = Math.max(1.4, Math.min(THICK, (step - size) / 14)) * zoom;
    for (let i = 0; i < layers.length; i++) this.x[i] = left + size / 2 + step * i;
    if (layers.length === 1) this.x[0] = this.width / 2;
    this.place(null);
    this.y.set(this.aim);
    for (let i = 1; i < layers.length; i++) this.labels[i] = this.roomOnEdges(i);
  }

  /**
   * Give each unit its place; units of a strand share one.
   *
   * @param {ReadonlyMap<string, ArrayLike<number>> | null} strands  the group of each unit, by layer
   */
  place(strands) {
    const { layers, first, aim, pitch, height } = this;
    for (let i = 0; i < layers.length; i++) {
      const { units, a } = layers[i];
      const groups = strands?.get(a);
      const slots = groups ? Math.max(...Array.from({ length: units }, (_, u) => groups[u])) + 1 : units;
      const span = height - 2 * (this.radius + RIM) - this.below;
      const apart = groups ? Math.min(FAR_APART * this.zoom, span / Math.max(1, slots - 1)) : pitch;
      const from = (height - (slots - 1) * apart - this.below) / 2;
      for (let u = 0; u < units; u++) aim[first[i] + u] = from + (groups ? groups[u] : u) * apart;
    }
  }

  /** What hangs below a neuron. */
  get below() {
    return this.small ? 0 : BIAS * this.zoom;
  }

  /**
   * Bring what is drawn nearer to its place.
   *
   * @param {number} share  0 to 1
   * @returns {boolean}  whether it is there
   */
  settle(share) {
    const { y, aim } = this;
    let there = true;
    for (let i = 0; i < y.length; i++) {
      const away = aim[i] - y[i];
      if (share >= 1 || Math.abs(away) < 0.3) y[i] = aim[i];
      else {
        y[i] += away * share;
        there = false;
      }
    }
    return there;
  }

  /** @param {number} layer @param {number} unit */
  yOf(layer, unit) {
    return this.y[this.first[layer] + unit];
  }

  /** The middle of a bias. @param {number} layer @param {number} unit */
  biasY(layer, unit) {
    const { radius, zoom, small } = this;
    return this.yOf(layer, unit) + (small ? 0.8 * radius : radius + (BIAS / 2) * zoom);
  }

  /** Where a bias's square begins. @param {number} layer */
  biasX(layer) {
    const { radius, zoom, small } = this;
    return this.x[layer] - (small ? 1.5 * radius : 24 * zoom);
  }

  /**
   * The place on the edges into a layer at which their numbers are furthest from each other.
   *
   * @param {number} layer
   * @returns {number}  0 when there is none with room enough
   */
  roomOnEdges(layer) {
    const { layers, x, zoom, radius } = this;
    const [before, here] = [layers[layer - 1].units, layers[layer].units];
    const run = x[layer] - x[layer - 1];
    const near = (radius + (LABEL / 2 + CLEAR) * zoom) / run;
    if (this.small || before * here > MOST_LABELS || near >= 0.5) return 0;
    let best = 0;
    let most = LABEL_LINE * zoom;
    for (let at = near; at <= 1 - near; at += 0.02) {
      const least = this.leastApart(layer, at);
      if (least > most + 0.01) [best, most] = [at, least];
    }
    return best;
  }

  /** How far the edges into a layer are from each other at a place on them. @param {number} layer @param {number} at */
  leastApart(layer, at) {
    const heights = [];
    for (let from = 0; from < this.layers[layer - 1].units; from++) {
      const start = this.yOf(layer - 1, from);
      for (let to = 0; to < this.layers[layer].units; to++) {
        heights.push(start + (this.yOf(layer, to) - start) * at);
      }
    }
    heights.sort((one, other) => one - other);
    let least = Infinity;
    for (let i = 1; i < heights.length; i++) least = Math.min(least, heights[i] - heights[i - 1]);
    return least;
  }

  /**
   * What is at a place: a neuron, then a bias, then the nearest edge.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} reach  how far an edge may be
   * @param {Spot} out
   * @returns {boolean}  whether there is anything
   */
  locate(x, y, reach, out) {
    const { layers, radius, zoom } = this;
    const target = Math.max(radius, 12 * zoom);
    for (let i = 0; i < layers.length; i++) {
      if (Math.abs(x - this.x[i]) > radius + 30 * zoom) continue;
      for (let u = 0; u < layers[i].units; u++) {
        const dx = x - this.x[i];
        const dy = y - this.yOf(i, u);
        if (layers[i].b && !this.small && this.nearBias(i, u, x, y)) return put(out, "bias", i, 0, u);
        if (dx * dx + dy * dy <= target * target) return put(out, "neuron", i, 0, u);
      }
    }
    return this.nearestEdge(x, y, reach, out);
  }

  /** @param {number} layer @param {number} unit @param {number} x @param {number} y */
  nearBias(layer, unit, x, y) {
    const half = 12 * this.zoom;
    const away = y - this.biasY(layer, unit);
    // the neuron above it keeps its own edge
    return away > -0.6 * half && away < half && Math.abs(x - this.x[layer]) < 28 * this.zoom;
  }

  /** @param {number} x @param {number} y @param {number} reach @param {Spot} out */
  nearestEdge(x, y, reach, out) {
    const { layers } = this;
    let nearest = reach;
    let found = false;
    for (let i = 1; i < layers.length; i++) {
      const start = this.x[i - 1];
      const run = this.x[i] - start;
      if (!layers[i].W || x < start || x > start + run) continue;
      const along = (x - start) / run;
      for (let from = 0; from < layers[i - 1].units; from++) {
        const y0 = this.yOf(i - 1, from);
        for (let to = 0; to < layers[i].units; to++) {
          const rise = this.yOf(i, to) - y0;
          const away = (Math.abs(y0 + rise * along - y) * run) / Math.hypot(run, rise);
          if (away >= nearest) continue;
          nearest = away;
          found = put(out, "edge", i, from, to);
        }
      }
    }
    return found;
  }

  /** The box of a spot. @param {Spot} spot @param {Box} out @returns {Box} */
  boxOf({ kind, layer, from, to }, out) {
    const { radius, zoom, small } = this;
    const [x, y] = [this.x[layer], this.yOf(layer, to)];
    if (kind === "neuron") return box(out, x, y, 2 * radius, 2 * radius);
    if (kind === "bias") {
      const side = 10 * zoom;
      if (small) return box(out, this.biasX(layer) + side / 4, this.biasY(layer, to), side, side);
      return box(out, x, this.biasY(layer, to), 54 * zoom, (BIAS - 1) * zoom);
    }
    const at = this.labels[layer] || 0.5;
    const x0 = this.x[layer - 1];
    const y0 = this.yOf(layer - 1, from);
    const side = (this.labels[layer] > 0 ? LABEL : 10) * zoom;
    return box(out, x0 + (x - x0) * at, y0 + (y - y0) * at, side, Math.min(side, 16 * zoom));
  }
}

/**
 * One thing of the drawing.
 *
 * @typedef {object} Spot
 * @property {"neuron" | "bias" | "edge"} kind
 * @property {number} layer  of an edge, the one that it leads into
 * @property {number} from  the unit of the layer before; 0 unless it is an edge
 * @property {number} to  the unit of the layer
 */

/** @param {Spot} out @param {Spot["kind"]} kind @param {number} layer @param {number} from @param {number} to */
function put(out, kind, layer, from, to) {
  out.kind = kind;
  out.layer = layer;
  out.from = from;
  out.to = to;
  return true;
}

/** @param {Box} out @param {number} x @param {number} y @param {number} width @param {number} height */
function box(out, x, y, width, height) {
  out.x = x - width / 2;
  out.y = y - height / 2;
  out.width = width;
  out.height = height;
  return out;
}
