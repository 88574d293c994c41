/**
 * One line of a layer's sheet: formula, NumPy and matrices, and the row of one neuron.
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {Pointed} from "./graph-lights.js"
 *
 * @typedef {object} OperandData
 * @property {string} sign  what stands before it
 * @property {string} tensor
 * @property {boolean} turned  rows and columns exchanged
 * @property {boolean} shared  all rows use all of it
 * @property {string} head  its symbol, as MathML
 *
 * @typedef {object} LineData
 * @property {string} tensor  what it computes
 * @property {string} head
 * @property {string} formula  as MathML
 * @property {string} code
 * @property {Record<string, string>} names  in the code, and the tensors that they stand for
 * @property {OperandData[]} operands
 * @property {{formula: string, code: string}[]} rows
 * @property {string} by  what the rows are counted by
 * @property {string} note
 *
 * @typedef {object} SheetData
 * @property {string} layer
 * @property {string} direction
 * @property {LineData[]} lines
 * @property {string} note
 */

import { element, setText } from "../../core/dom.js";
import { TensorView } from "../tensor-view.js";
import { codeTokens } from "./code-tokens.js";
import { parseMaths } from "./maths.js";

const NOTHING = -1;
/** Of a cell, CSS px: wide enough for `−0.52`; and where there are many beside each other. */
const CELL = "44x27";
const NARROW = "35x27";
const MANY = 5;
const TURNED = "ᵀ";

/**
 * @typedef {object} Figure  a matrix
 * @property {string} tensor
 * @property {boolean} turned
 * @property {boolean} shared
 * @property {TensorView} view
 * @property {HTMLElement} root
 * @property {Tensor | null} flipped  what a turned one shows
 */

export class SheetLine {
  /**
   * @param {LineData} data
   * @param {string} heading  of the layer
   */
  constructor(data, heading) {
    this.data = data;
    this.key = JSON.stringify(data);
    this.names = new Map(Object.entries(data.names));
    this.row = NOTHING;
    this.lit = NOTHING;
    const { head, tensor, operands } = data;
    const result = { sign: "", tensor, turned: false, shared: false, head };
    /** @type {Figure[]} */
    this.figures = [];
    const shown = [result, ...operands].flatMap((operand) => this.place(operand, heading));
    this.note = element("p", { class: "sheet-note" }, data.note);
    this.rowFormula = element("span", { class: "sheet-formula" });
    this.rowCode = element("code");
    this.rowName = element("span", { class: "sheet-row-name" });
    this.ownRow = element(
      "div",
      { class: "sheet-row", "data-row": true },
      this.rowName,
      this.rowFormula,
      element("pre", {}, this.rowCode),
    );
    const words = element(
      "div",
      { class: "sheet-words", "data-whole": true },
      element("span", { class: "sheet-formula" }, ...maths(data.formula)),
      element("pre", {}, element("code", {}, ...codeTokens(data.code, this.names))),
    );
    this.note.hidden = !data.note;
    const matrices = element("div", { class: "sheet-matrices" }, ...shown);
    this.root = element("li", { class: "sheet-line" }, words, matrices, this.ownRow, this.note);
  }

  /** Whether this is the same line; its note may be another. @param {LineData} fresh */
  takes(fresh) {
    if (JSON.stringify({ ...fresh, note: this.data.note }) !== this.key) return false;
    setText(this.note, fresh.note);
    return true;
  }

  /** A sign and a matrix. @param {import("./sheet-line.js").OperandData} operand @param {string} heading */
  place({ sign, tensor, turned, shared, head }, heading) {
    const view = new TensorView();
    const symbol = `${tensor}${turned ? TURNED : ""}`;
    for (const [name, value] of Object.entries({
      "data-tensor": tensor,
      label: `${symbol} of ${heading}`,
      cell: CELL,
      scale: "off",
      gradual: "",
      ...(isGradient(tensor) ? { palette: "gradient" } : {}),
    })) {
      view.setAttribute(name, value);
    }
    const shape = element("span", { class: "sheet-shape" });
    const caption = element("figcaption", {}, ...maths(head), shape);
    const root = element("figure", { class: "sheet-figure" }, caption, view);
    view.hidden = true;
    this.figures.push({ tensor, turned, shared, view, root, flipped: null });
    return sign ? [element("span", { class: "sheet-sign" }, sign), root] : [root];
  }

  /** @param {ReadonlyMap<string, Tensor>} arrays @param {number} run */
  show(arrays, run) {
    for (const figure of this.figures) {
      const tensor = arrays.get(figure.tensor);
      figure.view.hidden = !tensor; // its symbol stands there all the same
      if (tensor) this.draw(figure, tensor, run);
    }
    if (this.row === NOTHING) this.light(NOTHING, 0);
  }

  /** @param {Figure} figure @param {Tensor} tensor @param {number} run */
  draw(figure, tensor, run) {
    const { view, turned, root } = figure;
    const { shape } = tensor;
    const matrix = isParameter(tensor.name) && shape.length === 2;
    const [rows, columns] = matrix ? shape : [shape.at(-1) ?? 1, 1];
    if (Math.max(rows, columns) > MANY) view.setAttribute("cell", NARROW);
    const size = turned ? `${columns}×${rows}` : `${rows}×${columns}`;
    const text = root.querySelector(".sheet-shape");
    if (text instanceof HTMLElement) setText(text, size);
    if (matrix) {
      if (!view.hasAttribute("axes")) view.setAttribute("axes", turned ? "input,neuron" : "neuron,input");
      if (turned) figure.flipped = flip(tensor, figure.flipped);
      view.show(turned ? figure.flipped : tensor, run);
      return;
    }
    if (!view.hasAttribute("orient")) {
      view.setAttribute("orient", turned ? "row" : "column");
      if (shape.length > 1) view.setAttribute("prefix", "0");
      view.setAttribute("axes", shape.length > 1 ? "example,neuron" : "neuron");
    }
    view.show(tensor, run);
  }

