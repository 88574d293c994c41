/**
 * <move-pad label="the digit" content="8"><tensor-view …></tensor-view></move-pad>
 *
 * A picture that can be taken hold of: dragged, and turned and scaled by its corner. The picture
 * is drawn by the tensor view inside, and comes back from the engine; here is only the frame
 * around what stands in its middle, `content` pixels wide. With the keyboard: the arrows move,
 * [ and ] turn, − and + scale, 0 puts it back.
 *
 * Event: moved {dx, dy, angle, scale}, at most once in an animation frame.
 *
 * @import {Control} from "../core/types.js"
 */

import { element, uniqueId } from "../core/dom.js";
import { significant } from "../core/format.js";
import { TensorView } from "./tensor-view.js";

const HELP =
  "Drag it, or turn and scale it by its corner. With the keyboard: the arrows move it, square " +
  "brackets turn it, plus and minus scale it, 0 puts it back.";
/** CSS px that a pointer may stray in a click. */
const STILL = 3;
/** Milliseconds that the engine has to answer a move, before what it says goes again. */
const PATIENCE = 2000;

/**
 * @typedef {"dx" | "dy" | "angle" | "scale"} Part
 * @typedef {Record<Part, number>} Move
 * @typedef {{low: number, high: number, step: number, usual: number}} Limit
 *
 * @typedef {object} Hold  a pointer that holds the frame
 * @property {number} id
 * @property {boolean} corner
 * @property {number} x  where it began, CSS px
 * @property {number} y
 * @property {Move} from  the move then
 * @property {boolean} strayed
 */

/** @type {readonly Part[]} */
const PARTS = ["dx", "dy", "angle", "scale"];

