/**
 * Taking hold of what stands in a plot, with the mouse or a finger. A finger that finds nothing to
 * hold scrolls the page, as anywhere else.
 *
 * @import {PlotView} from "./plot-view.js"
 */

/** CSS px that a pointer may stray in a click. */
const STILL = 3;

/**
 * @typedef {object} Grip
 * @property {(x: number, y: number, touch: boolean) => boolean} grips  whether there is something to
 *   hold at a place (CSS px within the box)
 * @property {(x: number, y: number, done: boolean) => void} drag  at most once in an animation frame
 */

export class PlotDrag {
  /** @type {number | null} the pointer that holds something */
  holding = null;
  strayed = false;
  /** @private */ startX = 0;
  /** @private */ startY = 0;
  /** @private */ x = 0;
  /** @private */ y = 0;
  /** @private */ telling = 0;

  /** @param {PlotView} view @param {Grip} grip */
  constructor(view, grip) {
    this.view = view;
    this.grip = grip;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this.view;
    box.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    box.addEventListener("pointermove", (event) => this.onMove(event), { signal });
    box.addEventListener("pointerup", (event) => this.onUp(event), { signal });
    box.addEventListener("pointercancel", (event) => this.onUp(event), { signal });
    const stay = (/** @type {TouchEvent} */ event) => {
      if (this.holding !== null && event.cancelable) event.preventDefault();
    };
    // only here can a browser still be kept from scrolling
    box.addEventListener("touchstart", stay, { signal, passive: false });
    box.addEventListener("touchmove", stay, { signal, passive: false });
    signal.addEventListener("abort", () => cancelAnimationFrame(this.telling), { once: true });
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    this.strayed = false;
    if (event.button !== 0 || this.holding !== null) return;
    const [x, y] = [this.view.across(event), this.view.down(event)];
    if (!this.grip.grips(x, y, event.pointerType === "touch")) return;
    this.holding = event.pointerId;
    [this.startX, this.startY] = [x, y];
    this.view.box.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    if (event.pointerId !== this.holding) return;
    this.x = this.view.across(event);
    this.y = this.view.down(event);
    this.strayed ||= Math.hypot(this.x - this.startX, this.y - this.startY) > STILL;
    if (this.strayed) this.telling ||= requestAnimationFrame(this.tell);
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    if (event.pointerId !== this.holding) return;
    this.holding = null;
    cancelAnimationFrame(this.telling);
    this.telling = 0;
    if (this.strayed) this.grip.drag(this.view.across(event), this.view.down(event), true);
    else if (event.pointerType === "touch" && event.type === "pointerup") {
      // a held touch makes no click of its own
      this.view.box.dispatchEvent(new PointerEvent("click", event));
    }
  }

  tell = () => {
    this.telling = 0;
    if (this.holding !== null) this.grip.drag(this.x, this.y, false);
  };

  /** A click, unless it ends a drag. @param {MouseEvent} event @param {() => void} then */
  click(event, then) {
    if (this.strayed) event.stopPropagation();
    else then();
  }
}
