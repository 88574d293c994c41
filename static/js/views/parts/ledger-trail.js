/**
 * The way to the open ledger: the numbers walked through, each a step back.
 *
 * @import {Station} from "../../core/inquiry.js"
 */

import { button, element } from "../../core/dom.js";
import { nameOf } from "./ledger-words.js";

/** Of a longer way, only the beginning and the end are shown at first. */
const SHOWN_AT_END = 3;
const FOLDED_FROM = 6;

export class LedgerTrail {
  list = element("ol", { class: "trail-steps", role: "list" });
  element = element(
    "nav",
    { class: "ledger-trail", "aria-label": "The way to this number" },
    this.list,
  );
  unfolded = false;

  /** @param {(place: number) => void} back  the person wants to go back to this place of the way */
  constructor(back) {
    this.back = back;
  }

  /** @param {readonly Station[]} way */
  show(way) {
    this.element.hidden = way.length < 2;
    if (way.length < 2) {
      this.unfolded = false;
      this.list.replaceChildren();
      return;
    }
    const folded = way.length >= FOLDED_FROM && !this.unfolded;
    const items = [];
    for (const [place, station] of way.entries()) {
      const inside = place > 0 && place < way.length - SHOWN_AT_END;
      if (!folded || !inside) items.push(this.item(nameOf(station.pick), place, way.length));
      else if (place === 1) items.push(this.fold(way));
    }
    this.list.replaceChildren(...items);
  }

  /** @param {string} name @param {number} place @param {number} length */
  item(name, place, length) {
    if (place === length - 1) return element("li", { "aria-current": "step" }, name);
    const step = button(name, { class: "trail-step" });
    step.addEventListener("click", () => this.back(place));
    return element("li", {}, step);
  }

  /** @param {readonly Station[]} way */
  fold(way) {
    const all = button("…", { class: "trail-step" });
    all.setAttribute("aria-label", `… ${way.length - 1 - SHOWN_AT_END} more`);
    all.addEventListener("click", () => {
      this.unfolded = true;
      this.show(way);
      this.list.querySelectorAll("button")[1]?.focus();
    });
    return element("li", {}, all);
  }
}
