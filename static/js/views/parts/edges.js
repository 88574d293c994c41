/**
 * The edges of a network that stand for numbers: one is found under the pointer by its distance,
 * and with the keyboard by a grid of its own for each pair of columns, where up and down change
 * where the edge ends and left and right where it begins. No edge is an element.
 *
 * Between two numbers an edge is one weight, `W[to, from]`; between two maps it is a slice of them,
 * `W[to, from, …]`, and speaks for the strongest. An edge without a weight, from one number to all
 * (softmax), speaks for the number that goes along it.
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {BarList} from "../bar-list.js"
 * @import {NetworkColumn} from "../network-view.js"
 * @import {TensorView} from "../tensor-view.js"
 * @import {Box} from "./geometry.js"
 */

import { element, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { Roving } from "./roving.js";
import { distanceTo, line } from "./wires.js";

const NOTHING = -1;
/** How far from its line a pointer and a finger may be, CSS px. */
const REACH = 8;
const FINGER = 16;
/** The side of the mark on the edge that has the focus, CSS px. */
const MARK = 10;
const PAGE = 8;
/** What is not background: a number, a button, words. */
const OTHER = "tensor-view, bar-list, button, p";

/**
 * @typedef {TensorView | BarList} Figure
 *
 * @typedef {object} Between  two columns
 * @property {NetworkColumn} column  the one that the edges lead into
 * @property {string | null} weights  the tensor, if the edges have weights
 * @property {Figure} before
 * @property {Figure} here
 * @property {readonly Box[]} starts
 * @property {readonly Box[]} ends
 * @property {HTMLElement} host
 *
 * @typedef {Between & {roving: Roving}} Gap
 */

export class Edges {
  tip = element("div", { class: "edge-tip", "aria-hidden": "true", hidden: true });
  /** @type {Gap[]} */
  gaps = [];
  /** @type {ReadonlyMap<string, Tensor>} */
  arrays = new Map();
  /** What is lit. @type {Between | null} */
  gap = null;
  from = NOTHING;
  to = NOTHING;

  /**
   * @param {HTMLElement} inner  the box of all columns; edges are found in its coordinates
   * @param {SVGPathElement} path  of the edge that is lit
   * @param {AbortSignal} signal
   */
  constructor(inner, path, signal) {
    this.inner = inner;
    this.path = path;
    this.signal = signal;
    inner.append(this.tip);
    inner.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    inner.addEventListener("pointerleave", () => this.leave(), { signal });
    inner.addEventListener("click", (event) => this.onClick(event), { signal });
  }

  /**
   * The columns are laid out anew.
   *
   * @param {readonly NetworkColumn[]} columns
   * @param {readonly (readonly Box[])[]} boxes  of each column's nodes, CSS px within `inner`
   */
  arrange(columns, boxes) {
    this.leave();
    const former = this.gaps;
    this.gaps = [];
    for (let at = 1; at < columns.length; at++) {
      const column = columns[at];
      const weights = column.getAttribute("weights");
      const [before, here] = [columns[at - 1].figure, column.figure];
      if (column.connect !== "all" || !before || !here) continue;
      if (!weights && !isVector(before)) continue; // many numbers go along such an edge
      const between = { column, weights, before, here, starts: boxes[at - 1], ends: boxes[at] };
      const known = former.find((gap) => gap.column === column);
      const gap = known ? Object.assign(known, between) : this.open(between);
      this.gaps.push(gap);
      const what = weights ? "weights" : "numbers";
      gap.roving.label(`${what} from ${before.label} to ${here.label}`, "");
      gap.roving.refresh();
    }
    for (const gap of former) if (!this.gaps.includes(gap)) gap.host.remove();
  }

  /** @param {Omit<Between, "host">} between  @returns {Gap} */
  open(between) {
    const gap = { ...between, host: element("div", { class: "network-edges" }) };
    const roving = new Roving(gap.host, this.cells(gap), this.signal);
    between.column.before(gap.host);
    return Object.assign(gap, { roving });
  }

  /** @param {ReadonlyMap<string, Tensor>} arrays  of a frame */
  show(arrays) {
    const first = this.arrays.size === 0;
    this.arrays = arrays;
    if (first) for (const gap of this.gaps) gap.roving.refresh();
    if (!this.gap) return;
    this.write(this.gap);
    for (const gap of this.gaps) if (gap.roving.focused) gap.roving.rename();
  }

  /** What the edges of a gap are the numbers of, if that has one for each. @param {Between} gap */
  tensorOf({ weights, before, starts, ends }) {
    if (!weights) return before.tensor;
    const tensor = this.arrays.get(weights);
    return tensor?.shape[0] === ends.length && tensor.shape[1] === starts.length ? tensor : null;
  }

  /**
   * The place in the data of an edge's number: its strongest weight, or what it carries.
   *
   * @param {Between} gap
   * @param {Tensor} tensor
   * @param {number} from
   * @param {number} to
   */
  placeOf({ weights, before }, { shape, data }, from, to) {
    if (!weights) return (arrangementOf(before)?.start ?? 0) + from;
    const size = data.length / (shape[0] * shape[1]);
    const start = (to * shape[1] + from) * size;
    let best = start;
    for (let i = start + 1; i < start + size; i++) {
      if (Math.abs(data[i]) > Math.abs(data[best])) best = i;
    }
    return best;
  }

  /** What an edge is called, with its number. @param {Between} gap @param {number} from @param {number} to */
  nameOf(gap, from, to) {
    const tensor = this.tensorOf(gap);
    if (!tensor) return "no values yet";
    const place = this.placeOf(gap, tensor, from, to);
    const size = tensor.data.length / (tensor.shape[0] * tensor.shape[1]);
    const weight = size > 1 ? `the strongest of its ${size} weights` : "weight";
    const what = gap.weights ? weight : "the number that goes along it";
    const [start, end] = [gap.before.nameOfNode(from), gap.here.nameOfNode(to)];
    return `edge from ${start} to ${end}, ${what}: ${significant(tensor.data[place])}`;
  }

  /**
   * Light one edge.
   *
   * @param {Between} gap
   * @param {number} from
   * @param {number} to
   */
  light(gap, from, to) {
    if (gap === this.gap && from === this.from && to === this.to) return;
    this.leave();
    const [start, end] = [gap.starts[from], gap.ends[to]];
    if (!start || !end) return;
    Object.assign(this, { gap, from, to });
    this.path.setAttribute("d", line(start, end));
    gap.before.light([from]);
    gap.here.light([to]);
    this.inner.toggleAttribute("data-edge", true);
    const middle = middleOf(start, end);
    this.tip.style.setProperty("--tip-x", `${middle.x}px`);
    this.tip.style.setProperty("--tip-y", `${middle.y}px`);
    this.write(gap);
  }

  /** Light none. */
  leave() {
    const { gap } = this;
    if (!gap) return;
    this.gap = null;
    this.path.setAttribute("d", "");
    gap.before.light(null);
    gap.here.light(null);
    this.inner.toggleAttribute("data-edge", false);
    this.tip.hidden = true;
  }

  /** Write the lit edge's number beside it. @param {Between} gap */
  write(gap) {
    const tensor = this.tensorOf(gap);
    this.tip.hidden = tensor === null;
    if (!tensor) return;
    const place = this.placeOf(gap, tensor, this.from, this.to);
    setText(this.tip, `${elementOf(tensor, place)} = ${significant(tensor.data[place])}`);
  }

  /**
   * The nearest edge to a point is lit, or none.
   *
   * @param {number} x  CSS px within `inner`
   * @param {number} y
   * @param {number} reach  CSS px
   */
  find(x, y, reach) {
    let nearest = reach;
    /** @type {Between | null} */
    let found = null;
    let from = NOTHING;
    let to = NOTHING;
    for (let g = 0; g < this.gaps.length; g++) {
      const gap = this.gaps[g];
      if (!this.tensorOf(gap)) continue;
      for (let j = 0; j < gap.ends.length; j++) {
        for (let i = 0; i < gap.starts.length; i++) {
          const distance = distanceTo(gap.starts[i], gap.ends[j], x, y);
          if (distance >= nearest) continue;
          nearest = distance;
          found = gap;
          from = i;
          to = j;
        }
      }
    }
    if (found) this.light(found, from, to);
    else this.leave();
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    if (event.pointerType !== "touch") this.findAt(event, REACH);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const touch = event instanceof PointerEvent && event.pointerType === "touch";
    this.findAt(event, touch ? FINGER : REACH);
    if (this.gap) this.pick(this.gap, this.from, this.to);
  }

  /** @param {MouseEvent} event @param {number} reach */
  findAt(event, reach) {
    if (event.target instanceof Element && event.target.closest(OTHER)) {
      this.leave();
      return;
    }
    const corner = this.inner.getBoundingClientRect();
    // a click comes in whole pixels: what it opens must be what the pointer lit
    const [x, y] = [Math.floor(event.clientX), Math.floor(event.clientY)];
    this.find(x - corner.x, y - corner.y, reach);
  }

  /**
   * Tell that an edge is picked: its number's ledger is wanted.
   *
   * @param {Between} gap
   * @param {number} from
   * @param {number} to
   */
  pick(gap, from, to) {
    const tensor = this.tensorOf(gap);
    if (!tensor) return;
    const place = this.placeOf(gap, tensor, from, to);
    const detail = {
      tensor: tensor.name,
      index: indexOf(tensor, place),
      value: tensor.data[place],
      label: this.nameOf(gap, from, to),
    };
    this.inner.dispatchEvent(new CustomEvent("cell-pick", { bubbles: true, detail }));
  }

  /** What a gap's roving cell asks: a row for each end, a column for each start. @param {Between} gap */
  cells(gap) {
    const edges = this;
    return {
      get rows() {
        return gap.ends.length;
      },
      get columns() {
        return gap.starts.length;
      },
      page: PAGE,
      has: (/** @type {number} */ to, /** @type {number} */ from) =>
        from >= 0 && to >= 0 && from < gap.starts.length && to < gap.ends.length,
      name: (/** @type {number} */ to, /** @type {number} */ from) => edges.nameOf(gap, from, to),
      box: (/** @type {number} */ to, /** @type {number} */ from, /** @type {Box} */ out) => {
        if (!gap.starts[from] || !gap.ends[to]) return out;
        const { x, y } = middleOf(gap.starts[from], gap.ends[to]);
        return Object.assign(out, { x: x - MARK / 2, y: y - MARK / 2, width: MARK, height: MARK });
      },
      pick: (/** @type {number} */ to, /** @type {number} */ from) => edges.pick(gap, from, to),
      enter: (/** @type {number} */ to, /** @type {number} */ from) => edges.light(gap, from, to),
      leave: () => edges.leave(),
    };
  }
}

/** Whether a figure's nodes are single numbers. @param {Figure} figure */
const isVector = (figure) => !("map" in figure) || figure.map.vector;

/** @param {Figure} figure */
const arrangementOf = (figure) => ("map" in figure ? figure.map : figure).arrangement;

/** The middle of an edge. @param {Box} from @param {Box} to */
function middleOf(from, to) {
  return {
    x: (from.x + from.width + to.x) / 2,
    y: (from.y + from.height / 2 + to.y + to.height / 2) / 2,
  };
}

/** @param {Tensor} tensor @param {number} place  @returns {number[]} */
function indexOf({ shape }, place) {
  let rest = place;
  return shape
    .map((_, axis) => {
      const step = shape.slice(axis + 1).reduce((all, n) => all * n, 1);
      const at = Math.floor(rest / step);
      rest -= at * step;
      return at;
    });
}

/** An element as the engine names it: `conv2.W[7,3,0,1]`. @param {Tensor} tensor @param {number} place */
const elementOf = (tensor, place) => `${tensor.name}[${indexOf(tensor, place).join()}]`;
