/**
 * <number-ledger>: "Why this number?" Keeps the number that was picked, and keeps it current.
 *
 * @import {Frame, Pick, Tensor} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element } from "../core/dom.js";
import { indexed, significant } from "../core/format.js";
import { isGradient, meaning, placeInWords } from "../core/names.js";

export class NumberLedger extends HTMLElement {
  #aborter = new AbortController();
  #name = element("span", { class: "ledger-tensor" });
  #value = element("output", { class: "ledger-value" });
  #place = element("p", { class: "ledger-place" });
  #meaning = element("p", { class: "ledger-meaning" });
  #now = element("td");
  #nowStep = element("th", { scope: "row" });
  #then = element("td");
  #thenStep = element("th", { scope: "row" });
  #shape = element("td");
  #hint = hint();
  #entry = element("div", { class: "ledger-entry" });

  /** @type {Pick | null} */
  #pick = null;
  #element = -1;
  /** @type {readonly number[]} the shape that `#element` was worked out for */
  #known = [];
  #seen = { step: -1, value: NaN, there: false };

  connectedCallback() {
    const close = button("Close", { icon: "close", class: "button-icon button-quiet ledger-close" });
    close.title = "Close (Esc)";
    close.addEventListener("click", () => this.dispatchEvent(new Event("ledger-close")));
    this.#entry.replaceChildren(
      close,
      element("p", { class: "ledger-number" }, this.#name, " = ", this.#value),
      this.#place,
      this.#meaning,
      element(
        "table",
        { class: "ledger-facts" },
        element(
          "tbody",
          {},
          element("tr", {}, this.#nowStep, this.#now),
          element("tr", {}, this.#thenStep, this.#then),
          element("tr", {}, element("th", { scope: "row" }, "shape of the tensor"), this.#shape),
        ),
      ),
    );
    this.#entry.hidden = true;
    this.replaceChildren(
      element("h2", { class: "label" }, "Why this number?"),
      this.#entry,
      this.#hint,
    );
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    const { signal } = this.#aborter;
    page.onEvent("pick", (pick) => this.#open(pick, page.frame), { signal });
    page.onPaint((frame) => this.show(frame));
    this.addEventListener("ledger-close", () => page.unpick(), { signal });
  }

  /** @param {Frame} frame */
  show(frame) {
    const pick = this.#pick;
    if (!pick) return;
    const tensor = frame.arrays.get(pick.tensor);
    if (tensor && tensor.shape !== this.#known) this.#locate(pick, tensor);
    const there = tensor !== undefined && this.#element >= 0;
    const value = there ? tensor.data[this.#element] : NaN;
    const seen = this.#seen;
    if (there && seen.there && Object.is(value, seen.value) && frame.step === seen.step) return;
    seen.there = there;
    seen.value = value;
    seen.step = frame.step;
    this.#value.textContent = there ? significant(value) : "—";
    this.#value.dataset.sign = value < 0 ? "negative" : value > 0 ? "positive" : "nought";
    this.#nowStep.textContent = `now, step ${frame.step}`;
    this.#now.textContent = there ? significant(value) : "not in this network";
  }

  /**
   * @param {Pick | null} pick
   * @param {Frame | null} frame
   */
  #open(pick, frame) {
    this.#pick = pick;
    this.toggleAttribute("data-open", pick !== null);
    this.#entry.hidden = pick === null;
    this.#hint.hidden = pick !== null;
    if (!pick) return;
    this.#known = [];
    this.#seen.there = false;
    this.#name.textContent = `${pick.tensor}${indexed(pick.index)}`;
    this.#name.dataset.tensor = pick.tensor;
    this.#place.textContent = placeOf(pick);
    this.#meaning.textContent = meaning(pick.tensor);
    this.#entry.toggleAttribute("data-gradient", isGradient(pick.tensor));
    this.#thenStep.textContent = frame ? `picked at step ${frame.step}` : "when picked";
    this.#then.textContent = significant(pick.value);
    if (frame) this.show(frame);
  }

  /**
   * Find the element that the index names; its place changes with the tensor's shape.
   *
   * @param {Pick} pick
   * @param {Tensor} tensor
   */
  #locate({ index }, { shape }) {
    this.#known = shape;
    this.#shape.textContent = shape.join(" × ");
    const inside = index.length === shape.length && index.every((at, axis) => at < shape[axis]);
    this.#element = inside ? index.reduce((flat, at, axis) => flat * shape[axis] + at, 0) : -1;
  }
}

/**
 * Where the number stands, in words. A view's label ends with the value; here it stands above.
 *
 * @param {Pick} pick
 */
function placeOf({ tensor, index, value, label }) {
  const ending = `: ${significant(value)}`;
  if (!label) return placeInWords(tensor, index);
  return label.endsWith(ending) ? label.slice(0, -ending.length) : label;
}

/** What stands here until a number is picked. */
function hint() {
  const grid = element("span", { class: "hint-grid", "aria-hidden": "true" });
  for (let i = 0; i < 9; i++) grid.append(element("span", { class: i === 5 ? "hint-picked" : "" }));
  return element(
    "div",
    { class: "ledger-hint" },
    element("div", { class: "hint-picture" }, grid, element("span", { class: "hint-number" }, "?")),
    element(
      "p",
      {},
      "Click or tap any number on the stage, or walk to it with the arrow keys and press ",
      element("kbd", {}, "Enter"),
      ".",
    ),
    element("p", {}, "It stays here and keeps up with every step, also while the network learns."),
  );
}

customElements.define("number-ledger", NumberLedger);
