/**
 * "Set by hand": a field in the ledger of a parameter, for a value of one's own.
 *
 * @import {Ledger, Reference, RunEvent, ServerError} from "../../core/types.js"
 */

import { element, setText, uniqueId } from "../../core/dom.js";
import { count, significant } from "../../core/format.js";
import { same } from "../../core/inquiry.js";
import { nameOf, numberOf } from "./ledger-words.js";

/** What the errors of this action are about. */
const FIELDS = ["tensor", "index", "value"];

/** Enough to tell two weights apart; a value that nobody has touched is not sent. */
const DIGITS = 6;

/** Whether a tensor is a present parameter: not one that a minibatch met. @param {string} tensor */
export const canEdit = (tensor) => /^[^.]+\.[Wb]$/.test(tensor);

export class LedgerEdit {
  field = element("input", {
    type: "number",
    class: "field field-number",
    step: "0.1",
    inputmode: "decimal",
    id: uniqueId("ledger-edit"),
  });
  set = element("button", { type: "submit", class: "button button-small" }, "Set");
  problem = element("p", { class: "control-problem", id: uniqueId("problem") });
  form = element(
    "form",
    { class: "edit-form", novalidate: "" },
    element("label", { for: this.field.id }, "new value"),
    this.field,
    this.set,
  );
  element = element(
    "section",
    { class: "ledger-edit" },
    element("h3", { class: "label" }, "Set it by hand"),
    this.form,
    this.problem,
    element(
      "p",
      { class: "edit-help" },
      "It holds from this step on, and training goes on from it. Steps before keep what they had.",
    ),
  );
  /** Whether this exhibit lets its weights be set. */
  allowed = false;
  /** @type {Reference | null} */
  subject = null;
  /** What the field says as long as nobody types. */
  shown = "";
  waiting = false;

  #say;

  /**
   * @param {(subject: Reference, value: number) => boolean} send  whether there is a connection
   * @param {(text: string) => void} say  to those who listen
   */
  constructor(send, say) {
    this.#say = say;
    this.field.setAttribute("aria-describedby", this.problem.id);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(send);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.field.value === this.shown) return;
      event.preventDefault(); // the next one closes the ledger
      this.field.value = this.shown;
      this.reject("");
    });
    this.reject("");
  }

  /** Another number is open. @param {Reference | null} subject */
  open(subject) {
    this.subject = this.allowed && subject && canEdit(subject.tensor) ? subject : null;
    this.element.hidden = this.subject === null;
    this.field.value = this.shown = "";
    this.waiting = false;
    this.reject("");
  }

  /** The number is now this. @param {Ledger} ledger */
  see(ledger) {
    this.element.hidden = this.subject === null;
    const typing = this.field.value !== this.shown || this.field.validity.badInput;
    this.shown = written(numberOf(ledger));
    if (!typing) this.field.value = this.shown;
  }

  /** @param {(subject: Reference, value: number) => boolean} send */
  submit(send) {
    const { subject, field } = this;
    if (!subject || field.value === this.shown) return;
    const value = field.valueAsNumber;
    if (!Number.isFinite(value)) {
      this.reject("Enter a number, such as −0.25.");
      return;
    }
    this.reject("");
    this.waiting = send(subject, value);
    if (!this.waiting) this.reject("There is no live connection.");
  }

  /** A number has been set. @param {RunEvent} event */
  take({ step, data }) {
    const edited = /** @type {Reference} */ ({ tensor: data.tensor, index: data.index });
    if (!this.subject || !same(this.subject, edited)) return;
    this.waiting = false;
    this.field.value = this.shown = written(data.value);
    const [now, before] = [significant(data.value), significant(data.before)];
    this.#say(`${nameOf(edited)} set to ${now} at step ${count(step)}; it was ${before}.`);
  }

  /** Say why, if it was this that could not be done. @param {ServerError} error */
  refuse(error) {
    if (!this.waiting || !FIELDS.includes(error.field ?? "")) return;
    this.waiting = false;
    error.said = true;
    this.reject(error.text.replace(/^value: /, "")); // the label stands right above it
  }

  /** @param {string} text  why the value was not taken; empty takes it back */
  reject(text) {
    setText(this.problem, text);
    this.problem.hidden = text === "";
    if (!text) this.field.removeAttribute("aria-invalid");
    else {
      this.field.setAttribute("aria-invalid", "true");
      this.problem.scrollIntoView({ block: "nearest" });
      this.#say(text);
    }
  }
}

/** As a field has it: a plain number. @param {number} value */
function written(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : "";
}
