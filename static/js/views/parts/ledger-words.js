/**
 * A ledger in words: names, quantities, what is done with the terms.
 *
 * @import {Factor, Ledger, Quantity, Reference} from "../../core/types.js"
 */

import { count, indexed, significant } from "../../core/format.js";
import { PAGE } from "../../core/inquiry.js";

/** @type {Readonly<Record<string, number>>} */
const NONFINITE = { nan: NaN, inf: Infinity, "-inf": -Infinity };

/** The number itself. @param {Quantity} quantity  @returns {number} */
export function numberOf({ value, nonfinite }) {
  return value ?? NONFINITE[nonfinite ?? "nan"] ?? NaN;
}

/** Whether the terms are added to each other: only then a plus tells anything. @param {Ledger} ledger */
export function isAdded({ combine, terms, rest }) {
  return (combine === "sum" || combine === "mean") && terms.length + rest.count > 1;
}

/** With its sign as a glyph, also when it is positive: `+0.21`. @param {number} value */
export function signed(value) {
  return value > 0 ? `+${significant(value)}` : significant(value);
}

/** @param {number} value */
export function signOf(value) {
  if (value === 0) return "nought";
  return value < 0 ? "negative" : value > 0 ? "positive" : "lost";
}

/** `conv1.z[0,2,3,4]`. @param {{tensor: string, index: readonly number[]}} reference */
export function nameOf({ tensor, index }) {
  return index.length > 0 ? `${tensor}${indexed([...index])}` : tensor;
}

/** As the equation calls it: `x[0,0,3,4]`, `e^(z₃ − max z)`. @param {Factor} factor */
export function symbolOf({ symbol, index, of }) {
  const text = plain(symbol);
  const itself = of === undefined || of === null;
  return itself && index && index.length > 0 ? `${text}${indexed(index)}` : text;
}

/** @type {Readonly<Record<string, string>>} */
const LETTERS = {
  ...{ alpha: "α", beta: "β", epsilon: "ε", varepsilon: "ε", eta: "η", lambda: "λ", sigma: "σ", ell: "ℓ" },
  ...{ mu: "μ", rho: "ρ" },
  ...{ sum: "Σ", partial: "∂", cdot: "·", times: "×", quad: " ", le: "≤", ge: "≥", ne: "≠" },
};
const BELOW = "₀₁₂₃₄₅₆₇₈₉";

/** A symbol of the equation's TeX in one line of text. @param {string} tex */
export function plain(tex) {
  let text = tex
    .replace(/\\([a-z]+)(?![a-z])/g, (macro, name) => LETTERS[name] ?? macro)
    .replace(/\\(hat|sqrt|frac)\s*([^\s{\\])/gu, "\\$1{$2}")
    .replace(/(\\frac\{[^{}]*\})\s*([^\s{\\])/gu, "$1{$2}");
  for (let before = ""; before !== text; ) {
    before = text;
    text = text
      .replace(/_\{(\d+)\}|_(\d)/g, (_, more, one) => [...(more ?? one)].map((d) => BELOW[d]).join(""))
      .replace(/_\{([^\s{}]+)\}/g, "_$1")
      .replace(/\^\{([^{}]{2,})\}/g, "^($1)")
      .replace(/\^\{([^{}])\}/gu, "^$1")
      .replace(/\\hat\{(.)\}/gu, "$1\u0302")
      .replace(/\\sqrt\{([^{}]*)\}/g, (_, root) => (/[-+ ]/.test(root) ? `√(${root})` : `√${root}`))
      .replace(/\\frac\{([^{}]*)\}\{([^{}]*)\}/g, (_, top, low) => `${wrap(top)}/${wrap(low)}`)
      .replace(/\\(?:mathrm|text|operatorname)\{([^{}]*)\}/g, "$1");
  }
  return text
    .replace(/\\[,;! ]/g, " ")
    .replace(/\\([a-z]+)/gi, "$1")
    .replace(/[{}]/g, "")
    .replaceAll("-", "−")
    .trim();
}

/** @param {string} part */
const wrap = (part) => (/[-+ ]/.test(part) ? `(${part})` : part);

/** A factor that is another number of the run. @param {Factor} factor  @returns {Reference | null} */
export function referenceOf({ tensor, index }) {
  return tensor === undefined ? null : { tensor, index: index ?? [] };
}

/** A factor's element has this value; the factor may be a function of it. @param {Factor} factor */
export function elementOf(factor) {
  return factor.of ?? numberOf(factor);
}

/** Where the way back ends: the number came from outside the arithmetic. */
const LEAVES = ["given", "drawn", "before", "set_by_hand"];

/** @param {Ledger} ledger */
export function isLeaf({ combine, function: name }) {
  return combine === "function" && LEAVES.includes(name ?? "");
}

/** @type {Readonly<Record<string, string>>} */
const FUNCTIONS = {
  identity: "the same number as",
  relu: "ReLU of",
  grey_level: "rounded, and cut off at 0 and 255, the sum of",
  leaky_relu: "leaky ReLU of, and its slope below 0",
  sigmoid: "sigmoid of",
  step: "1 from 0 upwards, 0 below:",
  tanh: "tanh of",
  metropolis: "the chance to go from the second J to the first, at temperature T:",
  softmax: "its exponential ÷ the sum of all",
  argmax: "the number, from 0, of the greatest of",
  length: "the root of the sum of the squares of",
  root_mean_square: "the root of the mean of the squares of",
};

/**
 * What one of the terms is. Of a long sum only some are listed, and the bias may be among the
 * others: there the word must hold whatever is unfolded.
 *
 * @param {Ledger} ledger
 * @param {number} all  how many terms there are, listed or not
 */
function kindOf({ combine, terms }, all) {
  if (combine === "sum" && all > PAGE) return "term";
  const products = terms.filter(({ factors }) => factors.length > 1).length;
  return products === 0 ? "number" : products === terms.length ? "product" : "term";
}

/** What the terms are, as a heading. @param {Ledger} ledger */
export function headingOf(ledger) {
  const { combine, function: name, terms, rest } = ledger;
  const all = terms.length + rest.count;
  if (all === 0 || isLeaf(ledger)) return "";
  if (combine === "function") return FUNCTIONS[name ?? ""] ?? `${name ?? "worked out"} of`;
  const what = kindOf(ledger, all);
  if (all === 1) return `one ${what}`;
  const how = { sum: "sum", mean: "mean", max: "greatest" }[combine];
  return `${how} of ${count(all)} ${what}s`;
}

/** What stands before the value below the terms. @param {Ledger} ledger */
export function totalOf({ combine, function: name }) {
  if (combine === "max") return "greatest";
  if (combine !== "function") return combine;
  if (name === "identity") return "unchanged";
  return name?.replace("relu", "ReLU").replaceAll("_", " ") ?? "value";
}
