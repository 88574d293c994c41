/** Buttons in rows and columns as one tab stop: the arrow keys walk, Tab leaves. */

export class ButtonGrid {
  /** @type {(HTMLButtonElement | null)[][]} */
  #cells = [];
  #row = 0;
  #column = 0;

  /**
   * @param {HTMLElement} host
   * @param {AbortSignal} signal
   */
  constructor(host, signal) {
    host.addEventListener("keydown", (event) => this.#walk(event), { signal });
  }

  /** @param {(HTMLButtonElement | null)[][]} cells  by row and column; null where there is none */
  take(cells) {
    this.#cells = cells;
    for (const button of cells.flat()) if (button) button.tabIndex = -1;
    if (!cells[this.#row]?.[this.#column]) [this.#row, this.#column] = this.#first();
    this.#go(this.#row, this.#column, false);
  }

  /**
   * Where a button stands; the tab stop goes there.
   *
   * @param {EventTarget | null} target
   * @returns {[row: number, column: number] | null}
   */
  placeOf(target) {
    for (const [row, cells] of this.#cells.entries()) {
      const column = cells.findIndex((cell) => cell !== null && cell === target);
      if (column < 0) continue;
      this.#go(row, column, false);
      return [row, column];
    }
    return null;
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    /** @type {Record<string, [down: number, right: number]>} */
    const moves = {
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
    };
    const move = moves[event.key];
    if (!move || this.placeOf(event.target) === null) return;
    event.preventDefault();
    const column = this.#column + move[1];
    let row = this.#row + move[0];
    while (this.#cells[row] && !this.#cells[row][column] && move[0]) row += move[0];
    if (this.#cells[row]?.[column]) this.#go(row, column, true);
  }

  /** @returns {[number, number]} */
  #first() {
    const row = this.#cells.findIndex((cells) => cells.some(Boolean));
    return [Math.max(0, row), Math.max(0, this.#cells[row]?.findIndex(Boolean) ?? 0)];
  }

  /** @param {number} row @param {number} column @param {boolean} focused */
  #go(row, column, focused) {
    const before = this.#cells[this.#row]?.[this.#column];
    if (before) before.tabIndex = -1;
    [this.#row, this.#column] = [row, column];
    const here = this.#cells[row]?.[column];
    if (!here) return;
    here.tabIndex = 0;
    if (focused) here.focus();
  }
}
