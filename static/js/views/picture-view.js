/**
 * <picture-view label="the whole picture" data-tensor="photo">
 *
 * A photograph of grey levels or of red, green and blue, as it is looked at, not as numbers. Data
 * goes in by `show(tensor)`, the window on it by `mark`. It is stretched to its box.
 *
 * Event: place-pick {row, column}: where it was clicked, as shares of its height and width.
 *
 * @import {Tensor} from "../core/types.js"
 */

import { element } from "../core/dom.js";

export class PictureView extends HTMLElement {
  canvas = element("canvas", { role: "img" });
  outline = element("div", { class: "picture-mark", "aria-hidden": "true", hidden: true });
  /** @type {ImageData | null} */
  image = null;

  connectedCallback() {
    this.canvas.setAttribute("aria-label", this.getAttribute("label") ?? "picture");
    const box = element("div", { class: "picture-box" }, this.canvas, this.outline);
    box.addEventListener("click", (event) => this.onClick(event));
    this.replaceChildren(box);
  }

  /** @param {Tensor} tensor  of shape (channels, rows, columns), bytes */
  show({ shape, data }) {
    const [channels, rows, columns] = shape;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    if (this.image?.width !== columns || this.image.height !== rows) {
      this.canvas.width = columns;
      this.canvas.height = rows;
      this.image = context.createImageData(columns, rows);
    }
    const count = rows * columns;
    const out = this.image.data;
    const [second, third] = channels === 3 ? [count, 2 * count] : [0, 0];
    for (let i = 0; i < count; i++) {
      out[4 * i] = data[i];
      out[4 * i + 1] = data[i + second];
      out[4 * i + 2] = data[i + third];
      out[4 * i + 3] = 255;
    }
    context.putImageData(this.image, 0, 0);
  }

  /**
   * Outline a part, in shares of the picture's sides.
   *
   * @param {number} top
   * @param {number} left
   * @param {number} height
   * @param {number} width
   */
  mark(top, left, height, width) {
    const { style } = this.outline;
    this.outline.hidden = false;
    style.setProperty("--top", `${100 * top}%`);
    style.setProperty("--left", `${100 * left}%`);
    style.setProperty("--high", `${100 * height}%`);
    style.setProperty("--wide", `${100 * width}%`);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const { x, y, width, height } = this.canvas.getBoundingClientRect();
    const detail = { row: (event.clientY - y) / height, column: (event.clientX - x) / width };
    this.dispatchEvent(new CustomEvent("place-pick", { bubbles: true, detail }));
  }
}

customElements.define("picture-view", PictureView);
