/**
 * The numbers behind a picture as real tables, in a dialog: key T, or the button beside it.
 */

import { significant } from "../../core/format.js";

/**
 * @typedef {object} Sheet  one table
 * @property {string} caption
 * @property {string} corner  what the row headings are
 * @property {string[]} columns
 * @property {string[]} rows
 * @property {(row: number, column: number) => number | undefined} value
 */

/** Cells in one dialog; a page of more would take seconds to lay out. */
const MOST = 20000;

let opened = 0;

/**
 * @param {string} title
 * @param {string} summary
 * @param {Sheet[]} sheets
 */
export function openTables(title, summary, sheets) {
  const dialog = document.createElement("dialog");
  dialog.className = "table-dialog";
  const heading = document.createElement("h2");
  heading.id = `table-dialog-${(opened += 1)}`;
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  const head = document.createElement("div");
  head.className = "table-dialog-head";
  head.append(heading, close);
  const said = document.createElement("p");
  said.textContent = summary;
  const body = document.createElement("div");
  body.className = "table-dialog-body";
  body.tabIndex = 0;
  body.setAttribute("role", "region");
  body.setAttribute("aria-labelledby", heading.id);
  fill(body, sheets);
  dialog.append(head, said, body);
  // the page's keys rest while the dialog is open
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * The small button that opens the tables with the pointer. It is no tab stop of its own: the
 * picture is one, and there the key T does the same.
 *
 * @param {string} label
 * @param {() => void} open
 * @param {AbortSignal} signal
 */
export function tableButton(label, open, signal) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "table-button";
  button.tabIndex = -1;
  button.setAttribute("aria-label", `Table of ${label}`);
  button.append(glyph());
  button.addEventListener("click", open, { signal });
  return button;
}

/** A little table. */
function glyph() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9");
  svg.append(path);
  return svg;
}

/** @param {HTMLElement} body @param {Sheet[]} sheets */
function fill(body, sheets) {
  let room = MOST;
  for (const [at, sheet] of sheets.entries()) {
    const rows = Math.min(sheet.rows.length, Math.floor(room / Math.max(1, sheet.columns.length)));
    if (rows === 0) {
      body.append(note(`${sheets.length - at} more tables are not shown.`));
      return;
    }
    body.append(tableOf(sheet, rows));
    if (rows < sheet.rows.length) {
      body.append(note(`The first ${rows} of ${sheet.rows.length} rows are shown.`));
    }
    room -= rows * sheet.columns.length;
  }
}

/** @param {Sheet} sheet @param {number} rows */
function tableOf(sheet, rows) {
  const table = document.createElement("table");
  if (sheet.caption) table.createCaption().textContent = sheet.caption;
  const head = table.createTHead().insertRow();
  head.append(sheet.corner ? headingCell(sheet.corner, "col") : document.createElement("td"));
  for (const text of sheet.columns) head.append(headingCell(text, "col"));
  const body = table.createTBody();
  for (let row = 0; row < rows; row++) {
    const line = body.insertRow();
    line.append(headingCell(sheet.rows[row], "row"));
    for (let column = 0; column < sheet.columns.length; column++) {
      const value = sheet.value(row, column);
      line.insertCell().textContent = value === undefined ? "" : significant(value);
    }
  }
  return table;
}

/** @param {string} text @param {"col" | "row"} scope */
function headingCell(text, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

/** @param {string} text */
function note(text) {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}
