/**
 * A plane in areas of a few kinds, each with a colour and a glyph: the sign of a curvature.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {Ground, Names} from "./ground-words.js"
 * @import {PlotFrame} from "./plot-frame.js"
 */

import { element } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { parse, pixel } from "../../core/palette.js";
import { tokens } from "../../core/tokens.js";

/**
 * @typedef {object} Kind
 * @property {number} value  that stands for it in the grid
 * @property {string} label
 * @property {string} glyph
 * @property {Colour} token
 */

/** @type {readonly Kind[]} */
const CURVATURES = [
  { value: 1, label: "curves up in every direction", glyph: "∪", token: "series-2" },
  { value: 0, label: "up in one, down in another", glyph: "∼", token: "series-1" },
  { value: -1, label: "curves down in every direction", glyph: "∩", token: "series-3" },
];
/** How much of a kind's colour its ground has. */
const TINT = 0.24;
/** From one glyph to the next, in sizes of the type. */
const PITCH = 3.4;

export class AreaMap {
  on = false;
  kinds = CURVATURES;
  canvas = element("canvas", { class: "ground-lines", "aria-hidden": "true", hidden: true });
  key = element("ul", { class: "ground-key", hidden: true });
  context = this.canvas.getContext("2d");
  /** One pixel for each place of the grid. */
  small = document.createElement("canvas");

  /** @param {string | null} text  the attribute */
  read(text) {
    this.on = text !== null;
    this.kinds = text ? JSON.parse(text) : CURVATURES;
    this.canvas.hidden = !this.on;
    this.key.hidden = !this.on;
  }

  /** @param {number} value */
  kindOf(value) {
    return this.kinds.find((kind) => kind.value === value);
  }

  /**
   * @param {Ground} ground
   * @param {PlotFrame} frame
   */
  show(ground, frame) {
    const { canvas, context, small } = this;
    if (!context) return;
    const ratio = devicePixelRatio;
    const width = frame.right - frame.left;
    const height = frame.bottom - frame.top;
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    this.#fillSmall(ground);
    context.imageSmoothingEnabled = false;
    // a place of the grid is the middle of its area; those at the edge have half of theirs
    const { width: columns, height: rows } = small;
    context.drawImage(small, 0.5, 0.5, columns - 1, rows - 1, 0, 0, canvas.width, canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#glyphs(context, ground, frame);
    this.#writeKey();
  }

  /** @param {Ground} ground */
  #fillSmall({ x, y, z }) {
    const { small } = this;
    const columns = x.length;
    const rows = y.length;
    small.width = columns;
    small.height = rows;
    const context = small.getContext("2d");
    if (!context) return;
    const image = context.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const { colour } = tokens();
    const blank = pixel(parse(colour.sunken));
    const tints = new Map(this.kinds.map(({ value, token }) => [value, tint(token)]));
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const value = z[(rows - 1 - row) * columns + column];
        pixels[row * columns + column] = tints.get(value) ?? blank;
      }
    }
    context.putImageData(image, 0, 0);
  }

  /**
   * A glyph here and there, so that nobody needs the colours.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Ground} ground
   * @param {PlotFrame} frame
   */
  #glyphs(context, { x, y, z }, { left, right, top, bottom, size }) {
    const { colour, fontText } = tokens();
    context.font = `600 ${size * 1.25}px ${fontText}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const pitch = size * PITCH;
    const across = Math.max(1, Math.round((right - left) / pitch));
    const down = Math.max(1, Math.round((bottom - top) / pitch));
    for (let j = 0; j < down; j++) {
      for (let i = 0; i < across; i++) {
        const shareX = (i + 0.5) / across;
        const shareY = (j + 0.5) / down;
        const column = Math.round(shareX * (x.length - 1));
        const row = Math.round((1 - shareY) * (y.length - 1));
        const kind = this.kindOf(z[row * x.length + column]);
        if (!kind) continue;
        context.fillStyle = colour[kind.token];
        context.fillText(kind.glyph, shareX * (right - left), shareY * (bottom - top));
      }
    }
  }

  #writeKey() {
    this.key.replaceChildren(
      ...this.kinds.map(({ label, glyph, token }) => {
        const sign = element("span", { class: "area-sign", "aria-hidden": "true" }, glyph);
        sign.style.setProperty("--line", `var(--${token})`);
        return element("li", {}, sign, label);
      }),
    );
  }

  /** @param {Ground} ground @param {Names} names @param {number} row @param {number} column */
  pointName({ x, y, z }, names, row, column) {
    const kind = this.kindOf(z[row * x.length + column])?.label ?? "not known";
    return `${names.x} ${significant(x[column])}, ${names.y} ${significant(y[row])}: ${kind}`;
  }

  /** One sentence: how much of the plane is of which kind. @param {Ground} ground @param {Names} names */
  summary({ z, title }, names) {
    const shares = this.kinds.map(({ value, label }) => {
      let n = 0;
      for (let i = 0; i < z.length; i++) if (z[i] === value) n += 1;
      return `${label}: ${Math.round((100 * n) / z.length)} %`;
    });
    return `${title ? `${names.label}, ${title}` : names.label}: ${shares.join("; ")} of the places.`;
  }
}

/** @param {Colour} token */
function tint(token) {
  const { colour } = tokens();
  const ink = parse(colour[token]);
  const [r, g, b] = parse(colour.surface).map((paper, i) => paper + (ink[i] - paper) * TINT);
  return pixel([r, g, b]);
}
