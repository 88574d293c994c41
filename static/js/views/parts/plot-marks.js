/**
 * What stands in a plot: curves, lines, arrows, balls, glyphs and their names. All of it is drawn
 * from numbers and tokens that the caller keeps; nothing is allocated.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {PlotFrame} from "./plot-frame.js"
 */

import { tokens } from "../../core/tokens.js";

/**
 * @typedef {object} Curve  y over x, or a path from point to point; NaN breaks it
 * @property {string} [name]
 * @property {Colour} token
 * @property {ArrayLike<number>} x
 * @property {ArrayLike<number>} y
 * @property {readonly number[]} [dash]
 * @property {string} [label]
 * @property {number} [weight]  of its stroke, 1 for the usual
 *
 * @typedef {object} Line  from one point to another
 * @property {number} x1
 * @property {number} y1
 * @property {number} x2
 * @property {number} y2
 * @property {Colour} token
 * @property {string} [label]
 * @property {string} [key]  what a legend calls it, if not its label; "": nothing
 * @property {boolean} [arrow]
 * @property {readonly number[]} [dash]
 *
 * @typedef {object} Mark  a ball
 * @property {number} x
 * @property {number} y
 * @property {Colour} token
 * @property {string} [label]
 *
 * @typedef {object} Arrow
 * @property {number} x
 * @property {number} y
 * @property {number} dx
 * @property {number} dy
 * @property {Colour} token
 * @property {string} [label]
 */

/** Classes differ in their glyphs as well as in their colours, in this order. */
export const GLYPHS = /** @type {const} */ (["circle", "square", "triangle", "diamond", "plus", "cross"]);

/** @type {readonly Colour[]} */
export const CLASS_TOKENS = ["class-1", "class-2", "class-3", "class-4", "class-5", "class-6"];

/** @typedef {typeof GLYPHS[number]} Glyph */

/**
 * The glyph of a class: where the colours begin again, it is another one.
 *
 * @param {number} which  from 0
 * @returns {Glyph}
 */
export function glyphOf(which) {
  return GLYPHS[(which + Math.floor(which / CLASS_TOKENS.length)) % GLYPHS.length];
}

/** Corners in units of the radius. @type {Readonly<Record<Exclude<Glyph, "circle">, readonly number[]>>} */
export const CORNERS = {
  square: [-0.86, -0.86, 0.86, -0.86, 0.86, 0.86, -0.86, 0.86],
  triangle: [0, -1.15, 1.06, 0.78, -1.06, 0.78],
  diamond: [0, -1.22, 1.22, 0, 0, 1.22, -1.22, 0],
  plus: [
    ...[-0.4, -1.15, 0.4, -1.15, 0.4, -0.4, 1.15, -0.4, 1.15, 0.4, 0.4, 0.4],
    ...[0.4, 1.15, -0.4, 1.15, -0.4, 0.4, -1.15, 0.4, -1.15, -0.4, -0.4, -0.4],
  ],
  cross: [
    ...[0, -0.55, 0.55, -1.1, 1.1, -0.55, 0.55, 0, 1.1, 0.55, 0.55, 1.1],
    ...[0, 0.55, -0.55, 1.1, -1.1, 0.55, -0.55, 0, -1.1, -0.55, -0.55, -1.1],
  ],
};

/** @type {number[]} */
const SOLID = [];
/** Of an arrow's head: length in strokes, and half its width as a share of that. */
const HEAD = 4.5;
const HALF = 0.42;

/**
 * @param {PlotFrame} frame
 * @param {Curve} curve
 * @param {number} [thinner]  of its weight
 */
export function drawCurve(frame, { token, x, y, dash, weight = 1 }, thinner = 1) {
  const { context } = frame;
  const { colour, stroke } = tokens();
  context.strokeStyle = colour[token];
  context.lineWidth = stroke * weight * thinner;
  context.lineJoin = "round";
  context.setLineDash(/** @type {number[]} */ (dash ?? SOLID));
  context.beginPath();
  let broken = true;
  for (let i = 0; i < x.length; i++) {
    if (y[i] - y[i] !== 0) {
      broken = true;
      continue;
    }
    if (broken) context.moveTo(frame.toX(x[i]), frame.toY(y[i]));
    else context.lineTo(frame.toX(x[i]), frame.toY(y[i]));
    broken = false;
  }
  context.stroke();
  context.setLineDash(SOLID);
}

/**
 * A path with the places it went through.
 *
 * @param {PlotFrame} frame
 * @param {Curve} path
 */
export function drawPath(frame, path) {
  drawCurve(frame, path, 0.6);
  const { context } = frame;
  const { colour, stroke } = tokens();
  context.fillStyle = colour[path.token];
  for (let i = 0; i < path.x.length; i++) {
    if (path.y[i] - path.y[i] !== 0) continue;
    context.beginPath();
    context.arc(frame.toX(path.x[i]), frame.toY(path.y[i]), stroke * 0.9, 0, 2 * Math.PI);
    context.fill();
  }
}

