/**
 * The stage of "Backprop you can check by hand": a network with one example in it, the data with
 * what the network says of every place, and below them the matrices, the paths, the minibatch or
 * the course of the loss. Views only; every number is the engine's.
 *
 * @import {ExhibitModule, Frame, RunEvent} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {LineChart} from "../views/line-chart.js"
 * @import {Matrices} from "./backprop/matrices.js"
 * @import {Pointed} from "../views/parts/graph-lights.js"
 * @import {GraphLayer} from "../views/parts/graph-plan.js"
 * @import {Bounds} from "../views/parts/plot-view.js"
 * @import {Looked} from "./backprop/tables.js"
 */

import { detail, one, setAttributes, setText } from "../core/dom.js";
import { count } from "../core/format.js";
import { DataButton } from "../views/data-button.js";
import { GraphView } from "../views/graph-view.js";
import { NumberTable } from "../views/number-table.js";
import { PlaneView } from "../views/plane-view.js";
import { depthOf, everyName, GraphArrays, graphLayers, outputOf, subscript } from "./backprop/layers.js";
import { flowIn, kindIn, lightIn } from "./backprop/moments.js";
import { STAGE } from "./backprop/stage.js";
import { Switch } from "./backprop/switch.js";
import {
  eachColumns,
  eachRows,
  lookedAt,
  lookedWords,
  meanColumns,
  pathColumns,
  pathParts,
  pathRows,
  saidColumns,
  togetherColumns,
} from "./backprop/tables.js";

/** Nobody reads a table faster while the network trains, ms. */
const READING = 100;
/** A network of more columns takes the whole width. */
const WIDE = 4;
const TOGETHER = ["together"];
const MINIBATCH = ["minibatch"];
/** Not there where one output is enough. */
const WINNERS = ["regions", "class"].join(".");
/** What a value to be learned is sent as; a class is a whole number. */
const VALUE = "<f4";
const PARAMETER = /^(?:stage\.)?dense\d+\.d?[Wb]/;

