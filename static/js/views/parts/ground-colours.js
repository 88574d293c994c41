/**
 * The colours of a ground for Plotly, and of the scale beside it.
 */

import { cssOf, NOUGHT, table } from "../../core/palette.js";
import { place } from "./levels.js";

/** @import {Levels} from "./levels.js" */

/** The highest ground's place in the palette: beyond it, no path could be told from it. */
const STRONGEST = 0.62;
const STOPS = 16;

/** The colour at a share of the scale, 0 to 1. @param {number} share */
export function groundColour(share) {
  return cssOf(table("sequential").pixels[NOUGHT + Math.round(share * STRONGEST * NOUGHT)]);
}

/** As Plotly takes them. @returns {[number, string][]} */
export function colourScale() {
  return Array.from({ length: STOPS + 1 }, (_, i) => [i / STOPS, groundColour(i / STOPS)]);
}

/**
 * Rows of what Plotly draws: places on the scale of colours, or heights.
 *
 * @param {ArrayLike<number>} heights
 * @param {number} columns
 * @param {(height: number) => number} of
 * @returns {(number | null)[][]}  null is a hole
 */
export function rowsOf(heights, columns, of) {
  /** @type {(number | null)[][]} */
  const rows = [];
  for (let at = 0; at < heights.length; at += columns) {
    const row = new Array(columns);
    for (let i = 0; i < columns; i++) {
      const value = of(heights[at + i]);
      row[i] = value - value === 0 ? value : null;
    }
    rows.push(row);
  }
  return rows;
}

/** @param {Levels} levels @returns {(height: number) => number} */
export function placeOn(levels) {
  return (height) => place(levels, height);
}
