/**
 * What is said of the neurons of "One neuron": in words, numbers as they came.
 *
 * @import {Frame} from "../../core/types.js"
 */

import { count, significant } from "../../core/format.js";

/** After so many steps for every point it is said that there is no line, if there is none. */
const ROUNDS = 10;

/**
 * How far two neurons that learn have come.
 *
 * @param {Frame} frame
 * @param {number} total
 * @param {boolean} atOnce  whether a step looks at all points
 */
export function progress({ arrays, scalars }, total, atOnce) {
  const { made, corrections, quiet, last, cycle, perceptron_mistakes: wrong } = scalars;
  if (quiet >= total) {
    const needed = last > 0 ? ` after ${steps(last)}, ${count(corrections)} of which corrected it` : "";
    return (
      `The perceptron stands still${needed}: it is right at all ${count(total)} points, and on these it never ` +
      "moves again. The logistic neuron goes on: to be surer still costs less."
    );
  }
  if (!failed(scalars, total)) {
    const sofar = made === 0 ? "No step has been made yet" : `In ${steps(made)} the perceptron was corrected ${often(corrections)}`;
    const lie = wrong === 1 ? "lies" : "lie";
    return `${sofar}; ${count(wrong)} of ${count(total)} points ${lie} on the wrong side of ${made === 0 ? "the perceptron's" : "its"} line.`;
  }
  const place = Array.from(arrays.get("common.x")?.data ?? [], significant).join(", ");
  const round =
    cycle > 0
      ? `The perceptron stands exactly where it stood ${steps(cycle)} ago, so it goes round for ever.`
      : "The perceptron will go on for ever.";
  return (
    `No line separates these points. The place (${place}) is a mix of points of class 0, so it would have to lie ` +
    `on their side; and a mix of points of class 1, so on the other. ${round} ` +
    `The logistic neuron seeks the least loss, and that exists: ${atOnce ? "it comes to rest there" : "one point at a time it keeps swaying about it"}.`
  );
}

/** How often, in words. @param {number} times */
export function often(times) {
  return times === 0 ? "not once" : times === 1 ? "once" : `${count(times)} times`;
}

/** Why a perceptron that stands alone has stopped. @param {Record<string, number>} scalars @param {number} total */
export function stopped({ quiet, cycle }, total) {
  if (quiet >= total) {
    return `The perceptron stands still: it is right at all ${count(total)} points, so no step changes it any more.`;
  }
  return cycle > 0 ? `The perceptron stands exactly where it stood ${steps(cycle)} ago: it goes round for ever.` : "";
}

/** Whether it can be said that no line will be found. @param {Record<string, number>} scalars @param {number} total */
export function failed({ separable, made, cycle }, total) {
  return separable === 0 && (cycle > 0 || made >= ROUNDS * total);
}

/** @param {number} number */
function steps(number) {
  return `${count(number)} ${number === 1 ? "step" : "steps"}`;
}
