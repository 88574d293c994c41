/**
 * Two variables: the surface and its contours with the path, the gradient, the step and the
 * curvature's two directions; each partial derivative written out; a regression's data.
 *
 * @import {Frame, Tensor} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 * @import {Column} from "../../views/number-table.js"
 */

import { detail, one, setAttributes, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { ContourView } from "../../views/contour-view.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { SculptTools } from "../../views/parts/sculpt-tools.js";
import { SurfaceView } from "../../views/surface-view.js";
import { RegressionPart } from "./regression.js";
import { inside, regimeWords } from "./words.js";

const STAGE = `
<div class="descent-plots">
  <figure class="descent-plot">
    <contour-view data-tensor="surface.J" label="J from above" equal x-label="w1" y-label="w2"
      z-label="J"></contour-view>
    <p class="descent-key"><span data-tensor="dw">gradient ∇J</span>
      <span data-tensor="update">next step</span>
      <span data-tensor="H.values">directions of curvature</span></p>
    <div class="figure-tools" role="group" aria-label="Sculpt" data-sculpt hidden></div>
  </figure>
  <figure class="descent-plot" data-surface>
    <surface-view data-tensor="surface.J" label="J as a surface" x-label="w1" y-label="w2"
      z-label="J"></surface-view>
  </figure>
</div>
<p class="descent-says" data-says></p>
<div class="panels panels-even">
  <section class="panel panel-wide" data-part="step">
    <h2 class="panel-title">The next step: w ← w − η · ∂J/∂w, for each weight at once</h2>
    <number-table label="the next step"></number-table>
    <div data-sums></div>
  </section>
  <section class="panel" data-part="data" hidden></section>
  <section class="panel" data-part="curvature">
    <h2 class="panel-title">The directions of curvature; <span data-stable></span></h2>
    <number-table label="the directions of curvature"></number-table>
  </section>
  <section class="panel">
    <line-chart label="J" x="history.step" data-tensor="history.J" switchable
      series='[{"name": "history.J", "label": "J", "token": "training"}]'></line-chart>
  </section>
</div>`;

/** Grounds whose walls are a thousand times as high as what happens on their floor. */
const STEEP = ["rosenbrock", "himmelblau", "beale"];

/** The most samples whose part in each derivative is written out. */
const FEW = 2;

/** From this condition number on, lines at even heights leave the whole floor of a bowl blank. */
const NARROW = 20;

/** Of these the intercept is one of the weights. */
const WITH_INTERCEPT = ["two_samples", "line"];

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const stage = new SurfaceStage(root, page);
  return { paint: (/** @type {Frame} */ frame) => stage.paint(frame) };
}

const NONE = new Float64Array(0);

