/**
 * The window on a tensor: a frame for each cell under it, which slides as one from place to place.
 *
 * @import {TensorView} from "../tensor-view.js"
 */

import { element } from "../../core/dom.js";

/** Cells smaller than this, CSS px, have one frame around all of them. */
const LEAST_CELL = 11;

export class WindowFrame {
  /** One for each tile that the window stands on. @type {HTMLElement[]} */
  frames = [];
  key = "";
  from = { x: 0, y: 0, width: 0, height: 0 };
  at = { x: 0, y: 0, width: 0, height: 0 };

  /** @param {TensorView} view */
  constructor(view) {
    this.view = view;
  }

  /**
   * Stand on cells of the view's tensor, or on none.
   *
   * @param {ArrayLike<number> | null} places  tile by tile, the same cells of each
   * @param {number} tiles
   */
  show(places, tiles) {
    const { geometry } = this.view.map;
    const each = places && geometry ? places.length / tiles : 0;
    this.#make(each > 0 ? tiles : 0);
    if (!places || !geometry) return;
    for (const [tile, frame] of this.frames.entries()) {
      geometry.cellOnPage(places[tile * each], this.from);
      frame.style.setProperty("--window-x", `${this.from.x}px`);
      frame.style.setProperty("--window-y", `${this.from.y}px`);
      this.#fill(frame, places, tile * each, each);
    }
  }

  /** @param {number} count */
  #make(count) {
    while (this.frames.length > count) this.frames.pop()?.remove();
    while (this.frames.length < count) {
      const frame = element("div", { class: "window-frame", "aria-hidden": "true" });
      this.frames.push(frame);
      this.view.box.append(frame);
    }
  }

  /**
   * Put the frames of the cells into the frame of the window, if they are others than before.
   *
   * @param {HTMLElement} frame
   * @param {ArrayLike<number>} places
   * @param {number} first
   * @param {number} count
   */
  #fill(frame, places, first, count) {
    const { from, at } = this;
    const { geometry } = this.view.map;
    if (!geometry) return;
    geometry.cellOnPage(places[first + count - 1], at);
    const [wide, high] = [at.x + at.width - from.x, at.y + at.height - from.y];
    const key = `${count}:${wide.toFixed(1)}:${high.toFixed(1)}:${from.width}`;
    if (frame.dataset.key === key) return;
    frame.dataset.key = key;
    frame.style.setProperty("--window-width", `${wide}px`);
    frame.style.setProperty("--window-height", `${high}px`);
    const whole = from.width < LEAST_CELL;
    frame.toggleAttribute("data-whole", whole);
    frame.replaceChildren();
    for (let i = 0; i < (whole ? 0 : count); i++) {
      geometry.cellOnPage(places[first + i], at);
      const cell = element("span");
      cell.style.setProperty("--window-x", `${at.x - from.x}px`);
      cell.style.setProperty("--window-y", `${at.y - from.y}px`);
      cell.style.setProperty("--window-width", `${at.width}px`);
      cell.style.setProperty("--window-height", `${at.height}px`);
      frame.append(cell);
    }
  }
}
