/**
 * Slow motion on the graph: what its lines show at a moment of a step, through which of them the
 * signal goes, forward or back, and what is lit.
 *
 * @import {Moment} from "../../core/types.js"
 * @import {Flow, Pointed} from "../../views/parts/graph-lights.js"
 */

const DENSE = /^dense(\d+)\.(\w+)$/;

/** What the lines show. @param {Moment} moment */
export function kindIn({ phase }) {
  if (phase === "backward") return "dW";
  return phase === "update" ? "update" : "W";
}

/**
 * The layer whose sums are made, or whose blame goes back: along the same lines.
 *
 * @param {Moment} moment
 * @returns {Flow | null}
 */
export function flowIn({ phase, tensors }) {
  const name = tensors[0] ?? "";
  if (phase === "forward") return DENSE.exec(name)?.[2] === "z" ? { layer: name.replace(".z", ".W") } : null;
  const back = /^act(\d+)\.da$/.exec(name);
  if (phase !== "backward" || !back) return null;
  return { layer: `dense${Number(back[1]) + 1}.W`, backwards: true };
}

/**
 * What is computed, where it stands on the graph.
 *
 * @param {Moment} moment
 * @returns {Pointed[]}
 */
export function lightIn({ phase, tensors }) {
  if (phase === "batch" || phase === "loss") return [];
  return tensors.map((tensor) => ({ tensor }));
}
