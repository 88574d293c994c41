/**
 * <kernel-search>: a kernel that is learned from a picture and what is to be made of it: the
 * picture, the kernel so far, what it makes and what it should make, and the course of the loss.
 *
 * Data goes in by `show(frame, width, look)`.
 *
 * @import {Frame} from "../core/types.js"
 */

import { one, setAttributes, setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { LineChart } from "./line-chart.js";
import { cellSide, shapeText } from "./parts/window-words.js";
import { TensorView } from "./tensor-view.js";

const NEAR = 0.01;
/** CSS px. */
const CELL = 38;
const HIGHEST = 266;
const MAP_HIGHEST = 170;
const KERNEL = 140;
const NARROW = 560;

const INSIDE = `
<div class="operation">
  <figure class="operand"><figcaption>image · <span data-text="size"></span></figcaption>
    <tensor-view data-tensor="conv1.x" label="image" scale="off" prefix="0,0"
      axes="image,channel,row,column"></tensor-view></figure>
  <span class="operator" aria-hidden="true">∗</span>
  <div class="operand-pair">
    <figure class="operand"><figcaption>kernel, learned so far</figcaption>
      <tensor-view data-tensor="conv1.W" label="learned kernel" prefix="0,0" scale="off" range="4"
        axes="filter,channel,row,column"></tensor-view></figure>
    <figure class="operand"><figcaption>kernel to find</figcaption>
      <tensor-view data-tensor="teacher" label="kernel to find" scale="off" range="4"></tensor-view>
    </figure>
  </div>
  <span class="operator" aria-hidden="true">=</span>
  <div class="operand-pair">
    <figure class="operand"><figcaption>what it makes</figcaption>
      <tensor-view data-tensor="conv1.z" label="what the kernel makes" scale="off" range="follow" prefix="0,0"
        axes="image,filter,row,column"></tensor-view></figure>
    <figure class="operand"><figcaption>what it should make</figcaption>
      <tensor-view data-tensor="target" label="target" scale="off" range="follow"></tensor-view></figure>
  </div>
</div>
<p class="stage-line" data-text="found"></p>
<div class="panels">
  <section class="panel panel-wide">
    <line-chart label="loss" switchable x="history.step" low="0" data-tensor="history.loss"
      series='[{"name": "history.loss", "label": "loss", "token": "training", "dash": []}]'>
    </line-chart>
  </section>
  <section class="panel panel-wide">
    <h2 class="panel-title">Gradient of the weights, of the last step</h2>
    <tensor-view data-tensor="conv1.dW" label="gradient of the kernel" palette="gradient"
      range="follow" cell="38" prefix="0,0" axes="filter,channel,row,column"></tensor-view>
  </section>
</div>`;

export class KernelSearch extends HTMLElement {
  /** @type {Map<string, TensorView>} */
  views = new Map();
  laid = "";

  connectedCallback() {
    this.innerHTML = INSIDE;
    this.hidden = true;
    this.chart = one(this, "line-chart", LineChart);
    this.size = one(this, "[data-text=size]", HTMLElement);
    this.found = one(this, "[data-text=found]", HTMLElement);
    for (const view of this.querySelectorAll("tensor-view")) {
      if (view instanceof TensorView) this.views.set(view.dataset.tensor ?? "", view);
    }
  }

  /**
   * @param {Frame} frame
   * @param {number} width  of the stage, CSS px
   * @param {{palette: string}} look  of the picture
   */
  show(frame, width, { palette }) {
    const { arrays, scalars, root } = frame;
    const shapes = ["conv1.x", "conv1.W", "target"].map((name) => arrays.get(name)?.shape ?? [0]);
    const key = [...shapes, width, palette].join();
    if (key !== this.laid) this.layOut(shapes, width, palette);
    this.laid = key;
    for (const [name, view] of this.views) view.show(arrays.get(name), root);
    this.chart?.show(frame);
    if (this.found) setText(this.found, courseOf(scalars));
  }

  /**
   * @param {number[][]} shapes
   * @param {number} width
   * @param {string} palette
   */
  layOut([image, kernel, target], width, palette) {
    const [rows, columns] = image.slice(2);
    const room = width < NARROW ? width - 16 : 0.37 * width;
    const mapRoom = width < NARROW ? width - 16 : 0.25 * width;
    const side = kernel[3];
    const cell = cellSide(room, columns, HIGHEST, rows, CELL);
    const mapCell = cellSide(mapRoom, target[1], MAP_HIGHEST, target[0], CELL);
    const kernelCell = cellSide(KERNEL, side, KERNEL, side, CELL);
    setAttributes(this.viewOf("conv1.x"), { palette, cell, range: palette === "diverging" ? 2 : 1 });
    for (const name of ["conv1.z", "target"]) setAttributes(this.viewOf(name), { cell: mapCell });
    for (const name of ["conv1.W", "teacher"]) {
      setAttributes(this.viewOf(name), { cell: kernelCell });
    }
    if (this.size) setText(this.size, shapeText(rows, columns));
  }

  /** @param {string} name @returns {TensorView} */
  viewOf(name) {
    return /** @type {TensorView} */ (this.views.get(name));
  }
}

/** How far the search has come. @param {Record<string, number>} scalars */
function courseOf({ loss, distance, windows, weights }) {
  const parts = [`the furthest weight is off by ${significant(distance)}`];
  if (loss !== undefined) parts.unshift(`loss ${significant(loss)}`);
  if (distance < NEAR) parts.push("✓ found");
  if (windows < weights) {
    parts.push(`${windows} windows for ${weights} weights: more than one kernel does it`);
  }
  return parts.join(" · ");
}

customElements.define("kernel-search", KernelSearch);
