/** Numbers as people read them: three significant digits unless exact, a true minus sign. */

const DIGITS = 3;
const MINUS = "\u2212";
const SMALLEST_FIXED = 1e-4;
const LARGEST_FIXED = 1e6;

const grouped = new Intl.NumberFormat("en", { useGrouping: true });

/**
 * Three significant digits; whole numbers and numbers that three digits give back exactly are
 * written as they are, so that `0.5` is a half and `0.500` is near it.
 *
 * @param {number} x
 * @returns {string}
 */
export function significant(x) {
  if (Number.isNaN(x)) return "not a number";
  if (!Number.isFinite(x)) return x > 0 ? "infinity" : `${MINUS}infinity`;
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < LARGEST_FIXED) return withMinus(String(x === 0 ? 0 : x));
  const exact = Number(x.toPrecision(DIGITS)) === x;
  if (size < SMALLEST_FIXED || size >= LARGEST_FIXED) {
    return withMinus(x.toExponential(exact ? undefined : DIGITS - 1).replace("e+", "e"));
  }
  if (exact) return withMinus(String(x));
  // toPrecision writes 1234.5 as 1.23e+3; from a thousand on, the whole part is the plainer way
  return withMinus(size >= 999.5 ? x.toFixed(0) : x.toPrecision(DIGITS));
}

/**
 * A count with its thousands set apart: `2,140`.
 *
 * @param {number} n
 * @returns {string}
 */
export function count(n) {
  return withMinus(grouped.format(n));
}

/**
 * A share of 1 in percent: `97.2 %`.
 *
 * @param {number} share
 * @returns {string}
 */
export function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * An element's place as written in code: `[2,0,1,1]`.
 *
 * @param {number[]} index
 * @returns {string}
 */
export function indexed(index) {
  return `[${index.join(",")}]`;
}

/** @param {string} text */
function withMinus(text) {
  return text.replaceAll("-", MINUS);
}
