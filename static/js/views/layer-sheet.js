/**
 * <layer-sheet label="the layer's sheet"></layer-sheet>
 *
 * What a layer computes in one direction, line by line: as mathematics, as NumPy, and as matrices
 * with their numbers side by side; and of one neuron its own row of each. What is pointed at here, in
 * a graph or in another matrix lights its row, its symbols and its line of code in all of them.
 *
 * Formulae and code come from the engine: it is asked by the question `sheet` and answers with the
 * event `sheet` (see engine/explain/sheet.py).
 *
 * Data in: `connect(page)`; `layers(list, key)`, which layers there are; `show(arrays, run, step)`, a
 * frame's numbers; `choose(layer, direction)`; `light(pointed)`; `mark(tensors)`, what a moment of a
 * step computes.
 *
 * Events
 *   cell-pick, cell-hover  as a tensor's view tells them
 *   sheet-turn  {layer, direction}: somebody wants that sheet
 *
 * @import {Page} from "../core/page.js"
 * @import {Tensor} from "../core/types.js"
 * @import {Pointed} from "./parts/graph-lights.js"
 * @import {SheetData} from "./parts/sheet-line.js"
 *
 * @typedef {"forward" | "backward" | "update"} Direction
 * @typedef {{layer: string, heading: string}} SheetLayer  `layer`: as the engine calls it, `dense1`
 */

import { button, detail, element, setText } from "../core/dom.js";
import { SheetLine } from "./parts/sheet-line.js";

/** @type {Readonly<Record<Direction, string>>} */
const DIRECTIONS = { forward: "Forward", backward: "Backward", update: "Update" };

