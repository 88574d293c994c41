/**
 * What a ledger speaks of, outlined on the stage: the picked number and its operands, or those
 * that are pointed at alone. A view may stand for other tensors, too, whose elements have the same
 * places as its own: `also="conv1.z"`.
 *
 * @import {Reference} from "../../core/types.js"
 */

import { BarList } from "../bar-list.js";
import { TensorView } from "../tensor-view.js";

const NOTHING = -1;

export class OperandLights {
  /** @type {WeakMap<TensorView | BarList, string>} what each view outlines now */
  #shown = new WeakMap();

  /** @param {ParentNode} root  where the views stand */
  constructor(root) {
    this.root = root;
  }

  /**
   * @param {readonly Reference[]} operands
   * @param {Reference | null} picked
   */
  show(operands, picked) {
    for (const view of this.root.querySelectorAll("tensor-view, bar-list")) {
      if (view instanceof TensorView || view instanceof BarList) this.#light(view, operands, picked);
    }
  }

  /**
   * @param {TensorView | BarList} view
   * @param {readonly Reference[]} operands
   * @param {Reference | null} picked
   */
  #light(view, operands, picked) {
    const { tensor } = view;
    if (!tensor) return;
    const names = [tensor.name, ...(view.getAttribute("also")?.split(" ") ?? [])];
    const cells = [];
    for (const operand of operands) {
      const cell = names.includes(operand.tensor) ? placeIn(tensor.shape, operand.index) : NOTHING;
      if (cell !== NOTHING) cells.push(cell);
    }
    const here = picked !== null && names.includes(picked.tensor);
    const own = here ? placeIn(tensor.shape, picked.index) : NOTHING;
    const key = cells.length === 0 && own === NOTHING ? "" : `${tensor.shape}:${own}:${cells}`;
    if (key === (this.#shown.get(view) ?? "")) return;
    this.#shown.set(view, key);
    view.highlight(cells.length > 0 ? cells : null, own);
  }
}

/**
 * @param {readonly number[]} shape
 * @param {readonly number[]} index
 * @returns {number}  place in the data, or −1 when the index does not fit
 */
function placeIn(shape, index) {
  const inside = index.length === shape.length && index.every((at, axis) => at < shape[axis]);
  return inside ? index.reduce((flat, at, axis) => flat * shape[axis] + at, 0) : NOTHING;
}
