/**
 * Draws a line chart: axes, lines, the present step, the labels at the lines' ends.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {Axis} from "./ticks.js"
 */

import { significant } from "../../core/format.js";
import { tokens } from "../../core/tokens.js";
import { cellText } from "./numbers.js";
import { along } from "./ticks.js";

/**
 * @typedef {object} Series
 * @property {string} name  the array
 * @property {string} scalar  what it is the course of; empty for none
 * @property {string} label
 * @property {Colour} token  the line's colour
 * @property {number[]} dash
 * @property {number} weight  of its stroke, 1 for the usual
 *
 * @typedef {object} Lines
 * @property {ArrayLike<number>} steps
 * @property {readonly Series[]} series
 * @property {readonly ArrayLike<number>[]} values  one list for each series; NaN: not measured
 * @property {Axis} x
 * @property {Axis} y
 * @property {number} step  the present one; infinite where the curves are not over steps
 * @property {string} quantity  what they are over instead; empty for steps
 * @property {number} here  the present place, NaN for steps
 * @property {number} marker  the point there, or −1
 * @property {number} reading  the point that is read, or −1
 * @property {number[]} present  each line's value at the present step itself; NaN: not known
 * @property {number} head  the last step that the points stand for
 * @property {readonly Ghost[]} ghosts  other runs, drawn behind
 * @property {readonly StepMark[]} marks  steps that stand out
 *
 * @typedef {object} Ghost  the same scalars of another run
 * @property {string} name  A, B, C, …
 * @property {ArrayLike<number>} steps
 * @property {readonly ArrayLike<number>[]} values  one list for each series; empty: not drawn
 *
 * @typedef {object} StepMark
 * @property {number} step
 * @property {string} label
 * @property {Colour} token
 */

/** Lines of fewer measured points show these, too. */
const SPARSE = 40;
/** What lies beyond the present step: it was, and may come otherwise. */
const FAINT = 0.3;
const VALUE = { size: 0, decimals: 3, bare: false, padded: true };

/** A value from here on is written with its exponent. */
const LARGEST = 1e6;
/** The longest value at a curve's end: `1.35e−11`. */
const END_CHARACTERS = 8;

