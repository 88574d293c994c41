/**
 * What moves over a plane: paths with a ball at their ends, arrows, marks.
 *
 * Each line is drawn over a wider one in the ground's colour, so that it can be told from any ground.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {PlotFrame} from "./plot-frame.js"
 */

import { tokens } from "../../core/tokens.js";
import { write } from "./plot-marks.js";

/**
 * @typedef {object} Path
 * @property {string} name
 * @property {Colour} token  its colour
 * @property {ArrayLike<number>} x
 * @property {ArrayLike<number>} y
 * @property {ArrayLike<number>} [z]  heights, for a surface
 * @property {number[]} [dash]  of its stroke; without it each path gets one of its own
 * @property {string} [label]  what stands at the ball
 * @property {number} [scene]  which of two surfaces it lies on
 *
 * @typedef {object} Arrow  (dx, dy) in the plane's units
 * @property {number} x
 * @property {number} y
 * @property {number} dx
 * @property {number} dy
 * @property {Colour} token
 * @property {string} [label]
 * @property {boolean} [thin]
 *
 * @typedef {object} Mark
 * @property {number} x
 * @property {number} y
 * @property {string} glyph
 * @property {Colour} token
 * @property {string} [label]
 */

/** @type {readonly (readonly number[])[]} */
export const DASHES = [[], [6, 3], [1.5, 3], [8, 3, 1.5, 3], [3, 2], [12, 4], [6, 2, 1.5, 2, 1.5, 2]];
/** @type {number[]} */
const SOLID = [];
const FULL = 2 * Math.PI;
/** Points of a path that are set apart by dots: more would be a caterpillar. */
const DOTTED = 60;
/** CSS px between two dots at least. */
const APART = 7;

/** The dash of a path. @param {Path} path @param {number} i  its place among the paths */
export function dashOf(path, i) {
  return path.dash ?? DASHES[i % DASHES.length];
}

/**
 * @param {PlotFrame} frame
 * @param {readonly Path[]} paths
 */
export function drawPaths(frame, paths) {
  const { context } = frame;
  frame.clip();
  context.lineJoin = "round";
  context.lineCap = "butt";
  for (let i = 0; i < paths.length; i++) drawPath(frame, paths[i], dashOf(paths[i], i));
  frame.release();
}

/** The balls, over the arrows that begin at them. @param {PlotFrame} frame @param {readonly Path[]} paths */
export function drawBalls(frame, paths) {
  for (let i = 0; i < paths.length; i++) drawBall(frame, paths[i]);
}

/** @param {PlotFrame} frame @param {Path} path @param {readonly number[]} dash */
function drawPath(frame, path, dash) {
  const { context } = frame;
  const { colour, stroke } = tokens();
  trace(frame, path);
  context.setLineDash(SOLID);
  context.strokeStyle = colour.surface;
  context.globalAlpha = 0.75;
  context.lineWidth = stroke * 2.1;
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash(/** @type {number[]} */ (dash));
  context.strokeStyle = colour[path.token];
  context.lineWidth = stroke;
  context.stroke();
  context.setLineDash(SOLID);
  if (path.x.length <= DOTTED) dots(frame, path);
}

/** @param {PlotFrame} frame @param {Path} path */
function trace(frame, { x, y }) {
  const { context } = frame;
  context.beginPath();
  let started = false;
  for (let i = 0; i < x.length; i++) {
    if (!finite(x[i]) || !finite(y[i])) {
      started = false;
      continue;
    }
    const across = frame.toX(x[i]);
    const down = frame.toY(y[i]);
    if (started) context.lineTo(across, down);
    else context.moveTo(across, down);
    started = true;
  }
}

/** A dot for each step that lies clear of the one before. @param {PlotFrame} frame @param {Path} path */
function dots(frame, { x, y, token }) {
  const { context } = frame;
  const { colour, stroke } = tokens();
  let lastX = -APART;
  let lastY = -APART;
  context.fillStyle = colour[token];
  for (let i = 0; i < x.length; i++) {
    const across = frame.toX(x[i]);
    const down = frame.toY(y[i]);
    if (!(Math.hypot(across - lastX, down - lastY) >= APART)) continue;
    context.beginPath();
    context.arc(across, down, stroke * 1.15, 0, FULL);
    context.fill();
    lastX = across;
    lastY = down;
  }
}

/** The ball where a path ends now; outside the plane, a wedge at its edge. @param {PlotFrame} frame @param {Path} path */
function drawBall(frame, path) {
  const last = path.x.length - 1;
  if (last < 0 || !finite(path.x[last]) || !finite(path.y[last])) return;
  const { context } = frame;
  const { colour, stroke } = tokens();
  const x = frame.toX(path.x[last]);
  const y = frame.toY(path.y[last]);
  context.fillStyle = colour[path.token];
  context.strokeStyle = colour.surface;
  context.lineWidth = stroke * 0.9;
  const radius = stroke * 2.6;
  if (frame.holds(x, y)) {
    context.beginPath();
    context.arc(x, y, radius, 0, FULL);
    context.fill();
    context.stroke();
  } else wedge(frame, x, y, radius * 1.4);
  if (path.label) write(frame, path.label, x, y, path.token);
}

