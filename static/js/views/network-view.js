/**
 * <network-view>
 *   <network-column heading="filters" connect="all"><tensor-view …></tensor-view></network-column>
 *   …
 * </network-view>
 *
 * Columns of tensors with their connections drawn lightly behind them. Tiles are scaled so that
 * the network fits its width and height; a narrow screen scrolls it inside its own box. Pointing
 * at a tile, or focusing it, shows exactly what feeds it; pointing at a line that stands for weights,
 * or walking to it, shows its number, and picking it asks for its ledger.
 *
 * <network-view>   `height`: the most CSS px (half of the window's height);
 *                  `zoomable`: fingers zoom it, see parts/zoom.js
 * <network-column> `heading`; `shape`: the line below it (by default what the view says);
 *                  `connect`: how it is fed by the column before: all | one | flatten;
 *                  `link`: how many columns before that one a residual link comes from;
 *                  `weights`: the tensor of which each of these connections is a part;
 *                  `size`: a tile's side at scale 1 in CSS px (38); `columns`: tiles beside each
 *                  other (by default as many as keep at most eight below each other)
 *
 * @import {Tensor} from "../core/types.js"
 * @import {Box} from "./parts/geometry.js"
 * @import {ColumnSize} from "./parts/network-sizes.js"
 * @import {Connect} from "./parts/wires.js"
 * @import {Zoom} from "./parts/zoom.js"
 */

import { tokens } from "../core/tokens.js";
import { BarList } from "./bar-list.js";
import { Edges } from "./parts/edges.js";
import { BORDERS, heightOf, scaleFor, tileSide } from "./parts/network-sizes.js";
import { onScreenChange } from "./parts/screen.js";
import { feeding, linesInto, past, wires } from "./parts/wires.js";
import { TensorView } from "./tensor-view.js";

const TILE = 38;
const FOLD = 8;
/** As in the style sheet: between columns, and more before those fed by all; around them. */
const AMPLE = { compact: false, gap: 10, lead: 8 };
const COMPACT = { compact: true, gap: 6, lead: 0 };
const PADDING = 6;
const STRIP_WIDTH = 14;
const NARROW_STRIP = 10;
const STRIP_GAP = 3;
const LEAST_CELL = 2;
const LEAST_HEIGHT = 320;
/** What a zoomed drawing's box has beside the height of its tiles, CSS px. */
const HEADINGS = 120;
const FOLDINGS = 2;
const SVG = "http://www.w3.org/2000/svg";

/** @typedef {TensorView | BarList} Figure */

export class NetworkColumn extends HTMLElement {
  static observedAttributes = ["heading", "shape"];

  head = document.createElement("p");
  headingText = document.createElement("span");
  shapeText = document.createElement("span");

  connectedCallback() {
    this.head.className = "column-head";
    this.shapeText.className = "column-shape";
    this.head.replaceChildren(this.headingText, this.shapeText);
    this.prepend(this.head);
    this.write();
  }

  attributeChangedCallback() {
    this.write();
  }

  /** What is drawn in this column. @returns {Figure | null} */
  get figure() {
    const found = this.querySelector("tensor-view, bar-list");
    return found instanceof TensorView || found instanceof BarList ? found : null;
  }

  /** @returns {Connect | null} */
  get connect() {
    return /** @type {Connect | null} */ (this.getAttribute("connect"));
  }

  /** How many columns before the one that feeds it another one does, too; 0 for none. */
  get link() {
    return Number(this.getAttribute("link") ?? 0);
  }

  write() {
    this.headingText.textContent = this.getAttribute("heading") ?? "";
    this.shapeText.textContent = this.getAttribute("shape") ?? this.figure?.shapeLine ?? "";
  }
}

export class NetworkView extends HTMLElement {
  svg = document.createElementNS(SVG, "svg");
  bands = document.createElementNS(SVG, "path");
  lines = document.createElementNS(SVG, "path");
  lit = document.createElementNS(SVG, "path");
  litEdge = document.createElementNS(SVG, "path");
  inner = document.createElement("div");
  /** Boxes of every column's nodes, CSS px within `inner`. @type {Box[][]} */
  boxes = [];
  /** @type {Figure[]} what is lit now */
  litFigures = [];
  /** @type {Edges | null} */
  edges = null;
  /** Given by who lets the drawing be zoomed. @type {Zoom | null} */
  zoom = null;
  /** @type {AbortController | null} */
  life = null;
  /** @private */ waiting = false;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.svg.setAttribute("aria-hidden", "true");
    this.bands.setAttribute("class", "wire-bands");
    this.lines.setAttribute("class", "wire-lines");
    this.lit.setAttribute("class", "wire-lit");
    this.litEdge.setAttribute("class", "wire-edge");
    this.svg.replaceChildren(this.bands, this.lines, this.lit, this.litEdge);
    this.inner.className = "network-inner";
    this.inner.append(this.svg, ...this.querySelectorAll(":scope > network-column"));
    this.append(this.inner);
    this.edges = new Edges(this.inner, this.litEdge, signal);
    this.addEventListener("tensor-shape", () => this.arrangeSoon(), { signal });
    this.addEventListener("line-change", (event) => columnOf(event)?.write(), { signal });
    this.addEventListener("cell-hover", (event) => this.onHover(event), { signal });
    addEventListener("resize", () => this.arrangeSoon(), { signal });
    onScreenChange(() => this.arrangeSoon(), signal);
    const observer = new ResizeObserver(() => this.arrangeSoon());
    observer.observe(this);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  /** Take the weights that the edges stand for. @param {ReadonlyMap<string, Tensor>} arrays  of a frame */
  show(arrays) {
    this.edges?.show(arrays);
  }

