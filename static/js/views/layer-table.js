/**
 * <layer-table>: a network's layers as rows, each with what can be changed of it, what comes out of
 * it and what it costs. A layer can be put in after every row and taken out.
 *
 * Data: `show(line, counts, shapes)`, the layers as a line and what the engine counts of them.
 * Events: layers-change {line}, somebody wants these layers; cell-pick {tensor, index, value, label}
 * The engine judges: `reject(text)` says beside the layer why it cannot be; what was asked for
 * stays in the table until it is mended or taken back.
 *
 * @import {Tensor} from "../core/types.js"
 * @import {LayerWords} from "./parts/layer-words.js"
 */

import { button, element, setText, uniqueId } from "../core/dom.js";
import { count } from "../core/format.js";
import { ButtonGrid } from "./parts/button-grid.js";
import { ACTIVATIONS, FRESH, namesOf, readLine, readWord, writeLine } from "./parts/layer-words.js";

/** A layer's fields: the value, what it is called, the least that makes sense to type. */
/** @type {Record<string, {name: string, label: string, options?: string[]}[]>} */
const FIELDS = {
  conv: [
    { name: "filters", label: "filters" },
    { name: "size", label: "kernel" },
    { name: "stride", label: "stride" },
    { name: "padding", label: "padding", options: ["same", "none", "1", "2", "3"] },
  ],
  max: [
    { name: "size", label: "size" },
    { name: "stride", label: "stride" },
    { name: "partial", label: "partial", options: ["dropped", "kept"] },
  ],
  avg: [
    { name: "size", label: "size" },
    { name: "stride", label: "stride" },
    { name: "partial", label: "partial", options: ["dropped", "kept"] },
  ],
  dense: [{ name: "units", label: "units" }],
  add: [{ name: "over", label: "layers back" }],
};

/** Kinds that can stand for one another. */
const ALIKE = [
  { max: "max pool", avg: "average pool" },
  ACTIVATIONS,
];

const NEW = {
  conv: "convolution",
  relu: "ReLU",
  max: "max pool",
  avg: "average pool",
  dense: "dense",
  flatten: "flatten",
  tanh: "tanh",
  add: "residual link",
};

/** What is to be said of a layer without settings. @type {Record<string, string>} */
const KINDS = { flatten: "all numbers in one row", softmax: "scores become shares" };

/** The columns of the engine's counts; the last is the side of a square of pixels. */
const COUNTED = ["numbers", "parameters", "sees"];
const SIDE = 2;

/**
 * @typedef {object} Row
 * @property {HTMLElement} size
 * @property {(HTMLButtonElement | null)[]} counts
 * @property {HTMLElement} problem
 */

