/**
 * Regions of a plane as an image: a number for each place of a grid, as a colour. The pixels are
 * kept between paints; a paint is a look-up per place, one `putImageData` and one `drawImage`.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {PlotFrame} from "./plot-frame.js"
 */

import { entry, parse, pixel, table } from "../../core/palette.js";
import { tokens } from "../../core/tokens.js";
import { CLASS_TOKENS } from "./plot-marks.js";

/**
 * @typedef {object} Regions
 * @property {ArrayLike<number>} x  the grid's places across, evenly apart, growing
 * @property {ArrayLike<number>} y  and upwards
 * @property {ArrayLike<number>} values  row by row, a row for each y; NaN: not known
 * @property {"probability" | "class" | "value"} kind  0 to 1 about a half; a class, from 0; any
 *   number about nought
 * @property {number} [limit]  of a `value`: what has the strongest colour
 * @property {string} [label]  what the colours say
 */

/** How solid an image is, so that the points stand out. */
const SOLIDITY = { probability: 0.6, class: 0.32, value: 0.6 };

export class RegionImage {
  constructor() {
    this.canvas = document.createElement("canvas");
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("plane-view: this browser gives no 2-D canvas");
    this.context = context;
    this.image = context.createImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.classes = new Uint32Array(CLASS_TOKENS.length);
    /** @type {readonly Colour[]} */
    this.tokens = CLASS_TOKENS;
  }

  /** The theme, or the classes' colours, are others now. @param {readonly Colour[]} [names] */
  recolour(names = this.tokens) {
    this.tokens = names;
    const { colour } = tokens();
    for (let i = 0; i < this.classes.length; i++) {
      this.classes[i] = pixel(parse(colour[names[i % names.length]]));
    }
  }

  /** Colour every place. @param {Regions} regions */
  take({ x, y, values, kind, limit = 1 }) {
    const [columns, rows] = [x.length, y.length];
    if (this.image.width !== columns || this.image.height !== rows) {
      this.canvas.width = columns;
      this.canvas.height = rows;
      this.image = this.context.createImageData(columns, rows);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const { pixels, classes } = this;
    const colours = table("diverging").pixels;
    const [middle, range] = kind === "probability" ? [0.5, 0.5] : [0, limit];
    for (let row = 0; row < rows; row++) {
      // an image's rows run downwards
      const to = (rows - 1 - row) * columns;
      const from = row * columns;
      for (let i = 0; i < columns; i++) {
        const value = values[from + i];
        if (value !== value) pixels[to + i] = 0;
        else if (kind === "class") pixels[to + i] = classes[value % classes.length];
        else pixels[to + i] = colours[entry(value - middle, range)];
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /** Lay the image under what comes. @param {PlotFrame} frame @param {Regions} regions */
  draw(frame, { x, y, kind }) {
    const [columns, rows] = [x.length, y.length];
    if (columns < 2 || rows < 2) return;
    const [halfX, halfY] = [(x[1] - x[0]) / 2, (y[1] - y[0]) / 2];
    const [left, right] = [frame.toX(x[0] - halfX), frame.toX(x[columns - 1] + halfX)];
    const [bottom, top] = [frame.toY(y[0] - halfY), frame.toY(y[rows - 1] + halfY)];
    const { context } = frame;
    context.globalAlpha = SOLIDITY[kind];
    context.imageSmoothingEnabled = kind !== "class";
    context.drawImage(this.canvas, left, top, right - left, bottom - top);
    context.globalAlpha = 1;
  }
}
