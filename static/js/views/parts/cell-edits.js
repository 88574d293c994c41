/**
 * How the numbers of a tensor view are changed: a double click, F2 or typing opens a field over the
 * cell; with mouse or pen a cell is also dragged up for more and down for less.
 *
 * @import {TensorView} from "../tensor-view.js"
 */

import { CellField, ruleOf, within } from "./cell-field.js";

/** CSS px of a drag that make one step, and those that make a press a drag. */
const PER_STEP = 12;
const SLACK = 4;
const STARTS_A_NUMBER = /^[-−+.,\d]$/;
const NOTHING = -1;

export class CellEdits {
  /** The press that may become a drag. @type {{id: number, y: number, element: number, from: number} | null} */
  press = null;
  dragged = false;

  /**
   * @param {TensorView} view
   * @param {AbortSignal} signal
   */
  constructor(view, signal) {
    this.view = view;
    this.field = new CellField(view.box);
    const { box } = view;
    box.addEventListener("dblclick", (event) => this.open(view.under(event)), { signal });
    box.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    box.addEventListener("pointermove", (event) => this.onMove(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      box.addEventListener(end, () => (this.press = null), { signal });
    }
    // in the capturing phase: what ends a drag is no click
    box.addEventListener("click", (event) => this.dragged && event.stopImmediatePropagation(), {
      signal,
      capture: true,
    });
  }

  /** Whether the view's numbers may be changed. */
  get on() {
    return this.view.hasAttribute("editable");
  }

  get rule() {
    return ruleOf(this.view.getAttribute("editable") ?? "");
  }

  /**
   * Open the field over a cell.
   *
   * @param {number} cell
   * @param {string} [typed]
   */
  open(cell, typed = "") {
    const { view, rule } = this;
    const { data, geometry } = view.map;
    if (!this.on || cell === NOTHING || !data || !geometry) return;
    this.field.open({
      name: view.nameOf(cell),
      value: data[cell],
      box: geometry.cellOnPage(cell, { x: 0, y: 0, width: 0, height: 0 }),
      typed,
      rule,
      tell: (value) => view.edit(cell, value),
      closed: () => view.roving?.focus(),
    });
  }

  /**
   * A key on the cell that has the focus.
   *
   * @param {string} key
   * @param {number} cell
   * @returns {boolean}  whether it was for the numbers
   */
  key(key, cell) {
    if (!this.on || (key !== "F2" && !STARTS_A_NUMBER.test(key))) return false;
    this.open(cell, key === "F2" ? "" : key);
    return true;
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    this.dragged = false;
    const element = this.view.under(event);
    const from = this.view.map.data?.[element];
    if (!this.on || event.pointerType === "touch" || event.button !== 0 || from === undefined) return;
    this.press = { id: event.pointerId, y: event.clientY, element, from };
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const { press, view, rule } = this;
    if (press?.id !== event.pointerId) return;
    const up = press.y - event.clientY;
    if (!this.dragged && Math.abs(up) < SLACK) return;
    if (!this.dragged) view.box.setPointerCapture(press.id);
    this.dragged = true;
    const value = within(rule, press.from + Math.round(up / PER_STEP) * rule.step);
    if (value !== view.map.data?.[press.element]) view.edit(press.element, value);
  }
}
