/**
 * What the tensor views of a stage show at a moment of an opened step. A view has one place and, in
 * the course of a step, several tensors of that shape: the sums z before the activations a, and on
 * the way back the gradient of each.
 *
 * @import {Moment} from "../../core/types.js"
 */

import { NetworkColumn, NetworkView } from "../network-view.js";
import { TensorView } from "../tensor-view.js";
import { Range } from "./range.js";

/**
 * @typedef {object} Face
 * @property {string} tensor
 * @property {boolean} gradient
 */

/** A sheet's matrices each show what their line says. */
const DIRECTED = ":is(tensor-view, bar-list):not(layer-sheet *)";

/** The attributes that a view may have to do without for a while. */
const ATTRIBUTES = /** @type {const} */ (["data-tensor", "palette", "label", "gradual"]);

export class Faces {
  #stage;
  /** The views' own attributes, as they were before the first moment. @type {Map<Element, Record<string, string | null>>} */
  #own = new Map();
  /** The scales of views that show something else, and what that is. @type {Map<TensorView, {range: Range, tensor: string}>} */
  #scales = new Map();

  /** @param {ParentNode} stage */
  constructor(stage) {
    this.#stage = stage;
  }

  /** @param {Moment | null} moment  null: the views are themselves again */
  show(moment) {
    // headings and bars have other widths, and the connections end where the columns stand
    for (const network of this.#stage.querySelectorAll("network-view")) {
      if (network instanceof NetworkView) network.arrangeSoon();
    }
    if (!moment) return this.#restore();
    for (const view of this.#stage.querySelectorAll(DIRECTED)) {
      const own = this.#keep(view);
      const base = own["data-tensor"] ?? "";
      const pending = moment.pending.includes(base) || moment.made.includes(base);
      // not a number yet: an empty cell, not one that was lost
      write(view, "gradual", pending ? "" : own.gradual);
      const face = view.matches("bar-list") ? plain(base) : faceOf(base, view.getAttribute("also"), moment);
      write(view, "data-tensor", face.tensor);
      view.toggleAttribute("data-pending", moment.pending.includes(face.tensor));
      if (!(view instanceof TensorView)) continue;
      write(view, "palette", face.gradient ? "gradient" : own.palette);
      write(view, "label", face.gradient ? `gradient of ${own.label ?? base}` : own.label);
      this.#scale(view, face, base);
      this.#head(view, face, base);
    }
  }

  #restore() {
    for (const [view, own] of this.#own) {
      for (const name of ATTRIBUTES) write(view, name, own[name]);
      view.removeAttribute("data-pending");
    }
    for (const [view, { range }] of this.#scales) view.map.range = range;
    this.#scales.clear();
    for (const column of this.#stage.querySelectorAll("network-column")) {
      if (column instanceof NetworkColumn) write(column.headingText, "data-face", null);
    }
    this.#own.clear();
  }

  /** @param {Element} view @returns {Record<string, string | null>} */
  #keep(view) {
    let own = this.#own.get(view);
    if (!own) {
      own = Object.fromEntries(ATTRIBUTES.map((name) => [name, view.getAttribute(name)]));
      this.#own.set(view, own);
    }
    return own;
  }

  /**
   * Give what a view shows for a while a scale of its own; a gradient's follows it downwards.
   *
   * @param {TensorView} view
   * @param {Face} face
   * @param {string} base
   */
  #scale(view, { tensor, gradient }, base) {
    const before = this.#scales.get(view);
    if (tensor === (before?.tensor ?? base)) return;
    const range = before?.range ?? view.map.range;
    if (tensor === base) this.#scales.delete(view);
    else this.#scales.set(view, { range, tensor });
    view.map.range = tensor === base ? range : new Range(0, gradient);
  }

  /**
   * Head a column with what it shows. Its own heading keeps its place: with the widths the scale of
   * the whole network would change.
   *
   * @param {Element} view
   * @param {Face} face
   * @param {string} base  what the view shows by itself
   */
  #head(view, { tensor, gradient }, base) {
    const column = view.parentElement;
    if (!(column instanceof NetworkColumn)) return;
    const symbol = symbolOf(tensor);
    const own = symbol === symbolOf(base);
    write(column.headingText, "data-face", gradient ? `∂L/∂${symbol.slice(1)}` : own ? null : symbol);
  }
}

/**
 * The newest of the tensors that a view stands for: on the way back of their gradients, if there
 * are any yet.
 *
 * @param {string} base
 * @param {string | null} also
 * @param {Moment} moment
 * @returns {Face}
 */
export function faceOf(base, also, { phase, made }) {
  const places = [base, ...(also?.split(" ") ?? [])];
  const gradients = places.map((name) => name.replace(/\.(\w+)$/, ".d$1"));
  const slope = phase === "backward" ? made.findLast((name) => gradients.includes(name)) : undefined;
  if (slope) return { tensor: slope, gradient: true };
  return plain(made.findLast((name) => places.includes(name)) ?? base);
}

/** @param {string} tensor  `conv1.z`  @returns {string}  `z` */
const symbolOf = (tensor) => tensor.slice(tensor.lastIndexOf(".") + 1);

/** @param {string} tensor @returns {Face} */
const plain = (tensor) => ({ tensor, gradient: false });

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value  null: without the attribute
 */
function write(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
