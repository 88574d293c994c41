/**
 * What the last neuron sees: the points in the plane of the inputs, and in the plane of two of the
 * numbers that the neuron is given, with the grid of the input plane carried along. Views only.
 *
 * @import {ExhibitView, Frame, Tensor} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 * @import {GraphView} from "../../views/graph-view.js"
 * @import {Column} from "../../views/number-table.js"
 */

import "../../views/line-chart.js";

import { button, detail, one, setAttributes, setText } from "../../core/dom.js";
import { DataButton } from "../../views/data-button.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { PlaneView } from "../../views/plane-view.js";
import { Mesh, Pieces, SpaceRegions } from "./mesh.js";

/** Features that others have made, to begin with: what fills the fields. */
const MADE = [
  { name: "Polar", formulas: ["sqrt(x1^2 + x2^2)", "atan2(x2, x1)"] },
  { name: "Squares", formulas: ["x1^2", "x2^2"] },
  { name: "Product", formulas: ["x1", "x1 * x2"] },
  { name: "All up to degree 2", formulas: ["x1", "x2", "x1^2", "x2^2", "x1 * x2"] },
];
const FIELDS = ["phi1", "phi2", "phi3", "phi4", "phi5"];

const STAGE = `
<div class="feature-wide feature-made">
  <data-button></data-button>
  <div class="feature-made" data-for="hand" data-made role="group"
    aria-label="Features to begin with"></div>
</div>
<figure class="feature-figure">
  <plane-view data-plane="inputs" data-tensor="regions.p" label="the input plane" x-label="x1"
    y-label="x2" equal></plane-view>
</figure>
<figure class="feature-figure" data-for="hand learned">
  <plane-view data-plane="space" data-tensor="plane.u plane.v"
    label="what the neuron sees"></plane-view>
</figure>
<figure class="feature-figure feature-wide" data-for="learned" data-graph></figure>
<section class="panel">
  <p class="feature-said" data-said></p>
  <number-table data-shares label="how many points it gets right"></number-table>
  <h2 class="panel-title" data-point-title></h2>
  <number-table data-seen label="what the neuron sees"></number-table>
  <number-table data-point label="the point that is looked at"></number-table>
</section>
<section class="panel">
  <line-chart label="share of points right, and loss" x="history.step" low="0" data-tensor="history.loss"
    series='[
      {"name": "history.right", "label": "share right", "token": "correct", "dash": []},
      {"name": "history.loss", "label": "loss", "token": "training", "dash": [5, 3]}
    ]'></line-chart>
</section>`;

/** @param {HTMLElement} root @param {Page} page @returns {ExhibitView} */
export function mount(root, page) {
  root.innerHTML = STAGE;
  return new Space(root, page);
}

