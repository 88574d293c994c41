/**
 * A tensor's picture on a canvas: where its cells are, how they are coloured, what is outlined.
 *
 * @import {PaletteName, Table} from "../../core/palette.js"
 * @import {NumberStyle} from "./numbers.js"
 */

import { table } from "../../core/palette.js";
import { tokens } from "../../core/tokens.js";
import { Arrangement } from "./arrangement.js";
import { Geometry } from "./geometry.js";
import { fit, fitText } from "./numbers.js";
import { Painter } from "./painter.js";
import { Range } from "./range.js";

/**
 * @typedef {object} HeatMapOptions
 * @property {PaletteName[]} palettes  of the tiles, in turn
 * @property {number[]} prefix  indices of leading axes that are held fixed
 * @property {number} across  tiles beside each other; 0: as many as `fold` asks for
 * @property {number} fold  the most tiles below each other
 * @property {"column" | "row"} orient  how a vector runs
 * @property {number} strip  the most cells in one strip of a vector; 0: one strip
 * @property {number} cellWidth  CSS px
 * @property {number} cellHeight
 * @property {number} [tileWidth]  CSS px; comes before the cell's size
 * @property {number} [tileHeight]
 * @property {number} [gap]  CSS px between tiles
 * @property {boolean} numbers
 * @property {boolean} [gradual]  NaN is a number that is not there yet
 */

/**
 * Some of a tile's rows and columns.
 *
 * @typedef {{row: number, column: number, rows: number, columns: number}} Part
 */

/** CSS px. */
const GAP = 6;
const BLEED = 4;
const CORNER = 4;

/** No cell, no tile. */
export const NOTHING = -1;

