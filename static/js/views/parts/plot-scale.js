/**
 * The scale of a ground's colours: the least, the colours, the greatest, and what the lines say.
 *
 * @import {Levels} from "./levels.js"
 */

import { element, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { groundColour } from "./ground-colours.js";

export class PlotScale {
  least = element("span", { class: "ground-end" });
  strip = element("span", { class: "ground-strip", "aria-hidden": "true" });
  greatest = element("span", { class: "ground-end" });
  words = element("span", { class: "ground-words" });
  name = element("span");
  element = element("p", { class: "ground-scale" }, this.name, this.least, this.strip, this.greatest, this.words);

  /**
   * @param {Levels | null} levels
   * @param {string} quantity  what the heights are
   * @param {string} words  what the lines say
   */
  show(levels, quantity, words) {
    this.element.hidden = levels === null || levels.least > levels.greatest;
    if (!levels) return;
    setText(this.name, quantity);
    setText(this.least, significant(levels.least));
    setText(this.greatest, significant(levels.greatest));
    setText(this.words, words);
    const bands = levels.lines.length + 1;
    const stops = Array.from({ length: bands }, (_, i) => groundColour(i / Math.max(1, bands - 1)));
    if (bands === 1) stops.push(stops[0]);
    this.strip.style.setProperty("background-image", `linear-gradient(90deg, ${stops.join(", ")})`);
  }
}
