/**
 * <graph-view label="the network" editable="4 8">
 *
 * A network as neurons and edges, on one canvas: a circle for each neuron with its number, coloured
 * by it; an edge for each weight, as thick as it is large, a negative one dashed; a square with its
 * number for each bias.
 *
 * Attributes
 *   label     the figure's name
 *   height    CSS px that the tallest column may take (as much as eight neurons need)
 *   editable  its hidden layers can be changed: the most layers and the most neurons of one, `4 8`
 *
 * Data in: `shape(layers, key)`, the structure; `show(arrays, run)`, a frame's numbers: `a` of one
 * example, its row 0. What the edges show: `edges(kind)`. `call`, `flow`, `light`, `crossed`,
 * `strands` and `miniatures`: see there.
 *
 * Events
 *   cell-pick     {tensor, index, value, label}
 *   cell-hover    {tensor, index, value, label}, or null: pointer or focus on a number, or on none
 *   network-edit  {layers: [{units, activation}]}: somebody wants these hidden layers
 *
 * @import {Tensor} from "../core/types.js"
 * @import {Flow, Pointed} from "./parts/graph-lights.js"
 * @import {EdgeKind} from "./parts/graph-numbers.js"
 * @import {GraphLayer, Spot} from "./parts/graph-plan.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { element, setText, uniqueId } from "../core/dom.js";
import { table } from "../core/palette.js";
import { significant } from "../core/format.js";
import { tokens } from "../core/tokens.js";
import { GraphHeads } from "./parts/graph-heads.js";
import { GraphLights } from "./parts/graph-lights.js";
import { GraphNumbers } from "./parts/graph-numbers.js";
import { GraphPainter } from "./parts/graph-painter.js";
import { GraphPictures } from "./parts/graph-pictures.js";
import { GraphPlan } from "./parts/graph-plan.js";
import { GraphWalk } from "./parts/graph-walk.js";
import { elementWords, graphSentence, graphSheets, spotName, spotWords } from "./parts/graph-words.js";
import { later } from "./parts/later.js";
import { writeLegend } from "./parts/plot-view.js";
import { Roving } from "./parts/roving.js";
import { ScaleLabel } from "./parts/scale-label.js";
import { onScreenChange, whenSeen } from "./parts/screen.js";
import { openTables, tableButton } from "./parts/table-dialog.js";

/** How far from an edge a pointer and a finger may be, CSS px. */
const REACH = 7;
const FINGER = 14;
/** Of the tallest column: eight neurons, each with its number and its bias. */
const HEIGHT = 480;
const MARGIN = 8;
const PAGE = 8;
/** What is drawn of the way to a new place in a frame of 60 in a second. */
const SHARE = 0.22;

/** What the legend says of the edges. @type {Readonly<Record<EdgeKind, readonly string[]>>} */
const LEGENDS = {
  W: ["positive", "weight above 0", "negative", "below 0"],
  dW: ["gradient", "gradient above 0", "gradient-negative", "below 0"],
  update: ["correct", "update above 0", "correct", "below 0"],
  none: [],
};

export class GraphView extends HTMLElement {
  static observedAttributes = ["label", "height", "editable"];

