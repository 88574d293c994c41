/**
 * The stage of "Features to scale": the plane of the data beside the loss over the two weights, the
 * three scalings side by side, and the columns before and after. Views only.
 *
 * @import {ExhibitModule, Frame, Tensor} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {Column} from "../views/number-table.js"
 */

import { detail, one, setAttributes, setText } from "../core/dom.js";
import { count, percent, significant } from "../core/format.js";
import { ContourView } from "../views/contour-view.js";
import { LineChart } from "../views/line-chart.js";
import { NumberTable } from "../views/number-table.js";
import { PlaneView } from "../views/plane-view.js";

const STAGE = `
<div class="scaling-plots">
  <figure class="scaling-plot">
    <plane-view data-tensor="x" label="the training samples" equal></plane-view>
  </figure>
  <figure class="scaling-plot">
    <contour-view data-tensor="surface.J" label="J over the weights" x-label="w1" y-label="w2"
      z-label="J" equal log></contour-view>
  </figure>
</div>
<p class="scaling-says" data-says></p>
<div class="panels scaling-panels">
  <section class="panel scaling-wide" data-part="compare">
    <h2 class="panel-title">The same data with each scaling, from w = 0</h2>
    <number-table label="the three scalings"></number-table>
    <p class="scaling-note" data-never></p>
  </section>
  <section class="panel" data-part="columns">
    <h2 class="panel-title">The columns before scaling</h2>
    <number-table label="the columns"></number-table>
  </section>
  <section class="panel scaling-tall" data-part="samples">
    <h2 class="panel-title">The first training samples, before and after</h2>
    <number-table label="samples before and after"></number-table>
  </section>
  <section class="panel" data-part="step">
    <h2 class="panel-title">The weights and their next step</h2>
    <number-table label="the weights"></number-table>
    <p class="scaling-note" data-model></p>
  </section>
  <section class="panel scaling-wide">
    <line-chart label="J" x="history.step" data-tensor="history.J" switchable
      series='[{"name": "history.J", "label": "J", "token": "training"}]'></line-chart>
  </section>
</div>`;

const SCALINGS = ["none", "min–max", "z-score"];
const SCALED = { none: "", minmax: ", min–max", zscore: ", z-score" };
const FEATURES = ["x1", "x2"];
const SHOWN = 8;
const ALL = 1 + 1e-6;
const NONE = new Float64Array(0);

