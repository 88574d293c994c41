/**
 * <number-table label="the next step">
 *
 * Numbers of several tensors side by side: a column for each quantity, a row for each weight, say.
 * Each number is a button that asks for its ledger. One tab stop; the arrow keys walk. Attributes:
 * label; gradual: what is no number is not there yet.
 *
 * Data in: `show(columns, rows)`; `choose(row)` marks the row that is looked at.
 *
 * Event: cell-pick {tensor, index, value, label}
 *
 * @import {Tensor} from "../core/types.js"
 *
 * @typedef {object} Column
 * @property {string} head
 * @property {Tensor | undefined | readonly (Tensor | undefined)[]} tensor  without one the column is
 *   empty; of several, each row has its own
 * @property {(row: number) => readonly number[]} [at]  which element a row shows; else that of its
 *   number
 * @property {string} [token]  the colour of what it is about
 *
 * @typedef {string | {head: string, token: string}} Row
 */

import { element, setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { ButtonGrid } from "./parts/button-grid.js";

/** @param {number} row */
const itself = (row) => [row];

export class NumberTable extends HTMLElement {
  /** @type {readonly Column[]} */
  #columns = [];
  /** @type {readonly Row[]} */
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
   * @param {readonly Row[]} rows  their headings
   */
  show(columns, rows) {
    this.#columns = columns;
    this.#rows = rows;
    const built = JSON.stringify([columns.map(({ head }, i) => [head, this.#name(i)]), rows]);
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

  /** Mark a row. @param {number} chosen  −1 for none */
  choose(chosen) {
    for (const [row, cells] of this.#cells.entries()) {
      cells[0]?.closest("tr")?.toggleAttribute("data-chosen", row === chosen);
    }
  }

  #build() {
    const head = this.#columns.map(({ head: text, token }, i) =>
      element("th", { scope: "col", "data-tensor": this.#name(i) }, ...swatch(token), text),
    );
    this.#cells = this.#rows.map(() =>
      this.#columns.map(() => element("button", { type: "button", tabindex: -1 })),
    );
    const body = this.#rows.map((row, i) => {
      const { head: text, token } = typeof row === "string" ? { head: row, token: "" } : row;
      const cells = this.#cells[i].map((cell) => element("td", {}, cell));
      return element("tr", {}, element("th", { scope: "row" }, ...swatch(token), text), ...cells);
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

  /** The tensor that a whole column is of. @param {number} column */
  #name(column) {
    const { tensor } = this.#columns[column];
    return tensor && "data" in tensor ? tensor.name : undefined;
  }

  /** @param {number} row @param {number} column @returns {Tensor | undefined} */
  #tensor(row, column) {
    const { tensor } = this.#columns[column];
    return tensor && !("data" in tensor) ? tensor[row] : tensor;
  }

  /** @param {number} row @param {number} column */
  #index(row, column) {
    return [...(this.#columns[column].at ?? itself)(row)];
  }

  /** @param {number} row @param {number} column @returns {number | undefined} */
  #value(row, column) {
    const tensor = this.#tensor(row, column);
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
    const tensor = this.#tensor(row, column);
    const value = this.#value(row, column);
    if (!tensor || value === undefined) return;
    const of = this.#rows[row];
    const head = typeof of === "string" ? of : of.head;
    const label = `${this.#columns[column].head}, ${head}: ${significant(value)}`;
    const facts = { tensor: tensor.name, index: this.#index(row, column), value, label };
    this.dispatchEvent(new CustomEvent("cell-pick", { bubbles: true, detail: facts }));
  }
}

/** @param {string | undefined} token */
function swatch(token) {
  if (!token) return [];
  const made = element("span", { class: "swatch", "aria-hidden": "true" });
  made.style.setProperty("--swatch", `var(--${token})`);
  return [made];
}

customElements.define("number-table", NumberTable);