  plan = new GraphPlan();
  numbers = new GraphNumbers();
  lights = new GraphLights();
  pictures = new GraphPictures();
  painter = new GraphPainter(
    element("canvas", { "aria-hidden": "true" }),
    this.plan,
    this.numbers,
    this.lights,
    this.pictures,
  );
  walk = new GraphWalk(() => this.plan.layers);
  heads = new GraphHeads((layers) => this.tell("network-edit", { layers }));
  inner = element("div", { class: "graph-inner" });
  box = element("div", { class: "graph-box" });
  field = element("div", { class: "graph-field" });
  tip = element("div", { class: "edge-tip", "aria-hidden": "true", hidden: true });
  legend = element("div", { class: "plane-legend" });
  strip = new ScaleLabel();
  foot = element("div", { class: "graph-foot" });
  said = element("p", { class: "said", id: uniqueId("graph") });
  /** @type {Roving | null} */
  roving = null;
  /** @type {AbortController | null} */
  life = null;
  /** @type {unknown} */
  key = undefined;
  /** The groups of each layer's units. @type {ReadonlyMap<string, ArrayLike<number>> | null} */
  groups = null;
  seen = true;
  /** @type {Spot} what a pointer is on */
  spot = { kind: "neuron", layer: 0, from: 0, to: 0 };
  /** What the numbers in the neurons are called in the legend. */
  symbol = "";
  /** @private */ waiting = false;
  /** @private */ legendKey = "";

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.field.replaceChildren(this.painter.canvas, this.tip);
    this.roving = new Roving(this.field, this.cells(), signal);
    this.inner.replaceChildren(this.heads.root, this.field);
    this.box.replaceChildren(this.inner);
    const opener = tableButton(this.label, () => this.openTable(), signal);
    this.foot.replaceChildren(this.strip.element, this.legend, opener);
    this.replaceChildren(this.box, this.foot, this.said);
    this.listen(signal);
    onScreenChange(() => this.arrange(), signal);
    whenSeen(this, (seen) => this.onSeen(seen), signal);
    const observer = new ResizeObserver(() => this.arrange());
    observer.observe(this.box);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.arrange();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  attributeChangedCallback() {
    this.arrange();
  }

  get label() {
    return this.getAttribute("label") ?? "the network";
  }

  /**
   * Take the structure; with the same key as before, nothing is laid out anew.
   *
   * @param {readonly GraphLayer[]} layers
   * @param {unknown} key
   */
  shape(layers, key) {
    if (key === this.key && layers.length === this.plan.layers.length) return;
    this.key = key;
    this.plan.take(layers);
    this.numbers.lay(layers);
    this.lights.lay(layers);
    this.pictures.sheets = [];
    this.painter.masks = [];
    this.groups = null;
    this.arrange();
  }

  /**
   * @param {ReadonlyMap<string, Tensor>} arrays  of a frame
   * @param {number} [run]  the scales start anew with each run
   */
  show(arrays, run = 0) {
    if (this.numbers.take(arrays, run)) this.rescale();
    this.writeTip();
    this.refresh();
  }

  /** What the edges and the biases show. @param {EdgeKind} kind */
  edges(kind) {
    if (kind === this.numbers.kind) return;
    this.numbers.turn(kind);
    this.lights.outward = kind === "dW";
    this.rescale();
    this.refresh();
  }

  /** Say in the legend what stands in the neurons: `a`, `δ`. @param {string} symbol */
  call(symbol) {
    if (symbol === this.symbol) return;
    this.symbol = symbol;
    this.rescale();
  }

  /** Light the edges through which the signal flows, with arrows that go along them. @param {Flow | null} flow */
  flow(flow) {
    if (this.lights.flow(flow)) this.refresh();
  }

  /**
   * Light what another view points at: neurons (`act1.a`, `dense1.dz`), weights (`dense1.W`; a row of
   * them with an index of one, a column with −1 before it), biases.
   *
   * @param {Pointed | readonly Pointed[] | null} pointed
   */
  light(pointed) {
    const all = pointed === null ? [] : "tensor" in pointed ? [pointed] : pointed;
    if (all.length === 0 && this.lights.outside.length === 0) return;
    this.lights.point(all);
    this.refresh();
  }

  /**
   * Dash the units that are left out, and take their edges away.
   *
   * @param {ReadonlyMap<string, Tensor | ArrayLike<number>> | null} masks  by the layer's `a`: 0 for
   *   a unit that is left out, as the engine's dropout mask
   */
  crossed(masks) {
    const { painter, plan } = this;
    for (let i = 0; i < plan.layers.length; i++) {
      const mask = masks?.get(plan.layers[i].a);
      painter.masks[i] = mask ? ("data" in mask ? mask.data : mask) : null;
    }
    this.refresh();
  }

  /**
   * Draw units of the same group as one strand.
   *
   * @param {ReadonlyMap<string, ArrayLike<number>> | null} groups  by the layer's `a`: the group of
   *   each unit, counted from 0
   */
  strands(groups) {
    this.groups = groups;
    this.plan.place(groups);
    this.shuffle();
    if (!tokens().quick) this.plan.settle(1);
    this.refresh();
  }

