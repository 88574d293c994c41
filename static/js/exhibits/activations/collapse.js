/**
 * Two layers and the one layer that stands for them: their matrices, what both say at a point, and
 * the plane with the straight line of the nearest single layer.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { detail, one, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { GraphView } from "../../views/graph-view.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { controlRow } from "../../views/parts/control-row.js";
import { PlaneView } from "../../views/plane-view.js";
import { hiddenColumn, INPUTS, OUTPUTS, outputColumn } from "./graphs.js";
import { NONE } from "./names.js";
import { Points } from "./planes.js";

const STAGE = `
<div class="activation-bend" data-bend></div>
<p class="activation-says" data-says></p>
<div class="activation-planes" data-even>
  <figure class="activation-plot">
    <plane-view data-tensor="net.regions.p" label="border of the two layers, and of one" equal></plane-view>
  </figure>
  <div class="activation-column">
    <section class="panel">
      <h2 class="panel-title">What they say of the point with the ring: click another</h2>
      <number-table data-part="both" label="the same point, both ways"></number-table>
    </section>
    <section class="panel">
      <h2 class="panel-title">Multiplied: W₂W₁ and W₂b₁ + b₂</h2>
      <number-table data-part="one" label="both layers multiplied"></number-table>
    </section>
    <section class="panel">
      <h2 class="panel-title">The nearest single layer</h2>
      <number-table data-part="best" label="the nearest single layer"></number-table>
    </section>
  </div>
</div>
<div class="activation-graphs">
  <section class="panel">
    <h2 class="panel-title">Two layers</h2>
    <graph-view data-part="two" label="two layers" height="230"></graph-view>
  </section>
  <section class="panel">
    <h2 class="panel-title">Multiplied: one layer</h2>
    <graph-view data-part="single" label="one layer, multiplied" height="230"></graph-view>
  </section>
</div>
<section class="panel activation-hidden">
  <h2 class="panel-title">Both layers: each hidden unit with its weights and what it makes of the point</h2>
  <number-table data-part="hidden" label="the hidden units"></number-table>
</section>
<section class="panel">
  <line-chart label="loss over all points" x="history.step" data-tensor="history.loss" switchable low="0"
    series='[{"name": "history.loss", "label": "two layers", "token": "training"}]'></line-chart>
</section>`;

/** How long a bend that was chosen is not overwritten by another, ms. */
const PATIENCE = 1000;

/** @param {string} head @param {import("../../core/types.js").Tensor | undefined} tensor @param {number} i */
const column = (head, tensor, i) => ({ head, tensor, at: (/** @type {number} */ row) => [row, i] });

/** What is less than this is the rounding of the last digit. */
const ROUNDING = 1e-20;

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const stage = new CollapseStage(root, page);
  return { paint: (/** @type {Frame} */ frame) => stage.paint(frame) };
}

