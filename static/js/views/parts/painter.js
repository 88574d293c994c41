/**
 * Paints tiles of cells on a canvas: the frame once per layout, the cells at every paint.
 *
 * All cells go into one pixel buffer that is kept between paints; a paint is a look-up per cell,
 * runs of equal pixels, and one `putImageData`. Nothing is allocated.
 *
 * @import {Table, Triple} from "../../core/palette.js"
 * @import {Box, Geometry} from "./geometry.js"
 * @import {NumberStyle} from "./numbers.js"
 */

import { entry, parse } from "../../core/palette.js";
import { cellText } from "./numbers.js";

/**
 * @typedef {object} Style
 * @property {string} border
 * @property {string} line  between cells
 * @property {number} corner  CSS px
 * @property {string} font  the family for numbers
 */

/** Stripes of cells that are not finite: period and width, CSS px. */
const STRIPE = 5;
/** How solid the diagonals are over cells that nothing looks at. */
const SHADE = 0.5;

/** The side of a marked corner, as a share of the cell's. */
const WEDGE = 0.22;

export class Painter {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    // the pixels are made here, on the processor: keep the canvas there, too
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("tensor-view: this browser gives no 2-D canvas");
    this.canvas = canvas;
    this.context = context;
    /** @type {ImageData | null} */
    this.image = null;
    this.pixels = new Uint32Array(0);
    /** Pixels under the rounded corners; how much of each is cell (0–256), and how solid it is. */
    this.corners = new Uint32Array(0);
    this.cornerShares = new Uint16Array(0);
    this.cornerAlphas = new Uint8Array(0);
    /** @type {Triple} */
    this.borderColour = [0, 0, 0];
    /** @type {Box} */
    this.box = { x: 0, y: 0, width: 0, height: 0 };
    /** @type {Geometry | null} */
    this.geometry = null;
    this.font = "monospace";
    /** @type {NumberStyle | null} */
    this.fontStyle = null;
    this.fontText = "";
    this.corner = 0;
  }

  /**
   * Lay out the canvas and draw what does not change: borders, corners, lines between cells.
   *
   * @param {Geometry} geometry
   * @param {Style} style
   */
  prepare(geometry, style) {
    const { canvas, context } = this;
    this.geometry = geometry;
    this.font = style.font;
    this.fontStyle = null;
    this.corner = style.corner;
    canvas.width = geometry.width;
    canvas.height = geometry.height;
    canvas.style.width = `${geometry.width / geometry.ratio}px`;
    canvas.style.height = `${geometry.height / geometry.ratio}px`;
    this.borderColour = parse(style.border);
    this.keepCorners();
    context.clearRect(0, 0, geometry.width, geometry.height);
    const { tiles } = geometry.arrangement;
    for (let tile = 0; tile < tiles; tile++) this.drawFrame(tile, style);
    this.image = context.getImageData(0, 0, geometry.width, geometry.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** @param {number} tile @param {Style} style */
  drawFrame(tile, style) {
    const { context } = this;
    const geometry = /** @type {Geometry} */ (this.geometry);
    context.fillStyle = style.border;
    context.fill(this.ring(tile), "evenodd");
    context.fillStyle = style.line;
    context.fillRect(
      geometry.tileX(tile),
      geometry.tileY(tile),
      geometry.tileWidth,
      geometry.tileHeight,
    );
  }

  /** The rounded area of a tile's cells. @param {number} tile @param {number} around  device px */
  outlineOf(tile, around) {
    const geometry = /** @type {Geometry} */ (this.geometry);
    const { border, ratio, tileWidth: width, tileHeight: height } = geometry;
    const corner = Math.min(this.corner * ratio, width / 2, height / 2) - border;
    const path = new Path2D();
    path.roundRect(
      geometry.tileX(tile) - around,
      geometry.tileY(tile) - around,
      width + 2 * around,
      height + 2 * around,
      Math.max(0, corner + around),
    );
    return path;
  }

  /** A tile's border as an area. @param {number} tile */
  ring(tile) {
    const path = this.outlineOf(tile, /** @type {Geometry} */ (this.geometry).border);
    path.addPath(this.outlineOf(tile, 0));
    return path;
  }

  /**
   * Work out which pixels of a tile its rounded corners cover in part: there the cell's colour is
   * mixed with the border's. All tiles are alike, so the first one tells.
   */
  keepCorners() {
    const geometry = /** @type {Geometry} */ (this.geometry);
    const { tileWidth, tileHeight, width: stride } = geometry;
    const { tiles } = geometry.arrangement;
    const cell = this.coverage(this.outlineOf(0, 0));
    const ring = this.coverage(this.ring(0));
    const places = [];
    for (let i = 0; i < tileWidth * tileHeight; i++) if (cell[4 * i + 3] < 255) places.push(i);
    this.corners = new Uint32Array(tiles * places.length);
    this.cornerShares = new Uint16Array(tiles * places.length);
    this.cornerAlphas = new Uint8Array(tiles * places.length);
    let at = 0;
    for (let tile = 0; tile < tiles; tile++) {
      const first = geometry.tileY(tile) * stride + geometry.tileX(tile);
      for (const i of places) {
        const whole = cell[4 * i + 3] + ring[4 * i + 3];
        this.corners[at] = first + Math.floor(i / tileWidth) * stride + (i % tileWidth);
        this.cornerShares[at] = Math.round((256 * cell[4 * i + 3]) / Math.max(1, whole));
        this.cornerAlphas[at] = Math.min(255, whole);
        at += 1;
      }
    }
  }

  /** How far an area covers each pixel of the first tile. @param {Path2D} area */
  coverage(area) {
    const { context } = this;
    const geometry = /** @type {Geometry} */ (this.geometry);
    context.clearRect(0, 0, geometry.width, geometry.height);
    context.fillStyle = "#000";
    context.fill(area, "evenodd");
    const [x, y] = [geometry.tileX(0), geometry.tileY(0)];
    return context.getImageData(x, y, geometry.tileWidth, geometry.tileHeight).data;
  }

  /**
   * Colour every cell.
   *
   * @param {ArrayLike<number> | null} data  null: no values yet
   * @param {readonly Table[]} tables  of the tiles, in turn
   * @param {number} limit  of the colour scale
   * @param {boolean} [gradual]  NaN is a number that is not there yet: blank, without stripes
   */
  fill(data, tables, limit, gradual = false) {
    if (!this.image) return;
    const { pixels } = this;
    const { arrangement, xs, ys, line, width: stride, ratio } = /** @type {Geometry} */ (
      this.geometry
    );
    const { start, count, rows, columns, tiles } = arrangement;
    const geometry = /** @type {Geometry} */ (this.geometry);
    const stripe = Math.round(STRIPE * ratio);
    let element = start;
    for (let tile = 0; tile < tiles; tile++) {
      const left = geometry.tileX(tile);
      const top = geometry.tileY(tile);
      const table = tables[tile % tables.length];
      for (let row = 0; row < rows; row++) {
        const first = (top + ys[row]) * stride + left;
        const height = ys[row + 1] - ys[row] - (row < rows - 1 ? line : 0);
        let lost = false;
        for (let column = 0; column < columns; column++, element++) {
          const value = data && element < start + count ? data[element] : NaN;
          let colour = table.blank;
          if (value - value === 0) colour = table.pixels[entry(value, limit)];
          else if (!gradual || value === value) lost = data !== null;
          const end = first + xs[column + 1] - (column < columns - 1 ? line : 0);
          for (let at = first + xs[column]; at < end; at++) pixels[at] = colour;
        }
        for (let y = 1; y < height; y++) {
          pixels.copyWithin(first + y * stride, first, first + xs[columns]);
        }
        if (lost && data) this.hatch(data, element - columns, first, height, stripe, table.hatch, gradual);
      }
    }
    this.roundCorners();
    this.context.putImageData(this.image, 0, 0);
  }

  /** Mix the cells' colours with the border's where the corners are rounded. */
  roundCorners() {
    const { pixels, corners, cornerShares, cornerAlphas } = this;
    const [red, green, blue] = this.borderColour;
    for (let i = 0; i < corners.length; i++) {
      const colour = pixels[corners[i]];
      const mine = cornerShares[i];
      const rest = 256 - mine;
      const r = ((colour & 255) * mine + red * rest) >> 8;
      const g = (((colour >> 8) & 255) * mine + green * rest) >> 8;
      const b = (((colour >> 16) & 255) * mine + blue * rest) >> 8;
      pixels[corners[i]] = (cornerAlphas[i] << 24) | (b << 16) | (g << 8) | r;
    }
  }

  /**
   * Stripe the cells of one row that are not finite.
   *
   * @param {ArrayLike<number>} data
   * @param {number} element  the first of the row
   * @param {number} first  the row's first pixel
   * @param {number} height
   * @param {number} stripe
   * @param {number} colour
   * @param {boolean} gradual
   */
  hatch(data, element, first, height, stripe, colour, gradual) {
    const { arrangement, xs, line, width: stride } = /** @type {Geometry} */ (this.geometry);
    const { columns, start, count } = arrangement;
    for (let column = 0; column < columns; column++) {
      const value = data[element + column];
      if (Number.isFinite(value) || element + column >= start + count) continue;
      if (gradual && Number.isNaN(value)) continue;
      const end = xs[column + 1] - (column < columns - 1 ? line : 0);
      for (let y = 0; y < height; y++) {
        for (let x = xs[column]; x < end; x++) {
          if ((x + y) % stripe < stripe / 2.5) this.pixels[first + y * stride + x] = colour;
        }
      }
    }
  }

  /**
   * Write the numbers into the cells.
   *
   * @param {ArrayLike<number>} data
   * @param {readonly Table[]} tables  of the tiles, in turn
   * @param {number} limit
   * @param {NumberStyle} style
   * @param {readonly string[] | null} [captions]  what stands there instead
   */
  write(data, tables, limit, style, captions = null) {
    const { context, box } = this;
    const geometry = /** @type {Geometry} */ (this.geometry);
    const { start, count, rows, columns } = geometry.arrangement;
    const each = rows * columns;
    context.font = this.fontOf(style);
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    const drop = 0.36 * style.size * geometry.ratio;
    for (let ink = 0; ink < tables[0].inkColours.length; ink++) {
      context.fillStyle = tables[0].inkColours[ink]; // of the theme: the same in all tables
      for (let element = start; element < start + count; element++) {
        const value = data[element];
        if (value - value !== 0) continue;
        const { inks } = tables[Math.floor((element - start) / each) % tables.length];
        if (inks[entry(value, limit)] !== ink) continue;
        geometry.cell(element, box);
        const text = captions ? captions[element - start] ?? "" : cellText(value, style);
        context.fillText(text, box.x + box.width / 2, Math.round(box.y + box.height / 2 + drop));
      }
    }
  }

  /** The font of a style, made once per style. @param {NumberStyle} style */
  fontOf(style) {
    if (this.fontStyle !== style) {
      const { ratio } = /** @type {Geometry} */ (this.geometry);
      this.fontStyle = style;
      this.fontText = `${style.size * ratio}px ${this.font}`;
    }
    return this.fontText;
  }

  /**
   * Draw a line around a part of each tile.
   *
   * @param {import("./heat-map.js").Part} part
   * @param {string} colour
   */
  frame({ row, column, rows, columns }, colour) {
    const { context } = this;
    const geometry = /** @type {Geometry} */ (this.geometry);
    const { xs, ys, ratio, arrangement } = geometry;
    const pen = Math.max(1, Math.round(1.5 * ratio));
    context.strokeStyle = colour;
    context.lineWidth = pen;
    for (let tile = 0; tile < arrangement.tiles; tile++) {
      const left = geometry.tileX(tile) + xs[column];
      const top = geometry.tileY(tile) + ys[row];
      const width = xs[column + columns] - xs[column];
      const height = ys[row + rows] - ys[row];
      context.strokeRect(left - pen / 2, top - pen / 2, width + pen - 1, height + pen - 1);
    }
  }

  /**
   * Draw thin diagonals over cells; their colours and numbers stay readable.
   *
   * @param {ArrayLike<number>} cells
   * @param {string} colour
   */
  shade(cells, colour) {
    const { context, box } = this;
    const geometry = /** @type {Geometry} */ (this.geometry);
    const apart = Math.round(STRIPE * geometry.ratio);
    context.strokeStyle = colour;
    context.lineWidth = geometry.ratio;
    context.globalAlpha = SHADE;
    context.beginPath();
    for (let i = 0; i < cells.length; i++) {
      if (!geometry.arrangement.shows(cells[i])) continue;
      geometry.cell(cells[i], box);
      // each diagonal from the left or lower edge to the upper or right one; in step over cells
      const first = apart - ((box.x + box.y) % apart);
      for (let at = first; at < box.width + box.height; at += apart) {
        const [right, down] = [Math.min(at, box.width), Math.min(at, box.height)];
        context.moveTo(box.x + at - down, box.y + down);
        context.lineTo(box.x + right, box.y + at - right);
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  /**
   * Outline a cell: inside when it is large enough to stay readable, else around it.
   *
   * @param {number} element
   * @param {string} colour
   * @param {number} width  CSS px
   */
  outline(element, colour, width) {
    const geometry = /** @type {Geometry} */ (this.geometry);
    const box = geometry.cell(element, this.box);
    const pen = Math.max(1, Math.round(width * geometry.ratio));
    const inside = Math.min(box.width, box.height) >= 5 * pen;
    const grow = inside ? 0 : pen;
    this.context.strokeStyle = colour;
    this.context.lineWidth = pen;
    this.context.strokeRect(
      box.x - grow + pen / 2,
      box.y - grow + pen / 2,
      box.width + 2 * grow - pen,
      box.height + 2 * grow - pen,
    );
  }

  /**
   * Draw the border of a region: each side of a cell beyond which the region does not go on.
   *
   * @param {ReadonlySet<number>} cells
   * @param {string} colour
   * @param {number} width  CSS px
   */
  outlineRegion(cells, colour, width) {
    const { context, box } = this;
    const geometry = /** @type {Geometry} */ (this.geometry);
    const { columns, rows, start, count } = geometry.arrangement;
    const pen = Math.max(1, Math.round(width * geometry.ratio));
    context.fillStyle = colour;
    for (const cell of cells) {
      if (cell < start || cell >= start + count) continue;
      const place = (cell - start) % (rows * columns);
      const [row, column] = [Math.floor(place / columns), place % columns];
      geometry.cell(cell, box);
      const [x, y] = [box.x - pen / 2, box.y - pen / 2];
      const [across, down] = [box.width + pen, box.height + pen];
      if (row === 0 || !cells.has(cell - columns)) context.fillRect(x, y, across, pen);
      if (row === rows - 1 || !cells.has(cell + columns)) {
        context.fillRect(x, y + box.height, across, pen);
      }
      if (column === 0 || !cells.has(cell - 1)) context.fillRect(x, y, pen, down);
      if (column === columns - 1 || !cells.has(cell + 1)) {
        context.fillRect(x + box.width, y, pen, down);
      }
    }
  }

  /**
   * Mark a cell's upper left corner.
   *
   * @param {number} element
   * @param {string} colour
   * @param {boolean} full  else hollow
   */
  wedge(element, colour, full) {
    const { context } = this;
    const { ratio } = /** @type {Geometry} */ (this.geometry);
    const box = /** @type {Geometry} */ (this.geometry).cell(element, this.box);
    const side = WEDGE * Math.min(box.width, box.height);
    const pen = 1.5 * ratio;
    const [x, y] = [box.x + 1.5 * pen, box.y + 1.5 * pen];
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + side, y);
    context.lineTo(x, y + side);
    context.closePath();
    context.fillStyle = context.strokeStyle = colour;
    context.lineWidth = pen;
    context.lineJoin = "round";
    if (full) context.fill();
    context.stroke();
  }

  /**
   * Outline a tile along its border.
   *
   * @param {number} tile
   * @param {string} colour
   * @param {number} width  CSS px
   */
  outlineTile(tile, colour, width) {
    const { box, context } = this;
    const { ratio, bleed } = /** @type {Geometry} */ (this.geometry);
    const pen = Math.max(1, Math.round(width * ratio));
    /** @type {Geometry} */ (this.geometry).tile(tile, box);
    context.strokeStyle = colour;
    context.lineWidth = pen;
    context.beginPath();
    context.roundRect(
      Math.round(box.x * ratio) + bleed - pen / 2,
      Math.round(box.y * ratio) + bleed - pen / 2,
      Math.round(box.width * ratio) + pen,
      Math.round(box.height * ratio) + pen,
      this.corner * ratio,
    );
    context.stroke();
  }
}
