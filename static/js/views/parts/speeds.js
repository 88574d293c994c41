/**
 * The list of speeds beside the timeline: steps a second, or in slow motion moments a second.
 *
 * @import {Page} from "../../core/page.js"
 */

import { element } from "../../core/dom.js";
import { SLOW_RATES } from "../../core/slow.js";

/** Steps per second, from slow to as fast as it goes. @type {readonly (number | null)[]} */
const RATES = [1, 5, 20, 60, 120, null];

export class Speeds {
  select = element("select", { title: "Speed (, slower · . faster)" });
  /** @type {Page | null} */
  #page = null;
  /** What the options stand for. @type {readonly (number | null)[]} */
  #rates = [];

  constructor() {
    this.#list(RATES, null, "step");
  }

  /** @param {Page} page @param {AbortSignal} signal */
  connect(page, signal) {
    this.#page = page;
    this.select.addEventListener("change", () => page.setRate(this.#rates[this.select.selectedIndex]), {
      signal,
    });
    page.onEvent("rate", (rate) => this.#show(rate), { signal });
  }

  /** @param {number} by  places in the list */
  change(by) {
    const page = this.#page;
    const at = this.select.selectedIndex + by;
    if (!page || at < 0 || at >= this.#rates.length) return;
    page.setRate(this.#rates[at]);
    page.announce(`Speed: ${this.select.options[at].text}`);
  }

  /** @param {number | null} rate */
  #show(rate) {
    if (this.#page?.slow.on) this.#list(SLOW_RATES, rate, "moment");
    else this.#list(RATES, rate, "step");
  }

  /**
   * @param {readonly (number | null)[]} rates
   * @param {number | null} rate  the present one
   * @param {string} unit
   */
  #list(rates, rate, unit) {
    if (rates !== this.#rates) {
      this.#rates = rates;
      this.select.replaceChildren(...rates.map((each) => new Option(nameOf(each, unit))));
    }
    this.select.selectedIndex = rates.indexOf(rate);
  }
}

/** @param {number | null} rate @param {string} unit */
function nameOf(rate, unit) {
  return rate === null ? "fastest" : `${rate} ${unit}${rate === 1 ? "" : "s"}/s`;
}