/** @type {ExhibitModule} */
const normalisation = {
  watch: [
    ...["raw.x", "x", "y", "mean", "std", "min", "max", "range", "held.J", "J", "rate", "stable"],
    ...["w", "w0", "dw", "update", "next.w", "raw.w", "raw.w0", "path.w", "path.J"],
    ...["surface.w1", "surface.w2", "surface.J", "plane.x1", "plane.x2", "plane.y"],
    ...["compare.values", "compare.condition", "compare.stable", "compare.rate", "compare.steps"],
    ...["history.step", "history.J"],
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #plane;
  #contours;
  #chart;
  #tables;
  #texts;
  #seq = -1;
  #run = -1;
  /** The columns of `x`, and the classes, as the plane wants them. */
  #points = { x: NONE, y: NONE, classes: NONE };
  /** @type {import("../views/parts/region-image.js").Regions} */
  #regions = { x: NONE, y: NONE, values: NONE, kind: "value", limit: 1, label: "what the model says, −1 to 1" };

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#plane = one(stage, "plane-view", PlaneView);
    this.#contours = one(stage, "contour-view", ContourView);
    this.#chart = one(stage, "line-chart", LineChart);
    const table = (/** @type {string} */ part) => one(stage, `[data-part='${part}'] number-table`, NumberTable);
    this.#tables = {
      compare: table("compare"),
      columns: table("columns"),
      step: table("step"),
      samples: table("samples"),
    };
    const text = (/** @type {string} */ name) => one(stage, `[data-${name}]`, HTMLElement);
    this.#texts = { says: text("says"), never: text("never"), model: text("model") };
    this.#contours.addEventListener("place-pick", (event) => {
      const { x, y } = detail(event);
      page.act("drop", { w1: x, w2: y });
    });
    this.#plane.addEventListener("point-pick", (event) => this.#pickSample(detail(event).index));
    stage.addEventListener("step-pick", (event) => page.seek(detail(event).step));
    page.onEvent("arrived", ({ data }) => page.announce(`Arrived after ${count(data.step)} steps`));
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#drawData(frame);
    this.#drawBowl(frame);
    this.#fillTables(frame);
    this.#tell(frame);
  }

  /** What the two features are called. */
  get #features() {
    const { data, pair, stretch } = this.#page.values;
    const control = this.#page.controls.find(({ name }) => name === "pair");
    const chosen = control?.kind === "choice" && control.options.find(({ value }) => value === pair);
    const names = data === "iris" && chosen ? chosen.label.split(" and ") : ["feature 1", "feature 2"];
    return stretch === 1 ? names : [names[0], `${names[1]} ×${significant(Number(stretch))}`];
  }

  /** @param {Frame} frame */
  #drawData({ arrays, run }) {
    const x = arrays.get("x");
    const y = arrays.get("y");
    if (!x || !y) return;
    if (run !== this.#run) {
      this.#run = run;
      const [across, up] = this.#features;
      const scaled = SCALED[/** @type {keyof typeof SCALED} */ (this.#page.values.scaling)] ?? "";
      setAttributes(this.#plane, { "x-label": `x1: ${across}${scaled}`, "y-label": `x2: ${up}${scaled}` });
      this.#points = {
        x: column(x, 0),
        y: column(x, 1),
        classes: Float64Array.from(y.data, (wanted) => (wanted > 0 ? 1 : 0)),
      };
    }
    const iris = this.#page.values.data === "iris";
    const [x1, x2, said] = ["plane.x1", "plane.x2", "plane.y"].map((name) => arrays.get(name)?.data ?? NONE);
    this.#plane.show({
      points: this.#points,
      key: run,
      classNames: iris ? ["another species, −1", "virginica, 1"] : ["first cloud, −1", "second cloud, 1"],
    });
    this.#regions.x = x1;
    this.#regions.y = x2;
    this.#regions.values = said;
    this.#plane.regions(this.#regions);
  }

  /** @param {Frame} frame */
  #drawBowl({ arrays, run }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    this.#contours.show({ x: of("surface.w1"), y: of("surface.w2"), z: of("surface.J"), key: run });
    const path = arrays.get("path.w");
    if (!path) return;
    this.#contours.paths([
      { name: "path", token: "accent", x: column(path, 0), y: column(path, 1), z: of("path.J"), dash: [] },
    ]);
    const [w, update] = [of("w"), of("update")];
    this.#contours.arrows([{ x: w[0], y: w[1], dx: update[0], dy: update[1], token: "correct", label: "step" }]);
  }

  /** @param {Frame} frame */
  #fillTables({ arrays }) {
    /** @param {string} head @param {string} name @param {Column["at"]} [at] @returns {Column} */
    const of = (head, name, at) => ({ head, tensor: arrays.get(name), at });
    this.#tables.compare.show(
      [
        of("λmin", "compare.values", (row) => [row, 0]),
        of("λmax", "compare.values", (row) => [row, 1]),
        of("λmax/λmin", "compare.condition"),
        of("2/λmax", "compare.stable"),
        of("rate η", "compare.rate"),
        of("steps", "compare.steps"),
      ],
      SCALINGS,
    );
    this.#tables.columns.show(
      [
        of("μ", "mean"),
        of("σ", "std"),
        of("min", "min"),
        of("max", "max"),
        of("range", "range"),
      ],
      FEATURES,
    );
    this.#tables.step.show(
      [
        of("w", "w"),
        of("∂J/∂w", "dw"),
        of("step", "update"),
        of("new w", "next.w"),
        of("raw w", "raw.w"),
      ],
      ["w1", "w2"],
    );
    this.#tables.samples.show(
      [
        of("x1", "raw.x", (row) => [row, 0]),
        of("x2", "raw.x", (row) => [row, 1]),
        of("x1 scaled", "x", (row) => [row, 0]),
        of("x2 scaled", "x", (row) => [row, 1]),
        of("y", "y"),
      ],
      Array.from({ length: SHOWN }, (_, i) => `${i + 1}`),
    );
  }

  /** @param {Frame} frame */
  #tell({ arrays, scalars, step }) {
    const of = (/** @type {string} */ name, at = 0) => arrays.get(name)?.data[at] ?? NaN;
    const rate = significant(of("rate"));
    const limit = significant(of("stable"));
    const above = of("rate") > of("stable") ? "above" : "below";
    const made = `after ${count(step)} ${step === 1 ? "step" : "steps"}`;
    // a sum of squares is not the same to the last bit in another order
    const share = scalars.left > ALL ? "more" : percent(Math.max(0, scalars.left));
    setText(
      this.#texts.says,
      `Rate η = ${rate}, ${above} the largest stable rate ${limit}. Of what J had to lose at w = 0, ` +
        `${share} is left ${made}: J = ${significant(of("J"))}, and ${significant(of("held.J"))} ` +
        "on the samples held back.",
    );
    const steps = arrays.get("compare.steps")?.data ?? NONE;
    const never = SCALINGS.filter((_, i) => steps[i] < 0);
    const counted =
      "Beside the curvatures their ratio, the condition number; then the largest stable rate, and the " +
      "rate. Steps: until 0.1 % is left of what J can lose.";
    const runaway = ` −1: never, the rate is too high (${never.join(", ")}).`;
    setText(this.#texts.never, never.length > 0 ? counted + runaway : counted);
    const weight = (/** @type {string} */ name, /** @type {number} */ at) => signed(of(name, at));
    setText(
      this.#texts.model,
      `In raw units the model says ${significant(of("raw.w0"))} ${weight("raw.w", 0)}·x1 ${weight("raw.w", 1)}·x2.`,
    );
  }

  /** A sample's number on the stage, where two are wanted: that of the second feature. @param {number} index */
  #pickSample(index) {
    const value = this.#points.y[index];
    this.#page.pick("x", [index, 1], value, `sample ${index + 1}, x2`);
  }
}

/** @param {number} value */
function signed(value) {
  return value < 0 ? `− ${significant(-value)}` : `+ ${significant(value)}`;
}

/**
 * A column of a tensor of two axes.
 *
 * @param {Tensor} tensor
 * @param {number} k
 */
function column({ data, shape: [rows, columns] }, k) {
  return Float64Array.from({ length: rows }, (_, row) => data[row * columns + k]);
}

export default normalisation;
