/**
 * The ∇-check: nudge the parameter both ways in the engine, and compare the slope of the loss with
 * the gradient of backprop.
 *
 * @import {Ledger, Reference, RunEvent, ServerError} from "../../core/types.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { count, significant } from "../../core/format.js";
import { same } from "../../core/inquiry.js";

const AGREES = 1e-3;

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
      if (!this.subject) return;
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
  see({ step }) {
    this.element.toggleAttribute("data-past", this.step >= 0 && step !== this.step);
  }

  /**
   * @param {RunEvent} event
   * @returns {string}  the outcome in words; empty when it is another number's
   */
  show({ step, data }) {
    const { subject } = this;
    if (!subject || !same(subject, /** @type {Reference} */ (/** @type {unknown} */ (data)))) return "";
    const { eps, loss_plus, loss_minus, quotient, gradient, agreement } = data;
    this.button.removeAttribute("aria-disabled");
    this.step = data.step ?? step;
    this.table.hidden = false;
    setText(this.when, `Nudged by ±${significant(eps)} at step ${count(this.step)}`);
    this.body.replaceChildren(
      row(`loss at +${significant(eps)}`, loss_plus.toPrecision(9)),
      row(`loss at −${significant(eps)}`, loss_minus.toPrecision(9)),
      row("difference ÷ 2ε", precise(quotient)),
      row("gradient by backprop", precise(gradient)),
    );
    const agrees = typeof agreement === "boolean" ? agreement : agreement <= AGREES;
    this.verdict.dataset.agrees = String(agrees);
    const apart = typeof agreement === "number" ? `: ${significant(agreement)} apart, relatively` : "";
    setText(this.verdict, agrees ? `✓ They agree${apart}.` : `✗ They do not agree${apart}.`);
    return `${this.verdict.textContent} Quotient ${precise(quotient)}, gradient ${precise(gradient)}.`;
  }

  /** It could not be done. @param {ServerError} error */
  refuse({ text }) {
    this.button.removeAttribute("aria-disabled");
    delete this.verdict.dataset.agrees;
    setText(this.verdict, text);
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
