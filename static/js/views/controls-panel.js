/**
 * <controls-panel>: made from the controls that the exhibit declares. At most five are shown, the
 * rest behind "More"; those that mean nothing beside the present values are left out, and so are those
 * that a link hides, which one may have back. The server
 * judges each value; what it rejects is said next to the control.
 *
 * @import {Control, ServerError, Value, Values, Welcome} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {Row} from "./parts/control-row.js"
 */

import { button, element } from "../core/dom.js";
import { controlRow } from "./parts/control-row.js";

const MOST_SHOWN = 5;
/** A new seed is drawn from 1 to this: short enough to be read out to a class. */
const MOST_SEED = 9999;

/** For so long after a change, echoes of the values before it are not believed. */
const ECHO_MS = 1000;

export class ControlsPanel extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Page | null} */
  #page = null;
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Map<string, {value: Value, until: number}>} */
  #sent = new Map();
  /** What was typed and refused stays in its field, while the value is what it was then. @type {Map<string, Value>} */
  #refused = new Map();
  #made = "";
  #more = element("details", { class: "more" });
  #help = element("p", { class: "control-help" }, "Point at a control to read what it does.");
  #seed = element("span", { class: "seed" });
  #unhide = button("Show them", { class: "button-small" });
  #hiddenText = element("span");
  #hidden = element("p", { class: "controls-hidden", hidden: true }, this.#hiddenText, " ", this.#unhide);

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
    const { signal } = this.#aborter;
    page.onEvent("welcome", (welcome) => this.#welcome(welcome), { signal });
    page.onEvent("values", ({ data }) => this.#show(data.values), { signal });
    page.onEvent("error", (error) => this.#rejected(error), { signal });
    page.onEvent("hidden", () => this.#arrange(page.controls), { signal });
    this.#unhide.addEventListener("click", () => {
      page.hide([]);
      this.querySelector("input, select")?.scrollIntoView({ block: "nearest" });
    }, { signal });
    page.onPaint(() => this.#showSeed());
  }

  /** @param {Welcome} welcome */
  #welcome({ controls, values }) {
    const declared = JSON.stringify(controls);
    if (declared !== this.#made) this.#make(controls);
    this.#made = declared;
    this.#sent.clear();
    this.#show(values);
    this.#showSeed();
  }

  /** @param {readonly Control[]} controls */
  #make(controls) {
    this.#rows.clear();
    for (const control of controls) {
      const row = controlRow(control, (value) => this.#commit(control, value));
      const explain = () => (this.#help.textContent = control.help);
      row.root.addEventListener("pointerenter", explain);
      row.root.addEventListener("focusin", explain);
      this.#rows.set(control.name, row);
    }
    this.#arrange(controls);
  }

  /** Put the rows where they belong. @param {readonly Control[]} all */
  #arrange(all) {
    const hidden = this.#page?.hidden ?? [];
    const controls = all.filter(({ name }) => !hidden.includes(name));
    const main = controls.filter(({ advanced }) => !advanced);
    // what comes and goes with other controls takes turns: the exhibit sees to it that they are few
    const always = main.filter(({ when }) => Object.keys(when).length === 0);
    const shown = main.filter((one) => !always.includes(one) || always.indexOf(one) < MOST_SHOWN);
    const rest = controls.filter((control) => !shown.includes(control));
    this.#fillMore(rest);
    const count = all.length - controls.length;
    this.#hidden.hidden = count === 0;
    this.#hiddenText.textContent = count === 1 ? "This link hides a control." : `This link hides ${count} controls.`;
    this.replaceChildren(
      element("h2", { class: "label" }, "Controls"),
      ...this.#rootsOf(shown),
      ...(rest.length > 0 ? [this.#more] : []),
      ...(controls.length > 0 ? [this.#help] : []),
      this.#hidden,
      this.#renewal(),
    );
  }

  /** @param {readonly Control[]} controls */
  #fillMore(controls) {
    const renewing = controls.filter(({ effect }) => effect === "reset");
    const keeping = controls.filter(({ effect }) => effect !== "reset");
    this.#more.replaceChildren(
      element("summary", {}, "More"),
      ...this.#rootsOf(keeping),
      ...this.#rootsOf(renewing),
    );
  }

  /** What begins the run anew. */
  #renewal() {
    const restart = button("Restart (same weights)", { class: "button-small" });
    const another = button("New seed", { class: "button-small" });
    restart.addEventListener("click", () => this.#page?.reset());
    another.addEventListener("click", () => {
      this.#page?.reset({}, 1 + Math.floor(Math.random() * MOST_SEED));
    });
    return element("div", { class: "renewal" }, restart, another, this.#seed);
  }

  /** @param {readonly Control[]} controls */
  #rootsOf(controls) {
    return controls.flatMap(({ name }) => this.#rows.get(name)?.root ?? []);
  }

  /**
   * @param {Control} control
   * @param {Value} value
   */
  #commit({ name }, value) {
    const page = this.#page;
    if (!page || (value === page.values[name] && !this.#sent.has(name))) return;
    this.#refused.delete(name);
    if (page.set({ [name]: value })) {
      this.#sent.set(name, { value, until: performance.now() + ECHO_MS });
      return;
    }
    const row = this.#rows.get(name);
    row?.show(page.values[name]);
    row?.reject("There is no live connection: nothing was changed.");
  }

  /** @param {Values} values */
  #show(values) {
    for (const [name, row] of this.#rows) {
      const sent = this.#sent.get(name);
      if (sent && sent.value !== values[name] && performance.now() < sent.until) continue;
      this.#sent.delete(name);
      if (this.#refused.has(name)) {
        if (this.#refused.get(name) === values[name]) continue;
        this.#refused.delete(name);
        row.reject("");
      }
      if (!row.held() && values[name] !== undefined) row.show(values[name]);
    }
    this.#leaveOut(values);
  }

  /** Show the controls that mean something now. @param {Values} values */
  #leaveOut(values) {
    for (const { name, when } of this.#page?.controls ?? []) {
      const root = this.#rows.get(name)?.root;
      const applies = Object.entries(when).every(([other, wanted]) => wanted.includes(String(values[other])));
      if (root && root.hidden === applies) root.hidden = !applies;
    }
    this.#more.hidden = !this.#more.querySelector(".control:not([hidden])");
  }

  #showSeed() {
    const text = this.#page?.seed === null ? "" : `seed ${this.#page?.seed}`;
    if (this.#seed.textContent !== text) this.#seed.textContent = text;
  }

  /** @param {ServerError} error */
  #rejected({ field, text }) {
    const row = field && this.#rows.get(field);
    if (!row || !this.#page) return;
    this.#sent.delete(field);
    const value = this.#page.values[field];
    // a line of text is mended, not typed again
    if (row.root.dataset.kind === "text") this.#refused.set(field, value);
    else row.show(value);
    row.reject(text.replace(`${field}: `, "")); // the label stands right above it
  }
}

customElements.define("controls-panel", ControlsPanel);
