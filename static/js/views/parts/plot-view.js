/**
 * What the plots on our own canvas share: the parts of the element, its axes, when it paints.
 *
 * Attributes: label; x-label, y-label, the axes' names; equal: one unit is as long on either axis.
 * Picking a number (Enter, click) is each plot's own affair; T opens the table behind.
 *
 * @import {Cells} from "./roving.js"
 * @import {Sheet} from "./table-dialog.js"
 * @import {Span} from "./plot-frame.js"
 */

import { element, setText, uniqueId } from "../../core/dom.js";
import { later } from "./later.js";
import { PlotFrame } from "./plot-frame.js";
import { Roving } from "./roving.js";
import { onScreenChange, whenSeen } from "./screen.js";
import { openTables, tableButton } from "./table-dialog.js";

/**
 * @typedef {{x: Span, y: Span}} Bounds
 *
 * @typedef {object} Key  an entry of a legend
 * @property {string} token  its colour; empty for a scale of colours
 * @property {string} label
 * @property {string} [glyph]  as an SVG path; a line without one
 * @property {readonly number[]} [dash]
 */

/** @abstract */
export class PlotView extends HTMLElement {
  static observedAttributes = ["label", "x-label", "y-label", "equal"];

  frame = new PlotFrame(element("canvas", { "aria-hidden": "true" }));
  nameText = element("span");
  readText = element("span", { class: "chart-read" });
  heading = element("div", { class: "chart-head" });
  box = element("div", { class: "plane-box" });
  legend = element("div", { class: "plane-legend" });
  said = element("p", { class: "said", id: uniqueId("plot") });
  /** @type {Bounds} */
  bounds = { x: [0, 1], y: [0, 1] };
  /** @type {Roving | null} */
  roving = null;
  /** @type {AbortController | null} */
  life = null;
  seen = true;
  /** Nothing is known beyond the bounds: see `PlotFrame.prepare`. */
  whole = false;
  /** @private */ waiting = false;
  ready = false;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    const opener = tableButton(this.label, () => this.openTable(), signal);
    this.heading.replaceChildren(this.nameText, this.readText, opener);
    this.box.replaceChildren(this.frame.canvas);
    this.roving = new Roving(this.box, this.cells(), signal);
    this.replaceChildren(this.heading, this.box, this.legend, this.said);
    this.listen(signal);
    onScreenChange(() => this.arrange(), signal);
    whenSeen(this, (seen) => this.onSeen(seen), signal);
    const observer = new ResizeObserver(() => this.arrange());
    observer.observe(this.box);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.readAttributes();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  attributeChangedCallback() {
    if (this.life) this.readAttributes();
  }

  get label() {
    return this.getAttribute("label") ?? "plot";
  }

  /** The names of what the axes count. */
  get names() {
    return { x: this.getAttribute("x-label") ?? "x", y: this.getAttribute("y-label") ?? "y" };
  }

  readAttributes() {
    setText(this.nameText, this.label);
    this.frame.xLabel = this.getAttribute("x-label") ?? "";
    this.frame.yLabel = this.getAttribute("y-label") ?? "";
    this.roving?.label(this.label, this.said.id);
    this.arrange();
  }

  /**
   * Span other axes, if they are others.
   *
   * @param {Span} x
   * @param {Span} y
   */
  span(x, y) {
    const { bounds } = this;
    const same = x[0] === bounds.x[0] && x[1] === bounds.x[1] && y[0] === bounds.y[0] && y[1] === bounds.y[1];
    if (same) return;
    this.bounds = { x: [x[0], x[1]], y: [y[0], y[1]] };
    this.arrange();
  }

  /** Lay out the axes and the canvas for the box as it is now. */
  arrange() {
    if (!this.life) return;
    const { x, y } = this.bounds;
    this.ready = this.frame.prepare(this.box, x, y, this.hasAttribute("equal"), this.whole);
    this.roving?.refresh();
    this.flush();
  }

  /** Something else is to be seen: paint once, however many things changed in this frame. */
  refresh() {
    later(this.describe);
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(this.flush);
  }

  flush = () => {
    this.waiting = false;
    if (this.life && this.seen && this.ready) this.paint();
  };

  /** @param {boolean} seen */
  onSeen(seen) {
    this.seen = seen;
    if (seen) this.flush();
  }

  /** Bring the words up to date. */
  describe = () => {
    if (!this.life) return;
    setText(this.said, this.sentence());
    this.roving?.refresh();
  };

  openTable() {
    this.describe();
    openTables(this.label, this.said.textContent ?? "", this.sheets());
  }

  /** @param {string} name @param {Record<string, unknown>} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  /** @param {MouseEvent} event  @returns {number} CSS px from the box's left */
  across(event) {
    return event.clientX - this.box.getBoundingClientRect().x;
  }

  /** @param {MouseEvent} event  @returns {number} CSS px from the box's top */
  down(event) {
    return event.clientY - this.box.getBoundingClientRect().y;
  }

  /** Draw it all; allocates nothing. @abstract */
  paint() {}

  /** @abstract @param {AbortSignal} _signal */
  listen(_signal) {}

  /** One sentence that says what the picture shows. @abstract @returns {string} */
  sentence() {
    return this.label;
  }

  /** The numbers behind it. @abstract @returns {Sheet[]} */
  sheets() {
    return [];
  }

  /** What the roving cell asks. @abstract @returns {Cells} */
  cells() {
    throw new Error("plot-view: cells() is each plot's own");
  }
}

/**
 * A line or a glyph in its colour, and its name.
 *
 * @param {HTMLElement} legend
 * @param {readonly Key[]} entries
 */
export function writeLegend(legend, entries) {
  const key = JSON.stringify(entries);
  if (legend.dataset.key === key) return;
  legend.dataset.key = key;
  legend.replaceChildren(
    ...entries.map((entry) => element("span", { class: "plane-key" }, sampleOf(entry), entry.label)),
  );
}

/** A line or a glyph in its colour. @param {Key} entry */
export function sampleOf({ token, glyph, dash }) {
  if (!token) return element("span", { class: "plane-scale", "aria-hidden": "true" });
  const sample = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  sample.setAttribute("viewBox", glyph ? "-1.5 -1.5 3 3" : "0 -3 22 6");
  sample.setAttribute("aria-hidden", "true");
  sample.setAttribute("class", glyph ? "plane-glyph" : "plane-line");
  sample.style.setProperty("color", `var(--${token})`);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", glyph ?? "M1 0H21");
  if (dash) path.setAttribute("stroke-dasharray", dash.join(" "));
  sample.append(path);
  return sample;
}
