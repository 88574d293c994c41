/**
 * <bar-list data-tensor="softmax.a" label="softmax">
 *
 * A vector of shares as horizontal bars with names and numbers: what a classifier answers.
 * The greatest is green with ✓ when it is the label, red with ✗ when it is not.
 *
 * Attributes: data-tensor, label; `prefix` leading indices held fixed (0 for the first image);
 * `most` the value of a full bar (1); `also` tensors whose elements have the same places: a ledger
 * outlines them here, too.
 *
 * Events: cell-pick {tensor, index, value, label}; cell-hover {tensor, index, value, node} or null;
 * tensor-shape when the number of bars changes; line-change when `shapeLine` does.
 *
 * @import {Tensor} from "../core/types.js"
 * @import {Box} from "./parts/geometry.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { Arrangement, sameShape } from "./parts/arrangement.js";
import { later } from "./parts/later.js";
import { cellText } from "./parts/numbers.js";
import { Roving } from "./parts/roving.js";
import { openTables, tableButton } from "./parts/table-dialog.js";

const NOTHING = -1;
const DECIMALS = { size: 0, decimals: 2, bare: false, padded: true };

let made = 0;

/**
 * @typedef {object} Bar
 * @property {HTMLElement} row
 * @property {HTMLElement} name
 * @property {HTMLElement} fill
 * @property {HTMLElement} value
 * @property {number} share  of the track that is filled now
 */

export class BarList extends HTMLElement {
  /** @type {Tensor | null} */
  tensor = null;
  /** @type {Arrangement | null} */
  arrangement = null;
  /** @type {readonly string[]} */
  names = [];
  /** The place of the right answer, or −1. */
  mark = NOTHING;
  /** The place of the greatest value. */
  greatest = NOTHING;
  /** The bar that the pointer or the focus is on. */
  hovered = NOTHING;
  box = document.createElement("div");
  said = document.createElement("p");
  /** @type {Bar[]} */
  bars = [];
  /** @type {Roving | null} */
  roving = null;
  /** @type {AbortController | null} */
  life = null;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.box.className = "bar-box";
    this.said.className = "said";
    this.said.id ||= `bar-list-${(made += 1)}`;
    this.box.replaceChildren(...this.bars.map((bar) => bar.row));
    this.roving = new Roving(this.box, this.cells(), signal);
    this.roving.label(this.label, this.said.id);
    this.roving.refresh();
    const button = tableButton(this.label, () => this.openTable(), signal);
    this.replaceChildren(this.box, this.said, button);
    this.box.addEventListener("click", (event) => this.onClick(event), { signal });
    this.box.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    this.box.addEventListener("pointerleave", () => this.hover(NOTHING), { signal });
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  get label() {
    return this.getAttribute("label") ?? this.dataset.tensor ?? "bars";
  }

  /** What stands under the heading: `label 3 ✓`. */
  get shapeLine() {
    if (this.mark === NOTHING) return this.bars.length > 0 ? String(this.bars.length) : "";
    const label = `label ${this.names[this.mark]}`;
    if (this.greatest === NOTHING) return label;
    return `${label} ${this.mark === this.greatest ? "✓" : "✗"}`;
  }

  /**
   * Draw a vector.
   *
   * @param {Tensor | null | undefined} tensor
   * @param {readonly string[]} names  one for each element
   * @param {number} [mark]  the place of the right answer, −1 when none is known
   */
  show(tensor, names, mark = NOTHING) {
    if (!tensor) return;
    this.tensor = tensor;
    const before = this.shapeLine;
    const { arrangement } = this;
    if (!arrangement || !sameShape(arrangement.shape, tensor.shape) || names !== this.names) {
      this.arrange(tensor.shape, names);
    }
    this.mark = mark;
    this.write();
    if (this.shapeLine !== before) this.tell("line-change", null);
    later(this.describe);
  }

  /** @param {readonly number[]} shape @param {readonly string[]} names */
  arrange(shape, names) {
    const prefix = this.getAttribute("prefix");
    this.arrangement = new Arrangement(shape, {
      prefix: prefix ? prefix.split(",").map(Number) : [],
    });
    this.names = names;
    this.build(this.arrangement.count);
  }