class CollapseStage {
  #page;
  #plane;
  #graphs;
  #tables;
  #chart;
  #says;
  /** @type {import("../../views/parts/control-row.js").Row | null} */
  #bend = null;
  #chosen = { value: NaN, until: 0 };
  #points = new Points();
  #seq = -1;
  #line = {
    ...{ token: /** @type {const} */ ("focus"), label: "the nearest single layer", dash: [6, 4] },
    ...{ x: /** @type {ArrayLike<number>} */ (NONE), y: /** @type {ArrayLike<number>} */ (NONE) },
  };

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#plane = one(root, "plane-view", PlaneView);
    this.#graphs = {
      two: one(root, "[data-part='two']", GraphView),
      single: one(root, "[data-part='single']", GraphView),
    };
    const table = (/** @type {string} */ part) => one(root, `[data-part="${part}"]`, NumberTable);
    this.#tables = {
      both: table("both"),
      hidden: table("hidden"),
      one: table("one"),
      best: table("best"),
    };
    this.#chart = one(root, "line-chart", LineChart);
    this.#says = one(root, "[data-says]", HTMLElement);
    const control = page.controls.find(({ name }) => name === "alpha");
    if (control) {
      // the lesson is about it: it stands where it is seen to work, not only among the controls
      this.#bend = controlRow(control, (value) => {
        this.#chosen = { value: Number(value), until: performance.now() + PATIENCE };
        page.set({ alpha: value });
      });
      one(root, "[data-bend]", HTMLElement).append(this.#bend.root);
    }
    root.addEventListener("step-pick", (event) => page.seek(detail(event).step));
    root.addEventListener("point-pick", (event) => page.set({ point: detail(event).index }));
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#points.take(frame);
    this.#points.show(this.#plane, frame, "net");
    this.#plane.choose(Math.min(Number(this.#page.values.point), this.#points.points.x.length - 1));
    const [x1, y1, x2, y2] = frame.arrays.get("best.line")?.data ?? NONE;
    Object.assign(this.#line, { x: [x1, x2], y: [y1, y2] });
    // where it gives both classes the same score may lie outside of what is drawn
    this.#plane.curves(x1 === x1 ? [this.#line] : []);
    this.#showBend(Number(this.#page.values.alpha));
    this.#connect(frame);
    this.#list(frame);
    setText(this.#says, bendWords(frame));
  }

  /** @param {number} value */
  #showBend(value) {
    const { value: chosen, until } = this.#chosen;
    if (value !== chosen && performance.now() < until) return;
    if (!this.#bend?.held()) this.#bend?.show(value);
  }

  /** Both networks, with the point that is looked at. @param {Frame} frame */
  #connect({ arrays, run }) {
    const inputs = { ...INPUTS, a: "net.dense1.x" };
    const output = outputColumn("net", 2, "dense2.z");
    const { two, single } = this.#graphs;
    two.shape([inputs, hiddenColumn("net", 1, arrays), output], "two");
    single.shape([inputs, { ...output, a: "one.z", W: "one.M", b: "one.c", z: undefined }], "single");
    two.show(arrays, run);
    single.show(arrays, run);
  }

  /** @param {Frame} frame */
  #list({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name);
    const { both, hidden, one: multiplied, best } = this.#tables;
    both.show(
      [
        { head: "two layers", tensor: of("net.dense2.z"), at: (row) => [0, row] },
        { head: "one matrix", tensor: of("one.z") },
        { head: "difference", tensor: of("apart") },
      ],
      OUTPUTS,
    );
    const units = of("net.dense1.b")?.data.length ?? 0;
    const outwards = OUTPUTS.map((name, o) => ({
      head: `W₂ to ${name}`,
      tensor: of("net.dense2.W"),
      at: (/** @type {number} */ row) => [o, row],
    }));
    hidden.show(
      [
        column("W₁ from x1", of("net.dense1.W"), 0),
        column("from x2", of("net.dense1.W"), 1),
        { head: "b₁", tensor: of("net.dense1.b") },
        { head: "z", tensor: of("net.dense1.z"), at: (row) => [0, row] },
        { head: "f(z)", tensor: of("net.act1.a"), at: (row) => [0, row] },
        ...outwards,
      ],
      Array.from({ length: units }, (_, h) => `unit ${h}`),
    );
    for (const [table, name] of /** @type {const} */ ([[multiplied, "one"], [best, "best"]])) {
      table.show(
        [column("from x1", of(`${name}.M`), 0), column("from x2", of(`${name}.M`), 1), { head: "bias", tensor: of(`${name}.c`) }],
        OUTPUTS,
      );
    }
  }
}

/** What the bend has done. @param {Frame} frame */
function bendWords({ arrays }) {
  const alpha = arrays.get("alpha")?.data[0] ?? 0;
  const error = arrays.get("best.error")?.data[0] ?? NaN;
  if (error < ROUNDING) {
    return (
      `α = ${significant(alpha)}: the two layers are one. Multiplied, they say the same at every point, ` +
      `and what is off (${significant(error)}, mean of the squares) is rounding.`
    );
  }
  const slope = significant(1 - alpha);
  const outside = Number.isNaN(arrays.get("best.line")?.data[0]) ? " Its border lies outside of the plot." : "";
  const told = alpha === 1 ? "ReLU" : `a leaky ReLU of slope ${slope}`;
  return (
    `α = ${significant(alpha)}: ${told}. No single layer says the same any more; the nearest one is off by ` +
    `${significant(error)}, as the mean of the squares.${outside}`
  );
}
