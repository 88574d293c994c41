/**
 * <score-sliders label="scores" low="-10" high="10" step="0.1">
 *
 * A few numbers, each to be dragged or typed. What was chosen stands there until it comes back from
 * where the numbers are. Attribute `each`: what stands before a number's name for those who listen.
 *
 * Data in: `show(values, names)`; `reject(text)` says why a number was not taken.
 * Event: scores-change {values: number[]}
 */

import { element, setText, uniqueId } from "../core/dom.js";

/** How long a number that was chosen is not overwritten by another, ms. */
const PATIENCE = 1000;

/**
 * @typedef {object} Line
 * @property {HTMLElement} root
 * @property {HTMLElement} name
 * @property {HTMLInputElement} range
 * @property {HTMLInputElement} field
 * @property {number} value
 * @property {number} until  when what was chosen is given up
 */

export class ScoreSliders extends HTMLElement {
  /** @type {Line[]} */
  #lines = [];
  /** The numbers as they are. @type {readonly number[]} */
  #values = [];
  #problem = element("p", { class: "control-problem", id: uniqueId("scores"), hidden: true });
  #box = element("div", { class: "score-lines" });

  connectedCallback() {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.getAttribute("label") ?? "scores");
    this.replaceChildren(this.#box, this.#problem);
  }

  /**
   * @param {readonly number[]} values
   * @param {readonly string[]} names
   */
  show(values, names) {
    this.#values = values;
    while (this.#lines.length > values.length) this.#lines.pop()?.root.remove();
    while (this.#lines.length < values.length) this.#add();
    for (const [i, line] of this.#lines.entries()) {
      setText(line.name, names[i]);
      for (const input of [line.range, line.field]) {
        const said = `${this.getAttribute("each") ?? "score of"} ${names[i]}`.trim();
        if (input.getAttribute("aria-label") !== said) input.setAttribute("aria-label", said);
      }
      const waiting = performance.now() < line.until;
      if (waiting && values[i] !== line.value) continue;
      line.until = 0;
      if (values[i] === line.value) continue;
      this.#write(line, values[i]);
    }
  }

  /** Put the numbers back as they are, and say why. @param {string} text */
  reject(text) {
    this.#say(text);
    for (const [i, line] of this.#lines.entries()) {
      line.until = 0;
      this.#write(line, this.#values[i]);
    }
  }

  /** @param {string} text  empty takes it back */
  #say(text) {
    setText(this.#problem, text);
    this.#problem.hidden = text === "";
  }

  #add() {
    const name = element("span", { class: "score-name" });
    const [min, max, step] = ["low", "high", "step"].map((of) => this.getAttribute(of));
    const range = element("input", { type: "range", min, max, step });
    const field = element("input", { type: "number", step: "any", "aria-describedby": this.#problem.id });
    const line = { root: element("div", { class: "score-line" }, name, range, field), name, range, field };
    const made = { ...line, value: NaN, until: 0 };
    range.addEventListener("input", () => this.#choose(made, range.valueAsNumber));
    field.addEventListener("change", () => this.#choose(made, field.valueAsNumber));
    this.#lines.push(made);
    this.#box.append(made.root);
  }

  /** @param {Line} line @param {number} value */
  #choose(line, value) {
    if (Number.isNaN(value)) return this.#write(line, line.value);
    this.#say("");
    this.#write(line, value);
    line.until = performance.now() + PATIENCE;
    const values = this.#lines.map((one) => one.value);
    this.dispatchEvent(new CustomEvent("scores-change", { bubbles: true, detail: { values } }));
  }

  /** @param {Line} line @param {number} value */
  #write(line, value) {
    line.value = value;
    line.range.value = String(value);
    if (line.field.valueAsNumber !== value) line.field.value = String(value);
  }
}

customElements.define("score-sliders", ScoreSliders);
