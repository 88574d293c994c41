/** A bar that says how far something has come, with a button that stops it. */

import { button, element } from "../../core/dom.js";

export class Progress {
  #bar;
  #stop = button("Cancel", { class: "button-small" });
  element;

  /** @param {string} label  what it is the progress of @param {() => void} stop */
  constructor(label, stop) {
    this.#bar = element("progress", { "aria-label": label });
    this.#stop.addEventListener("click", stop);
    this.element = element("div", { class: "race-progress", hidden: true }, this.#bar, this.#stop);
  }

  /** @param {{done: number, total: number} | null} course  null hides it */
  show(course) {
    this.element.hidden = course === null;
    if (!course) return;
    this.#bar.max = course.total;
    this.#bar.value = course.done;
  }
}
