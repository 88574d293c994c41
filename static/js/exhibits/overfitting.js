/**
 * The stage of "Learning by heart": what two networks make of the plane, their losses, the step at
 * which it would have been best to stop, and both networks with one point in them. Views only.
 *
 * @import {ExhibitModule, Frame, RunEvent, Tensor, Values} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {Colour} from "../core/tokens.js"
 * @import {StepMark} from "../views/parts/chart-painter.js"
 */

import { detail, one, setAttributes, setText } from "../core/dom.js";
import { count, significant } from "../core/format.js";
import { GraphView } from "../views/graph-view.js";
import { LineChart } from "../views/line-chart.js";
import { NumberTable } from "../views/number-table.js";
import { PlaneView } from "../views/plane-view.js";
import { STAGE, THINNED } from "./overfitting/stage.js";

const SIDES = /** @type {const} */ (["without", "with"]);

/** @typedef {typeof SIDES[number]} Side */

/** @type {Readonly<Record<Side, {called: string, token: Colour}>>} */
const NETWORKS = {
  without: { called: "first network", token: "series-5" },
  with: { called: "second network", token: "series-2" },
};

/** What the second network has, in a few words. @type {Readonly<Record<string, (values: Values) => string>>} */
const REMEDIES = {
  l2: ({ l2 }) => `L2, λ = ${significant(Number(l2))}`,
  dropout: ({ dropout }) => `dropout, p = ${significant(Number(dropout))}`,
  augment: ({ jitter }) => `noise ${significant(Number(jitter))} on the points`,
  more: ({ times }) => `${times} times as many points`,
  none: () => "nothing either",
};

/** What more there is in the loss that a step makes smaller. @type {Readonly<Record<string, string>>} */
const STEPS = {
  l2: "The step's loss is that before the step, and the second network's has the penalty in it: the training loss and the price on its weights.",
  dropout: "The step's loss is that before the step. The second network's is of thinned networks, another one for each point.",
  augment: "The step's loss is that before the step. The second network's is of points that were moved for this step alone.",
  more: "The step's loss is that before the step, of the points that each network learns from.",
  none: "The step's loss is that before the step.",
};

/** Nobody reads a table faster while the networks learn, ms. */
const READING = 100;
const HIDDEN = [1, 2, 3];
const NONE = /** @type {ArrayLike<number>} */ (new Float32Array(0));
const WHOLE = () => [];

/** All that a frame may have; of what there is not, nothing comes. */
const SHORT = [
  ...["points.x", "points.y", "loss", "train.loss", "valid.loss", "train.right", "valid.right", "gap"],
  ...["squares", "penalty", "best.step", "best.loss", "regions.x1", "regions.x2", "regions.p"],
  ...["dense1.x", "sigmoid.a"],
  ...[...HIDDEN, HIDDEN.length + 1].flatMap((n) => ["W", "b", "z", "dW", "db"].map((of) => `dense${n}.${of}`)),
  ...HIDDEN.flatMap((n) => [`act${n}.a`, `dropout${n}.y`, `dropout${n}.mask`]),
];

