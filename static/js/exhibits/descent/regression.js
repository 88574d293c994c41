/**
 * A regression's samples, and what the ball's weights make of them: of one feature the line in the
 * plane of the data, of more what is predicted against what is wanted.
 *
 * @import {Frame} from "../../core/types.js"
 */

import { element, one, setAttributes } from "../../core/dom.js";
import { NumberTable } from "../../views/number-table.js";
import { PlaneView } from "../../views/plane-view.js";

const PLANE = `<plane-view label="the data"></plane-view>`;
const TABLE = `
<h2 class="panel-title">The same ball among the data: what it predicts, and the errors</h2>
<number-table label="the samples"></number-table>`;

/** More samples than this are no table to be read. */
const MOST = 8;
const NONE = new Float64Array(0);

export class RegressionPart {
  #beside;
  #below;
  #panel;
  #figure;
  #plane;
  #table;

  /**
   * @param {HTMLElement} beside  the figure before which a line's plane stands: next to the map
   * @param {HTMLElement} panel  its place is before the one that follows it
   */
  constructor(beside, panel) {
    this.#beside = beside;
    this.#panel = panel;
    this.#below = /** @type {Element} */ (panel.nextElementSibling);
    panel.innerHTML = TABLE;
    this.#figure = element("figure", { class: "descent-plot" });
    this.#figure.innerHTML = PLANE;
    this.#plane = one(this.#figure, "plane-view", PlaneView);
    this.#table = one(panel, "number-table", NumberTable);
  }

  /** Put the plane where it is looked at. @param {boolean} flat  whether the model is a line */
  #place(flat) {
    if (flat && this.#figure.nextElementSibling !== this.#beside) {
      this.#beside.before(this.#figure);
      this.#beside.after(this.#panel);
    } else if (!flat && this.#figure.parentElement !== this.#panel) {
      this.#table.before(this.#figure);
      this.#below.before(this.#panel);
    }
  }

  /** @param {Frame} frame */
  show({ arrays, root }) {
    const x = arrays.get("x");
    this.#panel.hidden = !x;
    this.#figure.hidden = !x;
    if (!x) return;
    const of = (/** @type {string} */ name) => arrays.get(name)?.data ?? NONE;
    const [wanted, said] = [of("y"), of("predictions")];
    const [n, features] = x.shape;
    const flat = features === 1;
    for (const name of ["panel-wide", "descent-data"]) this.#panel.classList.toggle(name, !flat);
    this.#place(flat);
    const across = flat ? x.data : wanted;
    const classes = new Int32Array(n);
    setAttributes(this.#plane, {
      label: flat ? "the line that the ball means" : "what is predicted, over what is wanted",
      "x-label": flat ? "x" : "wanted y",
      "y-label": flat ? "y" : "predicted",
    });
    const [ends, heights] = [of("line.x"), of("line.y")];
    const errors = Array.from({ length: n }, (_, i) => ({
      x1: across[i],
      y1: wanted[i],
      x2: across[i],
      y2: said[i],
      token: /** @type {const} */ ("wrong"),
    }));
    this.#plane.show({
      points: { x: across, y: flat ? wanted : said, classes },
      classNames: [flat ? "samples" : "predictions"],
      key: `${root} ${features}`,
    });
    const [x1, x2, y1, y2] = [ends[0], ends[1], heights[0], heights[1]];
    this.#plane.lines([{ x1, y1, x2, y2, token: "accent", label: flat ? "model" : "as wanted" }, ...errors]);
    const feature = (/** @type {number} */ k) => ({
      head: flat ? "x" : `x${k + 1}`,
      tensor: x,
      at: (/** @type {number} */ row) => [row, k],
    });
    const column = (/** @type {string} */ head, /** @type {string} */ name) => ({ head, tensor: arrays.get(name) });
    this.#table.show(
      [...Array.from({ length: features }, (_, k) => feature(k)), column("predicted", "predictions"), column("wanted y", "y"), column("error", "errors")],
      Array.from({ length: Math.min(n, MOST) }, (_, i) => `sample ${i + 1}`),
    );
  }
}
