/**
 * A path laid onto a surface: between two steps it follows the ground that the grid knows, so that
 * no hill hides it and no valley lets it hang in the air.
 *
 * @import {Ground} from "./ground-words.js"
 * @import {Path} from "./plane-marks.js"
 */

/** Parts of the way from one step to the next, at most. */
const MOST_PARTS = 12;
/** Points of one path; a longer one is thinned. */
const MOST = 400;

/** @typedef {{x: (number | null)[], y: (number | null)[], z: (number | null)[]}} Line  null: a gap */

/**
 * The ground between the places of a grid: bilinear.
 *
 * @param {Ground} ground
 * @param {number} x
 * @param {number} y
 * @returns {number}  NaN outside, and beside a hole
 */
export function heightAt({ x: xs, y: ys, z }, x, y) {
  const i = cellOf(xs, x);
  const j = cellOf(ys, y);
  if (i < 0 || j < 0) return NaN;
  const across = (x - xs[i]) / (xs[i + 1] - xs[i]);
  const up = (y - ys[j]) / (ys[j + 1] - ys[j]);
  const at = j * xs.length + i;
  const low = z[at] + (z[at + 1] - z[at]) * across;
  const high = z[at + xs.length] + (z[at + xs.length + 1] - z[at + xs.length]) * across;
  return low + (high - low) * up;
}

/**
 * @param {Path} path
 * @param {Ground} ground
 * @param {(height: number) => number} height  where a height is drawn
 * @param {number} lift  above the ground, where it is drawn
 */
export function laid(path, ground, height, lift) {
  /** @type {Line} */
  const line = { x: [], y: [], z: [] };
  const { x, y, z } = path;
  const every = Math.max(1, Math.ceil(x.length / MOST));
  const part = (ground.x[ground.x.length - 1] - ground.x[0]) / (ground.x.length - 1);
  const high = (ground.y[ground.y.length - 1] - ground.y[0]) / (ground.y.length - 1);
  let before = -1;
  for (let n = 0; n < x.length; n = n === x.length - 1 ? x.length : Math.min(n + every, x.length - 1)) {
    if (before >= 0) {
      const far = Math.max(Math.abs(x[n] - x[before]) / part, Math.abs(y[n] - y[before]) / high);
      const parts = Math.min(MOST_PARTS, Math.ceil(far));
      for (let k = 1; k < parts; k++) {
        const share = k / parts;
        add(x[before] + (x[n] - x[before]) * share, y[before] + (y[n] - y[before]) * share, NaN);
      }
    }
    add(x[n], y[n], z?.[n] ?? NaN);
    before = n;
  }
  return line;

  /** @param {number} atX @param {number} atY @param {number} exact  NaN: only the ground is known */
  function add(atX, atY, exact) {
    const known = heightAt(ground, atX, atY);
    const outside = known !== known;
    line.x.push(outside ? null : atX);
    line.y.push(outside ? null : atY);
    // the grid cuts corners: what lies in a dip between its places would be buried
    line.z.push(outside ? null : height(exact > known ? exact : known) + lift);
  }
}

/** @param {ArrayLike<number>} values  rising @param {number} value @returns {number} −1 outside */
function cellOf(values, value) {
  const last = values.length - 1;
  if (!(value >= values[0] && value <= values[last])) return -1;
  let i = 0;
  while (i < last - 1 && values[i + 1] <= value) i += 1;
  return i;
}
