/**
 * The key of a plot: each path with its stroke and its name. Written anew only when it changes.
 *
 * @import {Path} from "./plane-marks.js"
 */

import { element } from "../../core/dom.js";
import { dashOf } from "./plane-marks.js";

const SVG = "http://www.w3.org/2000/svg";

export class PlotKey {
  element = element("ul", { class: "plot-key", hidden: true });
  written = "";

  /** @param {readonly Path[]} paths  those without a name are left out */
  show(paths) {
    let text = "";
    for (let i = 0; i < paths.length; i++) {
      text += `${paths[i].name}\n${paths[i].token}\n${dashOf(paths[i], i).join()}\n`;
    }
    if (text === this.written) return;
    this.written = text;
    /** @type {Set<string>} */
    const told = new Set();
    this.element.replaceChildren(
      ...paths.flatMap((path, i) => {
        if (!path.name || told.has(path.name)) return [];
        told.add(path.name);
        return [element("li", {}, stroke(path, i), path.name)];
      }),
    );
    this.element.hidden = told.size === 0;
  }
}

/** @param {Path} path @param {number} i */
function stroke(path, i) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 32 10");
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", "M0 5H24");
  line.setAttribute("stroke-dasharray", dashOf(path, i).join(" ") || "none");
  const ball = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ cx: 26, cy: 5, r: 4 })) {
    ball.setAttribute(name, String(value));
  }
  picture.append(line, ball);
  picture.style.setProperty("--line", `var(--${path.token})`);
  return picture;
}
