/**
 * The frame of a plot on a canvas: two axes with their marks and names, and the way between the
 * data and the pixels in both directions.
 *
 * @import {Axis} from "./ticks.js"
 */

import { tokens } from "../../core/tokens.js";
import { along, placeAxis } from "./ticks.js";

/** CSS px that a mark on an axis takes. */
const X_ROOM = 64;
const Y_ROOM = 34;
/** Beyond this a canvas draws lines wrongly, px. */
const FAR = 1e5;
/** @type {number[]} */
const SOLID = [];

/**
 * What an axis spans.
 *
 * @typedef {readonly [low: number, high: number]} Span
 */

export class PlotFrame {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("plot: this browser gives no 2-D canvas");
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
    this.xLabel = "";
    this.yLabel = "";
    /** @type {Axis} */
    this.x = placeAxis(0, 1, 2);
    /** @type {Axis} */
    this.y = placeAxis(0, 1, 2);
  }

  /**
   * Fit the canvas to its box and the axes to what they span.
   *
   * @param {HTMLElement} box
   * @param {Span} across
   * @param {Span} up
   * @param {boolean} equal  one unit is as long on either axis: the spans are widened to it
   * @param {boolean} [whole]  nothing is known beyond the spans: the axes are shortened instead, and
   *   end on whole pixels
   * @returns {boolean}  false while the box has no size
   */
  prepare(box, across, up, equal, whole = false) {
    const { clientWidth: width, clientHeight: height } = box;
    if (width === 0 || height === 0) return false;
    const ratio = devicePixelRatio;
    const { fontText, fontMono } = tokens();
    const wide = Math.max(1, Math.round(width * ratio));
    const high = Math.max(1, Math.round(height * ratio));
    // setting either clears the canvas, even to what it was
    if (this.canvas.width !== wide) this.canvas.width = wide;
    if (this.canvas.height !== high) this.canvas.height = high;
    this.size = parseFloat(getComputedStyle(box).fontSize);
    this.font = `${this.size}px ${fontText}`;
    this.mono = `${this.size}px ${fontMono}`;
    this.width = width;
    this.height = height;
    const { context, size } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.top = size * (this.yLabel ? 2.2 : 0.7);
    this.bottom = height - size * (this.xLabel ? 3.1 : 1.8);
    this.right = width - size;
    const room = size / 12;
    const marksUp = Math.max(2, Math.floor((this.bottom - this.top) / Y_ROOM / room));
    this.left = size * 3;
    let [x, y] = [across, up];
    const widened = equal && !whole;
    context.font = this.mono;
    // the marks' true width leaves another room than was guessed, and other room other marks
    for (let pass = 0; pass < (widened ? 3 : 1); pass++) {
      if (widened) [x, y] = evened(across, up, this.right - this.left, this.bottom - this.top);
      this.y = placeAxis(y[0], y[1], marksUp);
      const marks = Math.max(...this.y.texts.map((text) => context.measureText(text).width), 0);
      const needed = Math.min(marks + 9, width / 2);
      this.left = pass === 0 ? needed : Math.max(this.left, needed);
    }
    this.x = placeAxis(x[0], x[1], Math.max(2, Math.floor((this.right - this.left) / X_ROOM / room)));
    if (whole) this.shorten(equal);
    return true;
  }

  /** End the axes on whole pixels, and where it is asked for, shorten one of them. @param {boolean} equal */
  shorten(equal) {
    if (equal) {
      const across = this.x.high - this.x.low;
      const up = this.y.high - this.y.low;
      const unit = Math.min((this.right - this.left) / across, (this.bottom - this.top) / up);
      const spare = this.right - this.left - unit * across;
      this.left += spare / 2;
      this.right -= spare / 2;
      this.bottom = this.top + unit * up;
    }
    for (const side of /** @type {const} */ (["left", "right", "top", "bottom"])) {
      this[side] = Math.round(this[side]);
    }
  }

  /** @param {number} value  @returns {number} CSS px */
  toX(value) {
    return near(this.left + along(this.x, value) * (this.right - this.left));
  }

  /** @param {number} value  @returns {number} CSS px */
  toY(value) {
    return near(this.bottom - along(this.y, value) * (this.bottom - this.top));
  }

  /** @param {number} px  @returns {number} a value on the axis, not beyond its ends */
  fromX(px) {
    return between(this.x, (px - this.left) / (this.right - this.left));
  }

  /** @param {number} px  @returns {number} a value on the axis, not beyond its ends */
  fromY(px) {
    return between(this.y, (this.bottom - px) / (this.bottom - this.top));
  }

  /** Whether a place (CSS px) is inside the axes. @param {number} x @param {number} y */
  holds(x, y) {
    return x >= this.left && x <= this.right && y >= this.top && y <= this.bottom;
  }

  /** Clear everything and draw the marks' lines, on which the data comes. */
  drawGrid() {
    const { context, x, y, left, right, top, bottom } = this;
    const { colour } = tokens();
    context.clearRect(0, 0, this.width, this.height);
    context.setLineDash(SOLID);
    context.lineWidth = 1;
    for (let i = 0; i < y.ticks.length; i++) {
      const at = Math.round(this.toY(y.ticks[i])) + 0.5;
      context.strokeStyle = y.ticks[i] === 0 ? colour["hairline-strong"] : colour["plot-grid"];
      this.rule(left, at, right, at);
    }
    for (let i = 0; i < x.ticks.length; i++) {
      const at = Math.round(this.toX(x.ticks[i])) + 0.5;
      context.strokeStyle = x.ticks[i] === 0 ? colour["hairline-strong"] : colour["plot-grid"];
      this.rule(at, top, at, bottom);
    }
  }

  /** Write the marks and the names of the axes. */
  drawWords() {
    const { context, x, y, left, right, top, bottom, size } = this;
    const { colour } = tokens();
    context.strokeStyle = colour["hairline-strong"];
    context.lineWidth = 1;
    context.setLineDash(SOLID);
    context.strokeRect(Math.round(left) + 0.5, Math.round(top) + 0.5, right - left, bottom - top);
    context.fillStyle = colour["plot-axis"];
    context.font = this.mono;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (let i = 0; i < y.ticks.length; i++) {
      context.fillText(y.texts[i], left - 6, this.toY(y.ticks[i]));
    }
    context.textBaseline = "top";
    context.textAlign = "center";
    for (let i = 0; i < x.ticks.length; i++) {
      context.fillText(x.texts[i], this.toX(x.ticks[i]), bottom + 5);
    }
    context.font = this.font;
    if (this.xLabel) context.fillText(this.xLabel, (left + right) / 2, bottom + 6 + 1.35 * size);
    context.textAlign = "left";
    // above the marks, wherever these stand
    if (this.yLabel) context.fillText(this.yLabel, Math.max(2, left - 3 * size), 0.1 * size);
  }

  /** Draw only inside the axes until `release`. */
  clip() {
    const { context, left, right, top, bottom } = this;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
  }

  release() {
    this.context.restore();
  }

  /** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
  rule(x1, y1, x2, y2) {
    const { context } = this;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }
}

/**
 * A span with some room on either side; a single value gets room as well.
 *
 * @param {number} least
 * @param {number} greatest
 * @param {number} share  of the span, on either side
 * @returns {Span}
 */
export function roomy(least, greatest, share) {
  if (!(least <= greatest)) return [0, 1];
  const size = greatest - least;
  // an axis of no length would have no end of ticks
  const room = size > 0 ? share * size : (Math.abs(least) || 1) / 2;
  return [least - room, greatest + room];
}

/** @param {Span} x @param {Span} y @param {number} width @param {number} height @returns {[Span, Span]} */
function evened(x, y, width, height) {
  const unit = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
  return [around(x, unit * width), around(y, unit * height)];
}

/** @param {Span} span @param {number} size @returns {Span} */
function around([low, high], size) {
  const middle = (low + high) / 2;
  return [middle - size / 2, middle + size / 2];
}

/** @param {number} px */
function near(px) {
  return px > FAR ? FAR : px < -FAR ? -FAR : px;
}

/** @param {Axis} axis @param {number} share */
function between({ low, high }, share) {
  return low + Math.min(1, Math.max(0, share)) * (high - low);
}
