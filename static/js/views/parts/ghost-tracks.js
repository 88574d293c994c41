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
 * @param {Lines} lines
 * @param {number} end  the step at the timeline's end
 * @returns {HTMLElement[]}
 */
export function ghostTracks({ ghosts, differences, all, current }, end) {
  const here = all.find(({ line }) => line === current);
  const tracks = ghosts.map((ghost, i) => {
    // the part that it has in common with the line on the stage is drawn once
    const from = ghost.line === here?.parent ? here.step : ghost.step;
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