  /** @returns {NetworkColumn[]} */
  get columns() {
    return [...this.inner.querySelectorAll("network-column")].filter(
      (column) => column instanceof NetworkColumn,
    );
  }

  /** Lay out after the frame that is being painted: all tensors of it are known then. */
  arrangeSoon() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      if (this.life) this.arrange();
    });
  }

  arrange() {
    const { columns } = this;
    for (const column of columns) column.write();
    const height = Number(this.getAttribute("height")) || Math.max(LEAST_HEIGHT, innerHeight / 2);
    const { sizes, scale: fitting } = this.measure(columns, height);
    const scale = fitting * (this.zoom?.limit(sizes, fitting) ?? 1);
    this.style.setProperty("--network-height", `${height + HEADINGS}px`);
    const tallest = tallestOf(sizes, scale);
    for (const [i, column] of columns.entries()) {
      if (column.figure instanceof TensorView) fitFigure(column.figure, sizes[i], scale, tallest);
      else column.figure?.roving?.refresh(); // its bars may have become wider or narrower
    }
    this.drawWires(columns);
  }

  /**
   * Find the largest scale that fits: with ample space between the columns, else with little. When
   * neither fits, the network scrolls in its box, and may as well be ample and readable.
   *
   * @param {NetworkColumn[]} columns
   * @param {number} height  the most, CSS px
   */
  measure(columns, height) {
    // a zoomed drawing has scroll bars: what fits without them decides
    const width = (this.zoom ? this.offsetWidth : this.clientWidth) - 2 * PADDING;
    const room = { width, height, ratio: devicePixelRatio };
    for (const { compact, gap, lead } of [AMPLE, COMPACT]) {
      this.toggleAttribute("data-compact", compact);
      let sizes = shareUnit(columns.map((column) => sizeOf(column, height, lead)));
      let scale = scaleFor(sizes, { ...room, gap });
      // a vector is folded to the height of the tiles: the smaller they are, the more strips it has
      for (let again = 0; again < FOLDINGS && scale > 0; again++) {
        const tallest = tallestOf(sizes, scale);
        sizes = shareUnit(columns.map((column) => sizeOf(column, tallest, lead)));
        scale = scaleFor(sizes, { ...room, gap });
      }
      if (scale > 0) return { sizes, scale };
    }
    this.toggleAttribute("data-compact", false);
    const sizes = shareUnit(columns.map((column) => sizeOf(column, height, AMPLE.lead)));
    return { sizes, scale: tokens().rootSize / 16 };
  }

  /** @param {NetworkColumn[]} columns */
  drawWires(columns) {
    const origin = this.inner.getBoundingClientRect();
    this.boxes = columns.map(({ figure }) => (figure ? boxesOf(figure, origin) : []));
    let lines = "";
    let bands = "";
    for (let i = 1; i < columns.length; i++) {
      const { connect } = columns[i];
      if (!connect) continue;
      const drawn = wires(connect, this.boxes[i - 1], this.boxes[i]);
      lines += drawn.lines;
      bands += drawn.bands;
      const { link } = columns[i];
      if (link > 0 && link < i) lines += past(this.boxes.slice(i - 1 - link, i + 1));
    }
    this.lines.setAttribute("d", lines);
    this.bands.setAttribute("d", bands);
    this.lit.setAttribute("d", "");
    this.edges?.arrange(columns, this.boxes);
  }

  /** @param {Event} event */
  onHover(event) {
    const { detail } = /** @type {CustomEvent<{node: number} | null>} */ (event);
    for (const figure of this.litFigures) figure.light(null);
    this.litFigures = [];
    this.lit.setAttribute("d", "");
    const column = columnOf(event);
    const at = column ? this.columns.indexOf(column) : -1;
    if (!detail || !column?.connect || at < 1) return;
    this.lightInto(column.connect, at, detail.node);
    const linked = column.link > 0 ? this.columns[at - 1 - column.link]?.figure : null;
    if (linked) this.lightAlso(linked, detail.node);
  }

  /**
   * Show what feeds a node.
   *
   * @param {Connect} connect
   * @param {number} at  the column
   * @param {number} node
   */
  lightInto(connect, at, node) {
    const [before, here] = [this.boxes[at - 1], this.boxes[at]];
    const { figure } = this.columns[at - 1];
    if (!here[node] || before.length === 0 || !figure) return;
    this.lit.setAttribute("d", linesInto(connect, node, before, here));
    this.lightAlso(figure, ...feeding(connect, node, before.length, here.length));
  }

  /** @param {NonNullable<NetworkColumn["figure"]>} figure @param {...number} nodes */
  lightAlso(figure, ...nodes) {
    figure.light(nodes);
    this.litFigures.push(figure);
  }
}

