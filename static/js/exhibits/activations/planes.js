/**
 * Points of two classes in a plane, with what a network makes of it.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {PlaneView} from "../../views/plane-view.js"
 */

import { NONE } from "./names.js";

const CLASSES = ["class 0", "class 1"];

/** The points of a run in columns, as planes take them: made once for a run. */
export class Points {
  /** @type {unknown} */
  #key = null;
  points = { x: NONE, y: NONE, classes: /** @type {ArrayLike<number>} */ (NONE) };

  /** @param {Frame} frame */
  take({ arrays, run, root }) {
    const x = arrays.get("data.x");
    const y = arrays.get("data.y");
    const key = `${run} ${root}`;
    if (!x || !y || key === this.#key) return;
    this.#key = key;
    const column = (/** @type {number} */ k) => Float64Array.from({ length: x.shape[0] }, (_, i) => x.data[2 * i + k]);
    this.points = { x: column(0), y: column(1), classes: Float64Array.from(y.data) };
  }

  /**
   * @param {PlaneView} plane
   * @param {Frame} frame
   * @param {string} name  of the network
   */
  show(plane, { arrays }, name) {
    const of = (/** @type {string} */ short) => arrays.get(`${name}.regions.${short}`)?.data ?? NONE;
    const [x, y, values] = [of("x1"), of("x2"), of("p")];
    if (values.length === 0) return;
    const bounds = { x: ends(x), y: ends(y) };
    plane.show({ points: this.points, bounds, classNames: CLASSES });
    plane.regions({ x, y, values, kind: "probability", label: "share of class 1" });
  }
}

/** @param {ArrayLike<number>} axis @returns {[number, number]} */
function ends(axis) {
  return [axis[0], axis[axis.length - 1]];
}
