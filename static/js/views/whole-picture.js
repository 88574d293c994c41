/**
 * <whole-picture>: a photograph and what the kernel makes of it, side by side, with the window of
 * the numbers outlined on the photograph. Hidden while there is none.
 *
 * Event: place-pick {row, column} of <picture-view>.
 *
 * @import {Frame, Tensor} from "../core/types.js"
 */

import { one, setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { PictureView } from "./picture-view.js";
import { TensorView } from "./tensor-view.js";

const INSIDE = `
<h2 class="panel-title">The whole picture, filtered while you change the kernel</h2>
<div class="photo-pair">
  <figure class="operand"><figcaption>as it is: click, and the window goes there</figcaption>
    <picture-view data-tensor="photo" label="the whole picture"></picture-view></figure>
  <figure class="operand"><figcaption data-text></figcaption>
    <tensor-view data-tensor="photo.y" label="the filtered picture" palette="light" range="255"
      cell="1" scale="off"></tensor-view></figure>
</div>`;

export class WholePicture extends HTMLElement {
  /** @type {Tensor | null} */
  shown = null;

  connectedCallback() {
    this.innerHTML = INSIDE;
    this.hidden = true;
    this.picture = one(this, "picture-view", PictureView);
    this.filtered = one(this, "tensor-view", TensorView);
    this.caption = one(this, "[data-text]", HTMLElement);
  }

  /** @param {Frame} frame */
  show({ arrays, scalars, root }) {
    const photo = arrays.get("photo");
    const filtered = arrays.get("photo.y");
    this.hidden = !photo?.data.length;
    if (!photo || !filtered || this.hidden || !this.picture || !this.caption) return;
    if (!sameNumbers(photo, this.shown)) this.picture.show(photo);
    this.shown = photo;
    this.filtered?.show(filtered, root);
    const { top_row, left_column, in_rows, in_columns, extent } = scalars;
    const [high, wide] = [extent / in_rows, extent / in_columns];
    this.picture.mark(top_row / in_rows, left_column / in_columns, high, wide);
    const { photo_scale: scale, photo_middle: middle } = scalars;
    const divided = scale === 1 ? "" : ` ÷ ${significant(scale)}`;
    const shifted = middle ? ` + ${middle}` : "";
    setText(this.caption, `filtered: the sum${divided}${shifted}, cut off at 0 and 255`);
  }
}

/** @param {Tensor} tensor @param {Tensor | null} other */
function sameNumbers({ data, shape }, other) {
  if (other?.data.length !== data.length || other.shape.join() !== shape.join()) return false;
  for (let i = 0; i < data.length; i++) if (data[i] !== other.data[i]) return false;
  return true;
}

customElements.define("whole-picture", WholePicture);
