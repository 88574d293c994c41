/**
 * Which ground favours whom: every racer at its best rate on every ground, as the engine measures it.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { count } from "../../core/format.js";
import { NumberTable } from "../../views/number-table.js";
import { labelsOf, RACERS, SHORT } from "./racers.js";
import { Progress } from "./progress.js";

/** In the engine's order: `engine/landscape/comparison.py`. */
const GROUNDS = [
  ...["Bowl, condition 10", "Bowl, condition 100", "Rosenbrock", "Himmelblau", "Saddle"],
  ...["Plateau", "Many minima", "Beale", "Small network"],
];

export class Results {
  #page;
  #start = button("Race on every ground", { class: "button-small" });
  #progress;
  #table = new NumberTable();
  #list = element("ul", { class: "race-firsts" });
  #items = GROUNDS.map(() => element("li", { hidden: true }));
  #note = element("p", { class: "figure-note", hidden: true });

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#progress = new Progress("races on every ground", () => page.set({ results: false }));
    this.#start.addEventListener("click", () => page.set({ results: true }));
    this.#table.setAttribute("label", "evaluations to the finishing line");
    this.#table.setAttribute("gradual", "");
    this.#list.append(...this.#items);
    root.append(
      element("h2", { class: "panel-title" }, "Which ground favours whom, each at its best rate"),
      element("div", { class: "race-tools" }, this.#start),
      this.#progress.element,
      this.#table,
      this.#note,
      this.#list,
    );
  }

  /** @param {Frame} frame */
  show({ arrays, scalars }) {
    const { results_done: done, results_total: total } = scalars;
    const asked = total !== undefined;
    this.#start.hidden = asked;
    this.#table.hidden = this.#note.hidden = this.#list.hidden = !asked;
    this.#progress.show(asked && done < total ? { done, total } : null);
    if (!asked) return;
    const columns = RACERS.map((kind, i) => ({
      head: SHORT[i],
      tensor: arrays.get(`results.${kind}`),
    }));
    this.#table.show(columns, GROUNDS);
    setText(
      this.#note,
      "Evaluations until it stood at the finishing line and stayed; infinity: not within the budget.",
    );
    this.#name(arrays.get("results.winner")?.data ?? [], columns);
  }

  /**
   * @param {ArrayLike<number>} winners
   * @param {readonly {tensor: {data: ArrayLike<number>} | undefined}[]} columns
   */
  #name(winners, columns) {
    const names = labelsOf(this.#page.controls);
    for (let i = 0; i < winners.length; i++) {
      const item = this.#items[i];
      item.hidden = winners[i] < 0;
      if (winners[i] < 0) continue;
      const needed = columns[winners[i]].tensor?.data[i] ?? NaN;
      const after = Number.isFinite(needed)
        ? `first, after ${count(needed)} evaluations`
        : "lowest; nobody came to the line";
      setText(item, `${GROUNDS[i]}: ${names[winners[i]]} ${after}`);
    }
  }
}
