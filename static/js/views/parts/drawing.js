/**
 * Points of classes that a person draws, as the action `draw` takes them. Each function returns
 * another drawing; none changes the one it is given.
 *
 * @typedef {{x1: number[], x2: number[], y: number[]}} Drawing  y: class numbers, from 0
 */

/** Decimals of a place: more cannot be seen. */
const DIGITS = 3;

/**
 * @param {Drawing} drawing
 * @param {number} x1
 * @param {number} x2
 * @param {number} of  its class
 * @returns {Drawing}
 */
export function added({ x1: across, x2: up, y }, x1, x2, of) {
  return { x1: [...across, rounded(x1)], x2: [...up, rounded(x2)], y: [...y, of] };
}

/**
 * @param {Drawing} drawing
 * @param {number} index
 * @param {number} x1
 * @param {number} x2
 * @returns {Drawing}
 */
export function moved({ x1: across, x2: up, y }, index, x1, x2) {
  return { x1: across.with(index, rounded(x1)), x2: up.with(index, rounded(x2)), y };
}

/**
 * @param {Drawing} drawing
 * @param {number} index
 * @param {number} of  its new class
 * @returns {Drawing}
 */
export function reclassed({ x1, x2, y }, index, of) {
  return { x1, x2, y: y.with(index, of) };
}

/** @param {Drawing} drawing @param {number} index @returns {Drawing} */
export function removed({ x1, x2, y }, index) {
  return { x1: x1.toSpliced(index, 1), x2: x2.toSpliced(index, 1), y: y.toSpliced(index, 1) };
}

/** How many points each class has. @param {Drawing} drawing @param {number} classes */
export function counts({ y }, classes) {
  return Array.from({ length: classes }, (_, of) => y.filter((one) => one === of).length);
}

/** @param {number} place */
function rounded(place) {
  return Number(place.toFixed(DIGITS));
}
