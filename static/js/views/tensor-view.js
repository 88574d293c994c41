/**
 * <tensor-view data-tensor="conv1.W" label="filters" axes="filter,channel,row,column">
 *
 * A heat map of a tensor: its last two axes are a tile, the axes before them line the tiles up.
 * Data goes in by `show(tensor, run)`; picks and hovers come out as events.
 *
 * Attributes
 *   data-tensor  the array's name                label    its name in words
 *   axes         names of the axes, for words    palette  diverging | sequential | grey | light |
 *                                                         gradient; several: tile by tile
 *   prefix       leading indices held fixed: 0   columns  tiles beside each other
 *   cell         CSS px of a cell: 12 or 12x5    range    the least limit of the colour scale,
 *   orient       how a vector runs: column | row          or "follow": it shrinks again, too
 *   strip        most cells in one strip of a vector
 *   numbers      off: colours alone              scale    off: no label of the colour scale
 *   selectable   tiles can be picked             selected the picked tile
 *   also         tensors whose elements have the same places: a ledger outlines them here, too
 *   gradual      what is NaN is not there yet: an empty cell, not a number that was lost
 *   editable     its numbers can be changed: `step low high`, of a nudge and what they may be
 *
 * Events
 *   cell-pick    {tensor, index, value, label}   tile-pick    {tensor, tile, label}
 *   cell-edit    {tensor, index, value}: somebody wants the number to be this
 *   cell-hover   {tensor, index, value, node}, or null: pointer or focus on a cell, or on none
 *   tensor-shape {shape}: the first tensor, or one of another shape
 *
 * @import {PaletteName} from "../core/palette.js"
 * @import {Tensor} from "../core/types.js"
 * @import {Box} from "./parts/geometry.js"
 * @import {HeatMapOptions} from "./parts/heat-map.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { sameShape } from "./parts/arrangement.js";
import { CellEdits } from "./parts/cell-edits.js";
import { HeatMap, NOTHING } from "./parts/heat-map.js";
import { later } from "./parts/later.js";
import { Range } from "./parts/range.js";
import { Roving } from "./parts/roving.js";
import { ScaleLabel } from "./parts/scale-label.js";
import { onScreenChange, whenSeen } from "./parts/screen.js";
import { openTables, tableButton } from "./parts/table-dialog.js";
import { sheetsOf } from "./parts/tensor-sheets.js";
import { axisNames, cellName, placeOf, shapeLine, summary, tileName } from "./parts/words.js";

const CELL = 12;
const FOLD = 8;

let made = 0;

export class TensorView extends HTMLElement {
  static observedAttributes = [
    ...["label", "palette", "columns", "cell", "prefix", "axes", "orient", "strip"],
    ...["range", "numbers", "scale", "selected", "gradual", "editable"],
  ];

  /** @type {Tensor | null} */
  tensor = null;
  /** @type {string[]} */
  axes = [];
  /** Sizes from a surrounding network; they come before the attributes. @type {Partial<HeatMapOptions>} */
  fitted = {};
  box = document.createElement("div");
  said = document.createElement("p");
  scaleLabel = new ScaleLabel();
  map = new HeatMap(document.createElement("canvas"));
  /** @type {Roving | null} */
  roving = null;
  /** @type {CellEdits | null} */
  edits = null;
  /** @type {AbortController | null} */
  life = null;
  run = 0;
  /** @private */ seen = true;
  /** @private */ stale = false;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.box.className = "tensor-box";
    this.map.painter.canvas.setAttribute("aria-hidden", "true");
    this.box.replaceChildren(this.map.painter.canvas);
    this.roving = new Roving(this.box, this.cells(), signal);
    this.edits = new CellEdits(this, signal);
    this.said.className = "said";
    this.said.id ||= `tensor-view-${(made += 1)}`;
    const button = tableButton(this.label, () => this.openTable(), signal);
    this.replaceChildren(this.box, this.scaleLabel.element, this.said, button);
    this.listen(signal);
    onScreenChange(() => this.arrange(), signal);
    whenSeen(this, (seen) => this.onSeen(seen), signal);
    this.arrange();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === "range") this.map.range = rangeOf(this.getAttribute("range"));
    if (name === "selected") this.map.selected = Number(this.getAttribute("selected") ?? NOTHING);
    if (!this.life) return;
    if (name === "selected") this.refresh();
    else this.arrange();
  }

  /** Whether NaN says that a number is not there yet. */
  get gradual() {
    return this.hasAttribute("gradual");
  }

  /** The tensor's name in words. */
  get label() {
    return this.getAttribute("label") ?? this.dataset.tensor ?? "tensor";
  }

  /**
   * Draw a tensor.
   *
   * @param {Tensor | null | undefined} tensor  none leaves the picture as it is
   * @param {number} [run]  the colour scale starts anew with each run
   */
  show(tensor, run = 0) {
    if (!tensor) return;
    const before = this.tensor;
    this.tensor = tensor;
    this.run = run;
    if (!before || !sameShape(before.shape, tensor.shape)) {
      this.arrange();
      this.tell("tensor-shape", { shape: tensor.shape });
    } else {
      if (this.map.take(tensor.data, run)) this.rescale();
      this.refresh();
    }
    later(this.describe);
  }

  /**
   * Outline cells in the focus colour: what this step touches.
   *
   * @param {ArrayLike<number> | null} cells  places in the tensor's data
   * @param {number} [picked]  the one whose ledger is open; outlined more strongly
   */
  highlight(cells, picked = NOTHING) {
    this.map.highlighted = cells;
    this.map.picked = picked;
    this.refresh();
  }

  /**
   * Outline the cells that this step touches, whatever the ledger speaks of.
   *
   * @param {ArrayLike<number> | null} cells  places in the tensor's data
   */
  touch(cells) {
    this.map.touched = cells;
    this.refresh();
  }

  /**
   * Mark cells with a corner in the focus colour: the first with a full one, the others hollow.
   *
   * @param {ArrayLike<number> | null} cells  places in the tensor's data
   */
  mark(cells) {
    this.map.marked = cells;
    this.refresh();
  }

  /**
   * Write something else than the numbers into the cells: how they came about, `0·1`.
   *
   * @param {readonly string[] | null} texts  one for each cell shown
   */
  caption(texts) {
    this.map.caption(texts);
    this.refresh();
  }

  /**
   * Draw a line within each tile around a part of it: the picture inside its padding.
   *
   * @param {import("./parts/heat-map.js").Part | null} part
   */
  frame(part) {
    this.map.framed = part;
    this.refresh();
  }

  /**
   * Draw a line around a region of cells, as far as they hang together.
   *
   * @param {ArrayLike<number> | null} cells  places in the tensor's data
   */
  enclose(cells) {
    this.map.enclosed = cells && new Set(Array.from(cells));
    this.refresh();
  }

  /**
   * Shade cells that nothing looks at.
   *
   * @param {ArrayLike<number> | null} cells  places in the tensor's data
   */
  shade(cells) {
    this.map.shaded = cells;
    this.refresh();
  }

  /**
   * Outline nodes: tiles, or the cells of a vector.
   *
   * @param {ArrayLike<number> | null} nodes
   */
  light(nodes) {
    this.map.light(nodes);
    this.refresh();
  }

  /** How many nodes a connection can end at. */
  get nodes() {
    return this.map.nodes;
  }

  /** A node's box in CSS px within this element. @param {number} node @param {Box} out @returns {Box} */
  nodeBox(node, out) {
    this.map.nodeBox(node, out);
    out.x += this.box.offsetLeft;
    out.y += this.box.offsetTop;
    return out;
  }

  /** What a node is called: `map 3 of pooled maps`. @param {number} node */
  nameOfNode(node) {
    const { arrangement, vector } = this.map;
    if (!arrangement) return this.label;
    const name = vector
      ? placeOf(arrangement, this.axes, arrangement.start + node)
      : tileName(arrangement, this.axes, node);
    return name ? `${name} of ${this.label}` : this.label;
  }

  /** Take sizes from a surrounding network. @param {Partial<HeatMapOptions>} sizes */
  fit(sizes) {
    this.fitted = sizes;
    this.arrange();
  }

  /** The shape as a heading writes it: `8 · 3×3`. */
  get shapeLine() {
    return this.tensor ? shapeLine(this.tensor.shape, this.options().prefix.length) : "";
  }

  /** @returns {HeatMapOptions} */
  options() {
    const [cellWidth, cellHeight] = (this.getAttribute("cell") ?? `${CELL}`).split("x").map(Number);
    const prefix = this.getAttribute("prefix");
    return {
      palettes: /** @type {PaletteName[]} */ ((this.getAttribute("palette") ?? "diverging").split(" ")),
      prefix: prefix ? prefix.split(",").map(Number) : [],
      across: Number(this.getAttribute("columns") ?? 0),
      fold: FOLD,
      orient: this.getAttribute("orient") === "row" ? "row" : "column",
      strip: Number(this.getAttribute("strip") ?? 0),
      cellWidth,
      cellHeight: cellHeight ?? cellWidth,
      numbers: this.getAttribute("numbers") !== "off",
      gradual: this.gradual,
      ...this.fitted,
    };
  }

  /** Lay everything out anew. */
  arrange() {
    const { tensor, map, roving } = this;
    if (!tensor || !this.life || !roving) return;
    const options = this.options();
    map.arrange(tensor.shape, options);
    map.take(tensor.data, this.run);
    this.axes = axisNames(this.getAttribute("axes"), tensor.shape, options.prefix.length);
    roving.label(this.label, this.said.id);
    roving.grid.setAttribute("aria-readonly", String(!this.hasAttribute("editable")));
    roving.refresh();
    this.rescale();
    this.describe();
    this.refresh();
  }

  rescale() {
    const { map, scaleLabel } = this;
    scaleLabel.element.hidden = this.getAttribute("scale") === "off";
    if (map.colours) scaleLabel.show(map.colours, map.range.limit, map.range.signed);
  }

  /** Paint now if it can be seen, else once it can. */
  refresh() {
    if (!this.life) return;
    this.stale = !this.seen;
    if (this.seen) this.map.paint();
  }

  /** @param {boolean} seen */
  onSeen(seen) {
    this.seen = seen;
    if (seen && this.stale) this.refresh();
  }

  /** Bring the words up to date. */
  describe = () => {
    const { arrangement, data } = this.map;
    if (!arrangement || !data || !this.life) return;
    this.said.textContent = `${this.label}: ${summary(arrangement, this.axes, data, this.gradual)}`;
    this.roving?.rename();
  };

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this;
    box.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    box.addEventListener("pointerleave", () => this.hover(NOTHING, NOTHING), { signal });
    box.addEventListener("click", (event) => this.onClick(event), { signal });
  }

  /** @param {MouseEvent} event @returns {number} the element under it */
  under(event) {
    const corner = this.box.getBoundingClientRect();
    const { geometry } = this.map;
    return geometry ? geometry.locate(event.clientX - corner.x, event.clientY - corner.y) : NOTHING;
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    if (event.pointerType === "touch") return;
    const element = this.under(event);
    if (element !== this.map.hovered) this.hover(element, element);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const element = this.under(event);
    const { arrangement } = this.map;
    if (element === NOTHING || !arrangement) return;
    if (event.detail > 1 && this.edits?.on) return; // it opens the field over the cell
    this.roving?.go(arrangement.gridRowOf(element), arrangement.gridColumnOf(element));
    this.pick(element);
  }

  /** @param {number} outlined @param {number} told */
  hover(outlined, told) {
    if (outlined !== this.map.hovered) {
      this.map.hovered = outlined;
      this.refresh();
    }
    this.tell("cell-hover", told === NOTHING ? null : this.facts(told));
  }

  /** @param {number} element */
  pick(element) {
    const { arrangement } = this.map;
    if (!arrangement || !this.tensor) return;
    this.tell("cell-pick", this.facts(element));
    if (this.hasAttribute("selectable")) {
      const tile = arrangement.tileOf(element);
      const label = tileName(arrangement, this.axes, tile);
      this.tell("tile-pick", { tensor: this.tensor.name, tile, label });
    }
  }

  /** @param {number} element */
  facts(element) {
    const { arrangement, data } = this.map;
    if (!arrangement || !data || !this.tensor) return null;
    return {
      tensor: this.tensor.name,
      index: arrangement.index(element),
      value: data[element],
      label: this.nameOf(element),
      node: this.map.nodeOf(element),
    };
  }

  /** A cell in words: `kernel, row 2, column 1: −1`. @param {number} element */
  nameOf(element) {
    return `${this.label}, ${this.cellName(element)}`;
  }

  /** @param {number} element */
  cellName(element) {
    const { arrangement, data } = this.map;
    if (!arrangement || element === NOTHING) return "no values yet";
    const name = cellName(arrangement, this.axes, element, data?.[element], this.gradual);
    const caption = this.map.captions?.[element - arrangement.start];
    return caption ? `${name}, which is ${caption}` : name;
  }

  /**
   * Ask for another number in a cell; what comes of it, the next `show` says.
   *
   * @param {number} element
   * @param {number} value
   */
  edit(element, value) {
    const { arrangement } = this.map;
    if (!arrangement || !this.tensor) return;
    const { name } = this.tensor;
    this.tell("cell-edit", { tensor: name, index: arrangement.index(element), value });
  }

  openTable() {
    const { arrangement, data } = this.map;
    if (!arrangement || !data) return;
    this.describe();
    openTables(this.label, this.said.textContent ?? "", sheetsOf(arrangement, this.axes, data, this.gradual));
  }

  /** What the roving cell asks. @returns {Cells} */
  cells() {
    const { map } = this;
    /** @param {number} row @param {number} column */
    const at = (row, column) => map.arrangement?.element(row, column) ?? NOTHING;
    return {
      get rows() {
        return map.arrangement?.gridRows ?? 0;
      },
      get columns() {
        return map.arrangement?.gridColumns ?? 0;
      },
      get page() {
        return map.arrangement?.rows ?? 1;
      },
      has: (row, column) => at(row, column) !== NOTHING,
      name: (row, column) => this.cellName(at(row, column)),
      box: (row, column, out) => map.geometry?.cellOnPage(at(row, column), out) ?? out,
      pick: (row, column) => this.pick(at(row, column)),
      enter: (row, column) => this.hover(NOTHING, at(row, column)),
      leave: () => this.hover(NOTHING, NOTHING),
      press: (key, row, column) => this.edits?.key(key, at(row, column)) ?? false,
      table: () => this.openTable(),
    };
  }

  /** @param {string} name @param {object | null} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

/** @param {string | null} text  the attribute */
function rangeOf(text) {
  return text === "follow" ? new Range(0, true) : new Range(Number(text));
}

customElements.define("tensor-view", TensorView);
