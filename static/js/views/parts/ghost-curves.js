/**
 * The scalars of other runs as a chart draws them, behind its own.
 *
 * @import {LineState} from "../../core/types.js"
 * @import {Ghost, Series} from "./chart-painter.js"
 */

const NONE = new Float32Array(0);

/**
 * @param {readonly LineState[]} runs
 * @param {readonly Series[]} series  what the chart draws of its own run
 * @returns {Ghost[]}  those of which there is something to draw
 */
export function ghostCurves(runs, series) {
  const ghosts = runs.map(({ name, course }) => ({
    name,
    steps: course.step.map(Number),
    values: series.map((own) => {
      const scalar = course[own.name.replace(/^history\./, "")];
      // thin lines are noise already; the others are what is compared
      const compared = own.name.startsWith("history.") && own.weight >= 1;
      return compared && scalar ? scalar.map((value) => value ?? NaN) : NONE;
    }),
  }));
  return ghosts.filter(({ values }) => values.some(({ length }) => length > 0));
}
