/**
 * The ∇-check: nudge the parameter both ways in the engine, and compare the slope of the loss with
 * the gradient of backprop.
 *
 * @import {Ledger, Reference, RunEvent, ServerError} from "../../core/types.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { count, significant } from "../../core/format.js";
import { same } from "../../core/inquiry.js";
import { isLeaf } from "./ledger-words.js";

/** Of 1: what rounding and a bend within ±ε may leave. */
const AGREES = 0.99;

/** Whether a tensor is the gradient of a parameter. @param {string} tensor */
export const canNudge = (tensor) => /\.d[Wb]$/.test(tensor);

export class LedgerNudge {
  button = button("Check by nudging", { class: "button-small" });
  when = element("caption", {});
  body = element("tbody");
  table = element("table", { class: "ledger-facts" }, this.when, this.body);
  verdict = element("p", { class: "nudge-verdict" });
  element = element(
    "section",
    { class: "ledger-nudge" },
    element("h3", { class: "label" }, "Is it right?"),
    this.button,
    this.table,
    this.verdict,
  );
  /** @type {Reference | null} */
  subject = null;
  step = -1;

  /** @param {(subject: Reference) => void} nudge */
  constructor(nudge) {
    this.button.addEventListener("click", () => {
      if (!this.subject || this.button.getAttribute("aria-disabled") === "true") return;
      this.button.setAttribute("aria-disabled", "true");
      nudge(this.subject);
    });
  }

  /** Another number is open. @param {Reference | null} subject */
  open(subject) {
    this.subject = subject && canNudge(subject.tensor) ? subject : null;
    this.element.hidden = this.subject === null;
    this.table.hidden = true;
    this.step = -1;
    this.button.removeAttribute("aria-disabled");
    setText(this.verdict, "");
  }

  /** The run has gone on. @param {Ledger} ledger */
  see(ledger) {
    const { step } = ledger;
    // before the first step there is no gradient to check
    this.element.hidden = this.subject === null || isLeaf(ledger);
    this.element.toggleAttribute("data-past", this.step >= 0 && step !== this.step);
  }

  /**
   * @param {RunEvent} event
   * @returns {string}  the outcome in words; empty when it is another number's
   */
  show({ step, data }) {
    const { subject } = this;
    if (!subject) return "";
    // the answer may name the parameter whose gradient was asked about
    const parameter = { ...subject, tensor: subject.tensor.replace(/\.d([Wb])$/, ".$1") };
    const answered = /** @type {Reference} */ ({ tensor: data.tensor, index: data.index });
    if (!same(subject, answered) && !same(parameter, answered)) return "";
    const { eps, loss_plus, loss_minus, quotient, gradient, agreement } = data;
    this.button.removeAttribute("aria-disabled");
    this.step = data.step ?? step;
    this.table.hidden = false;
    setText(this.when, `Nudged by ε = ±${significant(eps)} at step ${count(this.step)}`);
    this.body.replaceChildren(
      row(`loss at +ε`, loss_plus.toPrecision(9)),
      row(`loss at −ε`, loss_minus.toPrecision(9)),
      row("difference ÷ 2ε", precise(quotient)),
      row("gradient by backprop", precise(gradient)),
    );
    const agrees = agreement >= AGREES;
    this.verdict.dataset.agrees = String(agrees);
    const share = `${Number((100 * agreement).toPrecision(5))} %`;
    setText(this.verdict, agrees ? `✓ They agree to ${share}.` : `✗ They agree only to ${share}.`);
    return `${this.verdict.textContent} Quotient ${precise(quotient)}, gradient ${precise(gradient)}.`;
  }

  /** Something could not be done; if it was this, say why. @param {ServerError} error */
  refuse(error) {
    if (this.button.getAttribute("aria-disabled") !== "true") return;
    this.button.removeAttribute("aria-disabled");
    delete this.verdict.dataset.agrees;
    error.said = true;
    setText(this.verdict, error.text);
  }
}

/** @param {string} name @param {string} value */
function row(name, value) {
  return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value));
}

/** Six digits: enough to see where two numbers part. @param {number} value */
function precise(value) {
  return String(Number(value.toPrecision(6))).replaceAll("-", "−");
}
