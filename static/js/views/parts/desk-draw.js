/**
 * Drawing points: a class, and a plane in which a click puts a point of that class. Points are
 * moved, given another class, taken away; all of it by the keyboard, too.
 *
 * @import {Drawing} from "./drawing.js"
 */

import { button, detail, element, setText, uniqueId } from "../../core/dom.js";
import { PlaneView } from "../plane-view.js";
import { added, counts, moved, reclassed, removed } from "./drawing.js";
import { CLASS_TOKENS, glyphOf, glyphPath } from "./plot-marks.js";
import { sampleOf } from "./plot-view.js";

/** @typedef {{points: number, classes: number, far: number}} Limits */

const NOTHING = -1;

export class DrawTab {
  /** @type {Drawing | null} */
  #drawing = null;
  /** What was brought before. @type {Drawing | null} */
  #before = null;
  /** @type {Limits} */
  #limits = { points: 0, classes: 0, far: 1 };
  /** The class of the next point. */
  #of = 0;
  #bring;
  #plane = new PlaneView();
  #choices = element("fieldset", { class: "desk-classes" });
  #said = element("p", { class: "desk-said" });
  #problem = element("p", { class: "control-problem", role: "alert", hidden: true });
  #remove = button("Take the chosen point away", { class: "button-small" });
  #clear = button("Clear", { class: "button-small" });
  #use = button("Train on these points", { class: "button-primary" });

  /** @param {{bring: (args: Record<string, unknown>) => void}} to */
  constructor({ bring }) {
    this.#bring = bring;
    const plane = this.#plane;
    for (const [name, value] of [["label", "your points"], ["x-label", "x1"], ["y-label", "x2"], ["movable", ""], ["addable", ""]]) {
      plane.setAttribute(name, value);
    }
    plane.addEventListener("point-add", (event) => this.#add(detail(event)));
    plane.addEventListener("point-move", (event) => this.#move(detail(event)));
    plane.addEventListener("point-remove", (event) => this.#take(detail(event).index));
    plane.addEventListener("point-pick", (event) => this.#pick(detail(event).index));
    this.#remove.addEventListener("click", () => this.#take(plane.chosen));
    this.#clear.addEventListener("click", () => this.#become({ x1: [], x2: [], y: [] }));
    this.#use.addEventListener("click", () => this.#drawing && this.#bring({ ...this.#drawing }));
    this.root = element(
      "div",
      { class: "desk-draw" },
      element(
        "p",
        { class: "desk-how" },
        "Choose a class, then click where its points lie. Drag a point to move it; with one chosen, a class gives it another class.",
      ),
      this.#choices,
      plane,
      element("div", { class: "desk-tools" }, this.#remove, this.#clear),
      this.#said,
      this.#problem,
      element("div", { class: "notice-actions" }, this.#use),
    );
  }

  /** What was drawn before. @param {Record<string, unknown> | null} drawing */
  take(drawing) {
    this.#before = /** @type {Drawing | null} */ (drawing);
  }

  /**
   * @param {Limits} limits
   * @param {Drawing} first  what a drawing begins with
   */
  begin(limits, first) {
    this.#limits = limits;
    this.#makeChoices(limits.classes);
    this.#become(this.#before ?? first);
  }

  /** @param {string} field @param {string} text */
  reject(field, text) {
    setText(this.#problem, field === "y" || field === "" ? text : `${field}: ${text}`);
    this.#problem.hidden = text === "";
  }

  /** @param {number} classes */
  #makeChoices(classes) {
    const name = uniqueId("class");
    const choices = Array.from({ length: classes }, (_, of) => {
      const input = element("input", { type: "radio", name, value: of, checked: of === this.#of });
      input.addEventListener("change", () => this.#choose(of));
      return element("label", { class: "desk-class" }, input, mark(of), ` class ${of + 1}`);
    });
    this.#choices.replaceChildren(element("legend", {}, "Class of the next point"), ...choices);
  }

  /** @param {number} of */
  #choose(of) {
    this.#of = of;
    const { chosen } = this.#plane;
    if (this.#drawing && chosen !== NOTHING) this.#become(reclassed(this.#drawing, chosen, of));
  }

  /** @param {{x: number, y: number}} place */
  #add({ x, y }) {
    const drawing = this.#drawing;
    if (!drawing) return;
    const { points } = this.#limits;
    if (drawing.y.length >= points) return this.reject("", `expected at most ${points} points`);
    this.#plane.choose(NOTHING);
    this.#become(added(drawing, x, y, this.#of));
  }

  /** @param {{index: number, x: number, y: number, done: boolean}} place */
  #move({ index, x, y, done }) {
    if (this.#drawing && done) this.#become(moved(this.#drawing, index, x, y));
  }

  /** @param {number} index */
  #take(index) {
    if (!this.#drawing || index < 0 || index >= this.#drawing.y.length) return;
    this.#plane.choose(NOTHING);
    this.#become(removed(this.#drawing, index));
  }

  /** @param {number} index */
  #pick(index) {
    this.#remove.disabled = false;
    const of = this.#drawing?.y[index] ?? 0;
    this.#of = of;
    const input = this.#choices.querySelectorAll("input")[of];
    if (input) input.checked = true;
  }

  /** @param {Drawing} drawing */
  #become(drawing) {
    this.#drawing = drawing;
    const { classes, far } = this.#limits;
    this.reject("", "");
    this.#plane.show({
      points: { x: drawing.x1, y: drawing.x2, classes: drawing.y },
      bounds: { x: [-far, far], y: [-far, far] },
      classNames: Array.from({ length: classes }, (_, of) => `class ${of + 1}`),
    });
    this.#remove.disabled = this.#plane.chosen === NOTHING;
    this.#clear.disabled = drawing.y.length === 0;
    const told = counts(drawing, classes).flatMap((n, of) => (n ? [`${n} of class ${of + 1}`] : []));
    setText(this.#said, told.length > 0 ? `${counted(drawing.y.length)}: ${told.join(", ")}.` : "No points yet.");
    this.#use.disabled = told.length < 2;
    this.#use.title = told.length < 2 ? "Draw points of at least two classes" : "";
  }
}

/** @param {number} n */
const counted = (n) => (n === 1 ? "1 point" : `${n} points`);

/** A class's glyph in its colour. @param {number} of */
function mark(of) {
  const token = CLASS_TOKENS[of % CLASS_TOKENS.length];
  return sampleOf({ token, label: "", glyph: glyphPath(glyphOf(of)) });
}