export class MovePad extends HTMLElement {
  /** @type {Move} */
  move = { dx: 0, dy: 0, angle: 0, scale: 1 };
  /** @type {Partial<Record<Part, Limit>>} */
  limits = {};
  /** @type {TensorView | null} */
  view = null;
  frame = element("div", { class: "move-frame", role: "application", tabindex: 0 });
  corner = element("span", { class: "move-corner", "aria-hidden": "true" });
  /** @type {Hold | null} */
  hold = null;
  /** @type {AbortController | null} */
  life = null;
  telling = 0;
  /** Runs while the engine has not yet answered the newest move. */
  awaiting = 0;
  /** @type {Move} where the engine says that the picture is */
  shown = { ...this.move };

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    customElements.upgrade(this); // the view inside is younger than this element
    const view = this.querySelector("tensor-view");
    if (!(view instanceof TensorView)) throw new Error("move-pad: expected a tensor-view inside");
    this.view = view;
    const help = element("p", { class: "said", id: uniqueId("move-pad") }, HELP);
    this.frame.setAttribute("aria-describedby", help.id);
    this.frame.setAttribute("aria-roledescription", "movable picture");
    this.frame.append(this.corner);
    this.append(this.frame, help);
    const { frame } = this;
    frame.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    frame.addEventListener("pointermove", (event) => this.onMove(event), { signal });
    frame.addEventListener("pointerleave", () => view.hover(-1, -1), { signal });
    frame.addEventListener("pointerup", (event) => this.onUp(event), { signal });
    frame.addEventListener("pointercancel", () => (this.hold = null), { signal });
    frame.addEventListener("keydown", (event) => this.onKey(event), { signal });
    const observer = new ResizeObserver(() => this.place());
    observer.observe(view);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.place();
  }

  disconnectedCallback() {
    clearTimeout(this.awaiting);
    this.life?.abort();
    this.life = null;
  }

  /** Take the ranges of the moves from the controls of these names. @param {readonly Control[]} controls */
  limit(controls) {
    for (const control of controls) {
      const part = PARTS.find((one) => one === control.name);
      if (part && control.kind === "slider") {
        const { low, high, step, default: usual } = control;
        this.limits[part] = { low, high, step, usual };
      }
    }
  }

  /**
   * Put the frame where the picture is. Who holds it knows better, and so does who has just moved
   * it: pictures of older moves may still be on their way.
   *
   * @param {Move} move
   */
  show(move) {
    let same = true;
    for (const part of PARTS) {
      this.shown[part] = move[part];
      same &&= this.move[part] === move[part];
    }
    if (same) this.answered();
    if (same || this.hold?.strayed || this.telling || this.awaiting) return;
    for (const part of PARTS) this.move[part] = move[part];
    this.place();
  }

  answered() {
    clearTimeout(this.awaiting);
    this.awaiting = 0;
  }

  /** One cell of the picture, CSS px. */
  get cell() {
    return this.view?.options().cellWidth ?? 1;
  }

  /** Place the frame and say where it is. */
  place() {
    const { frame, view, move, cell } = this;
    if (!view) return;
    const box = view.box;
    frame.style.setProperty("--side", `${Number(this.getAttribute("content")) * cell}px`);
    frame.style.setProperty("--x", `${view.offsetLeft + box.offsetLeft + box.offsetWidth / 2}px`);
    frame.style.setProperty("--y", `${view.offsetTop + box.offsetTop + box.offsetHeight / 2}px`);
    frame.style.setProperty("--dx", `${move.dx * cell}px`);
    frame.style.setProperty("--dy", `${move.dy * cell}px`);
    frame.style.setProperty("--angle", `${move.angle}deg`);
    frame.style.setProperty("--size", String(move.scale));
    const across = `${significant(Math.abs(move.dx))} px ${move.dx < 0 ? "left" : "right"}`;
    const down = `${significant(Math.abs(move.dy))} px ${move.dy < 0 ? "up" : "down"}`;
    const label = this.getAttribute("label") ?? "picture";
    const turn = `turned by ${significant(move.angle)}°`;
    frame.setAttribute(
      "aria-label",
      `${label}: ${across}, ${down}, ${turn}, scaled by ${significant(move.scale)}`,
    );
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0 || this.hold) return;
    this.frame.setPointerCapture(event.pointerId);
    const corner = event.target === this.corner;
    const from = { ...this.move };
    const { clientX: x, clientY: y } = event;
    this.hold = { id: event.pointerId, corner, x, y, from, strayed: false };
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const { hold, view } = this;
    if (!hold) view?.onPointer(event);
    if (!hold || hold.id !== event.pointerId) return;
    const [right, down] = [event.clientX - hold.x, event.clientY - hold.y];
    hold.strayed ||= Math.hypot(right, down) > STILL;
    if (!hold.strayed) return;
    if (hold.corner) this.swing(hold, event);
    else {
      const { dx, dy } = hold.from;
      this.change({ dx: dx + right / this.cell, dy: dy + down / this.cell });
    }
  }

  /** Turn and scale, so that the corner follows the pointer. @param {Hold} hold @param {PointerEvent} event */
  swing({ x, y, from }, { clientX, clientY }) {
    const { x: left, y: top, width, height } = this.frame.getBoundingClientRect();
    const [middleX, middleY] = [left + width / 2, top + height / 2];
    const before = Math.atan2(y - middleY, x - middleX);
    const now = Math.atan2(clientY - middleY, clientX - middleX);
    const turned = ((now - before) * 180) / Math.PI;
    const grown = Math.hypot(clientX - middleX, clientY - middleY) / Math.hypot(x - middleX, y - middleY);
    // over the left side the angle jumps by a whole turn
    const angle = from.angle + turned - 360 * Math.round(turned / 360);
    this.change({ angle, scale: from.scale * grown });
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    const { hold } = this;
    this.hold = null;
    if (hold && !hold.strayed && !hold.corner) this.view?.onClick(event);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { dx, dy, angle, scale } = this.move;
    const { key } = event;
    const step = (/** @type {Part} */ part) => this.limits[part]?.step || 1;
    const pixel = event.shiftKey ? step("dx") : 1;
    if (key === "ArrowLeft") this.change({ dx: dx - pixel });
    else if (key === "ArrowRight") this.change({ dx: dx + pixel });
    else if (key === "ArrowUp") this.change({ dy: dy - pixel });
    else if (key === "ArrowDown") this.change({ dy: dy + pixel });
    else if (key === "[") this.change({ angle: angle - step("angle") });
    else if (key === "]") this.change({ angle: angle + step("angle") });
    else if (key === "-" || key === "−") this.change({ scale: scale - step("scale") });
    else if (key === "+" || key === "=") this.change({ scale: scale + step("scale") });
    else if (key === "0") this.home();
    else return;
    // the page's own keys (arrows step the run) are for when nothing is held
    event.preventDefault();
    event.stopPropagation();
  }

  /** Put it back as it was written. */
  home() {
    const usual = (/** @type {Part} */ part) => this.limits[part]?.usual ?? this.move[part];
    this.change({
      dx: usual("dx"),
      dy: usual("dy"),
      angle: usual("angle"),
      scale: usual("scale"),
    });
  }

  /** @param {Partial<Move>} move */
  change(move) {
    for (const part of PARTS) {
      const value = move[part];
      if (value !== undefined) this.move[part] = within(value, this.limits[part]);
    }
    this.place();
    this.telling ||= requestAnimationFrame(() => {
      this.telling = 0;
      this.answered();
      this.awaiting = window.setTimeout(() => {
        this.awaiting = 0;
        this.show(this.shown);
      }, PATIENCE);
      this.dispatchEvent(new CustomEvent("moved", { bubbles: true, detail: { ...this.move } }));
    });
  }
}

/**
 * The nearest value that the control takes.
 *
 * @param {number} value
 * @param {Limit | undefined} limit
 */
function within(value, limit) {
  if (!limit) return value;
  const { low, high, step } = limit;
  const stepped = step ? Math.round(value / step) * step : value;
  // 0.1 + 0.2 is not 0.3
  return Number(Math.min(high, Math.max(low, stepped)).toPrecision(12));
}

customElements.define("move-pad", MovePad);
