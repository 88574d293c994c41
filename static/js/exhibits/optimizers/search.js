/**
 * The search for the best rates: one button for all, one for the racer that is looked into, how far
 * it is, and a way to stop it.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { labelsOf, RACERS } from "./racers.js";
import { Progress } from "./progress.js";

export class RateSearch {
  #page;
  #all = button("Find each one's best rate", { class: "button-small" });
  #one = button("", { class: "button-small" });
  #progress;

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#progress = new Progress("search of the best rates", () => page.act("cancel", {}));
    this.#all.addEventListener("click", () => page.act("search", {}));
    this.#one.addEventListener("click", () => page.act("search", { racer: page.values.racer }));
    root.append(
      element("div", { class: "race-tools" }, this.#all, this.#one),
      this.#progress.element,
    );
    page.onEvent("found", ({ data }) => {
      page.announce("The best rates are found. The race begins anew with them.");
      page.set(data.values);
    });
  }

  /** @param {Frame} frame */
  show({ scalars }) {
    const { search_done: done, search_total: total } = scalars;
    const busy = total !== undefined;
    this.#progress.show(busy ? { done, total } : null);
    this.#all.disabled = this.#one.disabled = busy;
    const racer = RACERS.indexOf(String(this.#page.values.racer));
    setText(this.#one, `Only for ${labelsOf(this.#page.controls)[racer]}`);
  }
}
