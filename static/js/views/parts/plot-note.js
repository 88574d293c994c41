/**
 * What stands in a plot's place when it cannot be drawn: a sentence, and what one can do about it.
 */

import { button, element } from "../../core/dom.js";

export class PlotNote {
  text = element("p");
  retry = button("", { class: "button-small" });
  element = element("div", { class: "ground-note", hidden: true }, this.text, this.retry);
  /** @type {() => void} */
  #again = () => {};

  constructor() {
    this.retry.addEventListener("click", () => this.#again());
  }

  /**
   * @param {string} text
   * @param {string} [name]  of the button
   * @param {() => void} [again]  what it does
   */
  say(text, name = "", again = () => {}) {
    this.text.textContent = text;
    this.retry.textContent = name;
    this.retry.hidden = name === "";
    this.#again = again;
    this.element.hidden = false;
  }

  clear() {
    this.element.hidden = true;
  }
}

/** An error in words. @param {unknown} error */
export function problem(error) {
  return error instanceof Error ? error.message : String(error);
}
