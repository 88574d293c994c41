/**
 * What is said of runs side by side.
 *
 * @import {Control, LineState, LinesState, Turn, Value} from "../../core/types.js"
 */

import { count, significant } from "../../core/format.js";

/** Changes of a line that are named; of more, the number is told. */
const MOST_NAMED = 2;

/**
 * What makes a line another one: `as A, but learning rate 0.008 → 0.05 from step 120`.
 *
 * @param {LineState} line
 * @param {readonly LineState[]} lines
 * @param {readonly Control[]} controls
 * @returns {string}
 */
export function differs({ changes, parent, step }, lines, controls) {
  const told = changes.flatMap(([at, turns]) =>
    Object.entries(turns).map(([name, turn]) => [turned(name, turn, controls), at]),
  );
  if (told.length === 0) return parent === null ? "as it began" : `the same again from step ${count(step)}`;
  const named = told
    .slice(0, MOST_NAMED)
    .map(([text, at]) => (at ? `${text} from step ${count(Number(at))}` : text));
  const more = told.length - named.length;
  const from = lines.find(({ line }) => line === parent);
  const like = from ? `as ${from.name}, but ` : "";
  return like + named.join(", ") + (more > 0 ? `, and ${more} more` : "");
}

/**
 * The scalars of lines, in the order in which they are told; without those that none of them has, as
 * an exhibit of several modes has scalars of each.
 *
 * @param {readonly LineState[]} lines
 */
export function scalarNames(lines) {
  const names = new Set(lines.flatMap(({ course }) => Object.keys(course)));
  names.delete("step");
  return [...names].filter((name) => lines.some(({ course }) => course[name]?.some((value) => value !== null)));
}

/** A scalar's name for people: `val loss`. @param {string} name */
export function scalarLabel(name) {
  return name.replaceAll("_", " ");
}

/**
 * @param {LinesState["differences"][number]} difference
 * @param {(line: number) => string} nameOf
 */
export function flagText({ a, b, step }, nameOf) {
  const both = `${nameOf(a)} and ${nameOf(b)}`;
  return step === null ? `${both}: no difference found yet` : `${both} first differ at step ${count(step)}`;
}

/**
 * @param {string} name
 * @param {Turn} turn
 * @param {readonly Control[]} controls
 */
function turned(name, [before, after], controls) {
  const control = controls.find((each) => each.name === name);
  const label = control?.label.toLowerCase() ?? name.replaceAll("_", " ");
  if (before === null || after === null) return label;
  return `${label} ${written(before, control)} → ${written(after, control)}`;
}

/**
 * @param {Value} value
 * @param {Control} [control]
 */
function written(value, control) {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return significant(value);
  const option = control?.kind === "choice" && control.options.find((each) => each.value === value);
  return option ? option.label : value;
}
