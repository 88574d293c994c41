/**
 * One variable: the curve with the ball, its tangent and its next step; the step as a table and as
 * arithmetic; what the curvature says; J over the steps.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { detail, one, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { CurveView } from "../../views/curve-view.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { inside, regimeWords } from "./words.js";

const STAGE = `
<figure class="descent-plot">
  <curve-view data-tensor="curve.J" label="the loss J over the weight w" x-label="w"
    y-label="J"></curve-view>
</figure>
<p class="descent-says" data-says></p>
<div class="panels panels-even">
  <section class="panel panel-wide" data-part="step">
    <h2 class="panel-title">The next step: w ← w − η · dJ/dw</h2>
    <number-table label="the next step"></number-table>
    <p class="descent-sum" data-sum></p>
  </section>
  <section class="panel" data-part="curvature">
    <h2 class="panel-title">What the curvature says of this rate</h2>
    <number-table label="what the curvature says"></number-table>
  </section>
  <section class="panel">
    <line-chart label="J" x="history.step" data-tensor="history.J" switchable
      series='[{"name": "history.J", "label": "J", "token": "training"}]'></line-chart>
  </section>
</div>`;

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const stage = new CurveStage(root, page);
  return { paint: (/** @type {Frame} */ frame) => stage.paint(frame) };
}

const NONE = new Float64Array(0);

class CurveStage {
  #page;
  #curve;
  #step;
  #curvature;
  #chart;
  #says;
  #sum;
  #seq = -1;
  /** What is drawn: kept, and filled from each frame. */
  #drawn = {
    curve: { name: "J", token: /** @type {const} */ ("ink"), x: NONE, y: NONE, label: "J" },
    path: { name: "path", token: /** @type {const} */ ("accent"), x: NONE, y: NONE },
    tangent: { ...line(), token: /** @type {const} */ ("gradient"), label: "", dash: [5, 4] },
    step: { ...line(), token: /** @type {const} */ ("correct"), label: "", arrow: true },
    ball: { x: 0, y: 0, token: /** @type {const} */ ("focus"), label: "" },
  };

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#curve = one(root, "curve-view", CurveView);
    this.#step = one(root, "[data-part='step'] number-table", NumberTable);
    this.#curvature = one(root, "[data-part='curvature'] number-table", NumberTable);
    this.#chart = one(root, "line-chart", LineChart);
    this.#says = one(root, "[data-says]", HTMLElement);
    this.#sum = one(root, "[data-sum]", HTMLElement);
    root.addEventListener("place-pick", (event) => {
      const { x, done } = detail(event);
      if (done === false) this.#hold(x);
      else page.act("drop", { names: ["w"], at: [x] });
    });
    root.addEventListener("step-pick", (event) => page.seek(detail(event).step));
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#draw(frame);
    this.#tell(frame);
  }

  /**
   * Show the ball at the pointer: what a drag passes over is no part of the history, so the engine
   * hears of its end alone.
   *
   * @param {number} x
   */
  #hold(x) {
    const { curve, ball } = this.#drawn;
    let at = curve.x.findIndex((place) => place >= x);
    if (at < 0) at = curve.x.length - 1;
    Object.assign(ball, { x: curve.x[at], y: curve.y[at] });
    this.#curve.lines([]);
    this.#curve.marks([ball]);
  }

  /** @param {Frame} frame */
  #draw({ arrays, root }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    const { curve, path, tangent, step, ball } = this.#drawn;
    Object.assign(curve, { x: of("curve.w"), y: of("curve.J") });
    Object.assign(path, { x: of("path.w"), y: of("path.J") });
    const [w, J] = [of("w")[0], of("J")[0]];
    Object.assign(ball, { x: w, y: J });
    const [ends, heights] = [of("tangent.w"), of("tangent.J")];
    const slope = `dJ/dw = ${significant(of("dw")[0])}`;
    Object.assign(tangent, { x1: ends[0], y1: heights[0], x2: ends[1], y2: heights[1], label: slope });
    const label = `step ${significant(of("update")[0])}`;
    Object.assign(step, { x1: w, y1: J, x2: of("next.w")[0], y2: J, label });
    this.#curve.show({ curves: [curve], key: root });
    this.#curve.path(path);
    this.#curve.lines([tangent, step]);
    this.#curve.marks([ball]);
  }

  /** @param {Frame} frame */
  #tell(frame) {
    const { arrays } = frame;
    const { values } = this.#page;
    setText(this.#says, regimeWords(frame, values));
    const column = (/** @type {string} */ head, /** @type {string} */ name) => ({ head, tensor: arrays.get(name) });
    this.#step.show(
      [column("w", "w"), column("J", "J"), column("dJ/dw", "dw"), column("−η·dJ/dw", "update"), column("new w", "next.w"), column("new J", "next.J")],
      ["here"],
    );
    this.#curvature.show(
      [column("λ", "H.values"), column("limit 2/λ", "stable"), column("1 − ηλ", "factor"), column("steps left", "left")],
      ["here"],
    );
    const [w, slope, next] = ["w", "dw", "next.w"].map((name) => arrays.get(name)?.data[0] ?? NaN);
    const rate = Number(values.learning_rate);
    const update = arrays.get("update")?.data[0];
    setText(
      this.#sum,
      update === 0
        ? `w stays ${significant(w)}: there is no slope left to follow.`
        : `w ← ${significant(w)} − ${significant(rate)} · ${inside(slope)} = ${significant(next)}`,
    );
  }
}

/** A line that is not there yet. */
function line() {
  return { x1: NaN, y1: NaN, x2: NaN, y2: NaN };
}
