/**
 * The label of a colour scale: a strip of its colours and the numbers at its ends.
 *
 * @import {Table} from "../../core/palette.js"
 */

import { NOUGHT, cssOf } from "../../core/palette.js";
import { significant } from "../../core/format.js";

const SAMPLES = 8;

export class ScaleLabel {
  constructor() {
    this.element = document.createElement("div");
    this.element.className = "scale-label";
    this.strip = document.createElement("span");
    this.strip.className = "scale-strip";
    this.text = document.createElement("span");
    this.element.append(this.strip, this.text);
  }

  /**
   * @param {Table} table
   * @param {number} limit
   * @param {boolean} signed  the scale runs on both sides of nought
   * @param {string} [symbol]  of what is coloured
   */
  show(table, limit, signed, symbol = "") {
    this.text.textContent = `${symbol} ${scaleText(limit, signed)}`.trim();
    const from = signed ? -NOUGHT : 0;
    const colours = [];
    for (let i = 0; i <= SAMPLES; i++) {
      const at = Math.round(NOUGHT + from + ((NOUGHT - from) * i) / SAMPLES);
      colours.push(cssOf(table.pixels[at]));
    }
    this.strip.style.backgroundImage = `linear-gradient(90deg, ${colours.join(", ")})`;
  }
}

/**
 * What a scale's ends are: `±0.5`, or `0–2` when nothing is below nought.
 *
 * @param {number} limit
 * @param {boolean} signed
 */
export function scaleText(limit, signed) {
  return signed ? `±${significant(limit)}` : `0–${significant(limit)}`;
}
