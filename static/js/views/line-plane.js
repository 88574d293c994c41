/**
 * <line-plane label="the data" x-label="x1" y-label="x2" equal movable addable>
 *
 * A <plane-view> in which more than its points can be held: a model's line, the tip of an arrow. They
 * are dragged; or reached by the arrow keys, behind the points, and moved by Shift and an arrow.
 *
 * Data in besides: `handles`. Event besides: handle-move {index, x, y, first, done}, at most once in
 * an animation frame; `first` when it has just been taken hold of.
 *
 * @import {Handle} from "./parts/plane-handles.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { setText } from "../core/dom.js";
import { PlaneHandles } from "./parts/plane-handles.js";
import { placeWords } from "./parts/plot-words.js";
import { ARROWS, NEAR, NEAR_FINGER, PlaneView, STRIDE } from "./plane-view.js";

const NOTHING = -1;

export class LinePlane extends PlaneView {
  grips = new PlaneHandles();
  /** The handle that is held. */
  gripped = NOTHING;
  /** Whether it has just been taken hold of. */
  fresh = false;

  /** @param {readonly Handle[]} handles */
  handles(handles) {
    const other = handles.length !== this.grips.count;
    this.grips.list = handles;
    if (other) this.roving?.refresh();
    this.refresh();
  }

  /** @override */
  paint() {
    super.paint();
    this.grips.draw(this.frame);
  }

  /** @override @param {number} x @param {number} y @param {boolean} touch */
  grip(x, y, touch) {
    const held = super.grip(x, y, touch);
    const reach = touch ? NEAR_FINGER : NEAR;
    this.gripped = held ? NOTHING : this.grips.near(this.frame, x, y, reach);
    this.fresh = true;
    return held || this.gripped !== NOTHING;
  }

  /** @override @param {number} x @param {number} y @param {boolean} done */
  onDrag(x, y, done) {
    const { gripped, frame } = this;
    if (gripped === NOTHING) return super.onDrag(x, y, done);
    if (done) this.gripped = NOTHING;
    this.pull(gripped, frame.fromX(x), frame.fromY(y), done);
  }

  /** Tell where a handle is wanted. @param {number} index @param {number} x @param {number} y @param {boolean} done */
  pull(index, x, y, done) {
    this.tell("handle-move", { index, x, y, first: this.fresh, done });
    this.fresh = false;
  }

  /** The handle at a pointer that is at no point. @param {MouseEvent} event */
  handleAt(event) {
    const { frame, points, grips } = this;
    const [x, y] = [this.across(event), this.down(event)];
    return points.near(frame, x, y, NEAR) === NOTHING ? grips.near(frame, x, y, NEAR) : NOTHING;
  }

  /** @override @param {PointerEvent} event */
  onPointer(event) {
    const at = this.handleAt(event);
    if (at === NOTHING) super.onPointer(event);
    else setText(this.readText, this.grips.list[at].name);
  }

  /** @override @param {MouseEvent} event */
  onClick(event) {
    this.gripped = NOTHING;
    if (this.handleAt(event) === NOTHING) super.onClick(event);
  }

  /** @override @param {KeyboardEvent} event */
  onKey(event) {
    const index = (this.roving?.column ?? NOTHING) - this.points.count;
    if (index < 0 || index >= this.grips.count) return super.onKey(event);
    const arrow = event.shiftKey ? ARROWS[event.key] : undefined;
    if (!this.roving?.focused || event.ctrlKey || event.altKey || !arrow) return;
    const { x, y } = this.frame;
    const from = this.grips.list[index];
    this.fresh = true;
    const [across, up] = [STRIDE * (x.high - x.low), STRIDE * (y.high - y.low)];
    this.pull(index, from.x + arrow[0] * across, from.y + arrow[1] * up, true);
    // the page's own keys (Shift and an arrow take ten steps) are for when nothing here has the focus
    event.preventDefault();
    event.stopPropagation();
  }

  /** @override @param {number} index  of a point, or behind the points of a handle */
  nameOf(index) {
    const { points, names, grips } = this;
    if (index < points.count) return super.nameOf(index);
    const { name, x, y } = grips.list[index - points.count];
    return `${name}: ${placeWords(x, y, names)}`;
  }

  /** @override One row: each point a cell, then each handle. @returns {Cells} */
  cells() {
    const { points, grips } = this;
    const plain = super.cells();
    const count = () => points.count + grips.count;
    const isHandle = (/** @type {number} */ column) => column >= points.count && column < count();
    return {
      ...plain,
      get columns() {
        return count();
      },
      has: (row, column) => row === 0 && column >= 0 && column < count(),
      name: (row, column) => (isHandle(column) ? this.nameOf(column) : plain.name(row, column)),
      box: (row, column, out) =>
        isHandle(column) ? grips.box(this.frame, column - points.count, out) : plain.box(row, column, out),
    };
  }
}

customElements.define("line-plane", LinePlane);
