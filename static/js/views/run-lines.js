/**
 * <run-lines>: runs side by side, a row each: how it is drawn, what makes it another, its scalars
 * and the picked number at the step on the stage; and where two of them first differ.
 *
 * @import {Compared, LineState} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element, setText } from "../core/dom.js";
import { count, indexed, significant } from "../core/format.js";
import { differs, flagText, scalarLabel, scalarNames } from "./parts/line-words.js";

const NONE = "–";

/**
 * @typedef {object} Row
 * @property {HTMLTableRowElement} root
 * @property {HTMLElement} mark
 * @property {HTMLElement} what
 * @property {HTMLElement[]} values  the scalars, then the picked number
 * @property {HTMLButtonElement} go
 * @property {HTMLButtonElement} pin
 * @property {HTMLButtonElement} drop
 */

export class RunLines extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Map<number, Row>} */
  #rows = new Map();
  /** @type {string[]} */
  #names = [];
  /** What was said already, so that it is said once. */
  #said = new Set();
  #current = 0;
  #flags = element("td", { class: "lines-flags", colspan: 2 });
  #picked = element("th", { scope: "col", class: "lines-value lines-picked" });
  #toggle = button("Runs side by side", { icon: "chevron", class: "button-icon button-quiet" });
  #head = element("tr");
  #body = element("tbody");

  connectedCallback() {
    this.#toggle.setAttribute("aria-expanded", "true");
    this.#toggle.addEventListener("click", () => this.#fold(), { signal: this.#aborter.signal });
    this.replaceChildren(
      element(
        "table",
        {},
        element("caption", { class: "visually-hidden" }, "Runs side by side"),
        element("thead", {}, this.#head),
        this.#body,
      ),
    );
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    const { signal } = this.#aborter;
    page.onEvent("welcome", () => this.show(page), { signal });
    page.onEvent("lines", () => this.show(page), { signal });
    page.onEvent("compared", (answer) => this.#compare(page, answer), { signal });
    page.onEvent("pick", () => this.#namePick(page), { signal });
    this.show(page);
  }

  /** @param {Page} page */
  show(page) {
    const { lines } = page;
    this.hidden = lines.all.length === 0;
    const names = scalarNames(lines.all);
    if (names.join() !== this.#names.join()) {
      this.#names = names;
      this.#rows.clear();
    }
    for (const id of this.#rows.keys()) if (!lines.find(id)) this.#rows.delete(id);
    const focused = document.activeElement;
    this.#head.replaceChildren(
      this.#flags,
      ...names.map((name) => element("th", { scope: "col", class: "lines-value" }, scalarLabel(name))),
      this.#picked,
      element("td", { class: "lines-tools" }, this.#toggle),
    );
    this.#body.replaceChildren(...lines.all.map((line) => this.#row(page, line).root));
    if (focused instanceof HTMLElement && this.contains(focused)) focused.focus();
    this.#flag(page);
    this.#namePick(page);
    // these rows are loaded when they are first needed: the answer may have been faster
    if (lines.answer) this.#compare(page, lines.answer);
    this.#announce(page);
  }

  /**
   * @param {Page} page
   * @param {LineState} line
   */
  #row(page, line) {
    const row = this.#rows.get(line.line) ?? this.#make(page, line);
    const { lines } = page;
    const here = line.line === lines.current;
    row.root.toggleAttribute("data-current", here);
    row.mark.dataset.style = here ? "stage" : String(lines.ghosts.indexOf(line));
    setText(row.what, differs(line, lines.all, page.controls));
    row.go.hidden = here;
    row.drop.hidden = here;
    row.pin.setAttribute("aria-pressed", String(line.pinned));
    return row;
  }

  /**
   * @param {Page} page
   * @param {LineState} line
   * @returns {Row}
   */
  #make(page, { line: id, name }) {
    const { lines } = page;
    const go = button("Go on", { class: "button-small", title: `Go on with run ${name}` });
    const pin = button("Pin", { class: "button-small", title: `Keep run ${name} whatever comes` });
    const drop = button(`Drop run ${name}`, { icon: "close", class: "button-icon button-quiet" });
    go.setAttribute("aria-label", `Go on with run ${name}`);
    pin.setAttribute("aria-label", `Pin run ${name}`);
    go.addEventListener("click", () => lines.switch(id));
    pin.addEventListener("click", () => lines.pin(id, pin.getAttribute("aria-pressed") !== "true"));
    drop.addEventListener("click", () => lines.drop(id));
    const mark = element("span", { class: "line-mark", "aria-hidden": "true" });
    const what = element("td", { class: "lines-what" });
    const values = this.#names.map(() => element("td", { class: "lines-value" }, NONE));
    values.push(element("td", { class: "lines-value lines-picked" }, NONE));
    const root = element(
      "tr",
      { "data-line": name },
      element("th", { scope: "row", class: "lines-name" }, mark, name),
      what,
      ...values,
      element("td", { class: "lines-tools" }, go, pin, drop),
    );
    const row = { root, mark, what, values, go, pin, drop };
    this.#rows.set(id, row);
    return row;
  }

  /**
   * @param {Page} page
   * @param {Compared} answer
   */
  #compare(page, { lines }) {
    for (const { line, scalars, numbers } of lines) {
      const row = this.#rows.get(line);
      if (!row) continue;
      this.#names.forEach((name, i) => {
        const value = scalars?.[name];
        setText(row.values[i], value === undefined ? NONE : significant(value));
      });
      const number = numbers[0];
      // while the run plays, scalars alone are compared
      if (page.lines.asked || !page.playing) {
        const text = number ? (number.value === null ? number.nonfinite : significant(number.value)) : NONE;
        setText(row.values[this.#names.length], text ?? NONE);
      }
    }
  }

  /** Say which number is compared. @param {Page} page */
  #namePick(page) {
    const pick = page.way.at(-1)?.pick;
    setText(this.#picked, pick ? `${pick.tensor}${pick.index.length > 0 ? indexed(pick.index) : ""}` : "");
    this.toggleAttribute("data-picked", pick !== undefined);
  }

  /** @param {Page} page */
  #flag(page) {
    const { lines } = page;
    const nameOf = (/** @type {number} */ id) => lines.find(id)?.name ?? "";
    const flags = lines.differences.map((difference) => {
      const { a, b, step } = difference;
      const short = `${nameOf(a)} ≠ ${nameOf(b)}`;
      const title = flagText(difference, nameOf);
      if (step === null) return element("span", { class: "flag-none", title }, `${short} –`);
      const flag = button(`${short} ${count(step)}`, { class: "flag", title });
      flag.setAttribute("aria-label", `${title}: go there`);
      flag.addEventListener("click", () => page.seek(step));
      return flag;
    });
    const texts = flags.map((flag) => flag.textContent).join();
    if (texts === this.#flags.dataset.texts) return;
    this.#flags.dataset.texts = texts;
    this.#flags.replaceChildren(element("span", { class: "flag-none" }, "first differ at step"), ...flags);
  }

  /** @param {Page} page */
  #announce(page) {
    const { lines } = page;
    const nameOf = (/** @type {number} */ id) => lines.find(id)?.name ?? "";
    /** @type {string[]} */
    const news = [];
    if (lines.current !== this.#current && lines.all.length > 0) {
      this.#current = lines.current;
      news.push(`Run ${nameOf(lines.current)} is on the stage, of ${lines.all.length} runs`);
    }
    for (const difference of lines.differences) {
      const key = `${difference.a}:${difference.b}`;
      if (difference.step === null || this.#said.has(key)) continue;
      this.#said.add(key);
      news.push(flagText(difference, nameOf));
    }
    if (news.length > 0) page.announce(news.join(". "));
  }

  #fold() {
    const open = this.toggleAttribute("data-folded");
    this.#toggle.setAttribute("aria-expanded", String(!open));
  }
}

customElements.define("run-lines", RunLines);
