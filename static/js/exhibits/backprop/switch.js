/**
 * A row of buttons for a control with few options: one of them is pressed.
 *
 * @import {Page} from "../../core/page.js"
 */

import { button } from "../../core/dom.js";

export class Switch {
  /** The control's. */
  name;
  #page;
  #root;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {Page} page
   * @param {HTMLElement} root  its `data-switch` names the control
   */
  constructor(page, root) {
    this.#page = page;
    this.#root = root;
    this.name = root.dataset.switch ?? "";
    page.onEvent("welcome", () => this.#build());
  }

  /** Press the button of the value that holds. @param {string | null} [instead]  what holds now */
  show(instead = null) {
    const value = instead ?? String(this.#page.values[this.name]);
    for (const [own, made] of this.#buttons) {
      const pressed = String(own === value);
      if (made.getAttribute("aria-pressed") !== pressed) made.setAttribute("aria-pressed", pressed);
    }
  }

  #build() {
    const control = this.#page.controls.find(({ name }) => name === this.name);
    if (control?.kind !== "choice" || this.#buttons.size > 0) return;
    for (const { value, label } of control.options) {
      const made = button(label, { class: "button-small" });
      made.addEventListener("click", () => this.#page.set({ [this.name]: value }));
      this.#buttons.set(value, made);
    }
    this.#root.replaceChildren(...this.#buttons.values());
    this.show();
  }
}
