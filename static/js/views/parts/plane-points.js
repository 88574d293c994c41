/**
 * The points of a plane: what was given, where a held one is, how they are drawn and found.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {Box} from "./geometry.js"
 * @import {PlotFrame, Span} from "./plot-frame.js"
 */

import { cssOf, entry, table } from "../../core/palette.js";
import { significant } from "../../core/format.js";
import { tokens } from "../../core/tokens.js";
import { CLASS_TOKENS, glyphOf, traceGlyph } from "./plot-marks.js";
import { ends } from "./plot-words.js";

/**
 * @typedef {object} PointData
 * @property {ArrayLike<number>} x
 * @property {ArrayLike<number>} y
 * @property {ArrayLike<number>} [classes]  from 0
 * @property {ArrayLike<number>} [values]  about nought
 * @property {number} [limit]  which value has the strongest colour; else the greatest
 * @property {readonly string[]} [names]  of the points
 *
 * @typedef {PointData | readonly {x: number, y: number, class?: number, value?: number}[]} Points
 */

const NOTHING = -1;
/** A point's radius, in strokes. */
const RADIUS = 2.4;
/** How long a point stays where it was put if nothing else is heard of it, ms. */
const PATIENCE = 1000;

export class PlanePoints {
  /** @type {PointData} */
  data = { x: [], y: [] };
  /** @type {readonly string[]} */
  classNames = [];
  /** @type {readonly Colour[]} */
  classTokens = CLASS_TOKENS;
  limit = 1;
  /** @private */ moved = NOTHING;
  /** @private */ movedX = 0;
  /** @private */ movedY = 0;
  /** @private */ settling = false;
  /** @private */ timer = 0;
  /** Colours of the diverging palette as CSS has them, made when wanted. @type {Map<number, string>} */
  colours = new Map();

  get count() {
    return this.data.x.length;
  }

  /** @param {number} i */
  x(i) {
    return i === this.moved ? this.movedX : this.data.x[i];
  }

  /** @param {number} i */
  y(i) {
    return i === this.moved ? this.movedY : this.data.y[i];
  }

  /**
   * @param {Points} points
   * @param {readonly string[]} [classNames]
   * @param {readonly Colour[]} [classTokens]
   */
  take(points, classNames = this.classNames, classTokens = this.classTokens) {
    this.data = Array.isArray(points) ? columnsOf(points) : /** @type {PointData} */ (points);
    this.classNames = classNames;
    this.classTokens = classTokens;
    const { values, limit } = this.data;
    if (values) this.limit = limit ?? greatest(values);
    if (this.settling && this.arrived()) this.release();
  }

  /** Whether what was moved has come back from where the data is. */
  arrived() {
    const { moved, data, movedX, movedY } = this;
    const close = (/** @type {number} */ a, /** @type {number} */ b) =>
      Math.abs(a - b) <= 1e-5 * (1 + Math.abs(b));
    return moved >= this.count || (close(data.x[moved], movedX) && close(data.y[moved], movedY));
  }

  /**
   * Draw a point elsewhere until it comes back from where the data is, or nobody answers.
   *
   * @param {number} index
   * @param {number} x
   * @param {number} y
   * @param {boolean} done
   * @param {() => void} released
   */
  hold(index, x, y, done, released) {
    [this.moved, this.movedX, this.movedY, this.settling] = [index, x, y, done];
    clearTimeout(this.timer);
    if (!done) return;
    const give = () => {
      this.release();
      released();
    };
    this.timer = window.setTimeout(give, PATIENCE);
  }

  /** @private */
  release() {
    clearTimeout(this.timer);
    this.moved = NOTHING;
    this.settling = false;
  }

  /** Whether all points are inside; allocates nothing. @param {{x: Span, y: Span}} bounds */
  within({ x: across, y: up }) {
    const { x, y } = this.data;
    for (let i = 0; i < x.length; i++) {
      if (x[i] < across[0] || x[i] > across[1] || y[i] < up[0] || y[i] > up[1]) return false;
    }
    return true;
  }

  /** @returns {{x: Span, y: Span}} */
  ends() {
    return { x: ends(this.data.x), y: ends(this.data.y) };
  }

  /** @param {number} i */
  nameOf(i) {
    const { names, classes, values } = this.data;
    const called = names?.[i] ?? `point ${i + 1}`;
    if (classes) return `${called}, ${this.classNames[classes[i]] ?? `class ${classes[i]}`}`;
    return values ? `${called}, ${significant(values[i])}` : called;
  }

  /**
   * The nearest point to a place, if it is near.
   *
   * @param {PlotFrame} frame
   * @param {number} x  CSS px
   * @param {number} y
   * @param {number} reach
   */
  near(frame, x, y, reach) {
    let found = NOTHING;
    let least = reach;
    for (let i = 0; i < this.count; i++) {
      const far = Math.hypot(frame.toX(this.x(i)) - x, frame.toY(this.y(i)) - y);
      if (far < least) [found, least] = [i, far];
    }
    return found;
  }

  /** @param {PlotFrame} frame @param {number} i @param {Box} out */
  box(frame, i, out) {
    const side = 2 * (RADIUS * tokens().stroke + 3);
    out.x = frame.toX(this.x(i) ?? 0) - side / 2;
    out.y = frame.toY(this.y(i) ?? 0) - side / 2;
    out.width = side;
    out.height = side;
    return out;
  }

  /** @param {PlotFrame} frame @param {number} chosen */
  draw(frame, chosen) {
    const { context } = frame;
    const { colour, stroke } = tokens();
    const { classes, values } = this.data;
    const radius = RADIUS * stroke;
    context.lineJoin = "round";
    for (let i = 0; i < this.count; i++) {
      const [x, y] = [frame.toX(this.x(i)), frame.toY(this.y(i))];
      if (!frame.holds(x, y)) continue;
      const which = classes ? classes[i] : 0;
      traceGlyph(frame, glyphOf(which), x, y, radius);
      context.lineWidth = stroke * 1.2;
      context.strokeStyle = values ? colour["ink-soft"] : colour.surface;
      context.stroke();
      context.fillStyle = values ? this.shade(values[i]) : classes ? this.classColour(which) : colour.ink;
      context.fill();
      if (i !== chosen) continue;
      context.lineWidth = stroke;
      context.strokeStyle = colour.focus;
      context.beginPath();
      context.arc(x, y, radius + 2 * stroke, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /** @param {number} which @private */
  classColour(which) {
    return tokens().colour[this.classTokens[which % this.classTokens.length]];
  }

  /** A value's colour. @param {number} value @private */
  shade(value) {
    const at = table("diverging").pixels[entry(value, this.limit)];
    let known = this.colours.get(at);
    if (known === undefined) {
      known = cssOf(at);
      this.colours.set(at, known);
    }
    return known;
  }
}

/** The greatest size among values. @param {ArrayLike<number>} values */
function greatest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > most && size < Infinity) most = size;
  }
  return most || 1;
}

/** @param {readonly {x: number, y: number, class?: number, value?: number}[]} points @returns {PointData} */
function columnsOf(points) {
  const first = points[0];
  return {
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
    classes: first?.class === undefined ? undefined : points.map((point) => point.class ?? 0),
    values: first?.value === undefined ? undefined : points.map((point) => point.value ?? 0),
  };
}
