/**
 * Draws histograms one below the other, and beside them numbers of the same rows, one of them as a
 * curve over powers of ten. All lengths in CSS px. Longer than other files: layout, painting and
 * finding what lies under the pointer share every measure.
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {Colour} from "../../core/tokens.js"
 * @import {Box} from "./geometry.js"
 */

import { significant } from "../../core/format.js";
import { tokens } from "../../core/tokens.js";

/**
 * @typedef {object} Side  a number beside each row
 * @property {string} head
 * @property {Tensor | undefined} tensor  of one axis
 * @property {number} from  the first row that has one
 * @property {number} characters  of its longest number: 8 for `1.35e−11`
 * @property {boolean} [curve]  drawn over powers of ten, too
 *
 * @typedef {object} Rows
 * @property {readonly string[]} names
 * @property {readonly string[]} labels  the same as they are drawn, short
 * @property {Tensor | undefined} counts  of shape (histograms, bins)
 * @property {Tensor | undefined} edges  of shape (histograms, bins + 1)
 * @property {number} from  the first row that has a histogram
 * @property {readonly Side[]} sides
 * @property {Colour} token
 * @property {boolean} powers  the edges are in equal steps of the exponent, after the first
 */

/** Of a row: as high as a target has to be, CSS px. */
export const ROW = 26;
// room for the largest type, a projector's
const HEAD = 30;
const FOOT = 28;
const GAP = 10;
const LEAST_HISTOGRAM = 96;
const CURVE = { least: 36, most: 150, share: 0.2 };
const MONO = 0.602;
const DOT = 3;
const NOTHING = -1;

