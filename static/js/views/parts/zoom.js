/**
 * How large a network is drawn: as it fits, or up to several times as large, in a box that scrolls.
 * Wheel with Ctrl (which is also what pinching a trackpad is), two fingers, and the keys + − 0. What
 * is under the pointer stays there. The view's event `zoom-change` {zoom, most} says how large it is.
 *
 * @import {NetworkView} from "../network-view.js"
 * @import {ColumnSize} from "./network-sizes.js"
 */

/** Of one press of a key or a button. */
const STEP = 1.4;
/** How much a wheel's way zooms, per CSS px. */
const PER_PIXEL = 0.01;
/** The longest side of a tile and the most pixels of a column, CSS px: canvases have their limits. */
const LONGEST = 272;
const MOST_AREA = 5e6;

/** @typedef {{x: number, y: number}} Point  CSS px in the window */

export class Zoom {
  /** Times what fits. */
  value;
  most = 1;
  /** @type {Map<number, Point>} fingers by pointer */
  #fingers = new Map();

  /**
   * @param {NetworkView} view  on the page, for as long as it is there
   * @param {number} value  where it begins
   */
  constructor(view, value) {
    this.view = view;
    this.value = value;
    const signal = view.life?.signal;
    view.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    view.addEventListener("keydown", (event) => this.#key(event), { signal });
    view.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    view.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      const lift = (/** @type {Event} */ event) =>
        this.#fingers.delete(/** @type {PointerEvent} */ (event).pointerId);
      view.addEventListener(end, lift, { signal });
    }
  }

  /**
   * Take what the columns allow; called when they are laid out.
   *
   * @param {readonly ColumnSize[]} columns
   * @param {number} scale  at which they fit
   * @returns {number}  the zoom that holds
   */
  limit(columns, scale) {
    let most = 1;
    for (const { base, across, down } of columns) {
      if (base === 0) continue;
      const longest = Math.min(LONGEST, Math.sqrt(MOST_AREA / (across * down)));
      most = Math.max(most, longest / (base * scale));
    }
    this.most = most;
    this.value = Math.min(this.value, most);
    this.view.toggleAttribute("data-zoomed", this.value > 1);
    this.view.dispatchEvent(
      new CustomEvent("zoom-change", { bubbles: true, detail: { zoom: this.value, most } }),
    );
    return this.value;
  }

  /** @param {1 | -1} steps @param {Point} [about] */
  by(steps, about) {
    this.to(this.value * STEP ** steps, about);
  }

  /**
   * @param {number} wanted
   * @param {Point} [about]  what stays where it is; by default the middle of what is seen
   */
  to(wanted, about = this.#middle()) {
    const value = Math.min(this.most, Math.max(1, wanted));
    if (value === this.value) return;
    const hold = this.#hold(about);
    this.value = value;
    this.view.arrange();
    hold();
  }

  /** @returns {Point} */
  #middle() {
    const { left, top, width, height } = this.view.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  }

  /**
   * Remember what part of the drawing is at a point.
   *
   * @param {Point} about
   * @returns {() => void}  scrolls it back there
   */
  #hold({ x, y }) {
    const figures = this.view.columns.flatMap(({ figure }) => figure?.box ?? []);
    const distance = (/** @type {Element} */ box) => {
      const { left, right } = box.getBoundingClientRect();
      return Math.max(left - x, x - right);
    };
    const nearest = figures.toSorted((one, other) => distance(one) - distance(other))[0];
    if (!nearest) return () => {};
    const before = nearest.getBoundingClientRect();
    const [across, down] = [(x - before.left) / before.width, (y - before.top) / before.height];
    return () => {
      const now = nearest.getBoundingClientRect();
      this.view.scrollLeft += now.left + across * now.width - x;
      this.view.scrollTop += now.top + down * now.height - y;
    };
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const way = Math.max(-60, Math.min(60, event.deltaY));
    this.to(this.value * Math.exp(-PER_PIXEL * way), { x: event.clientX, y: event.clientY });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "+" || event.key === "=") this.by(1);
    else if (event.key === "-" || event.key === "−") this.by(-1);
    else if (event.key === "0") this.to(1);
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.pointerType !== "touch") return;
    this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    if (!this.#fingers.has(event.pointerId)) return;
    const before = this.#spread();
    this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const now = this.#spread();
    if (!before || !now || before.apart === 0) return;
    this.to((this.value * now.apart) / before.apart, now.between);
  }

  /** How far two fingers are apart, and the point between them. */
  #spread() {
    const [one, other] = [...this.#fingers.values()];
    if (!one || !other) return null;
    return {
      apart: Math.hypot(one.x - other.x, one.y - other.y),
      between: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 },
    };
  }
}
