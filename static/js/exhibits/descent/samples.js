/**
 * Batch, stochastic and minibatch: three paths over the loss of the same samples, the fan of their
 * gradients where one of them stands, their lines among the data; what each has done, J by the
 * samples seen, and how far each is scattered in the end.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 * @import {Arrow} from "../../views/parts/plane-marks.js"
 */

import { detail, one, setText } from "../../core/dom.js";
import { count, significant } from "../../core/format.js";
import { ContourView } from "../../views/contour-view.js";
import { CurveView } from "../../views/curve-view.js";
import { NumberTable } from "../../views/number-table.js";
import { PlaneView } from "../../views/plane-view.js";

const STAGE = `
<div class="descent-plots">
  <figure class="descent-plot">
    <contour-view data-tensor="surface.J" label="the loss J of all samples" equal x-label="w0"
      y-label="w1" z-label="J"></contour-view>
    <p class="descent-key"><span data-tensor="samples.dw">where each sample of the next batch pulls</span>
      <span data-tensor="dw">their mean</span>
      <span data-tensor="all.dw">the mean of all samples</span></p>
  </figure>
  <figure class="descent-plot">
    <plane-view data-tensor="x" label="the samples, and the three lines" x-label="x" y-label="y"></plane-view>
  </figure>
</div>
<p class="descent-says" data-says></p>
<div class="panels panels-even">
  <section class="panel panel-wide" data-part="walkers">
    <h2 class="panel-title">What each has done</h2>
    <number-table label="what each has done"></number-table>
  </section>
  <section class="panel">
    <curve-view data-tensor="path.J" label="J by the samples seen" x-label="samples seen"
      y-label="J"></curve-view>
  </section>
  <section class="panel" data-part="next">
    <h2 class="panel-title">The next update of <span data-followed></span></h2>
    <number-table label="the next update"></number-table>
  </section>
  <section class="panel" data-part="noise">
    <h2 class="panel-title">How wide the noise ball is in the end, by the rate</h2>
    <number-table label="how wide the noise ball is"></number-table>
  </section>
</div>`;

/** In the order in which the engine counts them. */
const WALKERS = /** @type {const} */ ([
  { name: "gd", label: "batch", token: "class-1", dash: [] },
  { name: "sgd", label: "stochastic", token: "class-3", dash: [2, 3] },
  { name: "mini", label: "minibatch", token: "class-2", dash: [7, 3] },
]);

const PARAMETERS = ["w0", "w1"];
const NONE = new Float64Array(0);

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const stage = new SampleStage(root, page);
  return { paint: (/** @type {Frame} */ frame) => stage.paint(frame) };
}