  /**
   * Which row a number belongs to.
   *
   * @param {Pointed} pointed
   * @returns {number}  −1 for none
   */
  rowOf({ tensor, index = [] }) {
    const figure = this.figures.find((one) => one.tensor === tensor && !one.shared);
    if (!figure || index.length === 0) return NOTHING;
    const matrix = isParameter(tensor) && (index.length === 2 || isMatrix(tensor));
    const at = matrix ? index[figure.turned ? 1 : 0] : index.at(-1);
    return at !== undefined && at >= 0 && at < this.data.rows.length ? at : NOTHING;
  }

  /**
   * Light a row, and write one out.
   *
   * @param {number} row  −1: none is lit
   * @param {number} kept  the row that is written out then
   */
  light(row, kept) {
    const { rows, by } = this.data;
    const written = Math.min(row >= 0 ? row : kept, rows.length - 1);
    if (written !== this.row) {
      this.row = written;
      const one = rows[written];
      setText(this.rowName, `${by} ${written + 1}`);
      this.rowFormula.replaceChildren(...maths(one.formula));
      this.rowCode.replaceChildren(...codeTokens(one.code, this.names));
    }
    this.ownRow.toggleAttribute("data-lit", row >= 0);
    if (row === this.lit) return;
    this.lit = row;
    for (const figure of this.figures) figure.view.enclose(row >= 0 ? cellsOf(figure, row) : null);
  }

  /** Say whether a moment of a step computes this. @param {readonly string[]} tensors */
  mark(tensors) {
    const own = this.data.tensor;
    const now = tensors.some((name) => own === name || own === `stage.${name}` || own === `${name}.update`);
    this.root.toggleAttribute("data-now", now);
  }

  /**
   * What a matrix of this line tells, if it is turned: the same as the engine has it.
   *
   * @param {EventTarget | null} target
   * @param {{tensor: string, index: number[]}} told
   */
  straight(target, told) {
    const figure = this.figures.find(({ view, turned }) => view === target && turned);
    if (!figure || !told.tensor.endsWith(TURNED)) return null;
    const label = `${figure.tensor}[${told.index.toReversed().join(",")}]`;
    return { ...told, tensor: figure.tensor, index: told.index.toReversed(), label };
  }

  /**
   * What words of this line stand for.
   *
   * @param {Element} target
   * @returns {Pointed | null}
   */
  pointedBy(target) {
    if (!this.root.contains(target)) return null;
    const tensor = target.closest("[data-tensor]")?.getAttribute("data-tensor");
    if (target.closest("[data-row]")) {
      const figure = this.figures.find((one) => one.tensor === tensor);
      if (tensor && figure?.shared) return { tensor, index: [] };
      return this.placeOf(tensor ?? this.data.tensor);
    }
    return tensor ? { tensor, index: [] } : null;
  }

  /** The row that is written out, as a place of a tensor. @param {string} tensor  @returns {Pointed} */
  placeOf(tensor) {
    const figure = this.figures.find((one) => one.tensor === tensor);
    if (!isParameter(tensor)) return { tensor, index: [0, this.row] };
    return { tensor, index: figure?.turned ? [NOTHING, this.row] : [this.row] };
  }
}

/** @param {string} mathml  @returns {Element[]} */
function maths(mathml) {
  const made = parseMaths(mathml);
  return made ? [made] : [];
}

/** @param {string} tensor */
const partOf = (tensor) => tensor.replace(/\.update$/, "").replace(/^.*\./, "");

/** Whether a tensor has no example in front: weights, biases, and what is told of them. @param {string} tensor */
const isParameter = (tensor) => /^d?[Wb]ᵀ?$/.test(partOf(tensor));

/** @param {string} tensor */
const isMatrix = (tensor) => /^d?Wᵀ?$/.test(partOf(tensor));

/** @param {string} tensor */
const isGradient = (tensor) => /^d\w/.test(partOf(tensor));

/** A matrix with rows and columns exchanged. @param {Tensor} tensor @param {Tensor | null} before */
function flip({ name, dtype, shape, data }, before) {
  const [rows, columns] = shape;
  const fits = before?.data.length === data.length && before.shape[0] === columns;
  const made = fits ? before : { name: `${name}${TURNED}`, dtype, shape: [columns, rows], data: data.slice() };
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) made.data[j * rows + i] = data[i * columns + j];
  }
  return made;
}

/** The cells of a figure that belong to a row. @param {Figure} figure @param {number} row  @returns {number[] | null} */
function cellsOf({ view, shared }, row) {
  const { tensor } = view;
  if (!tensor) return null;
  const { shape, data, name } = tensor;
  if (shared) return Array.from(data, (_, i) => i);
  if (!isMatrix(name) || shape.length < 2) return row < data.length ? [row] : null;
  return Array.from({ length: shape[1] }, (_, i) => row * shape[1] + i);
}
