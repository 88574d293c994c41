/**
 * Where the cells of an arrangement lie on a canvas, in device pixels, so that every edge is crisp.
 *
 * @import {Arrangement} from "./arrangement.js"
 */

/**
 * @typedef {object} Measures  all in CSS pixels
 * @property {number} [cellWidth]  of one cell, when `tileWidth` is not given
 * @property {number} [cellHeight]
 * @property {number} [tileWidth]  of one tile inside its border
 * @property {number} [tileHeight]
 * @property {number} gap  between tiles
 * @property {number} bleed  kept free around all tiles, for outlines
 * @property {number} border  around a tile
 * @property {number} line  between cells that are wide enough for it
 * @property {number} ratio  device pixels in a CSS pixel
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 */

/** Cells this wide (CSS px) are set apart by a line; below it the line would drown the colour. */
const LINED = 18;

export class Geometry {
  /**
   * @param {Arrangement} arrangement
   * @param {Measures} measures
   */
  constructor(arrangement, measures) {
    const { ratio } = measures;
    this.arrangement = arrangement;
    this.ratio = ratio;
    this.border = Math.max(1, Math.round(measures.border * ratio));
    this.gap = Math.round(measures.gap * ratio);
    this.bleed = Math.round(measures.bleed * ratio);
    /** Edges of the columns and rows within a tile, from 0 on. */
    this.xs = edges(arrangement.columns, measures.cellWidth, measures.tileWidth, ratio);
    this.ys = edges(arrangement.rows, measures.cellHeight, measures.tileHeight, ratio);
    this.tileWidth = this.xs[arrangement.columns];
    this.tileHeight = this.ys[arrangement.rows];
    const least = Math.min(this.tileWidth / arrangement.columns, this.tileHeight / arrangement.rows);
    this.line = least >= LINED * ratio ? Math.max(1, Math.round(measures.line * ratio)) : 0;
    /** From one tile to the next. */
    this.pitchX = this.tileWidth + 2 * this.border + this.gap;
    this.pitchY = this.tileHeight + 2 * this.border + this.gap;
    /** Of the canvas. */
    this.width = arrangement.across * this.pitchX - this.gap + 2 * this.bleed;
    this.height = arrangement.down * this.pitchY - this.gap + 2 * this.bleed;
    /** The smallest cell's sides, CSS px. */
    this.cellWidth = smallest(this.xs) / ratio;
    this.cellHeight = smallest(this.ys) / ratio;
  }

  /** Left edge of a tile inside its border. @param {number} tile */
  tileX(tile) {
    return (tile % this.arrangement.across) * this.pitchX + this.border + this.bleed;
  }

  /** Top edge of a tile inside its border. @param {number} tile */
  tileY(tile) {
    return Math.floor(tile / this.arrangement.across) * this.pitchY + this.border + this.bleed;
  }

  /**
   * The element under a point.
   *
   * @param {number} x  CSS px from the first tile's left edge
   * @param {number} y
   * @returns {number}  place in the data, or −1 between tiles
   */
  locate(x, y) {
    const across = Math.floor((x * this.ratio) / this.pitchX);
    const down = Math.floor((y * this.ratio) / this.pitchY);
    const column = under(this.xs, x * this.ratio - across * this.pitchX - this.border);
    const row = under(this.ys, y * this.ratio - down * this.pitchY - this.border);
    if (column < 0 || row < 0 || across >= this.arrangement.across) return -1;
    return this.arrangement.inTile(down * this.arrangement.across + across, row, column);
  }

  /**
   * An element's cell in device pixels.
   *
   * @param {number} element
   * @param {Box} out  filled and returned, so that painting allocates nothing
   * @returns {Box}
   */
  cell(element, out) {
    const { start, rows, columns } = this.arrangement;
    const tile = this.arrangement.tileOf(element);
    const column = (element - start) % columns;
    const row = Math.floor((element - start) / columns) % rows;
    out.x = this.tileX(tile) + this.xs[column];
    out.y = this.tileY(tile) + this.ys[row];
    out.width = this.xs[column + 1] - this.xs[column] - (column < columns - 1 ? this.line : 0);
    out.height = this.ys[row + 1] - this.ys[row] - (row < rows - 1 ? this.line : 0);
    return out;
  }

  /**
   * An element's cell in CSS pixels from the first tile's corner.
   *
   * @param {number} element
   * @param {Box} out
   * @returns {Box}
   */
  cellOnPage(element, out) {
    this.cell(element, out);
    out.x = (out.x - this.bleed) / this.ratio;
    out.y = (out.y - this.bleed) / this.ratio;
    out.width /= this.ratio;
    out.height /= this.ratio;
    return out;
  }

  /**
   * A tile with its border, in CSS pixels from the first tile's corner.
   *
   * @param {number} tile
   * @param {Box} out
   * @returns {Box}
   */
  tile(tile, out) {
    out.x = (this.tileX(tile) - this.border - this.bleed) / this.ratio;
    out.y = (this.tileY(tile) - this.border - this.bleed) / this.ratio;
    out.width = (this.tileWidth + 2 * this.border) / this.ratio;
    out.height = (this.tileHeight + 2 * this.border) / this.ratio;
    return out;
  }
}

/**
 * @param {number} n
 * @param {number | undefined} cell  CSS px
 * @param {number | undefined} total  CSS px
 * @param {number} ratio
 */
function edges(n, cell = 12, total, ratio) {
  const all = new Uint16Array(n + 1);
  const each = Math.max(1, Math.round(cell * ratio));
  const whole = total === undefined ? each * n : Math.max(n, Math.round(total * ratio));
  for (let i = 0; i <= n; i++) all[i] = Math.round((i * whole) / n);
  return all;
}

/** @param {Uint16Array} all */
function smallest(all) {
  let least = Infinity;
  for (let i = 1; i < all.length; i++) least = Math.min(least, all[i] - all[i - 1]);
  return least;
}

/** @param {Uint16Array} all @param {number} at */
function under(all, at) {
  if (at < 0 || at >= all[all.length - 1]) return -1;
  let i = 0;
  while (at >= all[i + 1]) i += 1;
  return i;
}