export class ChartPainter {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("line-chart: this browser gives no 2-D canvas");
    this.canvas = canvas;
    this.context = context;
    this.width = 0;
    this.height = 0;
    this.left = 0;
    this.right = 0;
    this.top = 0;
    this.bottom = 0;
    /** Of the type, CSS px. */
    this.size = 12;
    this.font = "";
    this.mono = "";
    /** Heights of the end labels, kept between paints. */
    this.ends = new Float64Array(0);
    this.order = new Uint8Array(0);
  }

  /**
   * Fit the canvas to its box.
   *
   * @param {number} width  CSS px
   * @param {number} height
   * @param {readonly Series[]} series
   * @param {readonly string[]} valueTexts  the marks of the value axis
   */
  prepare(width, height, series, valueTexts) {
    const ratio = devicePixelRatio;
    const { fontText, fontMono } = tokens();
    const wide = Math.max(1, Math.round(width * ratio));
    const high = Math.max(1, Math.round(height * ratio));
    // setting either clears the canvas, even to what it was
    if (this.canvas.width !== wide) this.canvas.width = wide;
    if (this.canvas.height !== high) this.canvas.height = high;
    this.font = `${this.size}px ${fontText}`;
    this.mono = `${this.size}px ${fontMono}`;
    const { context } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = this.mono;
    const marks = Math.max(...valueTexts.map((text) => context.measureText(text).width), 0);
    context.font = this.font;
    const labels = Math.max(...series.map(({ label }) => context.measureText(label).width), 0);
    this.left = marks + 8;
    this.right = width - Math.max(labels, END_CHARACTERS * 0.602 * this.size) - 12;
    this.top = this.size * 0.7;
    this.bottom = height - this.size * 1.7;
    this.width = width;
    this.height = height;
    this.ends = new Float64Array(series.length);
    this.order = Uint8Array.from(series.keys());
  }

  /** @param {Axis} axis @param {number} value */
  toX(axis, value) {
    return this.left + along(axis, value) * (this.right - this.left);
  }

  /** @param {Axis} axis @param {number} value */
  toY(axis, value) {
    const share = Math.min(1, Math.max(0, along(axis, value)));
    return this.bottom - share * (this.bottom - this.top);
  }

  /** @param {Lines} lines */
  paint(lines) {
    const { context } = this;
    context.clearRect(0, 0, this.width, this.height);
    this.drawAxes(lines);
    for (let i = 0; i < lines.marks.length; i++) this.drawMark(lines, i);
    for (let i = 0; i < lines.ghosts.length; i++) this.drawGhost(lines, i);
    for (let i = 0; i < lines.series.length; i++) this.drawSeries(lines, i);
    this.drawMarker(lines);
    this.drawEnds(lines);
  }

  /** @param {Lines} lines */
  drawAxes({ x, y, quantity }) {
    const { context, left, right, bottom, size } = this;
    const { colour } = tokens();
    context.font = this.mono;
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.lineWidth = 1;
    context.setLineDash(SOLID);
    for (let i = 0; i < y.ticks.length; i++) {
      const at = Math.round(this.toY(y, y.ticks[i])) + 0.5;
      context.strokeStyle = i === 0 && !y.log ? colour["hairline-strong"] : colour["plot-grid"];
      context.beginPath();
      context.moveTo(left, at);
      context.lineTo(right, at);
      context.stroke();
      context.fillStyle = colour["plot-axis"];
      context.fillText(y.texts[i], left - 6, at);
    }
    context.textBaseline = "top";
    context.strokeStyle = colour["hairline-strong"];
    for (let i = 0; i < x.ticks.length; i++) {
      const at = Math.round(this.toX(x, x.ticks[i])) + 0.5;
      context.beginPath();
      context.moveTo(at, bottom);
      context.lineTo(at, bottom + 4);
      context.stroke();
      // the name of step 0 would reach into the value axis
      const inward = i === 0 && !quantity;
      context.textAlign = inward ? "left" : "center";
      context.fillText(x.texts[i], inward ? left : at, bottom + 6 + size * 0.05);
    }
  }

  /** @param {Lines} lines @param {number} i  the mark; each has a line of its own for its name */
  drawMark({ marks, x }, i) {
    const { context, top, bottom, size, left, right } = this;
    const { step, label, token } = marks[i];
    const { colour, stroke } = tokens();
    const at = this.toX(x, step);
    context.strokeStyle = colour[token];
    context.fillStyle = colour[token];
    context.lineWidth = stroke * 0.6;
    context.setLineDash(MARK_DASH);
    context.beginPath();
    context.moveTo(at, top);
    context.lineTo(at, bottom);
    context.stroke();
    context.setLineDash(SOLID);
    context.font = this.font;
    context.textBaseline = "top";
    const inward = at > (left + right) / 2;
    context.textAlign = inward ? "right" : "left";
    context.fillText(label, inward ? at - 4 : at + 4, top + i * size * 1.2);
  }

  /** @param {Lines} lines @param {number} i  the ghost */
  drawGhost({ ghosts, x, y }, i) {
    const { context, size } = this;
    const { name, steps, values } = ghosts[i];
    const { colour, stroke } = tokens();
    context.strokeStyle = colour["ink-soft"];
    context.fillStyle = colour["ink-soft"];
    context.lineWidth = stroke * 0.6;
    context.lineJoin = "round";
    context.font = this.mono;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    for (let n = 0; n < values.length; n++) {
      const last = lastBefore(steps, values[n], Infinity, y);
      if (last < 0) continue;
      context.setLineDash(GHOST_DASHES[i % GHOST_DASHES.length]);
      this.trace(steps, values[n], x, y, -Infinity, Infinity);
      context.setLineDash(SOLID);
      const at = Math.min(this.toX(x, steps[last]), this.right - size / 2);
      context.fillText(name, at, Math.max(this.toY(y, values[n][last]) - 2, this.top + size));
    }
  }

  /** @param {Lines} lines @param {number} i  the series */
  drawSeries({ steps, series, values, x, y, step }, i) {
    const { context } = this;
    const { colour, stroke } = tokens();
    context.strokeStyle = colour[series[i].token];
    context.fillStyle = colour[series[i].token];
    context.lineWidth = stroke * 0.85 * series[i].weight;
    context.lineJoin = "round";
    context.setLineDash(series[i].dash);
    this.trace(steps, values[i], x, y, -Infinity, step);
    context.globalAlpha = FAINT;
    this.trace(steps, values[i], x, y, step, Infinity);
    context.globalAlpha = 1;
    context.setLineDash(SOLID);
    if (measured(values[i]) < SPARSE) this.drawPoints(steps, values[i], x, y, step);
  }

  /**
   * The line through the measured points from one step to another, both included.
   *
   * @param {ArrayLike<number>} steps
   * @param {ArrayLike<number>} values
   * @param {Axis} x
   * @param {Axis} y
   * @param {number} from
   * @param {number} to
   */
  trace(steps, values, x, y, from, to) {
    const { context } = this;
    context.beginPath();
    let started = false;
    let before = -1;
    for (let i = 0; i < steps.length; i++) {
      if (!drawable(values[i], y)) continue;
      if (steps[i] > to) break;
      if (steps[i] >= from) {
        // begin at the last point before, so that the two parts meet
        if (!started && before >= 0 && steps[i] > from) {
          context.moveTo(this.toX(x, steps[before]), this.toY(y, values[before]));
          context.lineTo(this.toX(x, steps[i]), this.toY(y, values[i]));
        } else if (started) context.lineTo(this.toX(x, steps[i]), this.toY(y, values[i]));
        else context.moveTo(this.toX(x, steps[i]), this.toY(y, values[i]));
        started = true;
      }
      before = i;
    }
    context.stroke();
  }

  /**
   * @param {ArrayLike<number>} steps
   * @param {ArrayLike<number>} values
   * @param {Axis} x
   * @param {Axis} y
   * @param {number} step
   */
  drawPoints(steps, values, x, y, step) {
    const { context } = this;
    const radius = tokens().stroke * 0.9;
    for (let i = 0; i < steps.length; i++) {
      if (!drawable(values[i], y)) continue;
      context.globalAlpha = steps[i] > step ? FAINT : 1;
      context.beginPath();
      context.arc(this.toX(x, steps[i]), this.toY(y, values[i]), radius, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** The present step or place, and the point that is read. @param {Lines} lines */
  drawMarker({ steps, values, series, x, y, step, here, marker, reading, present }) {
    const { context, top, bottom } = this;
    const { colour, stroke } = tokens();
    const course = here !== here;
    const at = reading >= 0 ? steps[reading] : course ? step : here;
    const told = reading >= 0 || !course;
    if (told || step < steps[steps.length - 1]) {
      const place = Math.round(this.toX(x, at)) + 0.5;
      context.lineWidth = told ? stroke / 2 : 1;
      context.strokeStyle = told ? colour.focus : colour["plot-axis"];
      context.beginPath();
      context.moveTo(place, top);
      context.lineTo(place, bottom);
      context.stroke();
    }
    for (let i = 0; i < series.length; i++) {
      const exact = course && reading < 0 && drawable(present[i], y);
      const now = course ? lastBefore(steps, values[i], step, y) : marker;
      const point = reading >= 0 ? reading : now;
      if (!exact && (point < 0 || !drawable(values[i][point], y))) continue;
      const across = exact ? step : steps[point];
      const value = exact ? present[i] : values[i][point];
      context.fillStyle = colour[series[i].token];
      context.strokeStyle = colour.surface;
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(this.toX(x, across), this.toY(y, value), stroke * 1.6, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  /**
   * Each line is named where it ends, with its value there, or at the point that is read.
   *
   * @param {Lines} lines
   */
  drawEnds({ steps, series, values, y, step, quantity, here, marker, reading, present }) {
    const { context, ends, order, right, size } = this;
    const { colour } = tokens();
    const apart = 2.15 * size;
    for (let i = 0; i < series.length; i++) {
      const point = lastBefore(steps, values[i], step, y);
      const exact = drawable(present[i], y);
      const sunk = !exact && below(steps, values[i], step, y) > point;
      ends[i] = exact ? this.toY(y, present[i]) : sunk ? this.bottom : point < 0 ? NaN : this.toY(y, values[i][point]);
    }
    this.spread(apart);
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    for (let i = 0; i < order.length; i++) {
      const n = order[i];
      const point = lastBefore(steps, values[n], step, y);
      if (ends[n] !== ends[n]) continue;
      context.fillStyle = colour[series[n].token];
      context.font = this.font;
      context.fillText(series[n].label, right + 9, ends[n] - size * 0.05);
      context.font = this.mono;
      const now = here === here ? marker : Math.max(point, below(steps, values[n], step, y));
      const exact = reading < 0 && drawable(present[n], y);
      const value = exact ? present[n] : values[n][reading >= 0 ? reading : now];
      // between two places nothing was worked out: then no value stands here
      if (value - value === 0) context.fillText(endText(value, quantity), right + 9, ends[n] + size * 0.95);
    }
  }

  /** Push labels apart that would cover each other, and keep them inside. @param {number} apart */
  spread(apart) {
    const { ends, order, top, bottom } = this;
    // insertion sort: two or three labels, nothing allocated
    for (let i = 1; i < order.length; i++) {
      for (let j = i; j > 0 && ends[order[j]] < ends[order[j - 1]]; j--) {
        const above = order[j];
        order[j] = order[j - 1];
        order[j - 1] = above;
      }
    }
    for (let i = 0; i < order.length; i++) {
      const least = i === 0 ? top + this.size * 0.4 : ends[order[i - 1]] + apart;
      if (ends[order[i]] < least) ends[order[i]] = least;
    }
    for (let i = order.length - 1; i >= 0; i--) {
      const most = i === order.length - 1 ? bottom - this.size * 0.6 : ends[order[i + 1]] - apart;
      if (ends[order[i]] > most) ends[order[i]] = most;
    }
  }
}

/** @param {number} value @param {string} quantity */
function endText(value, quantity) {
  // three decimals say nothing about a loss of 0.0004, and a loss of 10²² has no room for its digits;
  // but along a curve nothing is nothing
  const size = Math.abs(value);
  if (size >= LARGEST || (size < 0.01 && !quantity)) return significant(value);
  return cellText(value, VALUE);
}

/** @type {number[]} */
const SOLID = [];
/** As `.line-mark` in transport.css draws them. */
const MARK_DASH = [2, 3];
const GHOST_DASHES = [[2, 2.5], [7, 2.5]];

/** @param {number} value @param {Axis} axis */
function drawable(value, axis) {
  return value - value === 0 && (!axis.log || value > 0);
}

/**
 * The last measured point up to a step, or −1.
 *
 * @param {ArrayLike<number>} steps
 * @param {ArrayLike<number>} values
 * @param {number} step
 * @param {Axis} axis
 */
function lastBefore(steps, values, step, axis) {
  for (let i = steps.length - 1; i >= 0; i--) {
    if (steps[i] <= step && drawable(values[i], axis)) return i;
  }
  return -1;
}

/**
 * The last point up to a step that lies below all of a logarithmic axis, or −1: its line ends before
 * it, but its value is known.
 *
 * @param {ArrayLike<number>} steps
 * @param {ArrayLike<number>} values
 * @param {number} step
 * @param {Axis} axis
 */
function below(steps, values, step, { log }) {
  for (let i = steps.length - 1; log && i >= 0; i--) {
    if (steps[i] <= step && values[i] <= 0) return i;
  }
  return -1;
}

/** @param {ArrayLike<number>} values */
function measured(values) {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === values[i]) count += 1;
  return count;
}
