/**
 * A small number field over a cell: typing it changes the number, Escape leaves it as it was.
 *
 * ↑ and ↓ nudge by a step and tell at once; Enter, Tab or leaving the field tells what was typed.
 *
 * @import {Box} from "./geometry.js"
 */

import { element, setText, uniqueId } from "../../core/dom.js";
import { significant } from "../../core/format.js";

/**
 * @typedef {object} Rule
 * @property {number} step  of a nudge, and of a drag
 * @property {number} low
 * @property {number} high
 *
 * @typedef {object} Editing
 * @property {string} name  of the cell, in words
 * @property {number} value  it has now
 * @property {Box} box  CSS px within the host
 * @property {string} typed  what was typed already; empty: the present value
 * @property {Rule} rule
 * @property {(value: number) => void} tell
 * @property {() => void} closed  the focus is to go back
 */

/** The field is never narrower, so that three digits and a sign can be read, CSS px. */
const LEAST_WIDTH = 56;
const LEAST_HEIGHT = 28;

export class CellField {
  /** @type {Editing | null} */
  editing = null;

  /** @param {HTMLElement} host  positioned */
  constructor(host) {
    const problem = element("p", { class: "cell-problem", id: uniqueId("cell"), hidden: true });
    this.host = host;
    this.problem = problem;
    this.input = element("input", {
      type: "text",
      class: "cell-input",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-describedby": problem.id,
    });
    this.root = element("div", { class: "cell-field" }, this.input, problem);
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("input", () => this.#reject(""));
    this.input.addEventListener("blur", () => this.#leave());
    // a click in the field is none on the cells below it
    for (const name of ["click", "dblclick", "pointerdown"]) {
      this.root.addEventListener(name, (event) => event.stopPropagation());
    }
  }

  /** @param {Editing} editing */
  open(editing) {
    this.close();
    const { box, name, typed, value } = editing;
    const width = Math.max(box.width, LEAST_WIDTH);
    const height = Math.max(box.height, LEAST_HEIGHT);
    this.editing = editing;
    this.root.style.setProperty("--cell-x", `${box.x + (box.width - width) / 2}px`);
    this.root.style.setProperty("--cell-y", `${box.y + (box.height - height) / 2}px`);
    this.root.style.setProperty("--cell-size-x", `${width}px`);
    this.root.style.setProperty("--cell-size-y", `${height}px`);
    this.input.setAttribute("aria-label", `${name}: new value`);
    this.#reject("");
    this.host.append(this.root);
    this.input.value = typed || String(value);
    this.input.focus();
    if (!typed) this.input.select();
  }

  /** Take the field away without a word. */
  close() {
    this.editing = null;
    this.root.remove();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { editing } = this;
    if (!editing) return;
    event.stopPropagation();
    if (event.key === "Enter") this.#finish(this.#commit());
    else if (event.key === "Escape") this.#finish(true);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      this.#nudge(event.key === "ArrowUp" ? editing.rule.step : -editing.rule.step);
    }
  }

  /** @param {number} by */
  #nudge(by) {
    const { editing } = this;
    const present = read(this.input.value);
    if (!editing || present === null) return;
    const value = within(editing.rule, present + by);
    this.input.value = String(value);
    this.#reject("");
    this.#tell(value);
  }

  /** @param {number} value */
  #tell(value) {
    const { editing } = this;
    if (!editing || value === editing.value) return;
    editing.value = value;
    editing.tell(value);
  }

  /** Tell what was typed. @returns {boolean}  whether it was a number that may stand here */
  #commit() {
    const { editing } = this;
    if (!editing) return true;
    const { low, high } = editing.rule;
    const value = read(this.input.value);
    if (value === null || value < low || value > high) {
      const rule = `expected a number from ${significant(low)} to ${significant(high)}`;
      this.#reject(`${rule}, got ${this.input.value.trim() || "nothing"}`);
      return false;
    }
    this.#tell(value);
    return true;
  }

  /** @param {boolean} done */
  #finish(done) {
    const { editing } = this;
    if (!done || !editing) return;
    this.close();
    editing.closed();
  }

  /** The focus went elsewhere: what was typed counts, unless it is no number. */
  #leave() {
    if (!this.editing) return;
    this.#commit();
    this.close();
  }

  /** @param {string} text */
  #reject(text) {
    setText(this.problem, text);
    this.problem.hidden = text === "";
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

/**
 * A rule as the attribute `editable` has it: `step low high`.
 *
 * @param {string} text
 * @returns {Rule}
 */
export function ruleOf(text) {
  const [step = 1, low = -Infinity, high = Infinity] = text.split(" ").filter(Boolean).map(Number);
  return { step, low, high };
}

/**
 * A number brought into its range, and freed from what adding steps leaves behind (0.1 + 0.2).
 *
 * @param {Rule} rule
 * @param {number} value
 */
export function within({ low, high }, value) {
  return Number(Math.min(high, Math.max(low, value)).toPrecision(12));
}

/** @param {string} text  as people write numbers  @returns {number | null} */
function read(text) {
  const plain = text.trim().replace("\u2212", "-").replace(",", ".");
  const value = Number(plain);
  return plain !== "" && Number.isFinite(value) ? value : null;
}