/** @param {PlotFrame} frame @param {Line} line */
export function drawLine(frame, { x1, y1, x2, y2, token, label, arrow, dash }) {
  const { context } = frame;
  const { colour, stroke } = tokens();
  const [fromX, fromY, toX, toY] = [frame.toX(x1), frame.toY(y1), frame.toX(x2), frame.toY(y2)];
  if (toX - toX !== 0 || toY - toY !== 0 || fromY - fromY !== 0) return;
  context.strokeStyle = colour[token];
  context.fillStyle = colour[token];
  context.lineWidth = stroke * 0.9;
  context.setLineDash(/** @type {number[]} */ (dash ?? SOLID));
  if (arrow) shaft(frame, fromX, fromY, toX, toY, stroke * 0.9);
  else frame.rule(fromX, fromY, toX, toY);
  context.setLineDash(SOLID);
  if (label) write(frame, label, toX, toY, token, arrow && toX < fromX);
}

/** @param {PlotFrame} frame @param {Arrow} arrow */
export function drawArrow(frame, { x, y, dx, dy, token, label }) {
  const { context } = frame;
  const { colour, stroke } = tokens();
  const [fromX, fromY, toX, toY] = [frame.toX(x), frame.toY(y), frame.toX(x + dx), frame.toY(y + dy)];
  if (toX - toX !== 0 || toY - toY !== 0) return;
  context.strokeStyle = colour[token];
  context.fillStyle = colour[token];
  context.lineWidth = stroke * 0.7;
  shaft(frame, fromX, fromY, toX, toY, stroke * 0.7);
  if (label) write(frame, label, toX, toY, token, dx < 0);
}

/** A ball without its name. @param {PlotFrame} frame @param {Mark} mark */
export function drawBall(frame, { x, y, token }) {
  const { context } = frame;
  const { colour, stroke } = tokens();
  const [px, py] = [frame.toX(x), frame.toY(y)];
  if (px - px !== 0 || py - py !== 0) return;
  context.fillStyle = colour[token];
  context.strokeStyle = colour.surface;
  context.lineWidth = stroke;
  context.beginPath();
  context.arc(px, py, stroke * 3.2, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/** The name beside a ball; drawn when all balls are, so that none of them hides it. @param {PlotFrame} frame @param {Mark} mark */
export function nameBall(frame, { x, y, token, label }) {
  const [px, py] = [frame.toX(x), frame.toY(y)];
  if (label && px - px === 0 && py - py === 0) write(frame, label, px, py - 2 * tokens().stroke, token);
}

/**
 * @param {PlotFrame} frame
 * @param {Glyph} glyph
 * @param {number} x  CSS px
 * @param {number} y
 * @param {number} radius
 */
export function traceGlyph({ context }, glyph, x, y, radius) {
  context.beginPath();
  if (glyph === "circle") {
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const corners = CORNERS[glyph];
  context.moveTo(x + corners[0] * radius, y + corners[1] * radius);
  for (let i = 2; i < corners.length; i += 2) {
    context.lineTo(x + corners[i] * radius, y + corners[i + 1] * radius);
  }
  context.closePath();
}

/**
 * A line with a head at its end; of a short one the head is shorter.
 *
 * @param {PlotFrame} frame
 * @param {number} x1  CSS px
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 * @param {number} pen
 */
function shaft(frame, x1, y1, x2, y2, pen) {
  const { context } = frame;
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 0.5) return;
  const head = Math.min(HEAD * pen, 0.6 * length);
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [backX, backY] = [x2 - ux * head, y2 - uy * head];
  frame.rule(x1, y1, backX, backY);
  context.beginPath();
  context.moveTo(x2, y2);
  context.lineTo(backX - uy * head * HALF, backY + ux * head * HALF);
  context.lineTo(backX + uy * head * HALF, backY - ux * head * HALF);
  context.closePath();
  context.fill();
}

/**
 * A name beside a place, kept inside the axes, with a rim in the ground's colour.
 *
 * @param {PlotFrame} frame
 * @param {string} text
 * @param {number} x  CSS px
 * @param {number} y
 * @param {Colour} token
 * @param {boolean} [before]  left of the place
 */
export function write(frame, text, x, y, token, before = false) {
  const { context, size, left, right, top, bottom } = frame;
  const { colour } = tokens();
  context.font = frame.font;
  const width = context.measureText(text).width;
  const room = 0.8 * size;
  const first = before ? x - room - width : x + room;
  const other = before ? x + room : x - room - width;
  const fits = first >= left + 2 && first + width <= right - 2;
  const at = Math.max(left + 2, Math.min(right - 2 - width, fits ? first : other));
  const height = Math.min(bottom - 0.7 * size, Math.max(top + 0.8 * size, y - 0.6 * size));
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = size / 4;
  context.strokeStyle = colour.surface;
  context.strokeText(text, at, height);
  context.fillStyle = colour[token];
  context.fillText(text, at, height);
}

/** A glyph as an SVG path of radius 1 about nought. @param {Glyph} glyph */
export function glyphPath(glyph) {
  if (glyph === "circle") return "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z";
  return `M${CORNERS[glyph].join(" ")}Z`;
}