/** @type {ExhibitModule} */
const backprop = {
  watch: [
    ...everyName(),
    ...["dense1.x", "dense1.dx", "x", "y", "target", "stage.loss", "example", "look.layer", "look.index"],
    ...["unit", "factor", "product", "rest", "count", "sum", "multiplied", "quotient"].map((of) => `paths.${of}`),
    ...["sample", "dz", "x", "gradient", "sum", "count", "rest", "total", "mean"].map((of) => `each.${of}`),
    ...["x1", "x2", "p", "class"].map((of) => `regions.${of}`),
    ...["history.step", "history.loss", "history.val_loss"],
  ],

  mount(root, page) {
    root.innerHTML = STAGE;
    return new Stage(root, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #root;
  #graph;
  #plane;
  /** Loaded when it is first shown. @type {LineChart | null} */
  #chart = null;
  /** What is being loaded. @type {Set<string>} */
  #loading = new Set();
  #tables;
  #switches;
  #panels;
  #notes;
  #seq = -1;
  /** When the tables were written last. */
  #read = 0;
  #numbers = new GraphArrays();
  #lit = -1;
  /** Loaded when it is first shown. @type {Matrices | null} */
  #matrices = null;
  /** @type {readonly GraphLayer[]} */
  #layers = [];
  /** What the pointer or the focus is on, in the graph or in a matrix. @type {Pointed | null} */
  #pointed = null;
  /** What the data's columns and classes are called, once the engine has told. */
  #names = { features: /** @type {string[]} */ ([]), classes: /** @type {string[]} */ ([]), samples: 0 };
  /** The columns of the plane, kept while the data are the same. */
  #points = { run: -1, x: new Float32Array(0), y: new Float32Array(0) };

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#root = one(stage, ".backprop", HTMLElement);
    this.#graph = one(stage, "graph-view", GraphView);
    this.#plane = one(stage, "plane-view", PlaneView);
    const table = (/** @type {string} */ name) => one(stage, `[data-${name}]`, NumberTable);
    this.#tables = {
      said: table("said"),
      paths: table("paths"),
      together: table("together"),
      each: table("each"),
      mean: table("mean"),
    };
    const note = (/** @type {string} */ name) => one(stage, `[data-${name}]`, HTMLElement);
    this.#notes = {
      example: note("example"),
      paths: note("paths-title"),
      sums: note("sums-title"),
    };
    this.#switches = [...stage.querySelectorAll("[data-switch]")].map(
      (root) => new Switch(page, /** @type {HTMLElement} */ (root)),
    );
    this.#panels = [...stage.querySelectorAll("[data-panel]")];
    one(stage, "data-button", DataButton).connect(page);
    this.#listen(stage, page);
  }

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  #listen(stage, page) {
    for (const news of ["welcome", "values"]) page.onEvent(news, () => page.act("data", {}));
    stage.addEventListener("cell-pick", (event) => this.#look(detail(event)));
    stage.addEventListener("cell-hover", (event) => this.#point(event));
    stage.addEventListener("network-edit", (event) => {
      const words = detail(event).layers.map(
        (/** @type {{units: number, activation: string}} */ { units, activation }) => `${units} ${activation}`,
      );
      page.set({ hidden: words.join(", ") || "none" });
    });
    stage.addEventListener("point-pick", (event) => page.set({ example: detail(event).index }));
    stage.addEventListener("step-pick", (event) => page.seek(detail(event).step));
    for (const turn of stage.querySelectorAll("[data-turn]")) {
      const by = Number(turn.getAttribute("data-turn"));
      turn.addEventListener("click", () => this.#turn(by));
    }
    const { paths } = this.#tables;
    const lit = (/** @type {Event} */ event) => this.#light(rowOf(paths, event.target));
    paths.addEventListener("pointerover", lit);
    paths.addEventListener("focusin", lit);
    paths.addEventListener("pointerleave", () => this.#light(-1));
    paths.addEventListener("focusout", () => this.#light(-1));
  }

  /** @param {RunEvent} event */
  event({ name, data }) {
    if (name !== "data") return;
    const { features, classes, samples } = data;
    this.#names = { features, classes, samples };
    this.#points.run = -1;
    this.#seq = -1;
    this.#page.invalidate();
  }

  /** @param {Frame} frame */
  paint(frame) {
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    for (const each of this.#switches) each.show(each.name === "edges" && frame.moment ? kindIn(frame.moment) : null);
    const shown = String(this.#page.values.shown);
    for (const panel of this.#panels) panel.toggleAttribute("hidden", panel.getAttribute("data-panel") !== shown);
    this.#paintGraph(frame);
    this.#paintPlane(frame);
    this.#load(shown);
    if (shown === "curve") this.#chart?.show(frame);
    if (frame.playing && performance.now() - this.#read < READING) return;
    this.#read = performance.now();
    this.#paintSaid(frame);
    if (shown === "sheet") {
      this.#matrices?.show(frame, this.#layers);
      const { layer } = lookedAt(frame.arrays);
      if (!frame.moment) this.#matrices?.follow(String(this.#page.values.edges), layer);
    }
    else if (shown === "paths") this.#paintPaths(frame);
    else if (shown === "sums") this.#paintSums(frame);
  }

  /** Load the panels that are not there at first, each when it is shown. @param {string} shown */
  #load(shown) {
    if (this.#loading.has(shown)) return;
    this.#loading.add(shown);
    const again = () => {
      this.#seq = -1;
      this.#page.invalidate();
    };
    if (shown === "curve") {
      void import("../views/line-chart.js").then((module) => {
        this.#chart = one(this.#root, "line-chart", module.LineChart);
        again();
      });
    } else if (shown === "sheet") {
      void import("./backprop/matrices.js").then((module) => {
        this.#matrices = module.openMatrices(this.#root, this.#page);
        again();
      });
    }
  }

  /** @param {Frame} frame */
  #paintGraph({ arrays, run, moment }) {
    const { hidden } = this.#page.values;
    const outputs = this.#outputNames(arrays.get(outputOf(arrays))?.shape.at(-1) ?? 1);
    const layers = graphLayers(arrays, String(hidden), { features: this.#names.features, outputs });
    setAttributes(this.#root, { "data-deep": layers.length > WIDE });
    const kind = moment ? kindIn(moment) : String(this.#page.values.edges);
    const back = kind === "dW";
    this.#graph.shape(layers, JSON.stringify(layers));
    this.#graph.edges(/** @type {"W" | "dW" | "update"} */ (kind));
    // inside a step some neurons are a moment ahead of the others
    this.#graph.call(moment ? "" : back ? "δ" : "a");
    this.#graph.miniatures(moment ? null : this.#numbers.regions(arrays, layers));
    this.#graph.show(this.#numbers.take(arrays, layers, back, moment), 2 * run + Number(back));
    this.#graph.flow(moment && flowIn(moment));
    this.#layers = layers;
    if (this.#lit < 0) this.#graph.light(this.#usual(arrays, moment));
  }

  /**
   * What is lit when no path is pointed at.
   *
   * @param {Frame["arrays"]} arrays
   * @param {Frame["moment"]} moment
   */
  #usual(arrays, moment) {
    return this.#pointed ?? (moment ? lightIn(moment) : lookedAt(arrays));
  }

  /** A neuron, its rows, symbols and lines of code light up together. @param {Event} event */
  #point(event) {
    const frame = this.#page.frame;
    if (!frame) return;
    this.#matrices?.light(detail(event));
    // what the pointer is on in the graph itself, that lights by itself
    this.#pointed = event.target === this.#graph ? null : detail(event);
    if (this.#lit < 0) this.#graph.light(this.#usual(frame.arrays, frame.moment));
  }

  /** @param {number} units */
  #outputNames(units) {
    const { classes } = this.#names;
    if (units === 1) return classes.length > 0 ? [`p(${classes.at(-1)})`] : ["value"];
    return classes.length === units ? classes : Array.from({ length: units }, (_, k) => `a${subscript(k + 1)}`);
  }

  /** @param {Frame} frame */
  #paintPlane({ arrays, run }) {
    const [x, y] = [arrays.get("x"), arrays.get("y")];
    if (!x || !y) return;
    const { features, classes } = this.#names;
    // the first frames of a new run may come before what its columns and classes are called
    const classed = y.dtype !== VALUE;
    if (this.#points.run !== run) this.#points = { run, ...columnsOf(x.data, x.shape[1], classed ? null : y.data) };
    const labels = classed ? { classes: y.data } : { values: y.data };
    const [x1, x2, p] = [arrays.get("regions.x1"), arrays.get("regions.x2"), arrays.get("regions.p")];
    const winners = arrays.get(WINNERS);
    const of = { x: this.#points.x, y: this.#points.y, ...labels };
    const bounds = x1 && x2 ? boundsOf(x1.data, x2.data) : undefined;
    setAttributes(this.#plane, { "x-label": features[0] ?? "x₁", "y-label": features[1] ?? (classed ? "" : "value") });
    this.#plane.show({ points: of, bounds, key: run, classNames: classes });
    if (x1 && x2 && p) {
      const several = winners && classes.length > 2;
      const kind = classes.length === 0 ? "value" : several ? "class" : "probability";
      this.#plane.regions({ x: x1.data, y: x2.data, values: (several ? winners : p).data, kind });
    } else this.#plane.regions(null);
    const example = arrays.get("example")?.data[0] ?? 0;
    this.#plane.choose(example);
    setText(this.#notes.example, `example ${count(example + 1)} of ${count(y.data.length)}`);
  }

  /** @param {Frame} frame */
  #paintSaid({ arrays }) {
    const outputs = arrays.get("target")?.data.length ?? 1;
    this.#tables.said.show(saidColumns(arrays, outputs), [...this.#outputNames(outputs), "its loss"]);
  }

  /** @param {Frame} frame */
  #paintPaths({ arrays }) {
    const looked = lookedAt(arrays);
    const all = arrays.get("paths.count")?.data[0] ?? 0;
    setText(this.#notes.paths, pathsTitle(all, looked, this.#names.features));
    this.#tables.paths.show(pathColumns(arrays, looked, depthOf(arrays)), pathRows(arrays));
    const together = String(this.#page.values.together);
    this.#tables.together.show(togetherColumns(arrays, looked, together), together === "open" ? [] : TOGETHER);
    if (this.#lit >= 0) this.#graph.light(pathParts(arrays, looked, this.#lit));
  }

  /** @param {Frame} frame */
  #paintSums({ arrays, step }) {
    const looked = lookedAt(arrays);
    const samples = arrays.get("each.count")?.data[0] ?? 0;
    const made = `Step ${count(step)} learned from ${count(samples)} ${samples === 1 ? "example" : "examples"}`;
    const name = lookedWords(looked, this.#names.features);
    const told = `${made}: what each said of ${name}`;
    setText(this.#notes.sums, samples === 0 ? "No step has been made yet: go on by one (→)." : told);
    this.#tables.each.show(eachColumns(arrays), eachRows(arrays));
    this.#tables.mean.show(meanColumns(arrays, looked), MINIBATCH);
  }

  /** A path that is pointed at lights up. @param {number} row  −1: none */
  #light(row) {
    const frame = this.#page.frame;
    if (row === this.#lit || !frame) return;
    this.#lit = row;
    const { arrays, moment } = frame;
    const looked = lookedAt(arrays);
    this.#graph.light(row < 0 ? this.#usual(arrays, moment) : pathParts(arrays, looked, row));
  }

  /** Whatever parameter is picked is looked at. @param {{tensor: string, index: readonly number[]}} picked */
  #look({ tensor, index }) {
    if (PARAMETER.test(tensor)) this.#page.act("look", { tensor, index: [...index] });
    this.#matrices?.turnTo(tensor, this.#layers);
  }

  /** @param {number} by */
  #turn(by) {
    if (this.#page.slow.moment) {
      this.#page.slow.turnSample(by);
      return;
    }
    const frame = this.#page.frame;
    const samples = frame?.arrays.get("y")?.data.length ?? 1;
    const now = frame?.arrays.get("example")?.data[0] ?? 0;
    this.#page.set({ example: (now + by + samples) % samples });
  }
}

/** @param {number} all @param {Looked} looked @param {readonly string[]} features */
function pathsTitle(all, looked, features) {
  return `${count(all)} ${all === 1 ? "path" : "paths"} to the loss from ${lookedWords(looked, features)}`;
}

/** @param {NumberTable} table @param {EventTarget | null} target */
function rowOf(table, target) {
  const row = target instanceof Element ? target.closest("tbody tr") : null;
  return row ? [...table.querySelectorAll("tbody tr")].indexOf(row) : -1;
}

/**
 * The first two columns of a table; of one with a single column, that and the value to be learned.
 *
 * @param {ArrayLike<number>} data
 * @param {number} width
 * @param {ArrayLike<number> | null} values
 */
function columnsOf(data, width, values) {
  const rows = data.length / width;
  const x = Float32Array.from({ length: rows }, (_, i) => data[i * width]);
  const y = Float32Array.from({ length: rows }, (_, i) => (width > 1 ? data[i * width + 1] : (values?.[i] ?? 0)));
  return { x, y };
}

/** @param {ArrayLike<number>} x @param {ArrayLike<number>} y  @returns {Bounds} */
function boundsOf(x, y) {
  return { x: [x[0], x[x.length - 1]], y: [y[0], y[y.length - 1]] };
}

export default backprop;
