/** How a slider's travel maps to a control's values. */

/** @import {SliderControl} from "../../core/types.js" */

const NOTCHES = 200;
const DIGITS = 2;

/**
 * @typedef {object} Scale
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {(position: number) => number} value
 * @property {(value: number) => number} position
 */

/**
 * @param {SliderControl} control
 * @returns {Scale}
 */
export function scaleOf(control) {
  return control.scale === "log" ? logarithmic(control) : linear(control);
}

/**
 * @param {SliderControl} control
 * @returns {Scale}
 */
function linear({ low, high, step, integer }) {
  const notch = step || (integer ? 1 : (high - low) / NOTCHES);
  return {
    min: low,
    max: high,
    step: notch,
    // 0.1 + 0.2 is not 0.3: twelve digits hide it and lose nothing that a person chose
    value: (position) => Number(position.toPrecision(12)),
    position: (value) => value,
  };
}

/**
 * The slider's positions are places in a list of round values, each once: between 1 and 2 images
 * there is nothing to stop at.
 *
 * @param {SliderControl} control
 * @returns {Scale}
 */
function logarithmic({ low, high, integer }) {
  const values = new Set([low]);
  for (let i = 1; i < NOTCHES; i++) {
    const exact = low * (high / low) ** (i / NOTCHES);
    const round = integer ? Math.round(exact) : Number(exact.toPrecision(DIGITS));
    if (round > low && round < high) values.add(round);
  }
  const stops = [...values, high];
  return {
    min: 0,
    max: stops.length - 1,
    step: 1,
    value: (position) => stops[position],
    position: (value) => {
      const above = stops.findIndex((stop) => stop >= value);
      if (above <= 0) return above < 0 ? stops.length - 1 : 0;
      const nearer = value / stops[above - 1] < stops[above] / value;
      return nearer ? above - 1 : above;
    },
  };
}
