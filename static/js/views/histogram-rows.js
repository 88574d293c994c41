/**
 * <histogram-rows label="activations" data-tensor="hist.a.counts">
 *
 * A histogram for each layer, one below the other, and beside it numbers of the same layer, one of
 * them as a curve over powers of ten. The tallest bar of each row fills the row. Attribute: label.
 *
 * Data in: `show(rows)`, see parts/histogram-painter.js; the arrays are kept, not copied.
 *
 * Event: cell-pick {tensor, index, value, label}: a bar, which is a count, or a number beside.
 *
 * @import {Rows} from "./parts/histogram-painter.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { HistogramPainter } from "./parts/histogram-painter.js";
import { PlotView } from "./parts/plot-view.js";

const NOTHING = -1;

export class HistogramRows extends PlotView {
  painter = new HistogramPainter(this.frame.canvas);
  /** The row and the column that are read; the numbers beside come after the bars. */
  reading = { row: NOTHING, column: NOTHING };
  /** What the picture was laid out for. */
  laid = "";

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    // what is read has a line of its own: nothing below may move while one points
    this.legend.replaceChildren(this.readText);
  }

  /** @param {Rows} rows */
  show(rows) {
    const { painter } = this;
    painter.take(rows);
    const laid = JSON.stringify([rows.names, rows.sides.map(({ head }) => head), painter.bins]);
    if (laid !== this.laid) {
      this.laid = laid;
      this.arrange();
    }
    if (this.reading.row !== NOTHING) this.say();
    this.refresh();
  }

  /** @override */
  arrange() {
    if (!this.life || !this.painter) return;
    const { box, painter } = this;
    box.style.setProperty("--plot-height", `${painter.tall}px`);
    const { clientWidth: width } = box;
    this.ready = width > 0 && painter.rows.names.length > 0;
    if (!this.ready) return;
    painter.prepare(width, parseFloat(getComputedStyle(box).fontSize));
    this.roving?.refresh();
    this.flush();
  }

  /** @override */
  paint() {
    this.painter.paint(this.reading.row, this.reading.column);
  }

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this;
    box.classList.add("histogram-box");
    const under = (/** @type {MouseEvent} */ event) =>
      this.painter.under(this.across(event), this.down(event));
    box.addEventListener(
      "pointermove",
      (event) => {
        const found = under(event);
        box.classList.toggle("histogram-over", found !== null);
        this.read(...(found ?? [NOTHING, NOTHING]));
      },
      { signal },
    );
    box.addEventListener("pointerleave", () => this.read(NOTHING, NOTHING), { signal });
    box.addEventListener(
      "click",
      (event) => {
        const found = under(event);
        if (!found) return;
        this.roving?.go(...found);
        this.pick(...found);
      },
      { signal },
    );
  }

  /** @param {number} row @param {number} column */
  read(row, column) {
    if (row === this.reading.row && column === this.reading.column) return;
    this.reading.row = row;
    this.reading.column = column;
    this.say();
    this.refresh();
  }

  /** Write what is read. */
  say() {
    const { row, column } = this.reading;
    setText(this.readText, row === NOTHING ? "" : this.nameOf(row, column));
  }

  /** @param {number} row @param {number} column */
  pick(row, column) {
    const facts = this.facts(row, column);
    if (facts) this.tell("cell-pick", facts);
  }

  /** The number at a place. @param {number} row @param {number} column */
  facts(row, column) {
    const { painter } = this;
    const label = this.nameOf(row, column);
    if (column < painter.bins) {
      const at = painter.histogramOf(row);
      const { counts } = painter.rows;
      if (at === NOTHING || !counts) return null;
      return { tensor: counts.name, index: [at, column], value: counts.data[at * painter.bins + column], label };
    }
    const side = column - painter.bins;
    const at = painter.elementOf(side, row);
    const value = painter.valueOf(side, row);
    if (at === NOTHING || Number.isNaN(value)) return null;
    return { tensor: painter.rows.sides[side].tensor?.name ?? "", index: [at], value, label };
  }

  /** @param {number} row @param {number} column */
  nameOf(row, column) {
    const { painter } = this;
    const { names, sides, edges, counts } = painter.rows;
    const name = names[row] ?? "";
    if (column >= painter.bins) {
      const side = column - painter.bins;
      const value = painter.valueOf(side, row);
      return `${name}, ${sides[side]?.head}: ${Number.isNaN(value) ? "no number" : significant(value)}`;
    }
    const at = painter.histogramOf(row);
    if (at === NOTHING || !edges || !counts) return `${name}: no histogram`;
    const [low, high] = [0, 1].map((end) => edges.data[at * (painter.bins + 1) + column + end]);
    const count = counts.data[at * painter.bins + column];
    return `${name}, from ${significant(low)} to ${significant(high)}: ${significant(count)}`;
  }

  /** @override */
  sentence() {
    const { painter } = this;
    const { names, sides } = painter.rows;
    const side = sides.findIndex(({ curve }) => curve);
    if (side < 0 || names.length === 0) return `${this.label}: ${names.length} histograms.`;
    const rows = names.map((_, row) => row).filter((row) => painter.elementOf(side, row) !== NOTHING);
    const [first, last] = [rows[0], rows[rows.length - 1]];
    const told = [first, last].map((row) => `${significant(painter.valueOf(side, row))} in ${names[row]}`);
    return `${this.label}: ${painter.most.length} histograms; ${sides[side].head} ${told.join(", ")}.`;
  }

  /** @override */
  sheets() {
    const { painter } = this;
    const { names, sides, counts, edges } = painter.rows;
    const beside = {
      caption: "",
      corner: "layer",
      rows: [...names],
      columns: sides.map(({ head }) => head),
      value: (/** @type {number} */ row, /** @type {number} */ side) => known(painter.valueOf(side, row)),
    };
    const { bins } = painter;
    const histograms = Array.from(painter.most.keys(), (at) => ({
      caption: names[at + painter.rows.from],
      corner: "interval",
      rows: Array.from({ length: bins }, (_, bin) => String(bin + 1)),
      columns: ["lower end", "upper end", "numbers"],
      value: (/** @type {number} */ bin, /** @type {number} */ column) =>
        column === 2 ? counts?.data[at * bins + bin] : edges?.data[at * (bins + 1) + bin + column],
    }));
    return [beside, ...histograms];
  }

  /** @override A row for each layer; its bars, then the numbers beside. @returns {Cells} */
  cells() {
    const view = this;
    const { painter } = this;
    return {
      get rows() {
        return view.painter?.rows.names.length ?? 0;
      },
      get columns() {
        return view.painter ? view.painter.bins + view.painter.rows.sides.length : 0;
      },
      page: 5,
      has: (row, column) => row >= 0 && row < painter.rows.names.length && column >= 0 && column < this.columns,
      passes: (row, column) => this.isEmpty(row, column),
      name: (row, column) => (this.columns > 0 ? this.nameOf(row, column) : "no values yet"),
      box: (row, column, out) => (this.columns > 0 ? painter.box(row, column, out) : out),
      pick: (row, column) => this.pick(row, column),
      enter: (row, column) => this.read(row, column),
      leave: () => this.read(NOTHING, NOTHING),
      table: () => this.openTable(),
    };
  }

  get columns() {
    return this.painter.bins + this.painter.rows.sides.length;
  }

  /** @param {number} row @param {number} column */
  isEmpty(row, column) {
    const { painter } = this;
    if (column < painter.bins) return painter.histogramOf(row) === NOTHING;
    return Number.isNaN(painter.valueOf(column - painter.bins, row));
  }
}

/** @param {number} value */
function known(value) {
  return Number.isNaN(value) ? undefined : value;
}

customElements.define("histogram-rows", HistogramRows);
