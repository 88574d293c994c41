/**
 * Numbers inside cells: how many decimals fit, at which size, and the texts themselves.
 *
 * All cells of a tensor get the same number of decimals, so that they can be compared at a glance;
 * the exact value is a pick away.
 */

const MINUS = "\u2212";
const SMALLEST = 9;
const LARGEST = 16;
/** Width of a character of a monospaced face, in ems. */
const ADVANCE = 0.602;
const MARGIN = 2;
/** Texts kept per number of decimals; beyond it they are made anew. */
const KEPT = 20000;

/** Cells smaller than this (CSS px) show their colour alone. */
export const READABLE = 26;

/**
 * @typedef {object} NumberStyle
 * @property {number} size  of the type, CSS px
 * @property {number} decimals
 * @property {boolean} bare  without the nought before the point
 * @property {boolean} [padded]  nought, too, has its decimals
 */

/**
 * The style in which the numbers of a tensor fit its cells.
 *
 * @param {object} of
 * @param {number} of.limit  the largest size among the values
 * @param {boolean} of.signed  whether some are negative
 * @param {boolean} of.whole  whether all are whole numbers
 * @param {number} of.width  of a cell, CSS px
 * @param {number} of.height
 * @param {number} of.zoom  how much larger the page's type is than usual: 1.6 on a projector
 * @returns {NumberStyle | null}  null when no readable style fits
 */
export function fit({ limit, signed, whole, width, height, zoom }) {
  if (Math.min(width, height) < READABLE * zoom) return null;
  const largest = Math.min(LARGEST * zoom, 0.42 * height);
  const before = Math.max(1, Math.floor(Math.log10(limit)) + 1);
  for (const decimals of whole ? [0] : wanted(limit)) {
    for (const bare of limit <= 1 && decimals > 0 ? [false, true] : [false]) {
      const characters = (signed ? 1 : 0) + (bare ? 0 : before) + (decimals > 0 ? 1 + decimals : 0);
      const size = Math.min(largest, (width - 2 * MARGIN) / (characters * ADVANCE));
      if (size >= SMALLEST * zoom) return { size: Math.floor(size * 2) / 2, decimals, bare };
    }
  }
  return null;
}

/**
 * The style in which texts of so many characters fit into cells.
 *
 * @param {number} characters
 * @param {number} width  of a cell, CSS px
 * @param {number} height
 * @returns {NumberStyle | null}  null when no readable style fits
 */
export function fitText(characters, width, height) {
  const size = Math.min(LARGEST, 0.42 * height, (width - 2 * MARGIN) / (characters * ADVANCE));
  return size < SMALLEST ? null : { size: Math.floor(size * 2) / 2, decimals: 0, bare: false };
}

/** Decimals in order of preference. @param {number} limit */
function wanted(limit) {
  if (limit >= 100) return [0];
  if (limit >= 10) return [1, 0];
  if (limit >= 0.1) return [2, 1];
  const leading = Math.ceil(-Math.log10(limit));
  return [leading + 1, leading];
}

/** @type {Map<number, string>[]} */
const texts = [];

/**
 * A number with fixed decimals; the same string object for the same number, so that repainting
 * allocates nothing. Nought is written `0` unless padded: among weights it stands out as exact.
 *
 * @param {number} value  finite
 * @param {NumberStyle} style
 * @returns {string}
 */
export function cellText(value, { decimals, bare, padded }) {
  if (value === 0 && !padded) return "0";
  const scaled = Math.round(value * 10 ** decimals);
  const kind = decimals * 2 + (bare ? 1 : 0);
  const known = (texts[kind] ??= new Map());
  let text = known.get(scaled);
  if (text === undefined) {
    if (known.size >= KEPT) known.clear();
    const size = (Math.abs(scaled) / 10 ** decimals).toFixed(decimals);
    text = (scaled < 0 ? MINUS : "") + (bare && size.startsWith("0.") ? size.slice(1) : size);
    known.set(scaled, text);
  }
  return text;
}