/** @type {ExhibitModule} */
const overfitting = {
  watch: [
    ...["validation.x", "validation.y", "history.step", "history.without_train", "history.without_valid"],
    ...["history.with_train", "history.with_valid", "thin.mean"],
    ...SIDES.flatMap((side) => SHORT.map((short) => `${side}.${short}`)),
    ...Array.from({ length: THINNED }, (_, i) => `thin${i}.regions.p`),
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #root;
  #planes;
  #graphs;
  #chart;
  #measures;
  #step;
  #stepNote;
  #thin;
  #mean;
  #whole;
  /** @type {PlaneView[]} */
  #thinned;
  #early;
  #bests;
  #drawn;
  #seq = -1;
  /** When the tables were written last. */
  #read = 0;
  /** The points that are shown, by side. @type {Map<Side, {key: string, points: ReturnType<typeof pointsOf>}>} */
  #points = new Map();
  /** The step to go back to, its run, and where that was told. @type {{step: number, run: number, at: number, seen: boolean} | null} */
  #stop = null;
  /** @type {StepMark[]} */
  #marks = [];
  #key = "";
  #hidden = 0;

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#root = one(stage, ".overfit", HTMLElement);
    const of = (/** @type {string} */ tag, /** @type {Side} */ side) => `${tag}[data-side="${side}"]`;
    this.#planes = {
      without: one(stage, of("plane-view", "without"), PlaneView),
      with: one(stage, of("plane-view", "with"), PlaneView),
    };
    this.#graphs = {
      without: one(stage, of("graph-view", "without"), GraphView),
      with: one(stage, of("graph-view", "with"), GraphView),
    };
    this.#drawn = {
      without: one(stage, "[data-drawn='without']", HTMLElement),
      with: one(stage, "[data-drawn='with']", HTMLElement),
    };
    this.#bests = {
      without: one(stage, "[data-best='without']", HTMLButtonElement),
      with: one(stage, "[data-best='with']", HTMLButtonElement),
    };
    this.#chart = one(stage, "line-chart", LineChart);
    this.#measures = one(stage, "[data-measures]", NumberTable);
    this.#step = one(stage, "[data-step]", NumberTable);
    this.#stepNote = one(stage, "[data-step-note]", HTMLElement);
    this.#thin = one(stage, "[data-thin]", HTMLElement);
    this.#mean = one(stage, "[data-mean]", PlaneView);
    this.#whole = one(stage, "[data-whole]", PlaneView);
    this.#thinned = [...stage.querySelectorAll("[data-thinned]")].filter((v) => v instanceof PlaneView);
    this.#early = {
      notice: one(stage, "[data-early]", HTMLElement),
      text: one(stage, "[data-early-text]", HTMLElement),
      back: one(stage, "[data-early-back]", HTMLButtonElement),
    };
    for (const side of SIDES) {
      const plane = this.#planes[side];
      plane.addEventListener("point-pick", (event) => this.#choose(side, detail(event).index));
      plane.addEventListener("place-pick", (event) => this.#ask(`${side}.regions.p`, side, 1, detail(event)));
      this.#bests[side].addEventListener("click", () => this.#goBack(side));
    }
    this.#mean.addEventListener("place-pick", (event) => this.#ask("thin.mean", "with", 2, detail(event)));
    this.#whole.addEventListener("place-pick", (event) => {
      this.#ask("with.regions.p", "with", 1, detail(event));
    });
    for (const [i, plane] of this.#thinned.entries()) {
      plane.addEventListener("place-pick", (event) => this.#ask(`thin${i}.regions.p`, "with", 2, detail(event)));
    }
    stage.addEventListener("step-pick", (event) => page.seek(detail(event).step));
    this.#early.back.addEventListener("click", () => this.#stop && page.seek(this.#stop.step));
    one(stage, "[data-early-on]", HTMLElement).addEventListener("click", () => {
      this.#forget();
      page.play();
    });
    page.onEvent("early", (event) => this.#stopped(event));
  }

  /** @param {Frame} frame */
  paint(frame) {
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    const { arrays, run, step, playing } = frame;
    this.#settle(run, step, playing);
    this.#enter(frame);
    for (const side of SIDES) {
      this.#paintPlane(frame, side);
      this.#paintGraph(frame, side);
    }
    this.#paintThinned(arrays);
    this.#chart.show(frame);
    if (playing && performance.now() - this.#read < READING) return;
    this.#read = performance.now();
    this.#markBest(arrays);
    this.#measures.show(this.#columns(arrays, MEASURES), ROWS);
    this.#step.show(this.#columns(arrays, STEP), ROWS);
  }

  /** Take over what the settings say. @param {Frame} frame */
  #enter({ arrays, root }) {
    const { values } = this.#page;
    const remedy = String(values.remedy);
    const hidden = HIDDEN.filter((n) => arrays.has(`without.act${n}.a`)).length;
    const key = [root, remedy, REMEDIES[remedy](values), hidden, values.shown].join();
    if (key === this.#key) return;
    this.#key = key;
    this.#hidden = hidden;
    setAttributes(this.#root, { "data-hidden": String(hidden) });
    setAttributes(this.#planes.with, { label: `second network: ${REMEDIES[remedy](values)}` });
    setText(this.#stepNote, STEPS[remedy]);
    const thinned = remedy === "dropout";
    this.#thin.toggleAttribute("hidden", !thinned);
    const note = thinned ? "as the last step had it: dashed neurons were left out" : "the same point in it";
    setText(this.#drawn.with, `second network, ${note}`);
    for (const side of SIDES) this.#graphs[side].shape(this.#layers(side, arrays), `${root} ${key}`);
  }

  /** @param {Side} side @param {Map<string, Tensor>} arrays */
  #layers(side, arrays) {
    const units = (/** @type {string} */ name) => arrays.get(name)?.shape[0] ?? 1;
    const layers = HIDDEN.slice(0, this.#hidden).map((n) => {
      const [W, b, z] = ["W", "b", "z"].map((of) => `${side}.dense${n}.${of}`);
      const dropped = `${side}.dropout${n}.y`;
      const a = arrays.has(dropped) ? dropped : `${side}.act${n}.a`;
      return { heading: `hidden ${n}`, units: units(W), W, b, z, a };
    });
    const last = `${side}.dense${this.#hidden + 1}`;
    return [
      { heading: "point", units: 2, names: ["x1", "x2"], a: `${side}.dense1.x` },
      ...layers,
      { heading: "output", units: 1, names: ["p"], W: `${last}.W`, b: `${last}.b`, z: `${last}.z`, a: `${side}.sigmoid.a` },
    ];
  }

  /** @param {Frame} frame @param {Side} side */
  #paintPlane({ arrays, root, step }, side) {
    const [x1, x2, p] = read(arrays, `${side}.regions.x1`, `${side}.regions.x2`, `${side}.regions.p`);
    if (p.length === 0) return;
    const plane = this.#planes[side];
    const { shown, remedy } = this.#page.values;
    // only noise moves points from step to step
    const key = `${root} ${shown} ${remedy === "augment" ? step : ""}`;
    const known = this.#points.get(side);
    const points = known?.key === key ? known.points : pointsOf(arrays, side, String(shown));
    if (known?.key !== key) this.#points.set(side, { key, points });
    const bounds = { x: spanOf(x1), y: spanOf(x2) };
    plane.show({ points, bounds, classNames: CLASS_NAMES[String(shown)], classTokens: TOKENS });
    plane.regions({ x: x1, y: x2, values: p, kind: "probability", label: "p, the probability of class 1" });
    plane.choose(shown === "validation" ? -1 : this.#example(arrays));
  }

  /** @param {Frame} frame @param {Side} side */
  #paintGraph({ arrays, root }, side) {
    const graph = this.#graphs[side];
    graph.edges(this.#page.values.edges === "dW" ? "dW" : "W");
    graph.show(arrays, root);
    if (side === "without") return;
    const masks = new Map();
    for (const n of HIDDEN) {
      const mask = arrays.get(`with.dropout${n}.mask`);
      if (mask) masks.set(`with.dropout${n}.y`, mask);
    }
    graph.crossed(masks.size > 0 ? masks : null);
  }

  /** @param {Map<string, Tensor>} arrays */
  #paintThinned(arrays) {
    const mean = arrays.get("thin.mean");
    if (!mean || this.#thin.hidden) return;
    const [x1, x2] = read(arrays, "with.regions.x1", "with.regions.x2");
    const [x, y] = [everySecond(x1), everySecond(x2)];
    const bounds = { x: spanOf(x1), y: spanOf(x2) };
    const points = { x: NONE, y: NONE };
    const pictures = [...this.#thinned, this.#mean];
    for (const [i, plane] of pictures.entries()) {
      const of = i < THINNED ? arrays.get(`thin${i}.regions.p`) : mean;
      if (!of) continue;
      plane.show({ points, bounds });
      plane.regions({ x, y, values: of.data, kind: "probability" });
    }
    const [p] = read(arrays, "with.regions.p");
    this.#whole.show({ points, bounds });
    this.#whole.regions({ x: x1, y: x2, values: p, kind: "probability" });
  }

  /** @param {Map<string, Tensor>} arrays */
  #markBest(arrays) {
    for (const [i, side] of SIDES.entries()) {
      const [steps, losses] = read(arrays, `${side}.best.step`, `${side}.best.loss`);
      if (steps.length === 0) return;
      const [step, loss] = [steps[0], losses[0]];
      const { called, token } = NETWORKS[side];
      setText(this.#bests[side], `${called}, step ${count(step)}: ${significant(loss)}`);
      if (this.#marks[i]?.step !== step) this.#marks[i] = { step, label: LEAST[i], token };
    }
    this.#chart.marks(this.#marks);
  }

  /**
   * @param {Map<string, Tensor>} arrays
   * @param {readonly (readonly [string, string])[]} columns
   */
  #columns(arrays, columns) {
    return columns.map(([head, short]) => ({
      head,
      tensor: SIDES.map((side) => arrays.get(`${side}.${short}`)),
      at: WHOLE,
    }));
  }

  /** @param {Map<string, Tensor>} arrays */
  #example(arrays) {
    const points = arrays.get("without.points.y")?.data.length ?? 1;
    return Math.min(Number(this.#page.values.example), points - 1);
  }

  /** Run a training point through both networks. @param {Side} side @param {number} index */
  #choose(side, index) {
    const arrays = this.#page.frame?.arrays;
    const shared = arrays?.get("without.points.y")?.data.length ?? 0;
    if (this.#page.values.shown !== "validation" && index < shared) this.#page.set({ example: index });
    else if (arrays) {
      const own = arrays.get(`${side}.points.y`)?.data.length ?? 0;
      const trained = this.#page.values.shown === "validation" ? 0 : own;
      const [tensor, row] = index < trained ? [`${side}.points.x`, index] : ["validation.x", index - trained];
      this.#page.pick(tensor, [row, 0], arrays.get(tensor)?.data[2 * row] ?? NaN);
    }
  }

  /**
   * Ask for the ledger of a place of a picture.
   *
   * @param {string} tensor
   * @param {Side} side
   * @param {number} every  which of the places it has
   * @param {{x: number, y: number}} place
   */
  #ask(tensor, side, every, { x, y }) {
    const arrays = this.#page.frame?.arrays;
    const values = arrays?.get(tensor);
    if (!arrays || !values) return;
    const [x1, x2] = read(arrays, `${side}.regions.x1`, `${side}.regions.x2`);
    const index = [nearest(x2, y, every), nearest(x1, x, every)];
    const label = `p at x1 = ${significant(x1[every * index[1]])}, x2 = ${significant(x2[every * index[0]])}`;
    this.#page.pick(tensor, index, values.data[index[0] * values.shape[1] + index[1]], label);
  }

  /** @param {Side} side */
  #goBack(side) {
    const step = this.#page.frame?.arrays.get(`${side}.best.step`)?.data[0];
    if (step !== undefined) this.#page.seek(step);
  }

  /** @param {RunEvent} event */
  #stopped({ run, data: { network, best, loss, step, now } }) {
    // both at once: the first has said it
    if (this.#stop && !this.#early.notice.hidden && this.#stop.at === step) return;
    const { called } = NETWORKS[/** @type {Side} */ (network)];
    const text =
      `Early stopping: for ${count(step - best)} steps the validation loss of the ${called} has not ` +
      `fallen below ${significant(loss)}, that of step ${count(best)}. Now it is ${significant(now)}.`;
    this.#stop = { step: best, run, at: step, seen: false };
    setText(this.#early.text, text);
    setText(this.#early.back, `Go back to step ${count(best)}`);
    this.#early.notice.hidden = false;
    this.#early.notice.scrollIntoView({ block: "nearest" });
    this.#page.announce(text);
  }

  /**
   * The notice stands until somebody goes back, goes on, or begins anew.
   *
   * @param {number} run
   * @param {number} step
   * @param {boolean} playing
   */
  #settle(run, step, playing) {
    const stop = this.#stop;
    if (!stop) return;
    // frames from before the pause may still be painted after the event
    stop.seen ||= !playing && step >= stop.at;
    if (run !== stop.run || (stop.seen && (playing || step <= stop.step))) this.#forget();
  }

  #forget() {
    this.#stop = null;
    this.#early.notice.hidden = true;
  }
}

const LEAST = ["1st: least", "2nd: least"];

const ROWS = SIDES.map((side) => ({ head: NETWORKS[side].called, token: NETWORKS[side].token }));

const MEASURES = /** @type {const} */ ([
  ["training loss", "train.loss"],
  ["validation loss", "valid.loss"],
  ["gap", "gap"],
  ["right, training", "train.right"],
  ["right, validation", "valid.right"],
  ["Σ W²", "squares"],
]);

const STEP = /** @type {const} */ ([
  ["the step's loss", "loss"],
  ["penalty λ/2 Σ W², now", "penalty"],
]);

/** @type {readonly Colour[]} */
const TOKENS = ["class-1", "class-2", "class-1", "class-2"];

/** @type {Readonly<Record<string, readonly string[]>>} */
const CLASS_NAMES = {
  training: ["class 0, training", "class 1, training"],
  validation: ["class 0, validation", "class 1, validation"],
  both: ["class 0, training", "class 1, training", "class 0, validation", "class 1, validation"],
};

/**
 * The points that are shown, as columns.
 *
 * @param {Map<string, Tensor>} arrays
 * @param {Side} side
 * @param {string} shown
 */
function pointsOf(arrays, side, shown) {
  const [x, y, vx, vy] = read(arrays, `${side}.points.x`, `${side}.points.y`, "validation.x", "validation.y");
  const trained = shown === "validation" ? 0 : y.length;
  const size = trained + (shown === "training" ? 0 : vy.length);
  const points = { x: new Float32Array(size), y: new Float32Array(size), classes: new Uint8Array(size) };
  const more = shown === "both" ? 2 : 0;
  for (let i = 0; i < size; i++) {
    const own = i < trained;
    const row = own ? i : i - trained;
    const place = own ? x : vx;
    points.x[i] = place[2 * row];
    points.y[i] = place[2 * row + 1];
    points.classes[i] = own ? y[row] : vy[row] + more;
  }
  return points;
}

/** @param {Map<string, Tensor>} arrays @param {...string} names @returns {ArrayLike<number>[]} */
function read(arrays, ...names) {
  return names.map((name) => arrays.get(name)?.data ?? NONE);
}

/** From where to where a grid's cells reach. @param {ArrayLike<number>} axis @returns {[number, number]} */
function spanOf(axis) {
  const half = (axis[1] - axis[0]) / 2;
  return [axis[0] - half, axis[axis.length - 1] + half];
}

/** @param {ArrayLike<number>} axis */
function everySecond(axis) {
  return Float32Array.from({ length: Math.ceil(axis.length / 2) }, (_, i) => axis[2 * i]);
}

/** @param {ArrayLike<number>} axis @param {number} value @param {number} every */
function nearest(axis, value, every) {
  const places = Math.ceil(axis.length / every);
  const at = Math.round((value - axis[0]) / (every * (axis[1] - axis[0])));
  return Math.min(places - 1, Math.max(0, at));
}

export default overfitting;
