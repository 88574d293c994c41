/**
 * What moves over a plane: paths with a ball at their ends, arrows, marks.
 *
 * Each line is drawn over a wider one in the ground's colour, so that it can be told from any ground.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {PlaneFrame} from "./plane-frame.js"
 */

import { tokens } from "../../core/tokens.js";

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
 * @param {CanvasRenderingContext2D} context
 * @param {PlaneFrame} frame
 * @param {readonly Path[]} paths
 */
export function drawPaths(context, frame, paths) {
  const { left, top, right, bottom } = frame;
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.lineJoin = "round";
  context.lineCap = "butt";
  for (let i = 0; i < paths.length; i++) drawPath(context, frame, paths[i], dashOf(paths[i], i));
  context.restore();
}

/** The balls, over the arrows that begin at them. @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {readonly Path[]} paths */
export function drawBalls(context, frame, paths) {
  for (let i = 0; i < paths.length; i++) drawBall(context, frame, paths[i]);
}

/** @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {Path} path @param {readonly number[]} dash */
function drawPath(context, frame, path, dash) {
  const { colour, stroke } = tokens();
  trace(context, frame, path);
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
  if (path.x.length <= DOTTED) dots(context, frame, path);
}

/** @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {Path} path */
function trace(context, frame, { x, y }) {
  context.beginPath();
  let started = false;
  for (let i = 0; i < x.length; i++) {
    if (!finite(x[i]) || !finite(y[i])) {
      started = false;
      continue;
    }
    const across = bounded(frame.toX(x[i]));
    const down = bounded(frame.toY(y[i]));
    if (started) context.lineTo(across, down);
    else context.moveTo(across, down);
    started = true;
  }
}

/** A dot for each step that lies clear of the one before. @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {Path} path */
function dots(context, frame, { x, y, token }) {
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

/** The ball where a path ends now; outside the plane, a wedge at its edge. @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {Path} path */
function drawBall(context, frame, path) {
  const last = path.x.length - 1;
  if (last < 0 || !finite(path.x[last]) || !finite(path.y[last])) return;
  const { colour, stroke, fontText } = tokens();
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
  } else wedge(context, frame, x, y, radius * 1.4);
  if (!path.label) return;
  context.font = `600 ${frame.size}px ${fontText}`;
  const atX = Math.min(frame.right, Math.max(frame.left, x));
  const atY = Math.min(frame.bottom, Math.max(frame.top, y));
  label(context, frame, path.label, atX, atY - radius - 2, colour[path.token]);
}

/** A wedge on the edge that points to where something lies beyond it. @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {number} x @param {number} y @param {number} size */
function wedge(context, frame, x, y, size) {
  const atX = Math.min(frame.right - size, Math.max(frame.left + size, x));
  const atY = Math.min(frame.bottom - size, Math.max(frame.top + size, y));
  const angle = Math.atan2(bounded(y) - atY, bounded(x) - atX);
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
 * @param {CanvasRenderingContext2D} context
 * @param {PlaneFrame} frame
 * @param {readonly Arrow[]} arrows
 */
export function drawArrows(context, frame, arrows) {
  for (let i = 0; i < arrows.length; i++) drawArrow(context, frame, arrows[i]);
}

/** @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {Arrow} arrow */
function drawArrow(context, frame, { x, y, dx, dy, token, label: text, thin }) {
  if (!finite(x + y + dx + dy)) return;
  const { colour, stroke, fontText } = tokens();
  const fromX = frame.toX(x);
  const fromY = frame.toY(y);
  if (!frame.holds(fromX, fromY)) return;
  const acrossX = bounded(frame.toX(x + dx)) - fromX;
  const acrossY = bounded(frame.toY(y + dy)) - fromY;
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
  if (!text) return;
  context.font = `600 ${frame.size}px ${fontText}`;
  // beyond the tip, clear of it whichever way it points
  const atX = fromX + (length + 4) * cosine + Math.sign(cosine) * Math.abs(cosine) * (context.measureText(text).width / 2 + 2);
  const atY = fromY + (length + 4 + frame.size * 0.6) * sine;
  label(context, frame, text, atX, atY + frame.size * 0.5, colour[token]);
}

/** How much of an arrow lies on the plane, 0 to 1. @param {PlaneFrame} frame @param {number} x @param {number} y @param {number} dx @param {number} dy */
function inside({ left, right, top, bottom }, x, y, dx, dy) {
  let share = 1;
  if (x + dx > right) share = Math.min(share, (right - x) / dx);
  if (x + dx < left) share = Math.min(share, (left - x) / dx);
  if (y + dy > bottom) share = Math.min(share, (bottom - y) / dy);
  if (y + dy < top) share = Math.min(share, (top - y) / dy);
  return share;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {PlaneFrame} frame
 * @param {readonly Mark[]} marks
 */
export function drawMarks(context, frame, marks) {
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
    context.font = `600 ${frame.size}px ${fontText}`;
    if (text) label(context, frame, text, atX, atY - frame.size * 0.8, colour[token]);
  }
}

/** A text above a place, kept on the plane; the font is set. @param {CanvasRenderingContext2D} context @param {PlaneFrame} frame @param {string} text @param {number} x @param {number} y @param {string} ink */
function label(context, frame, text, x, y, ink) {
  const half = context.measureText(text).width / 2 + 2;
  const atX = Math.min(frame.right - half, Math.max(frame.left + half, x));
  const atY = Math.min(frame.bottom - 2, Math.max(frame.top + frame.size * 1.1, y));
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = tokens().colour.surface;
  context.strokeText(text, atX, atY);
  context.fillStyle = ink;
  context.fillText(text, atX, atY);
}

/** @param {number} x */
function finite(x) {
  return x - x === 0;
}

/** A place far outside, near enough for a canvas. @param {number} px */
function bounded(px) {
  return Math.min(1e5, Math.max(-1e5, px));
}