  /** @param {number} count of bars */
  build(count) {
    const changed = count !== this.bars.length;
    while (this.bars.length > count) this.bars.pop()?.row.remove();
    while (this.bars.length < count) {
      const bar = makeBar();
      this.bars.push(bar);
      this.box.insertBefore(bar.row, this.roving?.grid ?? null);
    }
    for (const [i, bar] of this.bars.entries()) bar.name.textContent = this.names[i] ?? `${i + 1}`;
    if (!changed) return;
    this.roving?.refresh();
    this.tell("tensor-shape", { shape: this.tensor?.shape });
  }

  write() {
    const { tensor, arrangement, bars } = this;
    if (!tensor || !arrangement) return;
    const most = Number(this.getAttribute("most") ?? 1);
    const { data } = tensor;
    const { start } = arrangement;
    const gradual = this.hasAttribute("gradual");
    this.greatest = 0;
    for (let i = 1; i < bars.length; i++) {
      if (data[start + i] > data[start + this.greatest]) this.greatest = i;
    }
    // which is the greatest is not known before all of them are there
    for (let i = 0; gradual && i < bars.length; i++) {
      if (Number.isNaN(data[start + i])) this.greatest = NOTHING;
    }
    for (let i = 0; i < bars.length; i++) {
      const value = data[start + i];
      const finite = value - value === 0;
      const share = finite ? Math.min(1, Math.max(0, value / most)) : 0;
      if (share !== bars[i].share) {
        bars[i].share = share;
        bars[i].fill.style.scale = `${share} 1`;
      }
      setText(bars[i].value, finite ? cellText(value, DECIMALS) : this.greatest === NOTHING ? "–" : "NaN");
      setState(bars[i].row, this.stateOf(i));
    }
  }

  /** @param {number} i */
  stateOf(i) {
    if (this.mark === NOTHING) return i === this.greatest ? "greatest" : "";
    if (i === this.mark) return i === this.greatest ? "right" : "label";
    return i === this.greatest ? "wrong" : "";
  }

  /** Bring the words up to date. */
  describe = () => {
    const { tensor, arrangement, greatest } = this;
    if (!tensor || !arrangement || !this.life) return;
    if (greatest === NOTHING) {
      const some = this.bars.some((_, i) => !Number.isNaN(tensor.data[arrangement.start + i]));
      const there = some ? "not all of them there yet" : "none of them there yet";
      this.said.textContent = `${this.label}: ${this.bars.length} bars, ${there}.`;
      this.roving?.rename();
      return;
    }
    const value = significant(tensor.data[arrangement.start + greatest]);
    const right = this.mark === greatest ? "which is right" : `the label is ${this.names[this.mark]}`;
    const verdict = this.mark === NOTHING ? "" : `, ${right}`;
    this.said.textContent =
      `${this.label}: ${this.bars.length} bars; the greatest is ${this.names[greatest]} ` +
      `with ${value}${verdict}.`;
    this.roving?.rename();
  };

  /** How many nodes a connection can end at. */
  get nodes() {
    return this.bars.length;
  }

  /** A bar's box in CSS px within this element. @param {number} node @param {Box} out @returns {Box} */
  nodeBox(node, out) {
    const { row } = this.bars[node];
    out.x = this.box.offsetLeft + row.offsetLeft;
    out.y = this.box.offsetTop + row.offsetTop;
    out.width = row.offsetWidth;
    out.height = row.offsetHeight;
    return out;
  }

  /** What a node is called: `7 of softmax`. @param {number} node */
  nameOfNode(node) {
    return `${this.names[node] ?? node + 1} of ${this.label}`;
  }

  /** Outline bars, or none. @param {ArrayLike<number> | null} nodes */
  light(nodes) {
    for (const bar of this.bars) bar.row.removeAttribute("data-lit");
    for (let i = 0; nodes && i < nodes.length; i++) {
      this.bars[nodes[i]]?.row.toggleAttribute("data-lit", true);
    }
  }

