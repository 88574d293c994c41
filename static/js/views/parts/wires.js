/**
 * The connections between two columns of a network, as SVG path data.
 *
 * How a column is fed: `all` every node from every node before it (convolution, dense); `one` each
 * from its own (activation, pooling); `flatten` each number from the tile it was in.
 *
 * @import {Box} from "./geometry.js"
 */

/** @typedef {"all" | "one" | "flatten"} Connect */

/** More single lines than this are drawn as one band: they would cover it anyway. */
const MOST_LINES = 160;
/** How far a residual link runs below the columns, CSS px for each; at most the last. */
const DIP = 4;
const DEEPEST = 24;
/** Steps to the place of a curve; the third changes nothing that could be seen. */
const NEWTON = 3;

/**
 * The nodes of the column before that feed one node.
 *
 * @param {Connect} connect
 * @param {number} node
 * @param {number} before  nodes in the column before
 * @param {number} here  nodes in this column
 * @returns {number[]}
 */
export function feeding(connect, node, before, here) {
  if (connect === "all") return Array.from({ length: before }, (_, i) => i);
  if (connect === "flatten") return [Math.min(before - 1, Math.floor((node * before) / here))];
  return [before === 1 ? 0 : Math.min(node, before - 1)];
}

/**
 * One line from each feeding node.
 *
 * @param {Connect} connect
 * @param {number} node
 * @param {readonly Box[]} before
 * @param {readonly Box[]} here
 */
export function linesInto(connect, node, before, here) {
  return feeding(connect, node, before.length, here.length)
    .map((from) => line(before[from], here[node]))
    .join("");
}

/**
 * All connections into a column.
 *
 * @param {Connect} connect
 * @param {readonly Box[]} before
 * @param {readonly Box[]} here
 * @returns {{lines: string, bands: string}}  to be stroked; to be filled
 */
export function wires(connect, before, here) {
  if (before.length === 0 || here.length === 0) return { lines: "", bands: "" };
  if (connect === "flatten") return { lines: "", bands: segments(before, here) };
  const count = connect === "all" ? before.length * here.length : here.length;
  if (count > MOST_LINES) return { lines: "", bands: band(extent(before), extent(here)) };
  const lines = here.map((_, node) => linesInto(connect, node, before, here));
  return { lines: lines.join(""), bands: "" };
}

/**
 * A residual link: a curve below the columns that it goes past, from the first to the last.
 *
 * @param {readonly (readonly Box[])[]} columns
 */
export function past(columns) {
  const filled = columns.filter((boxes) => boxes.length > 0).map(extent);
  if (filled.length < 2) return "";
  // the longer, the lower: one link within another is told from it
  const depth = Math.min(DIP * filled.length, DEEPEST);
  const [from, to] = [filled[0], filled[filled.length - 1]];
  const lowest = Math.max(...filled.map((box) => box.y + box.height)) + depth;
  const [start, end] = [from, to].map((box) => box.x + box.width / 2);
  return (
    `M${f(start)} ${f(from.y + from.height)}C${f(start)} ${f(lowest)} ${f(start)} ${f(lowest)} ` +
    `${f((start + end) / 2)} ${f(lowest)}S${f(end)} ${f(lowest)} ${f(end)} ${f(to.y + to.height)}`
  );
}

/** @param {readonly Box[]} before @param {readonly Box[]} here */
function segments(before, here) {
  /** @type {Box[][]} */
  const fed = before.map(() => []);
  for (const [node, box] of here.entries()) {
    fed[feeding("flatten", node, before.length, here.length)[0]].push(box);
  }
  return fed.map((boxes, tile) => (boxes.length > 0 ? band(before[tile], extent(boxes)) : "")).join("");
}

/** A curve from the right edge of one box to the left edge of another. @param {Box} from @param {Box} to */
export function line(from, to) {
  const x = from.x + from.width;
  const y = from.y + from.height / 2;
  const bend = (to.x - x) / 2;
  const end = to.y + to.height / 2;
  return `M${f(x)} ${f(y)}C${f(x + bend)} ${f(y)} ${f(to.x - bend)} ${f(end)} ${f(to.x)} ${f(end)}`;
}

/**
 * How far a point is from such a curve, where the curve runs nearly straight. Allocates nothing:
 * it is asked of every edge at each move of the pointer.
 *
 * @param {Box} from
 * @param {Box} to
 * @param {number} x
 * @param {number} y
 * @returns {number}  infinite beside the curve's ends
 */
export function distanceTo(from, to, x, y) {
  const start = from.x + from.width;
  const run = to.x - start;
  if (run <= 0 || x < start || x > to.x) return Infinity;
  const share = (x - start) / run;
  // both handles lie halfway, so the curve is at x = 1.5 t − 1.5 t² + t³ of its run
  let t = share;
  for (let i = 0; i < NEWTON; i++) {
    t -= (1.5 * t - 1.5 * t * t + t * t * t - share) / (1.5 - 3 * t + 3 * t * t);
  }
  const begin = from.y + from.height / 2;
  const rise = to.y + to.height / 2 - begin;
  const slope = (rise * 6 * t * (1 - t)) / (run * (1.5 - 3 * t + 3 * t * t));
  return Math.abs(begin + rise * t * t * (3 - 2 * t) - y) / Math.sqrt(1 + slope * slope);
}

/** The area between the facing edges of two boxes. @param {Box} from @param {Box} to */
function band(from, to) {
  const x = from.x + from.width;
  const bend = (to.x - x) / 2;
  const [top, bottom] = [from.y, from.y + from.height];
  const [endTop, endBottom] = [to.y, to.y + to.height];
  return (
    `M${f(x)} ${f(top)}C${f(x + bend)} ${f(top)} ${f(to.x - bend)} ${f(endTop)} ${f(to.x)} ${f(endTop)}` +
    `V${f(endBottom)}C${f(to.x - bend)} ${f(endBottom)} ${f(x + bend)} ${f(bottom)} ${f(x)} ${f(bottom)}Z`
  );
}

/** The box around boxes. @param {readonly Box[]} boxes @returns {Box} */
export function extent(boxes) {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** @param {number} x */
function f(x) {
  return Math.round(x * 10) / 10;
}