class SampleStage {
  #page;
  #contours;
  #plane;
  #course;
  #walkers;
  #next;
  #noise;
  #says;
  #followed;
  #seq = -1;

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#contours = one(root, "contour-view", ContourView);
    this.#plane = one(root, "plane-view", PlaneView);
    this.#course = one(root, "curve-view", CurveView);
    const table = (/** @type {string} */ part) => one(root, `[data-part='${part}'] number-table`, NumberTable);
    this.#walkers = table("walkers");
    this.#next = table("next");
    this.#noise = table("noise");
    this.#says = one(root, "[data-says]", HTMLElement);
    this.#followed = one(root, "[data-followed]", HTMLElement);
    this.#contours.addEventListener("place-pick", (event) => {
      const { x, y } = detail(event);
      page.act("drop", { names: PARAMETERS, at: [x, y] });
    });
  }

  /** @param {Frame} frame */
  paint(frame) {
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#drawGround(frame);
    this.#drawFan(frame);
    this.#drawData(frame);
    this.#drawCourse(frame);
    this.#tell(frame);
  }

  /** @param {Frame} frame */
  #drawGround({ arrays, root }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    this.#contours.show({ x: of("surface.w1"), y: of("surface.w2"), z: of("surface.J"), key: `samples ${root}` });
    this.#contours.paths(
      WALKERS.map(({ name, label, token, dash }) => {
        const path = of(`${name}.path.w`);
        return { name: label, token, dash: [...dash], x: column(path, 0), y: column(path, 1) };
      }),
    );
    const [x, y] = of("least");
    this.#contours.marks([{ x, y, glyph: "×", token: "ink", label: "least J" }]);
  }

  /** @param {Frame} frame */
  #drawFan({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    const [x, y] = of("w");
    const [fan, inside, batch, all] = [of("fan"), of("inside"), of("fan.batch"), of("fan.all")];
    /** @type {Arrow[]} */
    const each = Array.from(inside, (mine, i) => ({
      x,
      y,
      dx: fan[2 * i],
      dy: fan[2 * i + 1],
      token: mine ? "gradient" : "hairline-strong",
      thin: true,
    }));
    // those of the batch lie over the others, and the means over both
    const others = each.filter((_, i) => !inside[i]);
    const mine = each.filter((_, i) => inside[i]);
    this.#contours.arrows([
      ...others,
      ...mine,
      { x, y, dx: all[0], dy: all[1], token: "ink" },
      { x, y, dx: batch[0], dy: batch[1], token: "gradient" },
    ]);
  }

  /** @param {Frame} frame */
  #drawData({ arrays, root }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    this.#plane.show({
      points: { x: of("x"), y: of("y"), classes: of("inside") },
      classNames: ["other samples", "next batch"],
      classTokens: ["ink-soft", "gradient"],
      key: root,
    });
    const x = of("line.x");
    this.#plane.curves(WALKERS.map(({ name, label, token, dash }) => ({ name: label, token, dash, x, y: of(`${name}.line`) })));
  }

  /** @param {Frame} frame */
  #drawCourse({ arrays, root }) {
    const curves = WALKERS.map(({ name, label, token, dash }) => {
      const [x, y] = [arrays.get(`${name}.path.seen`)?.data ?? NONE, arrays.get(`${name}.path.J`)?.data ?? NONE];
      return { name: label, token, dash, x, y };
    });
    const begun = curves.some(({ x }) => x.length > 1);
    // where nothing has been seen yet there is a place, but no length that could be an axis
    this.#course.show({ curves, key: root, bounds: begun ? undefined : { x: [0, arrays.get("y")?.data.length ?? 1] } });
    const walked = curves.filter(({ x }) => x.length > 0);
    this.#course.marks(walked.map(({ token, x, y }) => ({ token, x: x[x.length - 1], y: y[y.length - 1] })));
  }

  /** @param {Frame} frame */
  #tell({ arrays }) {
    const { values } = this.#page;
    const of = (/** @type {string} */ head, /** @type {string} */ name) => ({ head, tensor: arrays.get(name) });
    this.#walkers.show(
      [
        of("updates", "walkers.updates"),
        of("samples seen", "walkers.seen"),
        of("epochs", "walkers.epochs"),
        of("rate η", "walkers.rate"),
        of("J", "walkers.J"),
        of("spread of the last 80 places", "walkers.spread"),
      ],
      WALKERS.map(({ label }) => label),
    );
    const followed = WALKERS.find(({ name }) => name === values.followed);
    setText(this.#followed, followed?.label ?? "");
    this.#next.show(
      [of("w", "w"), of("mean of the batch", "dw"), of("mean of all", "all.dw"), of("−η·mean", "update")],
      PARAMETERS,
    );
    const rates = arrays.get("noise.rate")?.data ?? NONE;
    this.#noise.show(
      [of("stochastic", "noise.sgd"), of(`minibatches of ${values.batch_size}`, "noise.mini")],
      Array.from(rates, (rate) => `η = ${significant(rate)}`),
    );
    setText(this.#says, waitingWords(arrays.get("waiting")?.data[0] ?? 0, arrays.get("y")?.data.length ?? 0));
  }
}

/**
 * What the batch walker waits for.
 *
 * @param {number} waiting  samples that it has seen since its last update
 * @param {number} n  samples in all
 */
function waitingWords(waiting, n) {
  if (!waiting) return "All three begin at the same place and meet the samples in the same order.";
  return `The batch walker has seen ${count(waiting)} of ${count(n)} samples, and waits: it moves when it has seen them all.`;
}

/**
 * A column of pairs.
 *
 * @param {ArrayLike<number>} pairs
 * @param {number} k
 */
function column(pairs, k) {
  return Float64Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + k]);
}
