/**
 * The line of NumPy, in which the names of tensors light up with what they stand for.
 *
 * @import {Ledger} from "../../core/types.js"
 */

import { element } from "../../core/dom.js";

export class LedgerCode {
  code = element("code");
  element = element(
    "section",
    { class: "ledger-code" },
    element("h3", { class: "label" }, "In NumPy"),
    element("pre", {}, this.code),
  );
  key = "";

  /** @param {Ledger} ledger */
  show(ledger) {
    this.element.hidden = !ledger.code;
    const names = namesIn(ledger);
    const key = `${ledger.code}\n${[...names].join()}`;
    if (key === this.key) return;
    this.key = key;
    this.code.replaceChildren(...tokens(ledger.code, names));
  }
}

/**
 * Which tensor a name in the code stands for.
 *
 * @param {Ledger} ledger
 * @returns {Map<string, string>}
 */
function namesIn({ symbols, tensor, terms }) {
  /** @type {Map<string, string>} */
  const names = new Map(Object.entries(symbols ?? {}));
  if (!symbols) names.set(tensor.slice(tensor.lastIndexOf(".") + 1), tensor);
  for (const { factors } of terms) {
    for (const factor of factors) if (factor.tensor) names.set(factor.symbol, factor.tensor);
  }
  return names;
}

/** @param {string} code @param {Map<string, string>} names  @returns {(Node | string)[]} */
export function tokens(code, names) {
  return code.split(/((?<![\w.])[^\W\d][\w.]*(?!\())/u).map((word) => {
    const tensor = names.get(word);
    return tensor ? element("span", { class: "token", "data-tensor": tensor }, word) : word;
  });
}
