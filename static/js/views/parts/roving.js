/**
 * The keyboard's and the screen reader's way through a picture: one tab stop, a roving cell.
 *
 * A grid of ten thousand cells would be ten thousand elements; here only the cell that has the
 * focus exists. Two cells take turns: moving focuses the other one, so that a screen reader
 * announces it as it announces any element that receives the focus.
 *
 * @import {Box} from "./geometry.js"
 * @import {Grid} from "./moves.js"
 */

import { move } from "./moves.js";

/** CSS px: WCAG 2.2, target size (minimum). */
const LEAST_TARGET = 24;

/**
 * @typedef {object} Picture  what the picture shows; rows and columns count from 0
 * @property {(row: number, column: number) => string} name
 * @property {(row: number, column: number, out: Box) => Box} box  CSS px within the host
 * @property {(row: number, column: number) => void} pick
 * @property {(row: number, column: number) => void} enter  the cell has the focus now
 * @property {() => void} leave  the focus left the grid
 * @property {(key: string, row: number, column: number) => boolean} [press]  another key; whether it
 *   was one of the picture's
 * @property {() => void} [table]  open the table behind the picture
 *
 * @typedef {Grid & Picture} Cells
 */

export class Roving {
  /**
   * @param {HTMLElement} host  positioned; the grid is laid over it
   * @param {Cells} cells
   * @param {AbortSignal} signal
   */
  constructor(host, cells, signal) {
    this.cells = cells;
    this.row = 0;
    this.column = 0;
    /** @type {Box} */
    this.box = { x: 0, y: 0, width: 0, height: 0 };
    this.grid = document.createElement("div");
    this.grid.className = "roving";
    this.grid.setAttribute("role", "grid");
    this.grid.setAttribute("aria-readonly", "true");
    if (cells.table) this.grid.setAttribute("aria-keyshortcuts", "T");
    this.lines = [line(), line()];
    this.lines[1].hidden = true;
    this.grid.append(...this.lines);
    this.grid.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.grid.addEventListener("focusin", () => cells.enter(this.row, this.column), { signal });
    this.grid.addEventListener("focusout", (event) => this.onBlur(event), { signal });
    host.append(this.grid);
  }

  /** Name the grid and what describes it. @param {string} label @param {string} describedBy */
  label(label, describedBy) {
    this.grid.setAttribute("aria-label", label);
    if (describedBy) this.grid.setAttribute("aria-describedby", describedBy);
  }

  /** The picture has other cells or another size now. */
  refresh() {
    const { rows, columns } = this.cells;
    this.grid.setAttribute("aria-rowcount", String(rows));
    this.grid.setAttribute("aria-colcount", String(columns));
    if (!this.cells.has(this.row, this.column)) {
      this.row = 0;
      this.column = 0;
    }
    this.write(this.lines[0]);
  }

  /** The values changed: say the present one. */
  rename() {
    const cell = cellOf(this.lines[0]);
    const name = this.cells.name(this.row, this.column);
    if (cell.getAttribute("aria-label") !== name) cell.setAttribute("aria-label", name);
  }

  /** Whether the focus is inside. */
  get focused() {
    return this.grid.contains(document.activeElement);
  }

  /**
   * Move to a cell and focus it.
   *
   * @param {number} row
   * @param {number} column
   */
  go(row, column) {
    if (!this.cells.has(row, column)) return;
    const same = row === this.row && column === this.column;
    this.row = row;
    this.column = column;
    if (same && this.focused) return;
    const [present, spare] = this.lines;
    this.write(spare);
    spare.hidden = false;
    cellOf(spare).focus({ preventScroll: false });
    present.hidden = true;
    this.lines = [spare, present];
  }

  /** Give the focus back to the present cell. */
  focus() {
    cellOf(this.lines[0]).focus({ preventScroll: true });
  }

  /** @param {HTMLElement} row  filled with the present cell */
  write(row) {
    const cell = cellOf(row);
    row.setAttribute("aria-rowindex", String(this.row + 1));
    cell.setAttribute("aria-colindex", String(this.column + 1));
    cell.setAttribute("aria-label", this.cells.name(this.row, this.column));
    this.cells.box(this.row, this.column, this.box);
    this.place(cell, "x", this.box.x, this.box.width, this.grid.clientWidth);
    this.place(cell, "y", this.box.y, this.box.height, this.grid.clientHeight);
  }

  /**
   * Place a cell along one axis. The element is at least as large as a target has to be, and stays
   * inside the picture; its ring is drawn round the true cell.
   *
   * @param {HTMLElement} cell
   * @param {"x" | "y"} axis
   * @param {number} start  CSS px
   * @param {number} size
   * @param {number} room
   */
  place(cell, axis, start, size, room) {
    const whole = Math.max(size, LEAST_TARGET);
    const middle = start + (size - whole) / 2;
    const inside = Math.max(Math.min(0, (room - whole) / 2), Math.min(middle, room - whole));
    cell.style.setProperty(`--cell-${axis}`, `${inside}px`);
    cell.style.setProperty(`--cell-size-${axis}`, `${whole}px`);
    cell.style.setProperty(`--ring-${axis}`, `${start - inside}px`);
    cell.style.setProperty(`--ring-size-${axis}`, `${size}px`);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const { cells } = this;
    const plain = !event.ctrlKey;
    if (plain && cells.press?.(event.key, this.row, this.column)) this.rename();
    else if (plain && event.key === "Enter") cells.pick(this.row, this.column);
    else if (plain && event.key.toLowerCase() === "t" && cells.table) cells.table();
    else {
      const to = move(cells, this.row, this.column, event.key, event.ctrlKey);
      if (!to) return;
      this.go(to[0], to[1]);
    }
    // the page's own keys (arrows step the run) are for when no cell has the focus
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {FocusEvent} event */
  onBlur(event) {
    if (!this.grid.contains(/** @type {Node | null} */ (event.relatedTarget))) this.cells.leave();
  }
}

/** A row with its one cell. */
function line() {
  const row = document.createElement("div");
  row.setAttribute("role", "row");
  const cell = document.createElement("div");
  cell.setAttribute("role", "gridcell");
  cell.tabIndex = 0;
  row.append(cell);
  return row;
}

/** @param {HTMLElement} row */
function cellOf(row) {
  return /** @type {HTMLElement} */ (row.firstElementChild);
}
