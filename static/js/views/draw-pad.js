/**
 * <draw-pad label="your digit" rows="32" columns="32"></draw-pad>
 *
 * A sheet to draw on with mouse, pen, finger or keyboard. The arrows move a pen, Space puts it on
 * the sheet and lifts it, E takes the eraser, Delete clears, Ctrl+Z takes the last stroke back.
 *
 * Event: drawn {pixels, rows, columns}: whole numbers from 0 (paper) to 255 (ink), row by row, at
 * most once in an animation frame. What the data set's own form is, the engine knows: it centres and
 * scales.
 *
 * @import {Cells} from "./parts/roving.js"
 */

import { button, element, uniqueId } from "../core/dom.js";
import { entry, table } from "../core/palette.js";
import { Ink } from "./parts/ink.js";
import { Roving } from "./parts/roving.js";
import { onScreenChange } from "./parts/screen.js";

const SIDE = 28;
/** A pixel that is all ink, as it is told. */
const INK = 255;
/** The brush's radius as a share of the sheet: strokes as thick as handwriting. */
const BRUSH = 0.05;
const HELP =
  "Draw with the pointer. With the keyboard: arrows move the pen, Space puts it down or lifts " +
  "it, E takes the eraser, Delete clears, Control Z takes the last stroke back.";

export class DrawPad extends HTMLElement {
  ink = new Ink(SIDE, SIDE);
  erasing = false;
  /** The keyboard's pen is on the sheet. */
  down = false;
  /** The pointer that draws, and where it was. @type {{id: number, x: number, y: number} | null} */
  pointer = null;
  box = element("div", { class: "pad-box" });
  canvas = element("canvas", { "aria-hidden": "true" });
  raster = document.createElement("canvas");
  undoButton = button("Undo", { class: "button-small" });
  clearButton = button("Clear", { class: "button-small" });
  eraseButton = button("Eraser", { class: "button-small" });
  /** @type {Roving | null} */
  roving = null;
  /** @type {AbortController | null} */
  life = null;
  frame = 0;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    const rows = Number(this.getAttribute("rows") ?? SIDE);
    const columns = Number(this.getAttribute("columns") ?? SIDE);
    if (rows !== this.ink.rows || columns !== this.ink.columns) this.ink = new Ink(rows, columns);
    this.raster.width = columns;
    this.raster.height = rows;
    const label = this.getAttribute("label") ?? "drawing";
    const help = element("p", { class: "said", id: uniqueId("draw-pad") }, HELP);
    const hint = element("span", { class: "pad-hint", "aria-hidden": "true" }, "draw here");
    const tools = element("div", { class: "pad-tools", role: "group", "aria-label": label });
    tools.append(this.undoButton, this.clearButton, this.eraseButton);
    this.box.replaceChildren(this.canvas, hint);
    this.roving = new Roving(this.box, this.cells(), signal);
    this.roving.label(label, help.id);
    this.roving.grid.removeAttribute("aria-readonly");
    this.replaceChildren(this.box, tools, help);
    this.listen(signal);
    onScreenChange(() => this.paint(), signal);
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(this.box);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.mark();
    this.fit();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  /**
   * Show a drawing that was made before; tells nobody.
   *
   * @param {ArrayLike<number>} pixels  as many as the sheet has, as `drawn` tells them
   */
  load(pixels) {
    if (pixels.length !== this.ink.pixels.length) {
      throw new Error(`draw-pad: expected ${this.ink.pixels.length} pixels, got ${pixels.length}`);
    }
    this.ink.pixels.set(Array.from(pixels, (pixel) => pixel / INK));
    this.paint();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this;
    box.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    box.addEventListener("pointermove", (event) => this.onMove(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) {
      box.addEventListener(end, () => (this.pointer = null), { signal });
    }
    box.addEventListener("keydown", (event) => this.onUndoKey(event), { signal });
    this.undoButton.addEventListener("click", () => this.undo(), { signal });
    this.clearButton.addEventListener("click", () => this.clear(), { signal });
    this.eraseButton.addEventListener("click", () => this.erase(!this.erasing), { signal });
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0 || this.pointer) return;
    event.preventDefault();
    this.box.setPointerCapture(event.pointerId);
    this.ink.keep();
    const { x, y } = this.place(event);
    this.pointer = { id: event.pointerId, x, y };
    this.stroke(x, y, x, y);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const { pointer } = this;
    if (pointer?.id !== event.pointerId) return;
    for (const part of event.getCoalescedEvents()) {
      const { x, y } = this.place(part);
      this.stroke(pointer.x, pointer.y, x, y);
      pointer.x = x;
      pointer.y = y;
    }
  }