export class LayerTable extends HTMLElement {
  /** The layers as they stand in the table. @type {LayerWords[]} */
  layers = [];
  /** As the engine last had them. */
  #line = "";
  /** @type {Tensor | null} */
  #counts = null;
  /** Of each signal, in words. @type {readonly string[]} */
  #sizes = [];
  /** @type {Row[]} by signal: the input, then each layer */
  #rows = [];
  #body = element("tbody");
  #general = element("p", { class: "layer-problem", hidden: true });
  #back = button("Back to what is drawn", { class: "button-small" });
  /** @type {ButtonGrid | null} */
  #grid = null;
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#grid = new ButtonGrid(this, signal);
    // the roles are said: a narrow screen sets the rows as blocks, and they stay rows of a table
    const heads = ["layer", "settings", "size", ...COUNTED, "change"].map((text) =>
      element("th", { scope: "col", role: "columnheader" }, text),
    );
    const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
    const caption = element("caption", { class: "visually-hidden" }, "The layers, their sizes and parameters");
    this.#body.setAttribute("role", "rowgroup");
    this.#back.hidden = true;
    this.replaceChildren(
      element("table", { role: "table" }, caption, head, this.#body),
      this.#general,
      this.#back,
    );
    this.#back.addEventListener("click", () => this.#build(readLine(this.#line)), { signal });
    this.addEventListener("click", (event) => this.#pick(event), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /**
   * @param {string} line  of the network that is drawn
   * @param {Tensor | undefined} counts  (signals, counts)
   * @param {readonly string[]} sizes  of each signal, in words
   */
  show(line, counts, sizes) {
    if (!counts || counts.shape[0] !== sizes.length) return;
    if (line !== this.#line) {
      this.#line = line;
      this.#build(readLine(line));
    }
    this.#counts = counts;
    this.#sizes = sizes;
    this.#write();
  }

  /** Write what the engine counts, where the table says what is drawn. */
  #write() {
    const counts = this.#counts;
    if (!counts || this.#isDraft || counts.shape[0] !== this.#rows.length) return;
    for (const [signal, row] of this.#rows.entries()) {
      setText(row.size, this.#sizes[signal] ?? "");
      for (const [at, cell] of row.counts.entries()) {
        if (cell) setText(cell, inWords(counts.data[signal * counts.shape[1] + at] ?? 0, at));
      }
    }
  }

  /**
   * Say why the layers that were asked for cannot be.
   *
   * @param {string} text  `conv2: stride: expected …, got 99`, the layer first if it is about one
   */
  reject(text) {
    const names = namesOf(this.layers);
    const [head] = text.split(":", 1);
    const numbered = /^layer (\d+)$/.exec(head);
    const at = numbered ? Number(numbered[1]) : names.indexOf(head) + 1;
    const place = this.#rows[at] && at > 0 ? this.#rows[at].problem : this.#general;
    setText(place, text);
    place.hidden = false;
    this.#back.hidden = false;
    for (const row of this.#rows) {
      setText(row.size, "");
      for (const cell of row.counts) if (cell) setText(cell, "–");
    }
  }

  /** Whether something stands here that the engine has not taken. */
  get #isDraft() {
    return writeLine(this.layers) !== this.#line;
  }

  /** @param {LayerWords[]} layers */
  #build(layers) {
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    this.layers = layers;
    this.#general.hidden = true;
    this.#back.hidden = true;
    const names = namesOf(layers);
    const input = this.#row("input", [], 0);
    const rows = layers.map((layer, at) => this.#row(names[at], this.#settings(layer, at, names[at]), at + 1));
    this.#rows = [input, ...rows].map(({ row }) => row);
    this.#body.replaceChildren(...[input, ...rows].map(({ line }) => line));
    this.#grid?.take(this.#rows.map(({ counts }) => counts));
    const again = focus && this.querySelector(`[data-key="${CSS.escape(focus)}"]`);
    if (again instanceof HTMLElement) again.focus();
    this.#write();
  }

  /**
   * @param {string} name
   * @param {Node[]} settings
   * @param {number} signal
   */
  #row(name, settings, signal) {
    const cell = { role: "cell" };
    const size = element("td", { ...cell, class: "layer-size" });
    const counts = COUNTED.map(() => element("button", { type: "button" }));
    const problem = element("p", { class: "layer-problem", hidden: true });
    const line = element(
      "tr",
      { role: "row" },
      element("th", { scope: "row", role: "rowheader" }, name),
      element("td", { ...cell, class: "layer-settings" }, ...settings, problem),
      size,
      ...counts.map((each, at) =>
        element("td", { ...cell, class: "layer-count", "data-head": COUNTED[at] }, each),
      ),
      element("td", { ...cell, class: "layer-change" }, ...this.#changes(name, signal)),
    );
    return { line, row: { size, counts, problem } };
  }

  /**
   * What can be changed of a layer.
   *
   * @param {LayerWords} layer
   * @param {number} at
   * @param {string} name
   */
  #settings(layer, at, name) {
    const alike = ALIKE.find((kinds) => layer.kind in kinds);
    /** @type {Node[]} */
    const nodes = [];
    if (alike) nodes.push(this.#kinds(layer, at, name, alike));
    else if (!FIELDS[layer.kind]) nodes.push(element("span", { class: "layer-kind" }, KINDS[layer.kind] ?? layer.kind));
    for (const field of FIELDS[layer.kind] ?? []) nodes.push(this.#field(layer, at, name, field));
    return nodes;
  }

  /**
   * @param {LayerWords} layer
   * @param {number} at
   * @param {string} name
   * @param {Record<string, string>} alike
   */
  #kinds(layer, at, name, alike) {
    const select = element("select", { "aria-label": `${name}: kind`, "data-key": `${at}.kind` });
    for (const [kind, words] of Object.entries(alike)) select.add(new Option(words, kind));
    select.value = layer.kind;
    select.addEventListener("change", () => {
      layer.kind = select.value;
      this.#ask();
    });
    return element("span", { class: "picker" }, select);
  }

  /**
   * @param {LayerWords} layer
   * @param {number} at
   * @param {string} name
   * @param {{name: string, label: string, options?: string[]}} field
   */
  #field(layer, at, name, { name: value, label, options }) {
    const id = uniqueId("layer");
    const key = { id, "data-key": `${at}.${value}`, "aria-label": `${name}: ${label}` };
    const input = options
      ? element("select", key)
      : element("input", { ...key, type: "text", inputmode: "numeric", size: 2, autocomplete: "off", class: "field" });
    if (input instanceof HTMLSelectElement) {
      const known = options?.includes(layer.values[value]) ? options : [layer.values[value], ...(options ?? [])];
      for (const option of known ?? []) input.add(new Option(option, option));
    }
    input.value = layer.values[value];
    input.addEventListener("change", () => {
      // a pooling's stride goes with its size until it is set by itself
      const goesAlong = value === "size" && layer.kind !== "conv" && layer.values.stride === layer.values.size;
      layer.values[value] = input.value.trim();
      if (goesAlong) layer.values.stride = layer.values.size;
      this.#ask();
    });
    const shown = input instanceof HTMLSelectElement ? element("span", { class: "picker" }, input) : input;
    return element("label", { class: "layer-field", for: id }, `${label} `, shown);
  }

  /**
   * @param {string} name
   * @param {number} signal
   */
  #changes(name, signal) {
    const add = element("select", { "aria-label": `Add a layer after ${name}`, "data-key": `${signal}.add` });
    add.add(new Option("+", ""));
    for (const [kind, words] of Object.entries(NEW)) add.add(new Option(words, kind));
    add.addEventListener("change", () => {
      const word = /** @type {Record<string, string>} */ (FRESH)[add.value];
      if (word) this.layers.splice(signal, 0, readWord(word));
      this.#ask();
    });
    const nodes = [element("span", { class: "picker layer-add" }, add)];
    if (signal === 0) return nodes;
    const remove = element(
      "button",
      { type: "button", class: "layer-remove", "aria-label": `Remove ${name}`, "data-key": `${signal}.remove` },
      "×",
    );
    remove.addEventListener("click", () => {
      this.layers.splice(signal - 1, 1);
      this.#ask();
    });
    return [...nodes, remove];
  }

  /** Ask the engine for the layers as they now stand in the table. */
  #ask() {
    this.#build(this.layers);
    const line = writeLine(this.layers);
    if (line === this.#line) return;
    this.dispatchEvent(new CustomEvent("layers-change", { bubbles: true, detail: { line } }));
  }

  /** @param {Event} event */
  #pick({ target }) {
    const place = this.#grid?.placeOf(target);
    if (!place || !this.#counts || this.#isDraft) return;
    const [signal, at] = place;
    const { name, data, shape } = this.#counts;
    const value = data[signal * shape[1] + at];
    const owner = signal === 0 ? "input" : namesOf(this.layers)[signal - 1];
    const label = `${COUNTED[at]} of ${owner}: ${inWords(value, at)}`;
    const facts = { tensor: name, index: place, value, label };
    this.dispatchEvent(new CustomEvent("cell-pick", { bubbles: true, detail: facts }));
  }
}

/** @param {number} value @param {number} at */
function inWords(value, at) {
  return at === SIDE ? `${value}×${value}` : count(value);
}

customElements.define("layer-table", LayerTable);