  /**
   * Paint each neuron's own region in its tile.
   *
   * @param {ReadonlyMap<string, Tensor> | null} pictures  by the layer's `a`: (units, m, m), the
   *   lowest row first
   */
  miniatures(pictures) {
    const { plan } = this;
    const before = this.pictures.any;
    this.pictures.take(plan.layers.map(({ a }) => pictures?.get(a)), this.numbers.run);
    if (before === this.pictures.any) this.refresh();
    else this.arrange();
  }

  /** Which card of its strand each unit is. */
  shuffle() {
    const { plan, painter, groups } = this;
    if (painter.cards.length !== plan.count) painter.cards = new Uint8Array(plan.count);
    painter.cards.fill(0);
    for (const [i, { a, units }] of plan.layers.entries()) {
      const of = groups?.get(a);
      if (!of) continue;
      const counts = new Map();
      for (let u = 0; u < units; u++) {
        const before = counts.get(of[u]) ?? 0;
        counts.set(of[u], before + 1);
        painter.cards[plan.first[i] + u] = before;
      }
    }
  }

  /** Lay everything out for the box as it is now. */
  arrange() {
    const { plan, painter, box } = this;
    if (!this.life || plan.layers.length === 0 || box.clientWidth === 0) return;
    const zoom = tokens().rootSize / 16;
    plan.zoom = zoom;
    painter.nameFont = "";
    const [most, units] = (this.getAttribute("editable") ?? "0 0").split(" ").map(Number);
    this.heads.show(plan.layers, { most, units });
    plan.fit({
      width: box.clientWidth,
      height: Number(this.getAttribute("height")) || HEIGHT * zoom,
      zoom,
      left: this.namesWidth(0),
      right: this.namesWidth(plan.layers.length - 1),
      least: this.heads.least * zoom,
      tiles: this.pictures.any,
    });
    plan.place(this.groups);
    plan.settle(1);
    this.shuffle();
    this.inner.style.setProperty("--graph-width", `${plan.width}px`);
    this.heads.place(plan);
    this.numbers.fit(plan);
    painter.prepare();
    this.legendKey = "";
    this.rescale();
    this.roving?.label(this.label, this.said.id);
    this.roving?.refresh();
    this.flush();
  }

  /** What the names of the inputs or the outputs take. @param {number} layer */
  namesWidth(layer) {
    const names = this.plan.layers[layer].names ?? [];
    return Math.max(MARGIN * 2, ...names.map((name) => this.painter.nameWidth(name) + MARGIN));
  }

  /** The scales are others: what fits, and the legend. */
  rescale() {
    const { numbers, plan, painter, symbol } = this;
    numbers.fit(plan);
    painter.write();
    const { kind, edges, neurons } = numbers;
    const key = `${symbol} ${kind} ${edges.limit} ${neurons.limit} ${neurons.signed}`;
    if (key === this.legendKey) return;
    this.legendKey = key;
    this.strip.show(table("diverging"), neurons.limit, neurons.signed, symbol);
    const [above, aboveLabel, below, belowLabel] = LEGENDS[kind];
    if (above) {
      writeLegend(this.legend, [
        { token: above, label: aboveLabel },
        { token: below, label: `${belowLabel}; thickest: ${significant(edges.limit)}`, dash: [4, 3] },
        { token: "ink-soft", label: "bias", glyph: "M-1-1H1V1H-1Z" },
      ]);
    } else writeLegend(this.legend, []);
  }

  /** Something else is to be seen: paint once, however many things changed in this frame. */
  refresh() {
    later(this.describe);
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(this.flush);
  }

  flush = () => {
    this.waiting = false;
    if (!this.life || !this.seen || this.plan.layers.length === 0) return;
    const share = tokens().quick ? SHARE : 1;
    const settled = this.plan.settle(share);
    const arrived = this.lights.advance(share);
    this.painter.paint();
    if (settled && arrived) return;
    this.waiting = true;
    requestAnimationFrame(this.flush);
  };

  /** @param {boolean} seen */
  onSeen(seen) {
    this.seen = seen;
    if (seen) this.flush();
  }