/** Keeps the views in step with the frames. */
class Space {
  #page;
  #parts;
  #inputs;
  #space;
  #shares;
  #point;
  #seen;
  #chart;
  #said;
  #title;
  #mode = "";
  #seq = -1;
  #straight = new Mesh();
  #carried = new Mesh();
  #boundary = new Pieces({ token: "ink", label: "the same line, seen here" });
  #ground = new SpaceRegions();
  #under = new SpaceRegions();
  #figure;
  /** @type {GraphView | null} */
  #graph = null;
  #asked = false;
  /** What was announced last: a milestone is told once. */
  #told = "";

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#parts = [...root.querySelectorAll("[data-for]")];
    this.#inputs = one(root, "[data-plane=inputs]", PlaneView);
    this.#space = one(root, "[data-plane=space]", PlaneView);
    this.#shares = one(root, "[data-shares]", NumberTable);
    this.#point = one(root, "[data-point]", NumberTable);
    this.#seen = one(root, "[data-seen]", NumberTable);
    this.#chart = one(root, "line-chart", LineChart);
    this.#said = one(root, "[data-said]", HTMLElement);
    this.#figure = one(root, "[data-graph]", HTMLElement);
    this.#title = one(root, "[data-point-title]", HTMLElement);
    one(root, "data-button", DataButton).connect(page);
    root.addEventListener("point-pick", (event) => page.set({ point: detail(event).index }));
    one(root, "[data-made]", HTMLElement).append("Begin with: ", ...MADE.map((set) => this.#button(set)));
  }

  /** @param {typeof MADE[number]} set */
  #button({ name, formulas }) {
    const made = button(name, { class: "button button-small" });
    const values = Object.fromEntries(FIELDS.map((field, i) => [field, formulas[i] ?? ""]));
    made.addEventListener("click", () => this.#page.set({ ...values, across: 1, up: 2 }));
    return made;
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    const { values } = this.#page;
    const mode = String(values.mode);
    if (mode !== this.#mode) this.#enter(mode);
    const { arrays } = frame;
    const y = arrays.get("y");
    const x = arrays.get("x");
    if (!x || !y) return;
    const point = Math.min(Number(values.point), y.data.length - 1);
    this.#paintInputs(arrays, x, y, point);
    if (mode !== "raw") this.#paintSpace(arrays, y, point);
    this.#paintTables(arrays, point);
    if (mode === "learned") this.#paintGraph(frame);
    this.#say(frame);
  }

  get #classes() {
    return BROUGHT[String(this.#page.values.data)] ?? CLASSES;
  }

  /** Whether the best line is shown: not before somebody has had a guess. */
  get #showsBest() {
    return this.#mode === "raw" && this.#page.values.best === true;
  }

  /** @param {string} mode */
  #enter(mode) {
    this.#mode = mode;
    this.#told = "";
    for (const part of this.#parts) {
      part.toggleAttribute("hidden", !part.getAttribute("data-for")?.split(" ").includes(mode));
    }
  }

  /** @param {Map<string, Tensor>} arrays @param {Tensor} x @param {Tensor} y @param {number} point */
  #paintInputs(arrays, x, y, point) {
    const plane = this.#inputs;
    const mesh = this.#straight.flat(arrays.get("mesh.x"), arrays.get("mesh.u"));
    const ground = this.#ground.take(arrays, "regions.x1", "regions.x2", "regions.p");
    const points = this.#straight.pairs(x, y);
    plane.show({ points, bounds: ground.bounds, classNames: this.#classes });
    plane.regions(ground.regions);
    const raw = this.#mode === "raw";
    const straight = [...(raw ? ends(arrays, "line", NEURON) : []), ...(this.#showsBest ? ends(arrays, "best", BEST) : [])];
    const bent = this.#boundary.take(arrays.get("boundary.x1"), arrays.get("boundary.x2"));
    plane.curves([...mesh, ...straight, ...bent]);
    plane.choose(point);
  }

  /** @param {Map<string, Tensor>} arrays @param {Tensor} y @param {number} point */
  #paintSpace(arrays, y, point) {
    const plane = this.#space;
    const u = arrays.get("plane.u");
    const v = arrays.get("plane.v");
    const axes = arrays.get("plane.axes");
    if (!u || !v || !axes) return;
    const ground = this.#under.take(arrays, "space.u", "space.v", "space.p");
    const points = { x: u.data, y: v.data, classes: y.data };
    setAttributes(plane, {
      "x-label": this.#nameOf(axes.data[0]),
      "y-label": this.#nameOf(axes.data[1]),
      label: this.#mode === "hand" ? "the plane of the features" : "the plane of the hidden units",
    });
    plane.show({ points, bounds: ground.bounds, classNames: this.#classes });
    plane.regions(ground.regions);
    // a formula may jump, as the angle does; what a network makes of a line hangs together
    const jump = this.#mode === "hand" ? ground.bounds : undefined;
    const mesh = this.#carried.lines(arrays.get("mesh.u"), arrays.get("mesh.v"), jump);
    plane.curves([...mesh, ...ends(arrays, "line", NEURON)]);
    plane.choose(point);
  }

  /** The network, with the numbers of the point that is looked at. @param {Frame} frame */
  #paintGraph({ arrays, run }) {
    if (!this.#graph) {
      if (!this.#asked) void this.#loadGraph();
      return;
    }
    const { activation, network } = this.#page.values;
    const last = lastLayer(arrays);
    const columns = Array.from({ length: last }, (_, i) => {
      const dense = `dense${i + 1}`;
      const hidden = i + 1 < last;
      return {
        heading: hidden ? `layer ${i + 1}` : "the neuron",
        units: arrays.get(`${dense}.b`)?.shape[0] ?? 0,
        a: hidden ? `act${i + 1}.a` : "sigmoid.a",
        W: `${dense}.W`,
        b: `${dense}.b`,
        z: `${dense}.z`,
        ...(hidden ? { activation: String(activation) } : { names: ["p"] }),
      };
    });
    const inputs = { heading: "inputs", units: 2, a: "dense1.x", names: ["x1", "x2"] };
    this.#graph.shape([inputs, ...columns], `${network} ${activation}`);
    this.#graph.show(arrays, run);
  }

  /** It is not needed where there is no hidden layer. */
  async #loadGraph() {
    this.#asked = true;
    const { GraphView } = await import("../../views/graph-view.js");
    const graph = new GraphView();
    setAttributes(graph, { label: "the network, at the point that is looked at", height: "300" });
    this.#figure.replaceChildren(graph);
    this.#graph = graph;
    this.#seq = -1;
    this.#page.invalidate();
    this.#page.relink();
  }

  /** What a number that the neuron sees is called. @param {number} number  from 1 */
  #nameOf(number) {
    if (this.#mode === "raw") return `x${number}`;
    if (this.#mode === "learned") return `unit ${number}`;
    const typed = FIELDS.filter((field) => this.#page.values[field] !== "")[number - 1];
    return `φ${typed.slice(3)} = ${this.#page.values[typed]}`;
  }

  /** @param {Map<string, Tensor>} arrays @param {number} point */
  #paintTables(arrays, point) {
    const last = lastLayer(arrays);
    const unit = this.#mode === "raw" ? "x" : this.#mode === "hand" ? "phi" : `all.act${last - 1}.a`;
    const seen = arrays.get(unit);
    const [W, b] = [arrays.get(`dense${last}.W`), arrays.get(`dense${last}.b`)];
    if (!seen || !W || !b) return;
    const names = Array.from({ length: seen.shape[1] }, (_, i) => this.#nameOf(i + 1));
    this.#seen.show(
      [
        { head: "its value", tensor: seen, at: (row) => [point, row] },
        { head: "weight w", tensor: W, at: (row) => [0, row] },
        { head: "right alone", tensor: arrays.get("alone.share") },
      ],
      names,
    );
    const x = arrays.get("x");
    /** @type {Column[]} */
    const inputs = [
      { head: "x1", tensor: x, at: () => [point, 0] },
      { head: "x2", tensor: x, at: () => [point, 1] },
    ];
    const named = this.#classes[arrays.get("y")?.data[point] ?? 0];
    setText(this.#title, `Point ${point + 1}, ${named}: what the neuron sees, and what it says`);
    this.#point.show(
      [
        ...(this.#mode === "hand" ? inputs : []),
        { head: "bias b", tensor: b, at: () => [0] },
        { head: "score z", tensor: arrays.get(`all.dense${last}.z`), at: () => [point, 0] },
        { head: "p", tensor: arrays.get("all.sigmoid.a"), at: () => [point, 0] },
      ],
      [`point ${point + 1}`],
    );
    /** @type {Column[]} */
    const shares = [{ head: "the neuron", tensor: arrays.get("right.share"), at: () => [] }];
    if (this.#showsBest) shares.push({ head: "the best line", tensor: arrays.get("best.share"), at: () => [] });
    this.#shares.show(shares, ["share of points right"]);
  }

  /** @param {Frame} frame */
  #say({ arrays, step }) {
    const right = arrays.get("right.share")?.data[0];
    const best = arrays.get("best.share")?.data[0];
    const all = right === 1;
    let text = all
      ? "The line separates the two classes: every point is on its side."
      : "Some points still lie on the wrong side of the line.";
    // what was found by trying proves nothing of the lines that were not tried
    if (this.#showsBest && !all && best !== undefined && best < 1) {
      text = "Even the best line that was found, dashed, leaves some points on the wrong side.";
    }
    const more = arrays.get("space.mean")?.data.length ?? 2;
    setText(this.#said, more > 2 ? `${text} ${SLICE}` : text);
    const told = all ? text : "";
    if (told && told !== this.#told && step > 0) this.#page.announce(`${text} Step ${step}.`);
    if (told !== this.#told) this.#told = told;
  }
}

/** The number of the last neuron's layer. @param {Map<string, Tensor>} arrays */
function lastLayer(arrays) {
  return LAYERS.findLast((number) => arrays.has(`dense${number}.W`)) ?? 1;
}

/** What a neuron's two classes are called; whoever draws or pastes them may count from 1. */
const CLASSES = ["class 0", "class 1"];
/** @type {Readonly<Record<string, readonly string[]>>} */
const BROUGHT = {
  drawn: ["class 0, drawn as class 1", "class 1, drawn as class 2"],
  pasted: ["class 0, the first one", "class 1, the second one"],
};
const SLICE =
  "The plane shows two of the numbers that the neuron sees (“More” chooses which); its line and its " +
  "colours hold the others at their mean.";
const LAYERS = [1, 2, 3, 4];
const NEURON = /** @type {const} */ ({ token: "ink", label: "the neuron's line: p = ½" });
const BEST = /** @type {const} */ ({ token: "correct", label: "the best line that was found", dash: [6, 4] });

/**
 * A line from end to end; none where it does not cross the picture.
 *
 * @param {Map<string, Tensor>} arrays
 * @param {string} name
 * @param {typeof NEURON | typeof BEST} look
 */
function ends(arrays, name, look) {
  const [u, v] = [arrays.get(`${name}.u`)?.data, arrays.get(`${name}.v`)?.data];
  if (!u || !v || u.length < 2) return [];
  return [{ x: u, y: v, ...look }];
}
