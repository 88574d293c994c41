/**
 * <count-table data-tensor="next.counts" label="…" across='["without", "pooled"]' down='["…"]'>
 *
 * A tensor of two axes as a table with words at its head and at each row; each number is a button
 * that asks for its ledger. One tab stop; the arrow keys walk.
 *
 * Attributes
 *   data-tensor  the array's name          label   the table's name
 *   across       headings of the columns   down    headings of the rows; both JSON lists
 *   turned       the tensor's rows are the table's columns
 *
 * Event: cell-pick {tensor, index, value, label}
 *
 * @import {Tensor} from "../core/types.js"
 */

import { element, setText } from "../core/dom.js";
import { count } from "../core/format.js";
import { ButtonGrid } from "./parts/button-grid.js";

export class CountTable extends HTMLElement {
  /** @type {Tensor | null} */
  tensor = null;
  /** @type {HTMLButtonElement[][]} by row and column of the table */
  #cells = [];
  /** @type {ButtonGrid | null} */
  #grid = null;
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#grid = new ButtonGrid(this, signal);
    this.addEventListener("click", (event) => this.#pick(event), { signal });
    this.#build();
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /**
   * Write the numbers.
   *
   * @param {Tensor | null | undefined} tensor  none leaves the table as it is
   */
  show(tensor) {
    if (!tensor) return;
    this.tensor = tensor;
    for (const [row, cells] of this.#cells.entries()) {
      for (const [column, cell] of cells.entries()) {
        const value = tensor.data[this.#place(row, column)];
        if (value !== undefined) setText(cell, count(value));
      }
    }
  }

  #build() {
    const [across, down] = [this.#words("across"), this.#words("down")];
    const head = across.map((text) => element("th", { scope: "col" }, text));
    const rows = down.map((text) => {
      const cells = across.map(() => element("button", { type: "button", tabindex: -1 }));
      return { text, cells };
    });
    this.#cells = rows.map(({ cells }) => cells);
    const body = rows.map(({ text, cells }) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, text),
        ...cells.map((cell) => element("td", {}, cell)),
      ),
    );
    const caption = element("caption", { class: "visually-hidden" }, this.getAttribute("label") ?? "");
    this.replaceChildren(
      element(
        "table",
        {},
        caption,
        element("thead", {}, element("tr", {}, element("td"), ...head)),
        element("tbody", {}, ...body),
      ),
    );
    this.#grid?.take(this.#cells);
  }

  /** @param {string} name @returns {string[]} */
  #words(name) {
    return JSON.parse(this.getAttribute(name) ?? "[]");
  }

  /** @param {number} row @param {number} column */
  #index(row, column) {
    return this.hasAttribute("turned") ? [column, row] : [row, column];
  }

  /** @param {number} row @param {number} column */
  #place(row, column) {
    const [first, second] = this.#index(row, column);
    return first * (this.tensor?.shape[1] ?? 0) + second;
  }

  /** @param {Event} event */
  #pick({ target }) {
    const { tensor } = this;
    if (!tensor) return;
    const place = this.#grid?.placeOf(target);
    if (!place) return;
    const [row, column] = place;
    const value = tensor.data[this.#place(row, column)];
    const label = `${this.#words("down")[row]}, ${this.#words("across")[column]}: ${count(value)}`;
    const facts = { tensor: tensor.name, index: this.#index(row, column), value, label };
    this.dispatchEvent(new CustomEvent("cell-pick", { bubbles: true, detail: facts }));
  }
}

customElements.define("count-table", CountTable);
