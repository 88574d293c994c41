/** The buttons below a map that one sculpts, and which way a stroke goes. */

import { button } from "../../core/dom.js";

export class SculptTools {
  #root;
  #dig = button("Dig", { class: "button-small", title: "Whether dragging digs (Shift: the other)" });

  /**
   * @param {HTMLElement} root
   * @param {() => void} level  undoes all strokes
   */
  constructor(root, level) {
    this.#root = root;
    this.#dig.setAttribute("aria-pressed", "true");
    this.#dig.addEventListener("click", () => this.#dig.setAttribute("aria-pressed", String(!this.#digs)));
    const undo = button("Level the ground", { class: "button-small" });
    undo.addEventListener("click", level);
    root.append(this.#dig, undo);
  }

  /** @param {boolean} sculptable */
  show(sculptable) {
    this.#root.hidden = !sculptable;
  }

  /**
   * Whether a stroke digs. Shift asks for the other of the two; a finger has no Shift, so there is
   * a button.
   *
   * @param {boolean} shifted
   */
  digs(shifted) {
    return shifted !== this.#digs;
  }

  get #digs() {
    return this.#dig.getAttribute("aria-pressed") === "true";
  }
}
