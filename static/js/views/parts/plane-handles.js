/**
 * What can be taken hold of in a plane besides its points: the line of a model, the tip of an arrow.
 *
 * @import {Line} from "./plot-marks.js"
 * @import {Box} from "./geometry.js"
 * @import {PlotFrame} from "./plot-frame.js"
 */

import { tokens } from "../../core/tokens.js";

/**
 * @typedef {object} Handle
 * @property {string} name  what it is called
 * @property {number} x  where it stands
 * @property {number} y
 * @property {Line} [along]  a line that can be held anywhere
 */

const NOTHING = -1;
/** CSS px. */
const SIDE = 16;
/** Of a grip, in strokes. */
const RADIUS = 2.2;

export class PlaneHandles {
  /** @type {readonly Handle[]} */
  list = [];

  get count() {
    return this.list.length;
  }

  /**
   * The handle that a pointer means: one that stands there, else a line that passes.
   *
   * @param {PlotFrame} frame
   * @param {number} x  CSS px
   * @param {number} y
   * @param {number} reach
   */
  near(frame, x, y, reach) {
    let found = NOTHING;
    let least = reach;
    for (let i = 0; i < this.list.length; i++) {
      const far = Math.hypot(frame.toX(this.list[i].x) - x, frame.toY(this.list[i].y) - y);
      if (far < least) [found, least] = [i, far];
    }
    if (found !== NOTHING) return found;
    for (let i = 0; i < this.list.length; i++) {
      const { along } = this.list[i];
      if (along && farFrom(frame, along, x, y) < reach / 1.5) return i;
    }
    return NOTHING;
  }

  /** @param {PlotFrame} frame @param {number} i @param {Box} out */
  box(frame, i, out) {
    out.x = frame.toX(this.list[i].x) - SIDE / 2;
    out.y = frame.toY(this.list[i].y) - SIDE / 2;
    out.width = SIDE;
    out.height = SIDE;
    return out;
  }

  /** @param {PlotFrame} frame */
  draw(frame) {
    const { context } = frame;
    const { colour, stroke } = tokens();
    for (let i = 0; i < this.list.length; i++) {
      const [x, y] = [frame.toX(this.list[i].x), frame.toY(this.list[i].y)];
      if (!frame.holds(x, y)) continue;
      context.beginPath();
      context.arc(x, y, RADIUS * stroke, 0, 2 * Math.PI);
      context.fillStyle = colour.surface;
      context.fill();
      context.lineWidth = stroke;
      context.strokeStyle = colour.accent;
      context.stroke();
    }
  }
}

/**
 * How far a place is from a line between its ends, CSS px.
 *
 * @param {PlotFrame} frame
 * @param {Line} line
 * @param {number} x
 * @param {number} y
 */
function farFrom(frame, { x1, y1, x2, y2 }, x, y) {
  const [fromX, fromY] = [frame.toX(x1), frame.toY(y1)];
  const [alongX, alongY] = [frame.toX(x2) - fromX, frame.toY(y2) - fromY];
  const length = alongX * alongX + alongY * alongY;
  const share = length > 0 ? ((x - fromX) * alongX + (y - fromY) * alongY) / length : 0;
  const at = Math.min(1, Math.max(0, share));
  return Math.hypot(x - fromX - at * alongX, y - fromY - at * alongY);
}
