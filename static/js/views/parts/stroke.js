/**
 * Sculpting: a drag over a contour-view gathers the places it went over, and tells them at its end.
 *
 * @import {ContourView} from "../contour-view.js"
 * @import {PlotFrame} from "./plot-frame.js"
 */

import { tokens } from "../../core/tokens.js";

/** CSS px from one place to the next, and that a click may tremble. */
const APART = 5;
/** Places in one stroke: those that come after replace the last. */
const MOST = 48;

export class Stroke {
  /** Whether the last press was a stroke, and so is no click. */
  took = false;
  down = false;
  active = false;
  /** @type {[number, number][]} */
  points = [];
  lastX = 0;
  lastY = 0;

  /** @param {ContourView} view */
  constructor(view) {
    this.view = view;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this.view;
    box.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    box.addEventListener("pointermove", (event) => this.onMove(event), { signal });
    box.addEventListener("pointerup", () => this.end(true), { signal });
    box.addEventListener("pointercancel", () => this.end(false), { signal });
  }

  get on() {
    return this.view.hasAttribute("sculptable");
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    this.took = false;
    const { view } = this;
    const [x, y] = [view.across(event), view.down(event)];
    if (!this.on || event.button !== 0 || event.altKey || !view.frame.holds(x, y)) return;
    this.active = true;
    this.down = event.shiftKey;
    this.points = [];
    this.add(x, y);
    view.box.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (!this.active) return;
    const [x, y] = [this.view.across(event), this.view.down(event)];
    if (!this.view.frame.holds(x, y) || Math.hypot(x - this.lastX, y - this.lastY) < APART) return;
    if (this.points.length === MOST) this.points.pop();
    this.add(x, y);
    this.took = true;
    this.view.refresh();
  }

  /** @param {number} x @param {number} y */
  add(x, y) {
    const { frame } = this.view;
    this.lastX = x;
    this.lastY = y;
    this.points.push([frame.fromX(x), frame.fromY(y)]);
  }

  /** @param {boolean} whole */
  end(whole) {
    if (!this.active) return;
    this.active = false;
    if (whole && this.took) this.view.tell("stroke", { points: this.points, down: this.down });
    this.view.refresh();
  }

  /** + and − at the cursor. @param {string} key @param {number} row @param {number} column */
  key(key, row, column) {
    const { ground } = this.view;
    const raise = key === "+" || key === "=";
    if (!this.on || !ground || (!raise && key !== "-" && key !== "_")) return false;
    this.view.tell("stroke", { points: [[ground.x[column], ground.y[row]]], down: !raise });
    return true;
  }

  /** What has been drawn so far. @param {PlotFrame} frame */
  draw(frame) {
    if (!this.active || !this.took) return;
    const { context } = frame;
    const { colour, stroke } = tokens();
    context.strokeStyle = colour[this.down ? "negative" : "positive"];
    context.globalAlpha = 0.5;
    context.lineWidth = stroke * 5;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.beginPath();
    for (let i = 0; i < this.points.length; i++) {
      context.lineTo(frame.toX(this.points[i][0]), frame.toY(this.points[i][1]));
    }
    context.stroke();
    context.globalAlpha = 1;
    context.lineCap = "butt";
  }
}
