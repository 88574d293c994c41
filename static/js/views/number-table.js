/**
 * <number-table label="the next step">
 *
 * Numbers of several tensors side by side: a column for each quantity, a row for each weight, say.
 * Each number is a button that asks for its ledger. One tab stop; the arrow keys walk.
 *
 * Attributes: label; gradual: what is no number is not there yet.
 *
 * Data in: `show(columns, rows)`.
 *
 * Event: cell-pick {tensor, index, value, label}
 *
 * @import {Tensor} from "../core/types.js"
 *
 * @typedef {object} Column
 * @property {string} head
 * @property {Tensor | undefined} tensor  without one the column is empty
 * @property {(row: number) => readonly number[]} [at]  which element a row shows; else that of its
 *   number
 */

import { element, setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { ButtonGrid } from "./parts/button-grid.js";

/** @param {number} row */
const itself = (row) => [row];

export class NumberTable extends HTMLElement {
  /** @type {readonly Column[]} */
  #columns = [];
  /** @type {readonly string[]} */
  #rows = [];
  /** What the table was built for. */
  #built = "";
  /** @type {HTMLButtonElement[][]} */
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
   * @param {readonly Column[]} columns
   * @param {readonly string[]} rows  their headings
   */
  show(columns, rows) {
    this.#columns = columns;
    this.#rows = rows;
    const built = JSON.stringify([columns.map(({ head, tensor }) => [head, tensor?.name]), rows]);
    if (built !== this.#built) this.#build();
    this.#built = built;
    for (const [row, cells] of this.#cells.entries()) {
      for (const [column, cell] of cells.entries()) {
        const value = this.#value(row, column);
        setText(cell, value === undefined ? "–" : significant(value));
        if (cell.disabled !== (value === undefined)) cell.disabled = value === undefined;
      }
    }
  }

  #build() {
    const head = this.#columns.map(({ head: text, tensor }) =>
      element("th", { scope: "col", "data-tensor": tensor?.name }, text),
    );
    this.#cells = this.#rows.map(() =>
      this.#columns.map(() => element("button", { type: "button", tabindex: -1 })),
    );
    const body = this.#rows.map((text, row) => {
      const cells = this.#cells[row].map((cell) => element("td", {}, cell));
      return element("tr", {}, element("th", { scope: "row" }, text), ...cells);
    });
    const caption = element("caption", { class: "visually-hidden" }, this.getAttribute("label") ?? "");
    const table = element(
      "table",
      {},
      caption,
      element("thead", {}, element("tr", {}, element("td"), ...head)),
      element("tbody", {}, ...body),
    );
    this.replaceChildren(table);
    this.#grid?.take(this.#cells);
  }

  /** @param {number} row @param {number} column */
  #index(row, column) {
    return [...(this.#columns[column].at ?? itself)(row)];
  }

  /** @param {number} row @param {number} column @returns {number | undefined} */
  #value(row, column) {
    const { tensor } = this.#columns[column];
    if (!tensor) return undefined;
    let place = 0;
    for (const [axis, at] of this.#index(row, column).entries()) {
      if (at >= tensor.shape[axis]) return undefined;
      place = place * tensor.shape[axis] + at;
    }
    const value = tensor.data[place];
    return Number.isNaN(value) && this.hasAttribute("gradual") ? undefined : value;
  }

  /** @param {Event} event */
  #pick({ target }) {
    const place = this.#grid?.placeOf(target);
    if (!place) return;
    const [row, column] = place;
    const { tensor, head } = this.#columns[column];
    const value = this.#value(row, column);
    if (!tensor || value === undefined) return;
    const label = `${head}, ${this.#rows[row]}: ${significant(value)}`;
    const facts = { tensor: tensor.name, index: this.#index(row, column), value, label };
    this.dispatchEvent(new CustomEvent("cell-pick", { bubbles: true, detail: facts }));
  }
}

customElements.define("number-table", NumberTable);
