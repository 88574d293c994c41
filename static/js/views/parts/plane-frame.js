/**
 * The frame of a plane: which pixel stands for which place, and the axes round it.
 *
 * @import {Axis} from "./ticks.js"
 */

import { tokens } from "../../core/tokens.js";
import { along, placeAxis } from "./ticks.js";

/** CSS px that a mark on an axis takes, at type of 12 px. */
const X_ROOM = 56;
const Y_ROOM = 34;
/** Its length. */
const TICK = 4;

export class PlaneFrame {
  /** @type {Axis} */
  x = placeAxis(0, 1, 2);
  /** @type {Axis} */
  y = placeAxis(0, 1, 2);
  left = 0;
  right = 0;
  top = 0;
  bottom = 0;
  /** Of the type, CSS px. */
  size = 12;

  /**
   * Lay the plane into a box.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {object} of
   * @param {number} of.width  of the box, CSS px
   * @param {number} of.height
   * @param {number} of.size  of the type
   * @param {readonly [number, number]} of.x  from and to
   * @param {readonly [number, number]} of.y
   * @param {boolean} of.equal  a unit is as long on either axis
   */
  lay(context, { width, height, size, x, y, equal }) {
    this.size = size;
    const room = size / 12;
    this.top = size * 0.7;
    // under the marks stands the axis's name
    this.bottom = height - size * 3.1;
    this.y = placeAxis(y[0], y[1], Math.max(2, Math.floor((this.bottom - this.top) / Y_ROOM / room)));
    context.font = this.mono;
    let marks = 0;
    for (const text of this.y.texts) marks = Math.max(marks, context.measureText(text).width);
    // left of the marks stands the other axis's name
    this.left = Math.ceil(marks + 8 + size * 1.5);
    this.right = width - size * 0.8;
    this.x = placeAxis(x[0], x[1], Math.max(2, Math.floor((this.right - this.left) / X_ROOM / room)));
    if (equal) this.#equalize(x[1] - x[0], y[1] - y[0]);
    this.left = Math.round(this.left);
    this.right = Math.round(this.right);
    this.top = Math.round(this.top);
    this.bottom = Math.round(this.bottom);
  }

  get mono() {
    return `${this.size}px ${tokens().fontMono}`;
  }

  /** @param {number} across @param {number} up */
  #equalize(across, up) {
    const unit = Math.min((this.right - this.left) / across, (this.bottom - this.top) / up);
    const spareX = this.right - this.left - unit * across;
    const spareY = this.bottom - this.top - unit * up;
    this.left += spareX / 2;
    this.right -= spareX / 2;
    this.top += spareY / 2;
    this.bottom -= spareY / 2;
  }

  /** @param {number} value */
  toX(value) {
    return this.left + along(this.x, value) * (this.right - this.left);
  }

  /** @param {number} value */
  toY(value) {
    return this.bottom - along(this.y, value) * (this.bottom - this.top);
  }

  /** @param {number} px */
  fromX(px) {
    return this.x.low + ((px - this.left) / (this.right - this.left)) * (this.x.high - this.x.low);
  }

  /** @param {number} px */
  fromY(px) {
    return this.y.low + ((this.bottom - px) / (this.bottom - this.top)) * (this.y.high - this.y.low);
  }

  /** Whether a pixel lies on the plane. @param {number} x @param {number} y */
  holds(x, y) {
    return x >= this.left && x <= this.right && y >= this.top && y <= this.bottom;
  }

  /**
   * The frame, its marks and its names.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {string} xLabel
   * @param {string} yLabel
   */
  draw(context, xLabel, yLabel) {
    const { colour, fontText } = tokens();
    const { x, y, left, right, top, bottom, size } = this;
    context.lineWidth = 1;
    context.strokeStyle = colour["hairline-strong"];
    context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
    context.fillStyle = colour["plot-axis"];
    context.font = this.mono;
    context.textAlign = "center";
    context.textBaseline = "top";
    context.beginPath();
    for (let i = 0; i < x.ticks.length; i++) {
      const at = Math.round(this.toX(x.ticks[i])) + 0.5;
      context.moveTo(at, bottom);
      context.lineTo(at, bottom + TICK);
      context.fillText(x.texts[i], at, bottom + TICK + 2);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (let i = 0; i < y.ticks.length; i++) {
      const at = Math.round(this.toY(y.ticks[i])) + 0.5;
      context.moveTo(left, at);
      context.lineTo(left - TICK, at);
      context.fillText(y.texts[i], left - TICK - 2, at);
    }
    context.stroke();
    context.font = `${size}px ${fontText}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(xLabel, (left + right) / 2, bottom + size * 3.05);
    context.save();
    context.translate(this.nameX(context), (top + bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = "top";
    context.fillText(yLabel, 0, 0);
    context.restore();
  }

  /** Where the upright name begins: left of the widest mark. @param {CanvasRenderingContext2D} context */
  nameX(context) {
    const font = context.font;
    context.font = this.mono;
    let widest = 0;
    for (let i = 0; i < this.y.texts.length; i++) {
      widest = Math.max(widest, context.measureText(this.y.texts[i]).width);
    }
    context.font = font;
    return this.left - widest - 8 - this.size * 1.4;
  }
}

/**
 * The place in a rising list of the value that is nearest.
 *
 * @param {ArrayLike<number>} values
 * @param {number} value
 */
export function nearest(values, value) {
  let found = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i] - value) < Math.abs(values[found] - value)) found = i;
  }
  return found;
}
