/**
 * Thin tracks of the runs that are not on the stage, over the timeline: from where they left the
 * run they come from to where they end; and a tick where two runs first differ.
 *
 * @import {Lines} from "../../core/lines.js"
 */

import { element } from "../../core/dom.js";

/**
 * The furthest step that any line has come to.
 *
 * @param {Lines} lines
 * @param {number} head  of the line on the stage
 */
export function furthest({ ghosts }, head) {
  return Math.max(head, ...ghosts.map((ghost) => ghost.head));
}

/**
 * The step up to which two lines are one: where one left the other, or both their forebear.
 *
 * @param {Lines} lines
 * @param {number} one
 * @param {number} other
 */
export function shared(lines, one, other) {
  const forebears = ancestry(lines, one);
  for (const [line, step] of ancestry(lines, other)) {
    const left = forebears.get(line);
    if (left !== undefined) return Math.min(left, step);
  }
  return 0;
}

/**
 * A line and those it comes from, the nearest first, each with the step up to which it is that.
 *
 * @param {Lines} lines
 * @param {number} id
 */
function ancestry(lines, id) {
  /** @type {Map<number, number>} */
  const found = new Map([[id, Infinity]]);
  let step = Infinity;
  for (let at = lines.find(id); at && at.parent !== null; at = lines.find(at.parent)) {
    step = Math.min(step, at.step);
    found.set(at.parent, step);
  }
  return found;
}

/**
 * @param {Lines} lines
 * @param {number} end  the step at the timeline's end
 * @returns {HTMLElement[]}
 */
export function ghostTracks(lines, end) {
  const { ghosts, differences, current } = lines;
  const tracks = ghosts.map((ghost, i) => {
    // the part that it has in common with the line on the stage is drawn once
    const from = shared(lines, ghost.line, current);
    const track = element("span", { class: "ghost-track", "data-style": i }, element("b", {}, ghost.name));
    track.style.setProperty("--begin", String(from / end));
    track.style.setProperty("--reach", String(ghost.head / end));
    return track;
  });
  const steps = new Set(differences.flatMap(({ step }) => step ?? []));
  const flags = [...steps].map((step) => {
    const flag = element("span", { class: "ghost-flag" });
    flag.style.setProperty("--begin", String(step / end));
    return flag;
  });
  return [...tracks, ...flags];
}
