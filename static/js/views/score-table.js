/**
 * <score-table label="the four networks" rows='[{"label": "dense", "token": "series-1"}, …]'
 *   columns='[{"name": "confidence", "label": "sure", "as": "share"}, …]'>
 *
 * What is compared, side by side: a row each, a column for each vector with an element a row.
 * A share is drawn as a bar, too. One tab stop; the arrows move, Enter opens a number's ledger.
 *
 * Attributes: label; rows, JSON, `token` a colour token; columns, JSON, `as` is share | percent |
 * count | name | number, `empty` what is written where there is no number yet.
 *
 * Event: cell-pick {tensor, index, value, label}.
 *
 * @import {Tensor} from "../core/types.js"
 */

import { element, setText } from "../core/dom.js";
import { count, percent, significant } from "../core/format.js";
import { cellText } from "./parts/numbers.js";

const SHARE = { size: 0, decimals: 2, bare: false, padded: true };

/**
 * @typedef {{label: string, token: string}} Row
 * @typedef {{name: string, label: string, empty?: string,
 *   as: "share" | "percent" | "count" | "name" | "number"}} Column
 *
 * @typedef {object} Score  one cell
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} text
 * @property {HTMLElement | null} fill
 * @property {number} value  what is written
 * @property {string} state
 */

export class ScoreTable extends HTMLElement {
  /** @type {Row[]} */
  rows = [];
  /** @type {Column[]} */
  columns = [];
  /** @type {HTMLElement[]} */
  heads = [];
  /** Row by row. @type {Score[][]} */
  scores = [];
  /** @type {AbortController | null} */
  life = null;
  at = { row: 0, column: 0 };

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.rows = JSON.parse(this.getAttribute("rows") ?? "[]");
    this.columns = JSON.parse(this.getAttribute("columns") ?? "[]");
    this.heads = this.columns.map(({ name, label }) =>
      element("th", { scope: "col", role: "columnheader", "data-tensor": name }, label),
    );
    this.scores = this.rows.map(() => this.columns.map(({ as }) => makeScore(as)));
    const corner = element("td", { role: "gridcell" });
    const table = element(
      "table",
      { role: "grid", class: "scores", "aria-label": this.label, "aria-readonly": "true" },
      element(
        "thead",
        { role: "rowgroup" },
        element("tr", { role: "row" }, corner, ...this.heads),
      ),
      element("tbody", { role: "rowgroup" }, ...this.rows.map((row, i) => this.line(row, i))),
    );
    table.addEventListener("keydown", (event) => this.onKey(event), { signal });
    table.addEventListener("click", (event) => this.onClick(event), { signal });
    this.replaceChildren(table);
    this.stand(0, 0);
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  get label() {
    return this.getAttribute("label") ?? "scores";
  }

  /** @param {Row} row @param {number} i */
  line({ label, token }, i) {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.setProperty("--swatch", `var(--${token})`);
    return element(
      "tr",
      { role: "row" },
      element("th", { scope: "row", role: "rowheader" }, swatch, label),
      ...this.scores[i].map((score, j) => {
        const { as } = this.columns[j];
        if (score.fill) score.fill.style.setProperty("--bar-colour", `var(--${token})`);
        return element("td", { role: "gridcell", "data-as": as }, score.button);
      }),
    );
  }

  /** Call a column otherwise. @param {number} column @param {string} label */
  name(column, label) {
    this.columns[column].label = label;
    setText(this.heads[column], label);
  }

  /**
   * Write the vectors.
   *
   * @param {ReadonlyMap<string, Tensor>} arrays
   * @param {number} [right]  the value of a column of names that is right
   */
  show(arrays, right) {
    for (let j = 0; j < this.columns.length; j++) {
      const { name, as, empty = "NaN" } = this.columns[j];
      const data = arrays.get(name)?.data;
      if (!data) continue;
      for (let i = 0; i < this.rows.length; i++) {
        const score = this.scores[i][j];
        const state = as !== "name" || right === undefined ? "" : data[i] === right ? "right" : "wrong";
        if (state !== score.state) score.button.dataset.state = score.state = state;
        if (data[i] === score.value) continue;
        score.value = data[i];
        setText(score.text, write(data[i], as, empty));
        score.fill?.style.setProperty("scale", `${data[i]} 1`);
      }
    }
  }

  /** The arrows lead from this cell on. @param {number} row @param {number} column */
  stand(row, column) {
    const before = this.scores[this.at.row]?.[this.at.column];
    if (before) before.button.tabIndex = -1;
    this.at = { row, column };
    const now = this.scores[row]?.[column];
    if (now) now.button.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    let { row, column } = this.at;
    if (event.key === "ArrowUp") row -= 1;
    else if (event.key === "ArrowDown") row += 1;
    else if (event.key === "ArrowLeft") column -= 1;
    else if (event.key === "ArrowRight") column += 1;
    else if (event.key === "Home") column = 0;
    else if (event.key === "End") column = this.columns.length - 1;
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.scores[row]?.[column]) return;
    this.stand(row, column);
    this.scores[row][column].button.focus();
  }

  /** @param {Event} event */
  onClick(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    for (let row = 0; row < this.rows.length; row++) {
      const column = this.scores[row].findIndex((score) => score.button === button);
      if (column >= 0) this.pick(row, column);
    }
  }

  /** @param {number} row @param {number} column */
  pick(row, column) {
    this.stand(row, column);
    const { name, label } = this.columns[column];
    const detail = {
      tensor: name,
      index: [row],
      value: this.scores[row][column].value,
      label: `${label}, ${this.rows[row].label}`,
    };
    this.dispatchEvent(new CustomEvent("cell-pick", { bubbles: true, detail }));
  }
}

/** @param {Column["as"]} as @returns {Score} */
function makeScore(as) {
  const text = element("span", { class: "score-text" });
  const button = element("button", { type: "button", class: "score", tabindex: -1 });
  let fill = null;
  if (as === "share") {
    fill = element("span", { class: "bar-fill" });
    button.append(element("span", { class: "bar-track", "aria-hidden": "true" }, fill));
  }
  button.append(text);
  return { button, text, fill, value: NaN, state: "" };
}

/** @param {number} value @param {Column["as"]} as @param {string} empty  what is no number */
function write(value, as, empty) {
  if (Number.isNaN(value)) return empty;
  if (!Number.isFinite(value)) return significant(value);
  if (as === "share") return cellText(value, SHARE);
  if (as === "percent") return percent(value);
  return as === "count" ? count(value) : significant(value);
}

customElements.define("score-table", ScoreTable);
