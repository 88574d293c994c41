/**
 * The sheet of a drawing: grey values that a soft round brush darkens, with steps back.
 */

const STEPS_BACK = 30;

export class Ink {
  /** @param {number} rows @param {number} columns */
  constructor(rows, columns) {
    this.rows = rows;
    this.columns = columns;
    /** 0 is paper, 1 is ink; row by row. */
    this.pixels = new Float32Array(rows * columns);
    /** @type {Float32Array[]} */
    this.past = [];
  }

  /** Keep the sheet as it is, to come back to it. */
  keep() {
    this.past.push(this.pixels.slice());
    if (this.past.length > STEPS_BACK) this.past.shift();
  }

  /** Back to what was kept last. @returns {boolean} whether there was any */
  undo() {
    const before = this.past.pop();
    if (before) this.pixels.set(before);
    return before !== undefined;
  }

  /** @returns {boolean} whether nothing is drawn */
  get blank() {
    return this.pixels.every((ink) => ink === 0);
  }

  /**
   * Draw or erase along a line: full within the brush, fading over one pixel at its rim.
   *
   * @param {number} x0  in pixels; the first pixel's middle is at 0.5
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   * @param {number} radius  of the brush, in pixels
   * @param {boolean} erase
   */
  stroke(x0, y0, x1, y1, radius, erase) {
    const reach = radius + 0.5;
    const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
    const bottom = Math.min(this.rows - 1, Math.floor(Math.max(y0, y1) + reach));
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
    const right = Math.min(this.columns - 1, Math.floor(Math.max(x0, x1) + reach));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const far = distance(column + 0.5, row + 0.5, x0, y0, x1, y1);
        const ink = Math.min(1, Math.max(0, radius + 0.5 - far));
        const at = row * this.columns + column;
        const present = this.pixels[at];
        this.pixels[at] = erase ? Math.min(present, 1 - ink) : Math.max(present, ink);
      }
    }
  }
}

/**
 * From a point to a stretch of line.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function distance(x, y, x0, y0, x1, y1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}
