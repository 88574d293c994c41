/**
 * The key of a plot's paths: each with its stroke and its name. Written anew only when it changes.
 *
 * @import {Path} from "./plane-marks.js"
 */

import { dashOf } from "./plane-marks.js";
import { writeLegend } from "./plot-view.js";

export class PathKey {
  /** What was written. @type {readonly Pick<Path, "name" | "token" | "dash">[]} */
  #written = [];

  /** @param {HTMLElement} legend */
  constructor(legend) {
    this.legend = legend;
  }

  /** @param {readonly Path[]} paths  those without a name are left out; one name is told once */
  show(paths) {
    if (this.#same(paths)) return;
    this.#written = paths.map(({ name, token, dash }) => ({ name, token, dash: dash?.slice() }));
    const entries = paths
      .map((path, i) => ({ token: path.token, label: path.name, dash: dashOf(path, i) }))
      .filter(({ label }, i) => label && paths.findIndex(({ name }) => name === label) === i);
    writeLegend(this.legend, entries);
  }

  /** @param {readonly Path[]} paths */
  #same(paths) {
    const written = this.#written;
    if (written.length !== paths.length) return false;
    for (let i = 0; i < paths.length; i++) {
      const { name, token, dash } = paths[i];
      if (written[i].name !== name || written[i].token !== token) return false;
      if (!alike(written[i].dash, dash)) return false;
    }
    return true;
  }
}

/** @param {readonly number[] | undefined} one @param {readonly number[] | undefined} other */
function alike(one, other) {
  if (!one || !other || one.length !== other.length) return one === other;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