/** @param {Event} event @returns {NetworkColumn | null} */
function columnOf(event) {
  const column = event.target instanceof Element ? event.target.closest("network-column") : null;
  return column instanceof NetworkColumn ? column : null;
}

/**
 * @param {NetworkColumn} column
 * @param {number} height  the most, CSS px
 * @param {number} room  before a column that is fed by all of the one before
 * @returns {ColumnSize}
 */
function sizeOf(column, height, room) {
  const { figure } = column;
  // what hangs below a column takes no room beside others
  const beside = [...column.children].filter((child) => child !== figure && !child.matches("figure"));
  const least = Math.max(0, ...beside.map((child) => /** @type {HTMLElement} */ (child).offsetWidth));
  const lead = column.connect === "all" ? room : 0;
  const fixed = { least, lead, base: 0, rows: 1, across: 1, down: 1 };
  if (!(figure instanceof TensorView)) return { ...fixed, least: Math.max(least, column.offsetWidth) };
  const { arrangement } = figure.map;
  if (!arrangement) return fixed;
  if (figure.map.vector) {
    return { ...fixed, least: Math.max(least, stripsWidth(arrangement.count, height)) };
  }
  const across = Number(column.getAttribute("columns")) || Math.ceil(arrangement.tiles / FOLD);
  const base = Number(column.getAttribute("size")) || TILE;
  const down = Math.ceil(arrangement.tiles / across);
  return { least, lead, base, rows: arrangement.rows, across, down };
}

/** The height of the tallest column of tiles, CSS px. @param {ColumnSize[]} sizes @param {number} scale */
function tallestOf(sizes, scale) {
  const tiles = sizes.filter((size) => size.base > 0);
  return Math.max(0, ...tiles.map((size) => heightOf(size, scale, devicePixelRatio))) || LEAST_HEIGHT;
}

/** How many strips a vector is folded into. @param {number} count @param {number} height CSS px */
function stripsFor(count, height) {
  return Math.ceil(count / Math.max(1, Math.floor(height / LEAST_CELL)));
}

/** @param {number} count @param {number} height CSS px */
function stripsWidth(count, height) {
  const strips = stripsFor(count, height);
  return strips > 1 ? strips * (NARROW_STRIP + 2 + STRIP_GAP) : STRIP_WIDTH + 2;
}

/**
 * Tiles of the usual size are equal in all columns, so that they line up: they share a unit.
 *
 * @param {ColumnSize[]} sizes
 */
function shareUnit(sizes) {
  const usual = sizes.filter((size) => size.base === TILE);
  const rows = Math.max(1, ...usual.map((size) => size.rows));
  for (const size of usual) size.rows = rows;
  return sizes;
}

/**
 * @param {TensorView} view
 * @param {ColumnSize} size
 * @param {number} scale
 * @param {number} tallest  CSS px of the tallest column of tiles
 */
function fitFigure(view, size, scale, tallest) {
  const { arrangement } = view.map;
  if (!arrangement) return;
  if (!view.map.vector) {
    const side = tileSide(size, scale, devicePixelRatio);
    view.fit({ tileWidth: side, tileHeight: side, across: size.across });
    return;
  }
  const strips = stripsFor(arrangement.count, tallest);
  const strip = Math.ceil(arrangement.count / strips);
  view.fit({
    tileWidth: strips > 1 ? NARROW_STRIP : STRIP_WIDTH,
    tileHeight: Math.min(tallest - BORDERS, TILE * strip),
    strip,
    gap: STRIP_GAP,
  });
}

/** @param {Figure} figure @param {DOMRect} origin @returns {Box[]} */
function boxesOf(figure, origin) {
  const { x, y } = figure.getBoundingClientRect();
  return Array.from({ length: figure.nodes }, (_, node) => {
    const box = figure.nodeBox(node, { x: 0, y: 0, width: 0, height: 0 });
    box.x += x - origin.x;
    box.y += y - origin.y;
    return box;
  });
}

customElements.define("network-column", NetworkColumn);
customElements.define("network-view", NetworkView);
