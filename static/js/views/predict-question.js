/**
 * <predict-question question="…">: a prediction, judged by the engine. Always skippable.
 *
 * The template holds the question and either labelled radio buttons or labelled number fields; of
 * several the answer is a text, `5×5`. With `pick` the answer is a number on the stage, picked there:
 * a text as `dense1.W[2,0]`; `pick` is what its tensor's name ends with, `W`.
 *
 * @import {RunEvent, ServerError} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element, uniqueId } from "../core/dom.js";
import { significant } from "../core/format.js";

export class PredictQuestion extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Page | null} */
  #page = null;
  #verdict = element("p", { class: "verdict", tabindex: -1 });
  /** What was picked on the stage for an answer. */
  #picked = "";
  #said = element("p", { class: "predict-picked", "aria-live": "polite" });
  /** Whether this element's answer is on its way to the engine. */
  #asked = false;

  connectedCallback() {
    if (this.querySelector(".predict-actions")) return;
    const title = element("p", { class: "predict-title", id: uniqueId("predict") }, "Predict");
    this.setAttribute("role", "group");
    this.setAttribute("aria-labelledby", title.id);
    const name = uniqueId("answer");
    for (const radio of this.#radios()) radio.name = name;
    const check = button("Check");
    const reveal = button("Show me", { class: "button-quiet" });
    check.addEventListener("click", () => this.#check());
    reveal.addEventListener("click", () => this.#ask(undefined));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target instanceof HTMLInputElement) this.#check();
    });
    this.#verdict.hidden = true;
    this.prepend(title);
    if (this.hasAttribute("pick")) this.append(this.#said);
    this.#tellPicked();
    this.append(element("div", { class: "predict-actions" }, check, reveal), this.#verdict);
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
    const { signal } = this.#aborter;
    page.onEvent("judged", (event) => this.#judged(event), { signal });
    page.onEvent("refused", (error) => this.#failed(error), { signal });
    page.onEvent("pick", (station) => this.#take(station?.pick), { signal });
  }

  /** A number was picked on the stage. @param {import("../core/types.js").Pick | undefined} pick */
  #take(pick) {
    const wanted = this.getAttribute("pick");
    if (!wanted || !pick || pick.tensor.slice(pick.tensor.lastIndexOf(".") + 1) !== wanted) return;
    this.#picked = `${pick.tensor}[${pick.index.join(",")}]`;
    this.#tellPicked();
  }

  #tellPicked() {
    this.#said.textContent = this.#picked ? `Your answer: ${this.#picked}` : "Pick it on the stage.";
  }

  get question() {
    return this.getAttribute("question") ?? "";
  }

  /** @returns {NodeListOf<HTMLInputElement>} */
  #radios() {
    return this.querySelectorAll("input[type=radio]");
  }

  #check() {
    /** @type {HTMLInputElement | null} */
    const chosen = this.querySelector("input[type=radio]:checked");
    /** @type {NodeListOf<HTMLInputElement>} */
    const fields = this.querySelectorAll("input[type=number]");
    const numbers = Array.from(fields, (field) => field.valueAsNumber);
    if (this.hasAttribute("pick")) {
      if (this.#picked) this.#ask(this.#picked);
      else this.#tell("Pick one on the stage first.", "open");
    } else if (chosen) this.#ask(chosen.value);
    else if (numbers.length === 0) this.#tell("Choose one first.", "open");
    else if (!numbers.every(Number.isFinite)) {
      this.#tell(numbers.length > 1 ? "Enter all numbers first." : "Enter a number first.", "open");
    } else this.#ask(numbers.length > 1 ? numbers.join("×") : numbers[0]);
  }

  /** @param {string | number | undefined} answer  none to be shown */
  #ask(answer) {
    const args = { question: this.question, ...(answer === undefined ? {} : { answer }) };
    this.#asked = this.#page?.act("judge", args) ?? false;
    if (!this.#asked) this.#tell("There is no live connection, so nobody can judge.", "open");
  }

  /** @param {RunEvent} event */
  #judged({ data: { question, correct, answer, text } }) {
    if (question !== this.question) return;
    this.#asked = false;
    for (const radio of this.#radios()) {
      const option = radio.closest("label");
      option?.toggleAttribute("data-answer", radio.value === String(answer));
      option?.toggleAttribute("data-missed", correct === false && radio.checked);
    }
    const shown = typeof answer === "number" ? `${significant(answer)}. ` : "";
    if (correct === true) this.#tell(`✓ Right. ${text}`, "right");
    else if (correct === false) this.#tell(`✗ Not this time. ${shown}${text}`, "wrong");
    else this.#tell(`${shown}${text}`, "open");
  }

  /** @param {ServerError} error */
  #failed(error) {
    if (!this.#asked) return;
    this.#asked = false;
    error.said = true;
    this.#tell(error.text, "open");
  }

  /**
   * @param {string} text
   * @param {"right" | "wrong" | "open"} verdict
   */
  #tell(text, verdict) {
    this.#verdict.textContent = text;
    this.#verdict.dataset.verdict = verdict;
    this.#verdict.hidden = false;
    this.#page?.announce(text);
  }
}

customElements.define("predict-question", PredictQuestion);
