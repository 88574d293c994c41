/**
 * The key of a plot's paths: each with its stroke and its name. Written anew only when it changes.
 *
 * @import {Path} from "./plane-marks.js"
 */

import { dashOf } from "./plane-marks.js";
import { writeLegend } from "./plot-view.js";

export class PathKey {
  /** What was written of each path. @type {(string | readonly number[])[]} */
  #written = [];

  /** @param {HTMLElement} legend */
  constructor(legend) {
    this.legend = legend;
  }

  /** @param {readonly Path[]} paths  those without a name are left out; one name is told once */
  show(paths) {
    if (this.#same(paths)) return;
    this.#written = paths.flatMap((path, i) => [path.name, path.token, dashOf(path, i)]);
    const entries = paths
      .map((path, i) => ({ token: path.token, label: path.name, dash: dashOf(path, i) }))
      .filter(({ label }, i) => label && paths.findIndex(({ name }) => name === label) === i);
    writeLegend(this.legend, entries);
  }

  /** @param {readonly Path[]} paths */
  #same(paths) {
    const written = this.#written;
    if (written.length !== 3 * paths.length) return false;
    for (let i = 0; i < paths.length; i++) {
      const { name, token } = paths[i];
      if (written[3 * i] !== name || written[3 * i + 1] !== token) return false;
      if (written[3 * i + 2] !== dashOf(paths[i], i)) return false;
    }
    return true;
  }
}
