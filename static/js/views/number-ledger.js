/**
 * <number-ledger>: "Why this number?" The number that is picked, what it is made of, and where it
 * goes; each of its numbers leads to its own ledger. Kept current by the page.
 *
 * @import {Station} from "../core/inquiry.js"
 * @import {Frame, Ledger, Pick, Reference, RunEvent, ServerError, Tensor,
 *   Welcome} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element, setText } from "../core/dom.js";
import { count, significant } from "../core/format.js";
import { same } from "../core/inquiry.js";
import { isGradient, meaning, placeInWords } from "../core/names.js";
import { LedgerCode } from "./parts/ledger-code.js";
import { LedgerEdit } from "./parts/ledger-edit.js";
import { LedgerFeeds } from "./parts/ledger-feeds.js";
import { OperandLights } from "./parts/ledger-lights.js";
import { leadOf, pointedAt } from "./parts/ledger-links.js";
import { LedgerNudge } from "./parts/ledger-nudge.js";
import { LedgerTerms } from "./parts/ledger-terms.js";
import { LedgerTrail } from "./parts/ledger-trail.js";
import { headingOf, nameOf, numberOf, referenceOf, signOf } from "./parts/ledger-words.js";
import { breakLines, parseMaths, patch } from "./parts/maths.js";

export class NumberLedger extends HTMLElement {
  #aborter = new AbortController();
  #name = element("span", { class: "ledger-tensor" });
  #value = element("span", { class: "ledger-value" });
  #number = element("h3", { class: "ledger-number", tabindex: -1 }, this.#name, " = ", this.#value);
  #place = element("p", { class: "ledger-place" });
  #meaning = element("p", { class: "ledger-meaning" });
  #before = element("p", { class: "ledger-before" });
  #error = element("p", { class: "ledger-error" });
  #maths = element("div", { class: "ledger-maths", role: "group", "aria-label": "Equation" });
  #note = element("p", { class: "ledger-note" });
  #terms = new LedgerTerms({
    turn: (page) => this.#page?.turnLedger(page),
    unfold: (terms) => this.#page?.unfoldLedger(terms),
  });
  #code = new LedgerCode();
  #feeds = new LedgerFeeds();
  #nudge = new LedgerNudge((subject) => this.#page?.act("nudge", { ...subject }));
  #edit = new LedgerEdit(
    (subject, value) => this.#page?.act("edit", { ...subject, value }) ?? false,
    (text) => this.#page?.announce(text),
  );
  #trail = new LedgerTrail((place) => this.#page?.walkBack(place));
  #hint = hint();
  #body = element("div", { class: "ledger-body" });
  #entry = element("div", { class: "ledger-entry" });
  #lights = new OperandLights(document);

  /** @type {Page | null} */
  #page = null;
  /** @type {Station | null} */
  #station = null;
  /** What had the focus when the ledger was opened. @type {Element | null} */
  #origin = null;
  /** The number that one walks back from: the focus goes to the link to it. @type {Reference | null} */
  #left = null;
  /** What the pointer or the focus is on. @type {EventTarget | null} */
  #pointed = null;
  #mathsText = "";
  /** Whether the value has still to be said. */
  #unsaid = false;

  connectedCallback() {
    const close = button("Close", { icon: "close", class: "button-icon button-quiet ledger-close" });
    close.title = "Close";
    close.addEventListener("click", () => this.#page?.unpick());
    this.#body.replaceChildren(
      this.#error,
      this.#maths,
      this.#terms.element,
      this.#note,
      this.#nudge.element,
      this.#edit.element,
      this.#code.element,
      this.#feeds.element,
    );
    this.#entry.replaceChildren(
      element(
        "div",
        { class: "ledger-head" },
        this.#trail.element,
        this.#number,
        this.#place,
        this.#meaning,
        this.#before,
      ),
      this.#body,
    );
    this.#entry.hidden = true;
    close.hidden = true;
    this.replaceChildren(
      element(
        "div",
        { class: "ledger-top" },
        element("h2", { class: "label" }, "Why this number?"),
        close,
      ),
      this.#entry,
      this.#hint,
    );
    this.#listen(this.#aborter.signal);
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    const { signal } = this.#aborter;
    this.#page = page;
    page.onEvent("pick", (station) => this.#open(station), { signal });
    page.onEvent("ledger", () => this.#show(), { signal });
    page.onEvent("into-ledger", () => this.#enter(), { signal });
    page.onEvent("nudged", (event) => this.#nudged(event), { signal });
    page.onEvent("edited", (event) => this.#edit.take(event), { signal });
    page.onEvent("refused", (error) => this.#refused(error), { signal });
    page.onEvent("welcome", (welcome) => this.#welcomed(welcome), { signal });
    page.onPaint((frame) => this.#see(frame));
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const entry = this.#entry;
    entry.addEventListener("click", (event) => this.#follow(event), { signal });
    for (const name of ["pointerover", "focusin"]) {
      entry.addEventListener(name, (event) => this.#light(event.target), { signal });
    }
    for (const name of ["pointerleave", "focusout"]) {
      entry.addEventListener(name, () => this.#light(null), { signal });
    }
  }

  /** @param {Event} event */
  #follow(event) {
    const lead = leadOf(event.target);
    if (!lead) return;
    const { reference, value } = lead;
    this.#page?.walk(reference.tensor, reference.index, value ?? this.#onScreen(reference));
  }

  /**
   * Another number is open now, or none.
   *
   * @param {Station | null} station
   */
  #open(station) {
    const inside = this.#entry.contains(document.activeElement);
    this.#pointed = null;
    const former = this.#station;
    if (!former) this.#origin = document.activeElement;
    this.#station = station;
    this.toggleAttribute("data-open", station !== null);
    for (const part of [this.#entry, this.querySelector(".ledger-close")]) {
      part?.toggleAttribute("hidden", station === null);
    }
    this.#hint.hidden = station !== null;
    if (!station) {
      this.#lights.show([], null);
      if (inside) focusOn(this.#origin);
      this.#origin = null;
      return;
    }
    const way = this.#page?.way ?? [];
    const back = former !== null && station.ledger !== null;
    this.#left = back ? former.pick : null;
    this.#unsaid = !inside;
    this.#head(station.pick, way);
    this.#feeds.clear();
    this.#nudge.open(station.pick);
    this.#edit.open(station.pick);
    this.#body.toggleAttribute("data-waiting", true);
    if (station.ledger || station.error) this.#show();
    else this.#outline([], station.pick);
    if (inside && !this.#focusLeft()) this.#number.focus();
    else if (!inside) this.closest(".ledger")?.scrollTo(0, 0);
  }

  /** The focus goes to the link that was followed from here. @returns {boolean} whether it is there */
  #focusLeft() {
    const left = this.#left;
    if (!left) return false;
    const links = [...this.#body.querySelectorAll(".ledger-link")];
    const link = links.find((each) => {
      const lead = leadOf(each);
      return lead && same(lead.reference, left);
    });
    if (link instanceof HTMLElement) link.focus();
    return link !== undefined;
  }

  #enter() {
    if (this.#station) this.#number.focus();
  }

  /** @param {Pick} pick @param {readonly Station[]} way */
  #head(pick, way) {
    setText(this.#name, nameOf(pick));
    this.#name.dataset.tensor = pick.tensor;
    setText(this.#place, placeOf(pick));
    setText(this.#meaning, meaning(pick.tensor));
    this.#entry.toggleAttribute("data-gradient", isGradient(pick.tensor));
    this.#trail.show(way);
    this.#writeValue(this.#station?.ledger ? numberOf(this.#station.ledger) : pick.value);
  }

  /** @param {number} value */
  #writeValue(value) {
    setText(this.#value, Number.isNaN(value) && !this.#station?.ledger ? "…" : significant(value));
    this.#value.dataset.sign = signOf(value);
    const pick = this.#station?.pick;
    const changed = pick && this.#page && pick.step !== this.#page.step && !Number.isNaN(pick.value);
    const then = changed ? `it was ${significant(pick.value)} at step ${count(pick.step ?? 0)}` : "";
    setText(this.#before, then);
  }

  /** The server has answered. */
  #show() {
    const station = this.#station;
    if (!station) return;
    const { ledger, error } = station;
    this.#body.toggleAttribute("data-waiting", false);
    setText(this.#error, error?.text ?? "");
    this.#error.hidden = !error;
    for (const part of this.#body.children) {
      if (part !== this.#error && part instanceof HTMLElement) part.hidden = !ledger;
    }
    if (!ledger) {
      this.#outline([], station.pick);
      if (this.#page?.frame) this.#see(this.#page.frame);
      return;
    }
    this.#writeValue(numberOf(ledger));
    setText(this.#note, ledger.note ?? "");
    this.#note.hidden = !ledger.note;
    this.#terms.show(ledger, !this.#page?.playing, station.terms);
    this.#showMaths(ledger.mathml);
    this.#code.show(ledger);
    this.#feeds.show(ledger.feeds);
    this.#nudge.see(ledger);
    this.#edit.see(ledger);
    this.#light(this.#pointed);
    this.#page?.relink();
    if (this.#unsaid) this.#introduce(ledger);
  }

  /** @param {Ledger} ledger */
  #introduce(ledger) {
    this.#unsaid = false;
    const how = headingOf(ledger);
    const value = significant(numberOf(ledger));
    this.#page?.announce(
      `${nameOf(ledger)} = ${value}${how ? `, ${how}` : ""}. W goes to its ledger.`,
    );
  }

  /** @param {RunEvent} event */
  #nudged(event) {
    const said = this.#nudge.show(event);
    if (said) this.#page?.announce(said);
  }

  /** @param {ServerError} error */
  #refused(error) {
    this.#nudge.refuse(error);
    this.#edit.refuse(error);
  }

  /** @param {Welcome} welcome */
  #welcomed({ exhibit }) {
    this.#edit.allowed = exhibit.actions.includes("edit");
  }

  /** @param {string} text */
  #showMaths(text) {
    this.#maths.hidden = !text;
    if (text === this.#mathsText) return;
    this.#mathsText = text;
    const fresh = text ? parseMaths(text) : null;
    if (fresh) breakLines(fresh);
    const present = this.#maths.firstElementChild;
    if (fresh && present) patch(present, fresh);
    else this.#maths.replaceChildren(...(fresh ? [fresh] : []));
    const scrolls = this.#maths.scrollWidth > this.#maths.clientWidth;
    if (scrolls) this.#maths.tabIndex = 0;
    else this.#maths.removeAttribute("tabindex");
  }

  /**
   * Outline numbers where they stand on the stage.
   *
   * @param {readonly Reference[]} operands
   * @param {Reference} picked
   */
  #outline(operands, picked) {
    const slow = this.#page?.slow;
    if (!slow?.moment) return this.#lights.show(operands, picked);
    this.#lights.show(operands.map((each) => slow.onStage(each)), slow.onStage(picked));
  }

  /** Outline what is pointed at, else all operands. @param {EventTarget | null} pointed */
  #light(pointed) {
    this.#pointed = pointed;
    const station = this.#station;
    if (!station) return;
    this.#outline(pointedAt(pointed) ?? operandsOf(station.ledger), station.pick);
  }

  /**
   * A number of which the server keeps no ledger is at least kept current.
   *
   * @param {Frame} frame
   */
  #see(frame) {
    const station = this.#station;
    if (!station || station.ledger) return;
    const tensor = frame.arrays.get(station.pick.tensor);
    if (tensor) this.#writeValue(valueIn(tensor, station.pick.index));
  }

  /** @param {Reference} reference  @returns {number} NaN when it is not on the screen */
  #onScreen({ tensor, index }) {
    const shown = this.#page?.frame?.arrays.get(tensor);
    return shown ? valueIn(shown, index) : NaN;
  }
}

/** @param {Ledger | null} ledger  @returns {Reference[]} */
function operandsOf(ledger) {
  if (!ledger) return [];
  const all = ledger.terms.flatMap(({ factors }) => factors.map(referenceOf));
  return /** @type {Reference[]} */ (all.filter(Boolean));
}

/**
 * @param {Tensor} tensor
 * @param {readonly number[]} index
 * @returns {number}  NaN when the tensor has no such element now
 */
function valueIn({ shape, data }, index) {
  const inside = index.length === shape.length && index.every((at, axis) => at < shape[axis]);
  return inside ? data[index.reduce((flat, at, axis) => flat * shape[axis] + at, 0)] : NaN;
}

/**
 * Focus an element, or the cell that has taken its turn.
 *
 * @param {Element | null} origin
 */
function focusOn(origin) {
  const grid = origin?.closest("[role=grid]");
  const cell = grid?.querySelector("[role=row]:not([hidden]) > [role=gridcell]") ?? origin;
  if (cell instanceof HTMLElement && cell.isConnected) cell.focus();
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
      "Click or tap any number or line on the stage, or walk to it with the arrow keys and press ",
      element("kbd", {}, "Enter"),
      ".",
    ),
    element("p", {}, "It shows what the number is made of, and keeps up while the network learns."),
  );
}

customElements.define("number-ledger", NumberLedger);