export class HeatMap {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.painter = new Painter(canvas);
    this.range = new Range();
    /** @type {ArrayLike<number> | null} */
    this.data = null;
    /** @type {ArrayLike<number> | null} */
    this.highlighted = null;
    /** What this step touches. @type {ArrayLike<number> | null} */
    this.touched = null;
    /** What won, and then what came as far. @type {ArrayLike<number> | null} */
    this.marked = null;
    /** A region that a line is drawn around. @type {ReadonlySet<number> | null} */
    this.enclosed = null;
    /** What nothing looks at. @type {ArrayLike<number> | null} */
    this.shaded = null;
    /** The element whose ledger is open. */
    this.picked = NOTHING;
    /** Nodes that a network lights: cells of a vector, else tiles. @type {ArrayLike<number> | null} */
    this.litCells = null;
    /** @type {ArrayLike<number> | null} */
    this.litTiles = null;
    /** What is written instead of the numbers. @type {readonly string[] | null} */
    this.captions = null;
    /** What is drawn round within each tile. @type {Part | null} */
    this.framed = null;
    this.hovered = NOTHING;
    this.selected = NOTHING;
    /** @type {Arrangement | null} */
    this.arrangement = null;
    /** @type {Geometry | null} */
    this.geometry = null;
    /** Of the first tile. @type {Table | null} */
    this.colours = null;
    /** @type {Table[]} */
    this.tables = [];
    /** @type {NumberStyle | null} */
    this.style = null;
    this.numbers = true;
    this.gradual = false;
  }

  /**
   * Lay out a shape; needed again when the options, the theme or the screen's density change.
   *
   * @param {readonly number[]} shape
   * @param {HeatMapOptions} options
   */
  arrange(shape, options) {
    const { colour, focusStroke, stroke, fontMono } = tokens();
    this.arrangement = new Arrangement(shape, options);
    this.geometry = new Geometry(this.arrangement, {
      gap: GAP,
      ...options,
      bleed: BLEED,
      border: stroke / 2,
      line: 1,
      ratio: devicePixelRatio,
    });
    this.numbers = options.numbers;
    this.gradual = options.gradual === true;
    this.shadeColour = colour["ink-soft"];
    this.tables = options.palettes.map(table);
    this.colours = this.tables[0];
    this.focusColour = colour.focus;
    this.accentColour = colour.accent;
    this.pen = focusStroke;
    this.painter.prepare(this.geometry, {
      border: colour["hairline-strong"],
      line: colour.hairline,
      corner: CORNER,
      font: fontMono,
    });
    this.restyle();
  }

  /**
   * Take new values of the arranged shape; does not paint.
   *
   * @param {ArrayLike<number>} data
   * @param {number} run
   * @returns {boolean}  whether the colour scale changed
   */
  take(data, run) {
    this.data = data;
    const { arrangement } = this;
    if (!arrangement) return false;
    const changed = this.range.see(data, arrangement.start, arrangement.count, run);
    if (changed) this.restyle();
    return changed;
  }

  /** Write texts instead of the numbers. @param {readonly string[] | null} texts */
  caption(texts) {
    this.captions = texts;
    this.restyle();
  }

  /** Choose how the numbers are written. */
  restyle() {
    if (!this.geometry) return;
    if (this.captions) {
      const longest = this.captions.reduce((most, { length }) => Math.max(most, length), 1);
      this.style = fitText(longest, this.geometry.cellWidth, this.geometry.cellHeight);
      return;
    }
    this.style = this.numbers
      ? fit({
          limit: this.range.limit,
          signed: this.range.signed,
          whole: this.range.whole,
          width: this.geometry.cellWidth,
          height: this.geometry.cellHeight,
          zoom: tokens().rootSize / 16,
        })
      : null;
  }

  paint() {
    const { arrangement, colours, data, painter, style } = this;
    if (!arrangement || !colours) return;
    const { limit } = this.range;
    painter.fill(data, this.tables, limit, this.gradual);
    if (this.shaded) painter.shade(this.shaded, this.shadeColour ?? "");
    if (data && style) painter.write(data, this.tables, limit, style, this.captions);
    if (this.framed) painter.frame(this.framed, this.accentColour ?? "");
    this.outline();
  }

  outline() {
    const { litTiles, painter } = this;
    const focus = this.focusColour ?? "";
    const pen = this.pen ?? 2;
    if (this.selected !== NOTHING) painter.outlineTile(this.selected, this.accentColour ?? "", pen);
    if (litTiles) for (let i = 0; i < litTiles.length; i++) painter.outlineTile(litTiles[i], focus, pen);
    if (this.litCells) this.outlineCells(this.litCells, focus, pen);
    // where a ledger points at numbers, the step's own stand back
    if (this.touched) this.outlineCells(this.touched, focus, this.highlighted ? pen / 2 : pen);
    if (this.enclosed) painter.outlineRegion(this.enclosed, focus, pen);
    if (this.marked) this.markCells(this.marked, focus);
    if (this.highlighted) this.outlineCells(this.highlighted, focus, pen);
    if (this.arrangement?.shows(this.picked)) painter.outline(this.picked, focus, 1.5 * pen);
    if (this.hovered !== NOTHING) painter.outline(this.hovered, focus, pen);
  }

  /** @param {ArrayLike<number>} cells @param {string} colour @param {number} pen */
  outlineCells(cells, colour, pen) {
    for (let i = 0; i < cells.length; i++) {
      if (this.arrangement?.shows(cells[i])) this.painter.outline(cells[i], colour, pen);
    }
  }

  /** @param {ArrayLike<number>} cells @param {string} colour */
  markCells(cells, colour) {
    for (let i = 0; i < cells.length; i++) {
      if (this.arrangement?.shows(cells[i])) this.painter.wedge(cells[i], colour, i === 0);
    }
  }

  /** Whether the tensor is a vector: its nodes are cells then, not tiles. */
  get vector() {
    return this.arrangement !== null && this.arrangement.shape.length - this.arrangement.held < 2;
  }

  /** How many places a connection can end at: tiles, or the cells of a vector. */
  get nodes() {
    const { arrangement } = this;
    if (!arrangement) return 0;
    return this.vector ? arrangement.count : arrangement.tiles;
  }

  /** @param {number} element  @returns {number}  the node it belongs to */
  nodeOf(element) {
    const arrangement = /** @type {Arrangement} */ (this.arrangement);
    return this.vector ? element - arrangement.start : arrangement.tileOf(element);
  }

  /**
   * @param {number} node
   * @param {import("./geometry.js").Box} out  CSS px from the first tile's corner
   */
  nodeBox(node, out) {
    const { arrangement, geometry } = this;
    if (!arrangement || !geometry) return out;
    return this.vector
      ? geometry.cellOnPage(arrangement.start + node, out)
      : geometry.tile(node, out);
  }

  /** Outline nodes, or none. @param {ArrayLike<number> | null} nodes */
  light(nodes) {
    if (this.vector) {
      const start = this.arrangement?.start ?? 0;
      this.litCells = nodes && Array.from(nodes, (node) => node + start);
    } else this.litTiles = nodes;
  }
}
