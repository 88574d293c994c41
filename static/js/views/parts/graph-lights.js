/**
 * What of a graph is lit: what the pointer or the focus is on, what another view points at, and the
 * layer through which the signal flows.
 *
 * @import {GraphLayer, Spot} from "./graph-plan.js"
 */

const NOTHING = -1;
/** Where on an edge its arrow comes to rest, and how near that is as good as there. */
const MIDDLE = 0.5;
const NEAR = 0.01;

/**
 * @typedef {object} Pointed  a number of a tensor, or several: an index may be shorter than the
 *   tensor has axes, or have −1 for all along an axis
 * @property {string} tensor
 * @property {readonly number[]} [index]
 *
 * @typedef {object} Flow
 * @property {number | string} layer  its place in the shape, or its weights: `dense1.W`
 * @property {boolean} [backwards]
 * @property {number | null} [at]  which of the neurons that receive is meant; all of them without
 */

/** Whose numbers they are: a name may begin with it. */
const PASS = /^(?:stage|batch)\./;

/** What each part of a layer is, by the tensor's last word. @type {Readonly<Record<string, Spot["kind"]>>} */
const PARTS = {
  ...{ W: "edge", dW: "edge", b: "bias", db: "bias" },
  ...{ z: "neuron", dz: "neuron", a: "neuron", da: "neuron", x: "neuron", dx: "neuron", y: "neuron", dy: "neuron" },
};

export class GraphLights {
  /** @type {readonly GraphLayer[]} */
  layers = [];
  /** Which way the signal flows, and how far along its edges the arrows are. */
  flowing = false;
  backwards = false;
  along = MIDDLE;
  /** Whether a neuron's own lines are those that leave it, by which its blame comes back. */
  outward = false;
  /** @private */ flowLayer = NOTHING;
  /** @private */ flowAt = NOTHING;
  /** Under the pointer or the focus. @type {Spot} */
  hot = { kind: "neuron", layer: NOTHING, from: NOTHING, to: NOTHING };
  /** Pointed at elsewhere; −1 for all. @type {Spot[]} */
  outside = [];

  /** @param {readonly GraphLayer[]} layers */
  lay(layers) {
    this.layers = layers;
    this.outside = [];
    this.cool();
  }

  /** Nothing is under the pointer. */
  cool() {
    this.hot.layer = NOTHING;
  }

  /** @param {Spot} spot */
  heat({ kind, layer, from, to }) {
    Object.assign(this.hot, { kind, layer, from, to });
  }

  /** Whether this is what the pointer is on. @param {Spot} spot */
  isHot({ kind, layer, from, to }) {
    const { hot } = this;
    return hot.layer === layer && hot.kind === kind && hot.to === to && hot.from === from;
  }

  /** @param {readonly Pointed[]} all */
  point(all) {
    this.outside = all.flatMap((one) => this.spotsOf(one));
  }

  /** @param {Flow | null} flow  @returns {boolean} whether it is another one than before */
  flow(flow) {
    const { layers, flowing, flowLayer, backwards, flowAt } = this;
    this.flowing = flow !== null;
    if (!flow) return flowing;
    const { layer } = flow;
    this.flowLayer = typeof layer === "number" ? layer : layers.findIndex(({ W }) => W === layer);
    this.backwards = flow.backwards ?? false;
    this.flowAt = flow.at ?? NOTHING;
    const same = flowing && flowLayer === this.flowLayer && flowAt === this.flowAt;
    if (same && backwards === this.backwards) return false;
    this.along = this.backwards ? 1 : 0;
    return true;
  }

  /**
   * Let the arrows go on along their edges, to the middle.
   *
   * @param {number} share  0 to 1
   * @returns {boolean}  whether they are there
   */
  advance(share) {
    if (!this.flowing) return true;
    const away = MIDDLE - this.along;
    const there = share >= 1 || Math.abs(away) < NEAR;
    this.along = there ? MIDDLE : this.along + away * share;
    return there;
  }

  /** The parts of the drawing that a number stands in. @param {Pointed} pointed  @returns {Spot[]} */
  spotsOf({ tensor, index = [] }) {
    const [own, rest = ""] = tensor.replace(PASS, "").split(".");
    const kind = PARTS[rest];
    const plain = `${own}.${rest.replace(/^d(?=.)/, "")}`;
    /** @type {Spot[]} */
    const spots = [];
    for (const [layer, { a, z, W, b }] of this.layers.entries()) {
      const to = index.at(-1) ?? NOTHING;
      if (kind === "edge" && W === plain) {
        spots.push({ kind, layer, to: index[0] ?? NOTHING, from: index[1] ?? NOTHING });
      } else if (kind === "bias" && b === plain) spots.push({ kind, layer, from: 0, to });
      else if (kind === "neuron" && [a, z].includes(plain)) spots.push({ kind, layer, from: 0, to });
    }
    return spots;
  }

  /**
   * Whether a neuron's lines are those that leave it: an input is made of nothing, and backward a
   * neuron is made of what follows it.
   *
   * @param {number} layer
   */
  leaves(layer) {
    return layer === 0 || (this.outward && layer < this.layers.length - 1);
  }

  /** Whether any edge into a layer is lit. @param {number} layer */
  anyEdge(layer) {
    const { outside, hot } = this;
    if (this.flowing && this.flowLayer === layer) return true;
    if (hot.layer === layer && hot.kind !== "bias") return true;
    if (hot.layer === layer - 1 && hot.kind === "neuron" && this.leaves(hot.layer)) return true;
    for (let i = 0; i < outside.length; i++) {
      if (outside[i].layer === layer && outside[i].kind === "edge") return true;
    }
    return false;
  }

  /** @param {number} layer @param {number} from @param {number} to */
  edge(layer, from, to) {
    const { outside, hot, flowAt } = this;
    if (this.flowing && this.flowLayer === layer) {
      if (flowAt === NOTHING || flowAt === (this.backwards ? from : to)) return true;
    }
    if (hot.kind === "neuron") {
      const leaves = this.leaves(hot.layer);
      if (leaves && hot.layer === layer - 1 && hot.to === from) return true;
      if (!leaves && hot.layer === layer && hot.to === to) return true;
    }
    if (hot.layer === layer && hot.kind === "edge" && hot.to === to && hot.from === from) return true;
    for (let i = 0; i < outside.length; i++) {
      const spot = outside[i];
      if (spot.layer === layer && spot.kind === "edge" && holds(spot.to, to) && holds(spot.from, from)) return true;
    }
    return false;
  }

  /** @param {number} layer @param {number} unit */
  neuron(layer, unit) {
    return this.has("neuron", layer, unit) || (this.hot.kind === "edge" && this.endsAt(layer, unit));
  }

  /** @param {number} layer @param {number} unit */
  bias(layer, unit) {
    return this.has("bias", layer, unit);
  }

  /** @param {Spot["kind"]} kind @param {number} layer @param {number} unit */
  has(kind, layer, unit) {
    const { outside, hot } = this;
    if (hot.layer === layer && hot.kind === kind && hot.to === unit) return true;
    for (let i = 0; i < outside.length; i++) {
      const spot = outside[i];
      if (spot.layer === layer && spot.kind === kind && holds(spot.to, unit)) return true;
    }
    return false;
  }

  /** Whether the edge under the pointer begins or ends at a neuron. @param {number} layer @param {number} unit */
  endsAt(layer, unit) {
    const { hot } = this;
    return (hot.layer === layer && hot.to === unit) || (hot.layer === layer + 1 && hot.from === unit);
  }
}

/** @param {number} asked @param {number} at */
const holds = (asked, at) => asked === NOTHING || asked === at;