  /** @param {PointerEvent} event  @returns {{x: number, y: number}} in pixels of the sheet */
  place(event) {
    const { x, y, width, height } = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - x) / width) * this.ink.columns,
      y: ((event.clientY - y) / height) * this.ink.rows,
    };
  }

  /**
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   */
  stroke(x0, y0, x1, y1) {
    this.ink.stroke(x0, y0, x1, y1, BRUSH * this.ink.rows, this.erasing);
    this.changed();
  }

  undo() {
    if (this.ink.undo()) this.changed();
  }

  clear() {
    if (this.ink.blank) return;
    this.ink.keep();
    this.ink.pixels.fill(0);
    this.lift();
    this.changed();
  }

  /** @param {boolean} erasing */
  erase(erasing) {
    this.erasing = erasing;
    this.mark();
  }

  /** @param {KeyboardEvent} event */
  onUndoKey(event) {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.undo();
  }

  /** @param {string} key  @returns {boolean} whether it was one of the pad's */
  press(key) {
    if (key === " ") this.toggle();
    else if (key === "Delete" || key === "Backspace") this.clear();
    else if (key.toLowerCase() === "e") this.erase(!this.erasing);
    else return false;
    return true;
  }

  /** The keyboard's pen goes down, or up. */
  toggle() {
    if (this.down) this.lift();
    else this.put();
  }

  /** Put the keyboard's pen on the sheet. */
  put() {
    const { row, column } = /** @type {Roving} */ (this.roving);
    this.ink.keep();
    this.down = true;
    this.trail = { x: column + 0.5, y: row + 0.5 };
    this.stroke(this.trail.x, this.trail.y, this.trail.x, this.trail.y);
    this.mark();
  }

  lift() {
    this.down = false;
    this.mark();
  }

  /** The keyboard's pen is at another place. @param {number} row @param {number} column */
  follow(row, column) {
    if (!this.down || !this.trail) return;
    const { x, y } = this.trail;
    this.trail = { x: column + 0.5, y: row + 0.5 };
    this.stroke(x, y, this.trail.x, this.trail.y);
  }

  /** Show the pen and the eraser as they are. */
  mark() {
    this.eraseButton.setAttribute("aria-pressed", String(this.erasing));
    this.roving?.grid.toggleAttribute("data-down", this.down);
  }

  /** Paint and tell, once in an animation frame. */
  changed() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
      const { rows, columns } = this.ink;
      const pixels = Array.from(this.ink.pixels, (ink) => Math.round(ink * INK));
      const detail = { pixels, rows, columns };
      this.dispatchEvent(new CustomEvent("drawn", { bubbles: true, detail }));
    });
  }

  /** Fit the canvas to the box. */
  fit() {
    const { clientWidth: width, clientHeight: height } = this.box;
    this.canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    this.canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    this.roving?.refresh();
    this.paint();
  }

  paint() {
    const sheet = this.raster.getContext("2d");
    const context = this.canvas.getContext("2d");
    if (!sheet || !context || !this.life) return;
    const colours = table("grey");
    const image = sheet.createImageData(this.ink.columns, this.ink.rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] = colours.pixels[entry(this.ink.pixels[i], 1)];
    sheet.putImageData(image, 0, 0);
    context.imageSmoothingQuality = "high";
    context.drawImage(this.raster, 0, 0, this.canvas.width, this.canvas.height);
    this.toggleAttribute("data-blank", this.ink.blank);
    this.undoButton.disabled = this.ink.past.length === 0;
    this.clearButton.disabled = this.ink.blank;
  }

  /** What the roving pen asks. @returns {Cells} */
  cells() {
    const { ink, box } = this;
    return {
      rows: ink.rows,
      columns: ink.columns,
      page: 4,
      has: (row, column) => row >= 0 && row < ink.rows && column >= 0 && column < ink.columns,
      name: (row, column) => {
        const tool = this.erasing ? "eraser" : "pen";
        const state = this.down ? `${tool} down` : `${tool} up`;
        const inked = ink.pixels[row * ink.columns + column] > 0.5 ? "ink" : "paper";
        return `row ${row + 1}, column ${column + 1}: ${inked}, ${state}`;
      },
      box: (row, column, out) => {
        const [width, height] = [box.clientWidth / ink.columns, box.clientHeight / ink.rows];
        const reach = BRUSH * ink.rows;
        out.x = (column + 0.5 - reach) * width;
        out.y = (row + 0.5 - reach) * height;
        out.width = 2 * reach * width;
        out.height = 2 * reach * height;
        return out;
      },
      pick: () => this.toggle(),
      press: (key) => this.press(key),
      enter: (row, column) => this.follow(row, column),
      leave: () => this.lift(),
    };
  }
}

customElements.define("draw-pad", DrawPad);