  /**
   * Outline bars: what this step touches.
   *
   * @param {ArrayLike<number> | null} cells  places in the tensor's data
   * @param {number} [picked]  the one whose ledger is open; outlined more strongly
   */
  highlight(cells, picked = NOTHING) {
    const start = this.arrangement?.start ?? 0;
    const touched = new Set(Array.from(cells ?? [], (cell) => cell - start));
    for (const [i, { row }] of this.bars.entries()) {
      row.toggleAttribute("data-operand", touched.has(i));
      row.toggleAttribute("data-picked", i === picked - start);
    }
  }

  /** Outline bars as a region of the network. @param {ArrayLike<number> | null} cells */
  enclose(cells) {
    const start = this.arrangement?.start ?? 0;
    const enclosed = new Set(Array.from(cells ?? [], (cell) => cell - start));
    const all = enclosed.size === this.bars.length;
    this.box.toggleAttribute("data-enclosed", all);
    for (const [i, { row }] of this.bars.entries()) {
      row.toggleAttribute("data-enclosed", !all && enclosed.has(i));
    }
  }

  /** @param {Event} event  @returns {number} the bar under it */
  under(event) {
    const row = event.target instanceof Element ? event.target.closest(".bar") : null;
    return this.bars.findIndex((bar) => bar.row === row);
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    if (event.pointerType !== "touch") this.hover(this.under(event));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const node = this.under(event);
    if (node === NOTHING) return;
    this.roving?.go(node, 0);
    this.pick(node);
  }

  /** @param {number} node */
  hover(node) {
    if (node === this.hovered) return;
    this.hovered = node;
    this.tell("cell-hover", node === NOTHING ? null : this.facts(node));
  }

  /** @param {number} node */
  pick(node) {
    this.tell("cell-pick", this.facts(node));
  }

  /** @param {number} node */
  facts(node) {
    const { tensor, arrangement } = this;
    if (!tensor || !arrangement) return null;
    const element = arrangement.start + node;
    return {
      tensor: tensor.name,
      index: arrangement.index(element),
      value: tensor.data[element],
      label: `${this.label}, ${this.nameOf(node)}`,
      node,
    };
  }

  /** @param {number} node */
  nameOf(node) {
    const { tensor, arrangement } = this;
    if (!tensor || !arrangement || !this.bars[node]) return "no values yet";
    const role = node === this.mark ? ", the label" : "";
    return `${this.names[node]}: ${significant(tensor.data[arrangement.start + node])}${role}`;
  }

  openTable() {
    const { tensor, arrangement } = this;
    if (!tensor || !arrangement) return;
    this.describe();
    const value = (/** @type {number} */ row) => tensor.data[arrangement.start + row];
    const rows = this.bars.map((_, i) => this.names[i] ?? String(i + 1));
    openTables(this.label, this.said.textContent ?? "", [
      { caption: "", corner: "", rows, columns: ["value"], value },
    ]);
  }

  /** What the roving cell asks. @returns {Cells} */
  cells() {
    const { bars } = this;
    return {
      get rows() {
        return bars.length;
      },
      columns: 1,
      page: 5,
      has: (row, column) => column === 0 && row >= 0 && row < bars.length,
      name: (row) => this.nameOf(row),
      box: (row, _column, out) => this.rowBox(row, out),
      pick: (row) => this.pick(row),
      enter: (row) => this.hover(row),
      leave: () => this.hover(NOTHING),
      table: () => this.openTable(),
    };
  }

  /** @param {number} row @param {Box} out */
  rowBox(row, out) {
    if (!this.bars[row]) return out;
    this.nodeBox(row, out);
    out.x -= this.box.offsetLeft;
    out.y -= this.box.offsetTop;
    return out;
  }

  /** @param {string} name @param {object | null} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

/** @returns {Bar} */
function makeBar() {
  const row = document.createElement("div");
  row.className = "bar";
  row.setAttribute("aria-hidden", "true");
  const name = document.createElement("span");
  name.className = "bar-name";
  const track = document.createElement("span");
  track.className = "bar-track";
  const fill = document.createElement("span");
  fill.className = "bar-fill";
  const value = document.createElement("span");
  value.className = "bar-value";
  track.append(fill);
  row.append(name, track, value);
  return { row, name, fill, value, share: 0 };
}

/** @param {HTMLElement} element @param {string} state */
function setState(element, state) {
  if (element.dataset.state !== state) element.dataset.state = state;
}

customElements.define("bar-list", BarList);