class SurfaceStage {
  #page;
  #contours;
  #surface;
  #step;
  #curvature;
  #chart;
  #data;
  #texts;
  #sculpt;
  #seq = -1;
  /** The surface that is drawn, and how many there have been. */
  #drawn = NONE;
  #key = 0;
  /** @type {readonly string[]} of the weights */
  #names = [];
  /** @type {readonly string[]} of those that are drawn */
  #pair = [];

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#contours = one(root, "contour-view", ContourView);
    this.#surface = one(root, "surface-view", SurfaceView);
    this.#step = one(root, "[data-part='step'] number-table", NumberTable);
    this.#curvature = one(root, "[data-part='curvature'] number-table", NumberTable);
    this.#chart = one(root, "line-chart", LineChart);
    this.#data = new RegressionPart(
      one(root, "[data-surface]", HTMLElement),
      one(root, "[data-part='data']", HTMLElement),
    );
    this.#sculpt = new SculptTools(one(root, "[data-sculpt]", HTMLElement), () =>
      page.act("level", {}),
    );
    const text = (/** @type {string} */ name) => one(root, `[data-${name}]`, HTMLElement);
    this.#texts = { says: text("says"), sums: text("sums"), stable: text("stable") };
    root.addEventListener("place-pick", (event) => this.#drop(event));
    root.addEventListener("stroke", (event) => this.#stroke(event));
    root.addEventListener("step-pick", (event) => page.seek(detail(event).step));
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#name(frame);
    this.#drawGround(frame);
    this.#drawBall(frame);
    this.#tell(frame);
    this.#data.show(frame);
  }

  /** What the weights are called. @param {Frame} frame */
  #name({ arrays }) {
    const { ground, condition } = this.#page.values;
    const from = WITH_INTERCEPT.includes(String(ground)) ? 0 : 1;
    const d = arrays.get("w")?.data.length ?? 0;
    this.#names = Array.from({ length: d }, (_, i) => `w${i + from}`);
    this.#pair = Array.from(arrays.get("pair")?.data ?? [], (i) => this.#names[i]);
    const axes = { "x-label": this.#pair[0], "y-label": this.#pair[1] };
    const sculptable = ground === "sculpted";
    const log = STEEP.includes(String(ground));
    const narrow = ground === "bowl" && Number(condition) >= NARROW;
    setAttributes(this.#contours, { ...axes, log: log || narrow, sculptable });
    setAttributes(this.#surface, { ...axes, log });
    this.#sculpt.show(sculptable);
  }

  /** @param {Frame} frame */
  #drawGround({ arrays }) {
    const [x, y, z] = ["surface.w1", "surface.w2", "surface.J"].map((name) => arrays.get(name)?.data ?? NONE);
    if (!same(z, this.#drawn)) this.#key += 1;
    this.#drawn = Float64Array.from(z);
    const ground = { x, y, z, key: this.#key };
    this.#contours.show(ground);
    this.#surface.show(ground);
  }

  /** @param {Frame} frame */
  #drawBall({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    const [i, j] = of("pair");
    const path = arrays.get("path.w");
    const w = of("w");
    const walked = {
      name: "path",
      token: /** @type {const} */ ("accent"),
      x: column(path, i),
      y: column(path, j),
      z: of("path.J"),
      dash: [],
    };
    this.#contours.paths([walked]);
    this.#surface.paths([walked]);
    const at = { x: w[i], y: w[j] };
    const [update, pointer, arms, bends] = [of("update"), of("pointer"), of("cross"), of("cross.values")];
    const cross = Array.from({ length: arms.length / 2 }, (_, k) => ({
      ...at,
      dx: arms[2 * k],
      dy: arms[2 * k + 1],
      token: /** @type {const} */ ("ink"),
      thin: true,
      label: k % 2 ? "" : `λ ${significant(bends[k / 2])}`,
    }));
    this.#contours.arrows([
      ...cross,
      { ...at, dx: pointer[0], dy: pointer[1], token: "gradient" },
      { ...at, dx: update[i], dy: update[j], token: "correct" },
    ]);
  }

  /** @param {Frame} frame */
  #tell(frame) {
    const { arrays } = frame;
    const { values } = this.#page;
    setText(this.#texts.says, regimeWords(frame, values));
    const of = (/** @type {string} */ head, /** @type {string} */ name) => ({ head, tensor: arrays.get(name) });
    this.#step.show(
      [of("w", "w"), ...this.#perSample(arrays.get("samples.dw")), of("∂J/∂w", "dw"), of("−η·∂J/∂w", "update"), of("new w", "next.w")],
      this.#names,
    );
    const stable = arrays.get("stable")?.data[0];
    const limit = stable === undefined ? "no largest stable rate here" : `largest stable rate 2/λ = ${significant(stable)}`;
    setText(this.#texts.stable, limit);
    const curved = arrays.get("H.values")?.data ?? NONE;
    const directions = Array.from(curved, (_, k) => directionName(k, curved.length));
    this.#curvature.show(
      [of("λ", "H.values"), of("∇J along", "along"), of("1 − ηλ", "factor"), of("steps left", "left")],
      directions,
    );
    this.#tellSums(frame);
  }

  /**
   * A column for each sample, where they are few.
   *
   * @param {Tensor | undefined} tensor
   * @returns {Column[]}
   */
  #perSample(tensor) {
    const n = tensor?.shape[0] ?? 0;
    if (n > FEW) return [];
    return Array.from({ length: n }, (_, i) => ({
      head: `sample ${i + 1} asks`,
      tensor,
      at: (/** @type {number} */ row) => [i, row],
    }));
  }

  /** Each step with the numbers in it, and of a few samples each derivative. @param {Frame} frame */
  #tellSums({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    const rate = significant(Number(this.#page.values.learning_rate));
    const [w, dw, next, errors] = [of("w"), of("dw"), of("next.w"), of("errors")];
    const x = arrays.get("x");
    const lines = this.#names.map((name, j) => {
      const step = `${name} ← ${significant(w[j])} − ${rate} · ${inside(dw[j])} = ${significant(next[j])}`;
      if (!x || errors.length > FEW) return step;
      const first = this.#names.length - x.shape[1];
      return `∂J/∂${name} = ${derivative(errors, x, first, j)} = ${significant(dw[j])},  so ${step}`;
    });
    const { sums } = this.#texts;
    while (sums.children.length > lines.length) sums.lastElementChild?.remove();
    while (sums.children.length < lines.length) {
      const made = document.createElement("p");
      made.className = "descent-sum";
      sums.append(made);
    }
    for (const [k, line] of lines.entries()) setText(/** @type {HTMLElement} */ (sums.children[k]), line);
  }

  /** @param {Event} event */
  #drop(event) {
    const { x, y } = detail(event);
    this.#page.act("drop", { names: [...this.#pair], at: [x, y] });
  }

  /** @param {Event} event */
  #stroke(event) {
    const { points, down } = detail(event);
    const x = points.map((/** @type {[number, number]} */ point) => point[0]);
    const y = points.map((/** @type {[number, number]} */ point) => point[1]);
    this.#page.act("sculpt", { x, y, down: this.#sculpt.digs(down) });
  }
}

/**
 * A partial derivative of a regression with its numbers.
 *
 * @param {ArrayLike<number>} errors
 * @param {Tensor} x
 * @param {number} first  how many weights come before that of the first feature
 * @param {number} j
 */
function derivative(errors, x, first, j) {
  const terms = Array.from(errors, (error, i) => {
    const by = j < first ? 1 : x.data[i * x.shape[1] + j - first];
    return `${inside(error)} · ${inside(by)}`;
  });
  return `1/${errors.length} · [${terms.join(" + ")}]`;
}

/**
 * What a direction of curvature is called among `count` of them, the least curved first.
 *
 * @param {number} k
 * @param {number} count
 */
const directionName = (k, count) => (k === 0 ? "least" : k === count - 1 ? "most" : "between");

/**
 * A column of a tensor of two axes.
 *
 * @param {Tensor | undefined} tensor
 * @param {number} k
 */
function column(tensor, k) {
  if (!tensor) return NONE;
  const [rows, columns] = tensor.shape;
  return Float64Array.from({ length: rows }, (_, row) => tensor.data[row * columns + k]);
}

/** @param {ArrayLike<number>} before @param {ArrayLike<number>} now */
function same(before, now) {
  if (before.length !== now.length) return false;
  for (let i = 0; i < before.length; i++) if (!Object.is(before[i], now[i])) return false;
  return true;
}
