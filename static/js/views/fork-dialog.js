/**
 * <fork-dialog>: "From step 341 on, another future": the live controls with their present values,
 * and what the new run shall have instead. Opened by the transport; it says there what is refused.
 *
 * @import {ServerError, Value, Values} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {Row} from "./parts/control-row.js"
 */

import { button, element, setText, uniqueId } from "../core/dom.js";
import { count } from "../core/format.js";
import { controlRow } from "./parts/control-row.js";

export class ForkDialog extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Page | null} */
  #page = null;
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Values} */
  #chosen = {};
  #waiting = false;
  #heading = element("h2", { id: uniqueId("fork") });
  #problem = element("p", { class: "control-problem", role: "alert", hidden: true });
  #controls = element("div", { class: "fork-controls" });
  #go = button("Fork", { class: "button-primary" });
  #dialog = element("dialog", { class: "dialog dialog-small", "aria-labelledby": this.#heading.id });

  connectedCallback() {
    const { signal } = this.#aborter;
    const close = button("Close", { icon: "close", class: "button-icon button-quiet" });
    const cancel = button("Cancel");
    for (const each of [close, cancel]) each.addEventListener("click", () => this.#dialog.close(), { signal });
    this.#go.addEventListener("click", () => this.#fork(), { signal });
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close(); // beside the panel
    }, { signal });
    this.#dialog.addEventListener("close", () => this.#controls.replaceChildren(), { signal });
    this.#controls.addEventListener("keydown", (event) => {
      // as in any form: Enter in a field does what the dialog is for
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.target.blur(); // takes the value
      event.target.focus();
      this.#fork();
    }, { signal });
    this.#dialog.replaceChildren(
      element("div", { class: "dialog-head" }, this.#heading, close),
      element("p", {}, "The run that is known stays as a ghost, to compare with and to go back to."),
      this.#controls,
      this.#problem,
      element("div", { class: "notice-actions" }, this.#go, cancel),
    );
    this.replaceChildren(this.#dialog);
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
    const { signal } = this.#aborter;
    page.onEvent("lines", () => this.#done(), { signal });
    page.onEvent("refused", (error) => this.#refused(error), { signal });
    page.onEvent("painted", () => this.#say(), { signal });
  }

  open() {
    const page = this.#page;
    if (!page || this.#dialog.open) return;
    if (page.playing) page.pause();
    this.#rows.clear();
    this.#chosen = {};
    this.#waiting = false;
    this.#problem.hidden = true;
    const live = page.controls.filter(({ effect, name }) => effect === "live" && !page.hidden.includes(name));
    for (const control of live) {
      const row = controlRow(control, (value) => this.#choose(control.name, value));
      row.show(page.values[control.name]);
      this.#rows.set(control.name, row);
    }
    this.#controls.replaceChildren(...[...this.#rows.values()].map(({ root }) => root));
    this.#say();
    this.#dialog.showModal();
    const first = this.#controls.querySelector("input[type=number], select, input");
    if (first instanceof HTMLElement) first.focus();
  }

  /**
   * @param {string} name
   * @param {Value} value
   */
  #choose(name, value) {
    if (value === this.#page?.values[name]) delete this.#chosen[name];
    else this.#chosen[name] = value;
  }

  #say() {
    if (this.#page) setText(this.#heading, `From step ${count(this.#page.step)} on, another future`);
  }

  #fork() {
    const page = this.#page;
    if (!page) return;
    this.#problem.hidden = true;
    this.#waiting = page.fork(page.step, this.#chosen);
    if (!this.#waiting) this.#tell("There is no live connection: nothing was forked.");
  }

  #done() {
    if (this.#waiting) this.#dialog.close();
    this.#waiting = false;
  }

  /** @param {ServerError} error */
  #refused(error) {
    if (!this.#waiting) return;
    this.#waiting = false;
    error.said = true;
    const { field, text } = error;
    const row = field && this.#rows.get(field);
    if (row) row.reject(text.replace(`${field}: `, ""));
    else this.#tell(text);
  }

  /** @param {string} text */
  #tell(text) {
    setText(this.#problem, text);
    this.#problem.hidden = false;
  }
}

customElements.define("fork-dialog", ForkDialog);
