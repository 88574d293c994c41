/**
 * The functions: one of them with its slope, its tangent and where it is flat; all five at the same
 * z; and what is left of a gradient behind layers of each.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { detail, one, setAttributes, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { CurveView } from "../../views/curve-view.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { ACTIVATIONS, NONE, ROWS, series } from "./names.js";

const STAGE = `
<figure class="activation-plot">
  <curve-view label="the function and its slope" x-label="weighted sum z" y-label="f(z), f′(z)"></curve-view>
</figure>
<p class="activation-says" data-says></p>
<div class="panels panels-wide">
  <section class="panel">
    <h2 class="panel-title">All five at this z</h2>
    <number-table label="all five at this z" gradual></number-table>
  </section>
  <section class="panel">
    <line-chart label="left of a gradient, layers back" x="chain.layer" y="log" low="1e-12" high="1" switchable
      data-tensor="chain.sigmoid" series='${series((name) => `chain.${name}`)}'></line-chart>
    <p class="figure-note" data-note></p>
  </section>
</div>`;

/** Of the control z. */
const STRIDE = 0.1;

/** The axes of each plot: they stay, so that a ball that is moved does not move them. @type {Record<string, [number, number]>} */
const HEIGHTS = { sigmoid: [-0.2, 1.2], tanh: [-1.3, 1.3] };
/** @type {[number, number]} */
const OTHER = [-2, 5];

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const stage = new FunctionsStage(root, page);
  return { paint: (/** @type {Frame} */ frame) => stage.paint(frame) };
}

class FunctionsStage {
  #page;
  #curve;
  #table;
  #chart;
  #says;
  #note;
  #seq = -1;
  /** What is drawn: kept, and filled from each frame. */
  #drawn = {
    f: { name: "f", token: /** @type {const} */ ("ink"), x: NONE, y: NONE, label: "f(z)" },
    df: {
      ...{ name: "df", token: /** @type {const} */ ("gradient"), x: NONE, y: NONE },
      ...{ label: "slope f′(z)", dash: [6, 3] },
    },
    tangent: { x1: NaN, y1: NaN, x2: NaN, y2: NaN, token: /** @type {const} */ ("gradient"), label: "" },
    here: { x: 0, y: 0, token: /** @type {const} */ ("focus"), label: "" },
    slope: { x: 0, y: 0, token: /** @type {const} */ ("gradient"), label: "" },
  };

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#curve = one(root, "curve-view", CurveView);
    this.#table = one(root, "number-table", NumberTable);
    this.#chart = one(root, "line-chart", LineChart);
    this.#says = one(root, "[data-says]", HTMLElement);
    this.#note = one(root, "[data-note]", HTMLElement);
    root.addEventListener("place-pick", (event) => {
      const z = Math.round(detail(event).x / STRIDE) * STRIDE;
      page.set({ z: Number(z.toFixed(1)) });
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

  /** @param {Frame} frame */
  #draw({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    const name = String(this.#page.values.function);
    const k = ACTIVATIONS.findIndex((each) => each.name === name);
    const { f, df, tangent, here, slope } = this.#drawn;
    const z = of("curve.z");
    Object.assign(f, { x: z, y: of(`curve.${name}`) });
    Object.assign(df, { x: z, y: of(`slope.${name}`) });
    const [at] = of("at.z");
    Object.assign(here, { x: at, y: of("at.f")[k], label: `f = ${significant(of("at.f")[k])}` });
    Object.assign(slope, { x: at, y: of("at.df")[k], label: `f′ = ${significant(of("at.df")[k])}` });
    const [ends, heights] = [of("tangent.z"), of("tangent.f")];
    Object.assign(tangent, { x1: ends[0], y1: heights[0], x2: ends[1], y2: heights[1] });
    const curve = this.#curve;
    setAttributes(curve, { label: `${ACTIVATIONS[k]?.label ?? ""} and its slope`, "data-tensor": `curve.${name}` });
    curve.show({ curves: [f, df], key: name, bounds: { y: HEIGHTS[name] ?? OTHER } });
    const small = significant(Number(this.#page.values.small));
    curve.bands({ ends: of("flat.z"), label: `flat: the slope is below ${small}` });
    curve.lines([tangent]);
    curve.marks([here, slope]);
  }

  /** @param {Frame} frame */
  #tell({ arrays, step }) {
    const { values } = this.#page;
    const column = (/** @type {string} */ head, /** @type {string} */ name) => ({ head, tensor: arrays.get(name) });
    const left = ACTIVATIONS.map(({ name }) => arrays.get(`chain.${name}`));
    const layers = step === 1 ? "1 layer" : `${step} layers`;
    this.#table.show(
      [
        column("f(z)", "at.f"),
        column("slope f′", "at.df"),
        column("at most", "most.df"),
        { head: `after ${layers}`, tensor: left, at: () => [step] },
      ],
      ROWS,
    );
    const k = ACTIVATIONS.findIndex(({ name }) => name === values.function);
    this.#table.choose(k);
    setText(this.#says, slopeWords(arrays, k, Number(values.small)));
    setText(
      this.#note,
      "A gradient of 1 goes back through layers that all have this z; their weights are 1. " +
        "What has become 0 is not on a logarithmic scale.",
    );
  }
}

/**
 * What the slope at z means.
 *
 * @param {Frame["arrays"]} arrays
 * @param {number} k  the row of the activation
 * @param {number} small
 */
function slopeWords(arrays, k, small) {
  const z = arrays.get("at.z")?.data[0] ?? NaN;
  const slope = arrays.get("at.df")?.data[k] ?? NaN;
  const told = `At z = ${significant(z)} the slope is ${significant(slope)}`;
  if (slope === 0) return `${told}: nothing of a gradient gets through here.`;
  if (Math.abs(slope) < small) {
    return `${told}, which is below ${significant(small)}: the function is flat here, it has saturated.`;
  }
  if (slope === 1) return `${told}: a gradient passes unchanged.`;
  return `${told}: so much of a gradient gets through.`;
}
