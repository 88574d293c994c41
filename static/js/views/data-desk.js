/**
 * <data-desk>: where a person brings data: a table that is pasted or read from a file, or points
 * that are drawn. `openDesk(page, tab)` shows it in a dialog. What is brought begins a new run; until
 * then nothing changes. What does not work is said beside where it was given.
 *
 * It asks the engine (`read`) what a text is understood as, and sends `paste` and `draw`
 * (engine/exhibits/points.py).
 *
 * @import {RunEvent, ServerError} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element, uniqueId } from "../core/dom.js";
import { DrawTab } from "./parts/desk-draw.js";
import { PasteTab } from "./parts/desk-paste.js";

/** @typedef {"paste" | "draw"} Tab */

/** @type {readonly Tab[]} */
const TABS = ["paste", "draw"];
const NAMES = { paste: "Paste a table", draw: "Draw points" };
const DONE = { paste: "Training on the table that you pasted", draw: "Training on the points that you drew" };

/**
 * @param {Page} page
 * @param {Tab} tab
 */
export function openDesk(page, tab) {
  if (document.querySelector("data-desk")) return;
  const heading = element("h2", { id: uniqueId("desk") }, "Your data");
  const close = button("Close", { icon: "close", class: "button-icon button-quiet" });
  const desk = new DataDesk();
  const dialog = element(
    "dialog",
    { class: "dialog desk-dialog", "aria-labelledby": heading.id },
    element("div", { class: "dialog-head" }, heading, close),
    desk,
  );
  close.addEventListener("click", () => dialog.close());
  desk.addEventListener("desk-done", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  desk.connect(page, tab);
  dialog.showModal();
}

export class DataDesk extends HTMLElement {
  /** What comes back to it. */
  #aborter = new AbortController();
  /** @type {Page | null} */
  #page = null;
  /** Questions that the engine has not answered yet. */
  #asked = 0;
  /** What was brought and is not there yet. @type {Tab | null} */
  #brought = null;
  #tabs = TABS.map((tab, place) => this.#tabButton(tab, place));
  #paste = new PasteTab({ ask: (args) => this.#ask(args), bring: (args) => this.#bring("paste", args) });
  #draw = new DrawTab({ bring: (args) => this.#bring("draw", args) });

  connectedCallback() {
    for (const [place, tab] of this.#tabs.entries()) {
      const { root } = [this.#paste, this.#draw][place];
      root.id = uniqueId("desk-tab");
      root.setAttribute("role", "tabpanel");
      root.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", root.id);
    }
    this.replaceChildren(
      element("div", { class: "code-tabs", role: "tablist", "aria-label": "How you bring them" }, ...this.#tabs),
      this.#paste.root,
      this.#draw.root,
    );
  }

  disconnectedCallback() {
    this.#aborter.abort();
    this.#paste.end();
  }

  /**
   * @param {Page} page
   * @param {Tab} tab
   */
  connect(page, tab) {
    this.#page = page;
    const { signal } = this.#aborter;
    page.onEvent("read", (event) => this.#answered(event), { signal });
    page.onEvent("brought", () => this.#done(), { signal });
    page.onEvent("values", () => this.#done(), { signal });
    page.onEvent("refused", (error) => this.#refused(error), { signal });
    this.#show(tab);
    this.#ask({});
    this.#paste.take(page.looks.paste ?? null);
    this.#draw.take(page.looks.draw ?? null);
  }

  /** @param {Tab} shown */
  #show(shown) {
    for (const [place, tab] of TABS.entries()) {
      this.#tabs[place].setAttribute("aria-selected", String(tab === shown));
      this.#tabs[place].tabIndex = tab === shown ? 0 : -1;
      [this.#paste, this.#draw][place].root.hidden = tab !== shown;
    }
  }

  /** @param {Tab} tab @param {number} place */
  #tabButton(tab, place) {
    const made = element(
      "button",
      { type: "button", class: "code-tab", role: "tab", id: uniqueId("tab") },
      NAMES[tab],
    );
    made.addEventListener("click", () => this.#show(tab));
    made.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      const other = (place + 1) % TABS.length; // there are two
      this.#tabs[other].focus();
      this.#show(TABS[other]);
    });
    return made;
  }

  /**
   * Ask what a text would be understood as.
   *
   * @param {Record<string, unknown>} args
   */
  #ask(args) {
    if (this.#page?.act("read", args)) this.#asked += 1;
    else this.#paste.reject("", NO_CONNECTION);
  }

  /**
   * Begin a run with what was brought.
   *
   * @param {Tab} tab
   * @param {Record<string, unknown>} args
   */
  #bring(tab, args) {
    if (this.#page?.act(tab, args)) this.#brought = tab;
    else [this.#paste, this.#draw][TABS.indexOf(tab)].reject("", NO_CONNECTION);
  }

  /** @param {RunEvent} event */
  #answered({ data }) {
    this.#asked -= 1;
    if (data.limits) {
      this.#paste.begin({ bytes: data.limits.bytes, example: data.example });
      this.#draw.begin(data.limits, data.drawing);
    } else if (this.#asked <= 0) this.#paste.understood(/** @type {any} */ (data)); // of the newest text
  }

  /** The run with what was brought is there. */
  #done() {
    if (!this.#brought) return;
    this.#page?.announce(DONE[this.#brought]);
    this.#brought = null;
    this.dispatchEvent(new CustomEvent("desk-done"));
  }

  /** @param {ServerError} error */
  #refused(error) {
    const { field = "", text } = error;
    const bringing = this.#brought;
    if (!bringing && this.#asked <= 0) return;
    error.said = true;
    const rule = field ? text.replace(`${field}: `, "") : text;
    if (bringing) {
      this.#brought = null;
      [this.#paste, this.#draw][TABS.indexOf(bringing)].reject(field, rule);
    } else {
      this.#asked -= 1;
      if (this.#asked <= 0) this.#paste.reject(field, rule);
    }
  }
}

const NO_CONNECTION = "There is no live connection: nothing was changed.";

customElements.define("data-desk", DataDesk);