/** A wedge on the edge that points to where something lies beyond it. @param {PlotFrame} frame @param {number} x @param {number} y @param {number} size */
function wedge(frame, x, y, size) {
  const { context } = frame;
  const atX = Math.min(frame.right - size, Math.max(frame.left + size, x));
  const atY = Math.min(frame.bottom - size, Math.max(frame.top + size, y));
  const angle = Math.atan2(y - atY, x - atX);
  context.save();
  context.translate(atX, atY);
  context.rotate(angle);
  context.beginPath();
  context.moveTo(size, 0);
  context.lineTo(-size * 0.7, size * 0.8);
  context.lineTo(-size * 0.7, -size * 0.8);
  context.closePath();
  context.fill();
  context.stroke();
  context.restore();
}

/**
 * @param {PlotFrame} frame
 * @param {readonly Arrow[]} arrows
 */
export function drawArrows(frame, arrows) {
  for (let i = 0; i < arrows.length; i++) drawArrow(frame, arrows[i]);
}

/** @param {PlotFrame} frame @param {Arrow} arrow */
function drawArrow(frame, { x, y, dx, dy, token, label: text, thin }) {
  if (!finite(x + y + dx + dy)) return;
  const { context } = frame;
  const { colour, stroke } = tokens();
  const fromX = frame.toX(x);
  const fromY = frame.toY(y);
  if (!frame.holds(fromX, fromY)) return;
  const acrossX = frame.toX(x + dx) - fromX;
  const acrossY = frame.toY(y + dy) - fromY;
  const whole = Math.hypot(acrossX, acrossY);
  // shorter than a head it has no direction that could be seen
  if (whole < 3) return;
  const most = inside(frame, fromX, fromY, acrossX, acrossY);
  const length = whole * most;
  const cosine = acrossX / whole;
  const sine = acrossY / whole;
  const width = stroke * (thin ? 0.7 : 1.2);
  const head = Math.min(width * 4, length * 0.6);
  context.setLineDash(SOLID);
  context.lineCap = "butt";
  context.lineJoin = "miter";
  for (let pass = 0; pass < 2; pass++) {
    context.strokeStyle = pass === 0 ? colour.surface : colour[token];
    context.fillStyle = context.strokeStyle;
    context.lineWidth = pass === 0 ? width + 2.5 : width;
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(fromX + (length - head * 0.8) * cosine, fromY + (length - head * 0.8) * sine);
    context.stroke();
    context.beginPath();
    context.moveTo(fromX + length * cosine, fromY + length * sine);
    const backX = fromX + (length - head) * cosine;
    const backY = fromY + (length - head) * sine;
    context.lineTo(backX - head * 0.5 * sine, backY + head * 0.5 * cosine);
    context.lineTo(backX + head * 0.5 * sine, backY - head * 0.5 * cosine);
    context.closePath();
    if (pass === 0) {
      context.lineWidth = 2.5;
      context.stroke();
    }
    context.fill();
  }
  if (text) write(frame, text, fromX + length * cosine, fromY + length * sine + frame.size * 0.6, token, cosine < 0);
}

/** How much of an arrow lies on the plane, 0 to 1. @param {PlotFrame} frame @param {number} x @param {number} y @param {number} dx @param {number} dy */
function inside({ left, right, top, bottom }, x, y, dx, dy) {
  let share = 1;
  if (x + dx > right) share = Math.min(share, (right - x) / dx);
  if (x + dx < left) share = Math.min(share, (left - x) / dx);
  if (y + dy > bottom) share = Math.min(share, (bottom - y) / dy);
  if (y + dy < top) share = Math.min(share, (top - y) / dy);
  return share;
}

/**
 * @param {PlotFrame} frame
 * @param {readonly Mark[]} marks
 */
export function drawMarks(frame, marks) {
  const { context } = frame;
  const { colour, fontText } = tokens();
  for (let i = 0; i < marks.length; i++) {
    const { x, y, glyph, token, label: text } = marks[i];
    const atX = frame.toX(x);
    const atY = frame.toY(y);
    if (!frame.holds(atX, atY)) continue;
    context.font = `700 ${frame.size * 1.35}px ${fontText}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = colour.surface;
    context.strokeText(glyph, atX, atY);
    context.fillStyle = colour[token];
    context.fillText(glyph, atX, atY);
    if (text) write(frame, text, atX, atY + frame.size * 0.6, token);
  }
}

/** @param {number} x */
function finite(x) {
  return x - x === 0;
}