  /** Bring the words up to date. */
  describe = () => {
    if (!this.life || this.plan.layers.length === 0) return;
    setText(this.said, graphSentence(this.label, this.numbers));
    this.roving?.refresh();
  };

  openTable() {
    this.describe();
    openTables(this.label, this.said.textContent ?? "", graphSheets(this.numbers));
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { field } = this;
    field.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    field.addEventListener("pointerleave", () => this.leave(), { signal });
    field.addEventListener("click", (event) => this.onClick(event), { signal });
  }

  /** @param {MouseEvent} event @param {number} reach  @returns {boolean} whether something is there */
  find(event, reach) {
    const corner = this.field.getBoundingClientRect();
    return this.plan.locate(event.clientX - corner.x, event.clientY - corner.y, reach, this.spot);
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    if (event.pointerType === "touch") return;
    if (!this.find(event, REACH)) this.leave();
    else if (!this.lights.isHot(this.spot)) this.heat(this.spot);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const finger = /** @type {PointerEvent} */ (event).pointerType === "touch";
    if (!this.find(event, finger ? FINGER : REACH)) return;
    const spot = { ...this.spot };
    this.roving?.go(...this.walk.cellOf(spot));
    this.heat(spot);
    this.pick(spot);
  }

  /** @param {Spot} spot */
  heat(spot) {
    this.lights.heat(spot);
    this.tell("cell-hover", this.facts(spot));
    this.writeTip();
    this.refresh();
  }

  leave() {
    if (this.lights.hot.layer < 0) return;
    this.lights.cool();
    this.tip.hidden = true;
    this.tell("cell-hover", null);
    this.refresh();
  }

  /** Beside what is under the pointer: its element, as the engine names it. */
  writeTip() {
    const { hot } = this.lights;
    const text = hot.layer < 0 ? "" : elementWords(this.numbers, hot);
    this.tip.hidden = !text;
    if (!text) return;
    setText(this.tip, text);
    const { x, y, width } = this.plan.boxOf(hot, { x: 0, y: 0, width: 0, height: 0 });
    const half = this.tip.offsetWidth / 2;
    const middle = Math.max(half, Math.min(x + width / 2, this.plan.width - half));
    this.tip.style.setProperty("--tip-x", `${middle}px`);
    this.tip.style.setProperty("--tip-y", `${y}px`);
  }

  /** @param {Spot} spot */
  facts(spot) {
    const tensor = this.numbers.tensorOf(spot);
    if (!tensor) return null;
    const { numbers } = this;
    const [index, value] = [numbers.indexOf(spot), numbers.valueOf(spot)];
    return { tensor: tensor.name, index, value, label: spotName(numbers, spot) };
  }

  /** @param {Spot} spot */
  pick(spot) {
    const facts = this.facts(spot);
    if (facts) this.tell("cell-pick", facts);
  }

  /** @param {string} name @param {unknown} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  /** What the roving cell asks. @returns {Cells} */
  cells() {
    const { walk, plan, numbers } = this;
    return {
      get rows() {
        return walk.rows;
      },
      get columns() {
        return walk.columns;
      },
      page: PAGE,
      has: (row, column) => walk.has(row, column),
      name: (row, column) => (walk.has(row, column) ? spotWords(numbers, walk.at(row, column)) : "no network yet"),
      box: (row, column, out) => (walk.has(row, column) ? plan.boxOf(walk.at(row, column), out) : out),
      pick: (row, column) => this.pick(walk.at(row, column)),
      enter: (row, column) => walk.has(row, column) && this.heat(walk.at(row, column)),
      leave: () => this.leave(),
      press: (key, row, column) => this.press(key, row, column),
      table: () => this.openTable(),
    };
  }

  /** @param {string} key @param {number} row @param {number} column */
  press(key, row, column) {
    const to = walkable(this.plan.layers) ? this.walk.move(key, row, column) : null;
    if (to) this.roving?.go(...to);
    return to !== null;
  }
}

/** @param {readonly GraphLayer[]} layers */
const walkable = (layers) => layers.length > 0;

customElements.define("graph-view", GraphView);
