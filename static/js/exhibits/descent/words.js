/**
 * What a walk is up to, in a sentence with the engine's numbers.
 *
 * @import {Frame, Values} from "../../core/types.js"
 */

import { count, significant } from "../../core/format.js";

/**
 * @typedef {object} Facts
 * @property {string} rate
 * @property {string} tolerance
 * @property {string} gradient
 * @property {string} stable  the largest stable rate
 * @property {string} left  how many steps are left, as far as can be seen; empty if it cannot
 */

/** By the number of the regime, in the engine's order. @type {readonly ((facts: Facts) => string)[]} */
const REGIMES = [
  ({ gradient, tolerance }) =>
    `The ball has stopped: the gradient is ${gradient}, shorter than the tolerance ${tolerance}.`,
  ({ rate, stable }) =>
    `Above the limit: the rate ${rate} is larger than 2/λ = ${stable}, the largest stable one here. ` +
    "In a bowl curved as this place is, every step would lead further from the bottom.",
  ({ rate, stable, left }) =>
    `Below the limit, but more than half of it: ${rate} of at most 2/λ = ${stable}. In a bowl curved as ` +
    `this place is, each step overshoots the bottom, and still comes nearer to it.${left}`,
  ({ rate, stable, left }) =>
    `Crawling: the rate ${rate} is far below 2/λ = ${stable}, or the ground is almost flat.${left}`,
  ({ rate, stable, left }) =>
    `Below the limit: the rate ${rate} is less than half of 2/λ = ${stable}, the largest stable one ` +
    `here. In a bowl curved as this place is, no step overshoots.${left}`,
  () =>
    "The ground curves upward in no direction here, so no rate is too large: the ball only gets " +
    "faster. There is no 2/λ to obey until it comes to where the ground curves up again.",
  ({ rate, stable }) =>
    `As on a saddle, the ground curves upward along one direction, where the rate ${rate} stands against ` +
    `2/λ = ${stable}, and downward along another, where the ball slides off.`,
  () => "J is no finite number here.",
];

/**
 * @param {Frame} frame
 * @param {Values} values
 */
export function regimeWords({ scalars, arrays }, values) {
  const { regime, far, gradient, steps_left: left } = scalars;
  const tell = REGIMES[regime];
  if (!tell) return "";
  const stable = arrays.get("stable")?.data[0];
  const told = tell({
    rate: significant(Number(values.learning_rate)),
    tolerance: significant(Number(values.tolerance)),
    gradient: significant(gradient),
    stable: stable === undefined ? "" : significant(stable),
    left: left === undefined ? "" : ` About ${stepsWords(left)} left, if it stays curved as here.`,
  });
  return far ? `The ball is far outside of what is drawn. ${told}` : told;
}

/** @param {number} steps */
function stepsWords(steps) {
  return steps === 1 ? "1 step is" : `${count(steps)} steps are`;
}

/**
 * A number as a factor or a summand: what has a minus stands in parentheses.
 *
 * @param {number} value
 */
export function inside(value) {
  return value < 0 ? `(${significant(value)})` : significant(value);
}
