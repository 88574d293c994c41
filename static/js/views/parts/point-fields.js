/**
 * Two number fields for the point that is chosen in a plane: what dragging does, typed.
 *
 * @import {Span} from "./plot-frame.js"
 */

import { element, setText, uniqueId } from "../../core/dom.js";
import { significant } from "../../core/format.js";

export class PointFields {
  /** @param {(x: number, y: number) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.legend = element("legend");
    this.problem = element("p", { class: "plane-problem", id: uniqueId("point"), hidden: true });
    this.fields = /** @type {const} */ (["x", "y"]).map((axis) => field(axis, this.problem.id));
    const rows = this.fields.map(({ label, name, input }) => {
      label.append(name, input);
      return label;
    });
    this.root = element("fieldset", { class: "plane-fields" }, this.legend, ...rows, this.problem);
    this.root.hidden = true;
    /** @type {Span[]} */
    this.spans = [];
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { root } = this;
    root.addEventListener("change", () => this.#changed(), { signal });
    // the page's own keys are not for who is typing
    root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  }

  /**
   * @param {string} name  of the point
   * @param {{x: string, y: string}} names  of the axes
   * @param {number} x
   * @param {number} y
   * @param {Span} across  what x may be
   * @param {Span} up
   */
  show(name, names, x, y, across, up) {
    this.spans = [across, up];
    setText(this.legend, name);
    for (const [i, value] of [x, y].entries()) {
      const { axis, name: text, input } = this.fields[i];
      setText(text, names[axis]);
      // what is being typed is not to be written over
      if (document.activeElement !== input || input.value === "") input.value = rounded(value);
    }
  }

  #changed() {
    const numbers = this.fields.map(({ input }) => Number(input.value.trim().replace("−", "-") || NaN));
    const at = numbers.findIndex((value, i) => !(value >= this.spans[i][0] && value <= this.spans[i][1]));
    this.problem.hidden = at < 0;
    for (const [i, { input }] of this.fields.entries()) input.setAttribute("aria-invalid", String(i === at));
    if (at < 0) return this.tell(numbers[0], numbers[1]);
    const [low, high] = this.spans[at];
    const { name, input } = this.fields[at];
    const range = `${significant(low)} to ${significant(high)}`;
    setText(this.problem, `${name.textContent}: expected ${range}, got ${input.value || "nothing"}`);
  }
}

/** @param {"x" | "y"} axis @param {string} problem */
function field(axis, problem) {
  const input = element("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-describedby": problem,
  });
  return { axis, input, name: element("span"), label: element("label") };
}

/** As many digits as a pixel is worth. @param {number} value */
function rounded(value) {
  return String(Number(value.toPrecision(4)));
}
