/**
 * The miniatures of a graph: each neuron's own region, painted in its tile.
 *
 * @import {Tensor} from "../../core/types.js"
 */

import { entry, table } from "../../core/palette.js";
import { Range } from "./range.js";

/**
 * @typedef {object} Sheet  the pictures of one layer below each other
 * @property {HTMLCanvasElement} canvas
 * @property {CanvasRenderingContext2D} context
 * @property {ImageData} image
 * @property {Uint32Array} pixels
 * @property {number} side
 * @property {number} units
 * @property {Range} range
 */

export class GraphPictures {
  /** By layer. @type {(Sheet | null)[]} */
  sheets = [];

  /** Whether there are any. */
  get any() {
    return this.sheets.some(Boolean);
  }

  /** @param {number} layer */
  has(layer) {
    return Boolean(this.sheets[layer]);
  }

  /**
   * @param {readonly (Tensor | undefined)[]} tensors  by layer, each (units, m, m); row 0 is lowest
   * @param {number} run
   */
  take(tensors, run) {
    for (let i = 0; i < tensors.length; i++) {
      const tensor = tensors[i];
      if (tensor) this.fill((this.sheets[i] = this.sheetFor(this.sheets[i], tensor)), tensor, run);
      else this.sheets[i] = null;
    }
    this.sheets.length = tensors.length;
  }

  /** @param {Sheet | null | undefined} known @param {Tensor} tensor  @returns {Sheet} */
  sheetFor(known, { shape: [units, side] }) {
    if (known && known.units === units && known.side === side) return known;
    const canvas = document.createElement("canvas");
    canvas.width = side;
    canvas.height = side * units;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("graph-view: this browser gives no 2-D canvas");
    const image = context.createImageData(side, side * units);
    const pixels = new Uint32Array(image.data.buffer);
    return { canvas, context, image, pixels, side, units, range: new Range() };
  }

  /** @param {Sheet} sheet @param {Tensor} tensor @param {number} run */
  fill({ context, image, pixels, side, units, range }, { data }, run) {
    const scale = table("diverging");
    range.see(data, 0, data.length, run);
    for (let u = 0; u < units; u++) {
      for (let row = 0; row < side; row++) {
        // the first row is the lowest: up is more, as on every axis
        const from = (u * side + side - 1 - row) * side;
        const to = (u * side + row) * side;
        for (let column = 0; column < side; column++) {
          const value = data[from + column];
          pixels[to + column] = Number.isNaN(value) ? scale.hatch : scale.pixels[entry(value, range.limit)];
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} layer
   * @param {number} unit
   * @param {number} x  the tile's middle
   * @param {number} y
   * @param {number} radius
   */
  draw(context, layer, unit, x, y, radius) {
    const sheet = this.sheets[layer];
    if (!sheet) return;
    const { canvas, side } = sheet;
    context.save();
    context.clip();
    context.drawImage(canvas, 0, unit * side, side, side, x - radius, y - radius, 2 * radius, 2 * radius);
    context.restore();
  }
}