export class LayerSheet extends HTMLElement {
  layer = "";
  /** @type {Direction} */
  direction = "forward";
  /** @type {SheetLine[]} */
  lines = [];
  #select = element("select", { "aria-label": "Layer" });
  #buttons = new Map(
    /** @type {[Direction, string][]} */ (Object.entries(DIRECTIONS)).map(([direction, name]) => [
      direction,
      button(name, { class: "button-small" }),
    ]),
  );
  #note = element("p", { class: "figure-note" });
  #list = element("ol", { class: "sheet-lines" });
  /** @type {Page | null} */
  #page = null;
  /** @type {readonly SheetLayer[]} */
  #layers = [];
  #key = "";
  /** What was asked for, of which step. */
  #asked = "";
  #step = -1;
  /** @type {ReadonlyMap<string, Tensor>} */
  #arrays = new Map();
  #run = 0;
  /** The neuron whose rows are written out. */
  #row = 0;
  /** @type {readonly string[]} */
  #marked = [];
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    dress();
    this.#life = new AbortController();
    const { signal } = this.#life;
    const group = element("div", { class: "sheet-directions", role: "group", "aria-label": "Direction" });
    for (const [direction, made] of this.#buttons) {
      made.addEventListener("click", () => this.#turn(this.layer, direction), { signal });
      group.append(made);
    }
    this.#select.addEventListener("change", () => this.#turn(this.#select.value, this.direction), { signal });
    const tools = element("div", { class: "sheet-tools" }, element("span", { class: "picker" }, this.#select), group);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", this.getAttribute("label") ?? "the layer's sheet");
    this.replaceChildren(tools, this.#note, this.#list);
    for (const name of ["cell-pick", "cell-hover"]) {
      this.#list.addEventListener(name, (event) => this.#pass(event), { signal });
    }
    this.#list.addEventListener("pointerover", (event) => this.#point(event), { signal });
    this.#list.addEventListener("pointerleave", () => this.#tell("cell-hover", null), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /** @param {Page} page */
  connect(page) {
    const signal = this.#life?.signal;
    this.#page = page;
    page.onEvent("sheet", ({ data }) => this.#build(/** @type {SheetData} */ (data)), { signal });
    for (const news of ["welcome", "values"]) page.onEvent(news, () => this.#ask(true), { signal });
    page.onEvent("refused", (error) => {
      // the network is another one by now; the next frame brings its layers
      if (error.text.startsWith("layer: ")) error.said = true;
    }, { signal });
  }

  /**
   * Which layers there are; with the same key as before, they are the same.
   *
   * @param {readonly SheetLayer[]} layers  the first one first
   * @param {string} key
   */
  layers(layers, key) {
    if (key === this.#key) return;
    this.#key = key;
    this.#layers = layers;
    this.#select.replaceChildren(...layers.map((one) => element("option", { value: one.layer }, one.heading)));
    const known = layers.some(({ layer }) => layer === this.layer);
    this.choose(known ? this.layer : (layers[0]?.layer ?? ""), this.direction);
    this.#ask(true);
  }

  /** Show another sheet. @param {string} layer @param {Direction} direction */
  choose(layer, direction) {
    this.layer = layer;
    this.direction = direction;
    this.#select.value = layer;
    for (const [own, made] of this.#buttons) made.setAttribute("aria-pressed", String(own === direction));
    this.#ask(false);
  }

  /** Ask for the sheet anew: what it is about is another thing now. */
  refresh() {
    this.#ask(true);
  }

  /**
   * @param {ReadonlyMap<string, Tensor>} arrays  of a frame
   * @param {number} run
   * @param {number} step
   */
  show(arrays, run, step) {
    this.#arrays = arrays;
    this.#run = run;
    if (step !== this.#step) {
      this.#step = step;
      // what an update goes by may differ from step to step
      if (this.direction === "update" && !this.#page?.playing) this.#ask(true);
    }
    for (const line of this.lines) line.show(arrays, run);
  }

  /**
   * Light what stands for the numbers pointed at, in a matrix here or anywhere on the page.
   *
   * @param {Pointed | null} pointed
   */
  light(pointed) {
    for (const line of this.lines) {
      const row = pointed ? line.rowOf(pointed) : -1;
      if (row >= 0) this.#row = row;
      line.light(row, this.#row);
    }
  }

  /** Mark the lines that compute these tensors. @param {readonly string[]} tensors */
  mark(tensors) {
    this.#marked = tensors;
    for (const line of this.lines) line.mark(tensors);
  }

  /** @param {string} layer @param {Direction} direction */
  #turn(layer, direction) {
    this.choose(layer, direction);
    this.#tell("sheet-turn", { layer, direction });
  }

  /** @param {boolean} anew  even if it is the sheet that is shown */
  #ask(anew) {
    const { layer, direction } = this;
    const asked = `${layer} ${direction}`;
    if (!this.#page?.frame || !layer || (asked === this.#asked && !anew)) return;
    if (this.#page.act("sheet", { layer, direction })) this.#asked = asked;
  }

  /** @param {SheetData} sheet */
  #build(sheet) {
    if (sheet.layer !== this.layer || sheet.direction !== this.direction) return;
    setText(this.#note, sheet.note);
    this.#note.hidden = !sheet.note;
    const same = sheet.lines.length === this.lines.length && this.lines.every((line, i) => line.takes(sheet.lines[i]));
    if (same) return;
    const heading = this.#layers.find(({ layer }) => layer === sheet.layer)?.heading ?? sheet.layer;
    this.lines = sheet.lines.map((line) => new SheetLine(line, heading));
    this.#list.replaceChildren(...this.lines.map(({ root }) => root));
    for (const line of this.lines) {
      line.show(this.#arrays, this.#run);
      line.light(-1, this.#row);
      line.mark(this.#marked);
    }
    this.#page?.relink();
  }

  /**
   * A matrix that is shown turned tells what it shows; the engine knows it as it lies.
   *
   * @param {Event} event
   */
  #pass(event) {
    if (event.target === this.#list) return;
    const told = detail(event);
    const straight = told && this.lines.map((line) => line.straight(event.target, told)).find(Boolean);
    if (!straight) return;
    event.stopPropagation();
    this.#list.dispatchEvent(new CustomEvent(event.type, { bubbles: true, detail: straight }));
  }

  /** A symbol, a row or a line of code is pointed at. @param {Event} event */
  #point({ target }) {
    if (!(target instanceof Element) || target.closest("tensor-view")) return;
    const pointed = this.lines.map((line) => line.pointedBy(target)).find(Boolean);
    this.#tell("cell-hover", pointed ?? null);
  }

  /** @param {string} name @param {unknown} what */
  #tell(name, what) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: what }));
  }
}

/** Its style comes with it: most pages have no sheet. */
function dress() {
  const href = new URL("../../css/sheets.css", import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(element("link", { rel: "stylesheet", href }));
}

customElements.define("layer-sheet", LayerSheet);