export class HistogramPainter {
  /** @type {Rows} */
  rows = { names: [], labels: [], counts: undefined, edges: undefined, from: 0, sides: [], token: "series-2", powers: false };
  width = 0;
  height = 0;
  size = 12;
  font = "";
  mono = "";
  /** Where the histograms begin and end. */
  left = 0;
  right = 0;
  curve = { left: 0, right: 0, low: 0, high: 1 };
  /** The right ends of the numbers. @type {number[]} */
  ends = [];
  /** What is written, by side and row. @type {{value: number, text: string}[][]} */
  texts = [];
  /** Of the scale below all rows; empty where each has its own. @type {{at: number, text: string}[]} */
  marks = [];
  /** The greatest count of each row. */
  most = new Float64Array(0);

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("histogram-rows: this browser gives no 2-D canvas");
    this.canvas = canvas;
    this.context = context;
  }

  get bins() {
    return this.rows.counts?.shape[1] ?? 0;
  }

  /** How high the picture is. */
  get tall() {
    return HEAD + ROW * this.rows.names.length + FOOT;
  }

  /** @param {number} row  @returns {number} the histogram it shows, or −1 */
  histogramOf(row) {
    const at = row - this.rows.from;
    return at >= 0 && at < (this.rows.counts?.shape[0] ?? 0) ? at : NOTHING;
  }

  /** @param {number} side @param {number} row  @returns {number} which element it shows, or −1 */
  elementOf(side, row) {
    const { tensor, from } = this.rows.sides[side];
    const at = row - from;
    return tensor && at >= 0 && at < tensor.data.length ? at : NOTHING;
  }

  /** @param {number} side @param {number} row */
  valueOf(side, row) {
    const at = this.elementOf(side, row);
    return at === NOTHING ? NaN : (this.rows.sides[side].tensor?.data[at] ?? NaN);
  }

  /**
   * Fit the canvas to its width.
   *
   * @param {number} width
   * @param {number} size  of the type
   */
  prepare(width, size) {
    const { canvas, context, rows } = this;
    const ratio = devicePixelRatio;
    const { fontText, fontMono } = tokens();
    this.width = width;
    this.height = this.tall;
    this.size = size;
    const [wide, high] = [width, this.height].map((length) => Math.max(1, Math.round(length * ratio)));
    if (canvas.width !== wide) canvas.width = wide;
    if (canvas.height !== high) canvas.height = high;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.font = `${size}px ${fontText}`;
    this.mono = `${size}px ${fontMono}`;
    context.font = this.font;
    this.left = Math.max(0, ...rows.labels.map((name) => context.measureText(name).width)) + GAP;
    const wides = rows.sides.map(({ characters }) => characters * MONO * size);
    const numbers = wides.reduce((sum, one) => sum + one + GAP, 0);
    const curved = rows.sides.some(({ curve }) => curve);
    const wanted = curved ? Math.min(CURVE.most, Math.max(CURVE.least, width * CURVE.share)) : 0;
    const room = width - this.left - numbers - (curved ? GAP : 0);
    const across = Math.max(0, Math.min(wanted, room - LEAST_HISTOGRAM));
    this.right = this.left + Math.max(40, room - across);
    this.curve.left = this.right + GAP;
    this.curve.right = this.curve.left + across;
    this.ends = rows.sides.map((_, i) => width - wides.slice(i + 1).reduce((sum, one) => sum + one + GAP, 0));
  }

  /** Take a frame's numbers: what is written and how high the bars are. @param {Rows} rows */
  take(rows) {
    this.rows = rows;
    const { names, sides, counts } = rows;
    if (this.texts.length !== sides.length || this.texts[0]?.length !== names.length) {
      this.texts = sides.map(() => names.map(() => ({ value: 0.5, text: "" })));
    }
    for (const [side, texts] of this.texts.entries()) {
      for (const [row, kept] of texts.entries()) {
        const value = this.valueOf(side, row);
        if (Object.is(value, kept.value)) continue;
        kept.value = value;
        kept.text = this.elementOf(side, row) === NOTHING ? "" : Number.isNaN(value) ? "–" : significant(value);
      }
    }
    const n = counts?.shape[0] ?? 0;
    if (this.most.length !== n) this.most = new Float64Array(n);
    for (let row = 0; row < n; row++) {
      let most = 0;
      // among powers of ten, the noughts are apart: a ReLU's would make all others small
      for (let bin = rows.powers ? 1 : 0; bin < this.bins; bin++) most = Math.max(most, counts?.data[row * this.bins + bin] ?? 0);
      this.most[row] = most;
    }
    this.#span();
    this.#mark();
  }

  /** The powers of ten between which the curve runs. */
  #span() {
    let [low, high] = [Infinity, -Infinity];
    for (const [side, { curve }] of this.rows.sides.entries()) {
      if (!curve) continue;
      for (let row = 0; row < this.rows.names.length; row++) {
        const value = this.valueOf(side, row);
        if (!(value > 0) || value === Infinity) continue;
        low = Math.min(low, Math.floor(Math.log10(value)));
        high = Math.max(high, Math.ceil(Math.log10(value)));
      }
    }
    if (low > high) [low, high] = [-1, 1];
    if (low === high) high += 1;
    this.curve.low = low;
    this.curve.high = high;
  }

  /** What is written below, or at the ends of each row. */
  #mark() {
    const { edges, powers } = this.rows;
    const wide = this.bins + 1;
    this.marks = [];
    if (!edges || !this.bins) return;
    const same = edges.data.every((edge, i) => edge === edges.data[i % wide]);
    if (!same) {
      this.marks = [{ at: 0.5, text: "each its own" }];
      return;
    }
    const [first, last] = [edges.data[0], edges.data[wide - 1]];
    if (powers) {
      const [low, high] = [Math.round(Math.log10(edges.data[1])), Math.round(Math.log10(last))];
      this.marks = [
        { at: 0, text: `< ${power(low)}` },
        { at: 1, text: power(high) },
      ];
      return;
    }
    this.marks = [
      { at: 0, text: significant(first) },
      { at: 1, text: significant(last) },
    ];
    if (first === -last) this.marks.push({ at: 0.5, text: "0" });
  }

  /** @param {number} side */
  #wide(side) {
    return this.rows.sides[side].characters * MONO * this.size;
  }

  /** @param {number} bin */
  toX(bin) {
    return this.left + (bin / this.bins) * (this.right - this.left);
  }

  /** The lower end of a row's bars. @param {number} row */
  floorOf(row) {
    return HEAD + (row + 1) * ROW - 3;
  }

  /** @param {number} value */
  toCurve(value) {
    const { left, right, low, high } = this.curve;
    return left + ((Math.log10(value) - low) / (high - low)) * (right - left);
  }

  /** @param {number} reading  the row that is pointed at @param {number} column */
  paint(reading, column) {
    const { context, rows, width, height } = this;
    const { colour, stroke } = tokens();
    context.clearRect(0, 0, width, height);
    context.lineWidth = stroke / 2;
    context.textBaseline = "middle";
    for (let row = 0; row < rows.names.length; row++) {
      const floor = this.floorOf(row);
      context.font = this.font;
      context.textAlign = "left";
      context.fillStyle = row === reading ? colour.ink : colour["ink-soft"];
      context.fillText(rows.labels[row], 0, floor - ROW / 2 + 3);
      const at = this.histogramOf(row);
      if (at !== NOTHING) this.#drawBars(at, floor, row === reading ? column : NOTHING);
      this.#drawNumbers(row, floor - ROW / 2 + 3, row === reading ? column - this.bins : NOTHING);
    }
    this.#drawHeads();
    this.#drawCurve();
    this.#drawMarks();
  }

  /** @param {number} at @param {number} floor @param {number} pointed */
  #drawBars(at, floor, pointed) {
    const { context, rows, bins, left, right } = this;
    const { colour } = tokens();
    const most = this.most[at] || 1;
    const room = ROW - 6;
    context.fillStyle = colour.hairline;
    context.fillRect(left, floor, right - left, 1);
    for (let bin = 0; bin < bins; bin++) {
      const count = rows.counts?.data[at * bins + bin] ?? 0;
      if (count === 0 && bin !== pointed) continue;
      const x = this.toX(bin);
      const high = count === 0 ? 1 : Math.max(1.5, Math.min(1, count / most) * room);
      const apart = rows.powers && bin === 0;
      context.fillStyle = bin === pointed ? colour.focus : apart ? colour["plot-noise"] : colour[rows.token];
      context.fillRect(x, floor - high, Math.max(1, this.toX(bin + 1) - x - 0.75), high);
    }
  }

  /** @param {number} row @param {number} middle @param {number} pointed */
  #drawNumbers(row, middle, pointed) {
    const { context, texts } = this;
    const { colour } = tokens();
    context.font = this.mono;
    context.textAlign = "right";
    for (let side = 0; side < texts.length; side++) {
      context.fillStyle = side === pointed ? colour.focus : colour.ink;
      context.fillText(texts[side][row]?.text ?? "", this.ends[side], middle);
    }
  }

  #drawHeads() {
    const { context, rows } = this;
    context.font = this.font;
    context.textAlign = "right";
    context.fillStyle = tokens().colour["ink-soft"];
    for (let side = 0; side < rows.sides.length; side++) {
      context.fillText(rows.sides[side].head, this.ends[side], HEAD / 2);
    }
  }

  /** The sizes of all rows over powers of ten, from row to row. */
  #drawCurve() {
    const { context, rows, curve } = this;
    const { colour, stroke } = tokens();
    const side = rows.sides.findIndex((one) => one.curve);
    if (side < 0 || curve.right - curve.left < 20) return;
    const [top, bottom] = [HEAD, this.floorOf(rows.names.length - 1) + 3];
    const step = Math.max(1, Math.ceil((curve.high - curve.low) / 4));
    context.strokeStyle = colour["plot-grid"];
    context.lineWidth = 1;
    for (let exponent = curve.low; exponent <= curve.high; exponent += step) {
      const x = Math.round(this.toCurve(10 ** exponent)) + 0.5;
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.stroke();
    }
    context.strokeStyle = colour[rows.token];
    context.fillStyle = colour[rows.token];
    context.lineWidth = stroke;
    let drawing = false;
    context.beginPath();
    for (let row = 0; row < rows.names.length; row++) {
      const value = this.valueOf(side, row);
      if (!(value > 0) || value === Infinity) {
        drawing = false;
        continue;
      }
      const [x, y] = [this.toCurve(value), this.floorOf(row) - ROW / 2 + 3];
      if (drawing) context.lineTo(x, y);
      else context.moveTo(x, y);
      drawing = true;
    }
    context.stroke();
    for (let row = 0; row < rows.names.length; row++) {
      const value = this.valueOf(side, row);
      if (!(value > 0) || value === Infinity) continue;
      context.beginPath();
      context.arc(this.toCurve(value), this.floorOf(row) - ROW / 2 + 3, DOT, 0, 2 * Math.PI);
      context.fill();
    }
  }

  #drawMarks() {
    const { context, marks, left, right, curve, rows } = this;
    const y = this.floorOf(rows.names.length - 1) + FOOT / 2 + 4;
    context.font = this.mono;
    context.fillStyle = tokens().colour["ink-soft"];
    const character = MONO * this.size;
    const both = marks.length > 1 ? (marks[0].text.length + marks[1].text.length) * character : 0;
    const tight = marks.length === 3 && both + character + 2 * GAP > right - left;
    if (tight) {
      context.textAlign = "center";
      context.fillText(`±${marks[1].text}`, (left + right) / 2, y);
    }
    for (let i = 0; i < marks.length && !tight; i++) {
      const { at, text } = marks[i];
      context.textAlign = at < 0.04 ? "left" : at > 0.96 ? "right" : "center";
      context.fillText(text, left + at * (right - left), y);
    }
    if (curve.right - curve.left < 60 || !rows.sides.some((one) => one.curve)) return;
    context.textAlign = "left";
    context.fillText(power(curve.low), curve.left, y);
    context.textAlign = "right";
    context.fillText(power(curve.high), curve.right, y);
  }

  /**
   * What lies at a place: a row, and a bar or a number of it.
   *
   * @param {number} x
   * @param {number} y
   * @returns {[row: number, column: number] | null}  the numbers come after the bars
   */
  under(x, y) {
    const row = Math.floor((y - HEAD) / ROW);
    if (row < 0 || row >= this.rows.names.length) return null;
    if (x >= this.left && x < this.right && this.histogramOf(row) !== NOTHING) {
      return [row, Math.floor(((x - this.left) / (this.right - this.left)) * this.bins)];
    }
    for (let side = 0; side < this.ends.length; side++) {
      const begin = this.ends[side] - this.#wide(side) - GAP / 2;
      const curve = this.rows.sides[side].curve && x >= this.curve.left && x <= this.curve.right;
      if ((curve || (x >= begin && x <= this.ends[side] + GAP / 2)) && this.elementOf(side, row) !== NOTHING) {
        return [row, this.bins + side];
      }
    }
    return null;
  }

  /** @param {number} row @param {number} column @param {Box} out */
  box(row, column, out) {
    out.y = HEAD + row * ROW;
    out.height = ROW;
    if (column < this.bins) {
      out.x = this.toX(column);
      out.width = this.toX(column + 1) - out.x;
    } else {
      const wide = this.#wide(column - this.bins);
      out.x = this.ends[column - this.bins] - wide;
      out.width = wide;
    }
    return out;
  }
}

const ABOVE = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** `10⁻³`. @param {number} exponent */
function power(exponent) {
  if (exponent === 0) return "1";
  const digits = [...String(Math.abs(exponent))].map((digit) => ABOVE[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}
