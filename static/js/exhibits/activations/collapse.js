/**
 * Two layers and the one layer that stands for them: their matrices, what both say at a point, and
 * the plane with the straight line of the nearest single layer.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { detail, one, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { NumberTable } from "../../views/number-table.js";
import { PlaneView } from "../../views/plane-view.js";
import { NONE } from "./names.js";
import { Points } from "./planes.js";

const STAGE = `
<p class="activation-says" data-says></p>
<div class="activation-planes">
  <figure class="activation-plot">
    <plane-view data-tensor="net.regions.p" label="two layers, and the straight line of one" equal></plane-view>
  </figure>
  <section class="panel">
    <h2 class="panel-title">The same point, both ways</h2>
    <number-table data-part="both" label="the same point, both ways"></number-table>
    <p class="figure-note">Click another point of the plane to send it through.</p>
  </section>
</div>
<section class="panel activation-hidden">
  <h2 class="panel-title">Both layers: each hidden unit with its weights and what it makes of the point</h2>
  <number-table data-part="hidden" label="the hidden units"></number-table>
</section>
<div class="panels panels-wide">
  <section class="panel">
    <h2 class="panel-title">Multiplied: W₂W₁ and W₂b₁ + b₂</h2>
    <number-table data-part="one" label="both layers multiplied"></number-table>
  </section>
  <section class="panel">
    <h2 class="panel-title">The nearest single layer</h2>
    <number-table data-part="best" label="the nearest single layer"></number-table>
  </section>
</div>`;

/** @param {string} head @param {import("../../core/types.js").Tensor | undefined} tensor @param {number} i */
const column = (head, tensor, i) => ({ head, tensor, at: (/** @type {number} */ row) => [row, i] });

const OUTPUTS = ["class 0", "class 1"];
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
  #tables;
  #says;
  #points = new Points();
  #seq = -1;
  #line = { x1: NaN, y1: NaN, x2: NaN, y2: NaN, token: /** @type {const} */ ("focus"), label: "", dash: [6, 4] };

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#plane = one(root, "plane-view", PlaneView);
    const table = (/** @type {string} */ part) => one(root, `[data-part="${part}"]`, NumberTable);
    this.#tables = {
      both: table("both"),
      hidden: table("hidden"),
      one: table("one"),
      best: table("best"),
    };
    this.#says = one(root, "[data-says]", HTMLElement);
    root.addEventListener("point-pick", (event) => page.set({ point: detail(event).index }));
  }

  /** @param {Frame} frame */
  paint(frame) {
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#points.take(frame);
    this.#points.show(this.#plane, frame, "net");
    this.#plane.choose(Math.min(Number(this.#page.values.point), this.#points.points.x.length - 1));
    const [x1, y1, x2, y2] = frame.arrays.get("best.line")?.data ?? NONE;
    Object.assign(this.#line, { x1, y1, x2, y2, label: "one layer" });
    this.#plane.lines([this.#line]);
    this.#list(frame);
    setText(this.#says, bendWords(frame));
  }

  /** @param {Frame} frame */
  #list({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name);
    const { both, hidden, one: multiplied, best } = this.#tables;
    both.show(
      [
        { head: "b₂", tensor: of("net.dense2.b") },
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
  const told = alpha === 1 ? "ReLU" : `a leaky ReLU of slope ${slope}`;
  return (
    `α = ${significant(alpha)}: ${told}. No single layer says the same any more; the nearest one is off by ` +
    `${significant(error)}, as the mean of the squares.`
  );
}
