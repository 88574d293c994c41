/**
 * Softmax: the logits, their shares, the same as the formula stands and as programs compute it, how
 * the shares change with the temperature, and where float32 breaks.
 *
 * @import {Frame, ServerError, Tensor} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { detail, one, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { BarList } from "../../views/bar-list.js";
import { CurveView } from "../../views/curve-view.js";
import { NumberTable } from "../../views/number-table.js";
import { ScoreSliders } from "../../views/score-sliders.js";
import { NONE } from "./names.js";

const STAGE = `
<div class="panels panels-wide">
  <section class="panel">
    <h2 class="panel-title">The logits: drag them, or type</h2>
    <score-sliders label="logits" low="-20" high="20" step="0.1"></score-sliders>
  </section>
  <section class="panel">
    <h2 class="panel-title">The shares</h2>
    <bar-list data-tensor="safe.p" label="shares"></bar-list>
  </section>
</div>
<p class="activation-says" data-says></p>
<div class="panels panels-wide">
  <section class="panel">
    <h2 class="panel-title">As the formula stands: x = (z + c) / T</h2>
    <number-table data-way="naive" label="softmax as the formula stands"></number-table>
  </section>
  <section class="panel">
    <h2 class="panel-title">With the greatest subtracted first</h2>
    <number-table data-way="safe" label="softmax with the greatest subtracted first"></number-table>
  </section>
  <figure class="panel">
    <curve-view data-shift label="share of the greatest logit" x-label="c, added to every logit"
      y-label="share"></curve-view>
  </figure>
  <figure class="panel">
    <curve-view data-heat label="the shares at other temperatures" x-label="temperature T"
      y-label="share"></curve-view>
  </figure>
</div>`;

/** @type {readonly import("../../core/tokens.js").Colour[]} */
const TOKENS = ["series-2", "series-3", "series-4", "series-5", "series-6"];
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3], [4, 2]];
/** @type {[number, number]} */
const SHARES = [0, 1.05];

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const stage = new SoftmaxStage(root, page);
  return { paint: (/** @type {Frame} */ frame) => stage.paint(frame) };
}

class SoftmaxStage {
  #page;
  #sliders;
  #bars;
  #ways;
  #shift;
  #heat;
  #says;
  #seq = -1;
  #broken = false;
  /** Kept: a list of bars takes other names for other classes. @type {string[]} */
  #names = [];
  #drawn = {
    naive: { token: /** @type {const} */ ("wrong"), x: NONE, y: NONE, label: "as the formula stands" },
    safe: {
      ...{ token: /** @type {const} */ ("correct"), x: NONE, y: NONE },
      ...{ label: "greatest subtracted", dash: [6, 4] },
    },
  };

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#sliders = one(root, "score-sliders", ScoreSliders);
    this.#bars = one(root, "bar-list", BarList);
    this.#ways = {
      naive: one(root, "[data-way='naive']", NumberTable),
      safe: one(root, "[data-way='safe']", NumberTable),
    };
    this.#shift = one(root, "[data-shift]", CurveView);
    this.#heat = one(root, "[data-heat]", CurveView);
    this.#says = one(root, "[data-says]", HTMLElement);
    root.addEventListener("scores-change", (event) => {
      page.set({ logits: detail(event).values.join(" ") });
    });
    this.#shift.addEventListener("place-pick", (event) => page.seek(Math.round(detail(event).x)));
    this.#heat.addEventListener("place-pick", (event) => {
      page.set({ temperature: Number(detail(event).x.toPrecision(2)) });
    });
    page.onEvent("error", (/** @type {ServerError} */ { field, text }) => {
      if (field === "logits") this.#sliders.reject(text.replace(/^logits: /, ""));
    });
  }

  /** @param {Frame} frame */
  paint(frame) {
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    const { arrays } = frame;
    const logits = arrays.get("logits")?.data ?? NONE;
    if (this.#names.length !== logits.length) {
      this.#names = Array.from(logits, (_, k) => `class ${k}`);
    }
    this.#sliders.show(Array.from(logits), this.#names);
    this.#bars.show(arrays.get("safe.p"), this.#names);
    this.#list(arrays);
    this.#draw(frame);
    setText(this.#says, shiftWords(arrays));
    const broken = Number.isNaN(arrays.get("naive.p")?.data[0]);
    if (broken && !this.#broken) this.#page.announce("The formula gives no number any more");
    this.#broken = broken;
  }

  /** @param {Frame["arrays"]} arrays */
  #list(arrays) {
    const of = (/** @type {string} */ head, /** @type {string} */ name) => ({ head, tensor: arrays.get(name) });
    const rows = [...this.#names, "sum"];
    for (const way of /** @type {const} */ (["naive", "safe"])) {
      const power = arrays.get(`${way}.exp`);
      const whole = arrays.get(`${way}.sum`);
      const last = this.#names.length;
      const lowered = way === "safe" ? [of("x − max", "safe.x")] : [];
      this.#ways[way].show(
        [
          of("x", "scaled"),
          ...lowered,
          {
            head: way === "safe" ? "e^(x − max)" : "eˣ",
            tensor: rows.map((_, k) => (k === last ? whole : power)),
            at: (row) => (row === last ? [] : [row]),
          },
          of("p", `${way}.p`),
        ],
        rows,
      );
    }
  }

  /** @param {Frame} frame */
  #draw({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    const { naive, safe } = this.#drawn;
    const c = of("shift.c");
    Object.assign(naive, { x: c, y: of("shift.naive") });
    Object.assign(safe, { x: c, y: of("shift.safe") });
    const last = c.length - 1;
    this.#shift.show({ curves: [naive, safe], key: "shift", bounds: { x: [0, this.#page.length ?? 1], y: SHARES } });
    this.#shift.marks([{ x: c[last], y: safe.y[last], token: "focus", label: `c = ${significant(c[last])}` }]);
    const x = of("heat.T");
    const shares = arrays.get("heat.p");
    const curves = this.#names.map((label, k) => ({
      ...{ label, token: TOKENS[k % TOKENS.length], dash: DASHES[k % DASHES.length], x },
      y: shares ? columnOf(shares, k) : NONE,
    }));
    this.#heat.show({ curves, key: "heat", bounds: { x: [0, x[x.length - 1]], y: SHARES } });
    const now = of("T")[0];
    this.#heat.marks(
      curves.map(({ token }, k) => ({ x: now, y: of("safe.p")[k], token, label: k === 0 ? `T = ${significant(now)}` : "" })),
    );
  }
}

/** @param {Tensor} table  of two axes @param {number} k */
function columnOf({ data, shape: [rows, columns] }, k) {
  return Float64Array.from({ length: rows }, (_, row) => data[row * columns + k]);
}

/** Whether the formula still holds. @param {Frame["arrays"]} arrays */
function shiftWords(arrays) {
  const c = significant(arrays.get("c")?.data[0] ?? NaN);
  const most = significant(arrays.get("max")?.data[0] ?? NaN);
  const whole = arrays.get("naive.sum")?.data[0] ?? NaN;
  const share = arrays.get("naive.p")?.data[0] ?? NaN;
  const told = `c = ${c}: the greatest exponent is ${most}.`;
  if (!Number.isNaN(share)) {
    return `${told} The powers add up to ${significant(whole)}, and both ways give the same shares.`;
  }
  const trouble = whole === 0 ? "All powers are too small for float32: 0 divided by 0" : "float32 cannot hold e to that power: infinity divided by infinity";
  return `${told} ${trouble} is not a number. Subtracting the greatest first still gives the shares.`;
}
