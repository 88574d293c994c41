/**
 * Links from one ledger to the next, and what each of their surroundings speaks of.
 *
 * @import {Reference} from "../../core/types.js"
 */

import { button, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { nameOf } from "./ledger-words.js";

/** @type {WeakMap<Element, Reference[]>} */
const spokenOf = new WeakMap();

/** @type {WeakMap<Element, {reference: Reference, value: number | null}>} */
const leads = new WeakMap();

/**
 * Say which numbers an element speaks of: pointing at it outlines these alone.
 *
 * @param {Element} element
 * @param {Reference[]} references
 */
export function speakOf(element, references) {
  spokenOf.set(element, references);
  element.toggleAttribute("data-speaks", references.length > 0);
}

/** @param {EventTarget | null} target  @returns {Reference[] | null} */
export function pointedAt(target) {
  const element = target instanceof Element ? target.closest("[data-speaks]") : null;
  return element ? spokenOf.get(element) ?? null : null;
}

/** A link that walks on. */
export function makeLink() {
  return button("", { class: "ledger-link" });
}

/**
 * @param {HTMLButtonElement} link
 * @param {string} text
 * @param {Reference} reference
 * @param {number | null} value  null where it is not known
 */
export function writeLink(link, text, reference, value) {
  setText(link, text);
  // a function of a number leads to the number, and says so
  const where = text.endsWith("]") ? text : `${text}, ${nameOf(reference)}`;
  const name = value === null ? where : `${where} = ${significant(value)}`;
  if (link.getAttribute("aria-label") !== name) link.setAttribute("aria-label", name);
  if (link.dataset.tensor !== reference.tensor) link.dataset.tensor = reference.tensor;
  leads.set(link, { reference, value });
}

/** Where a link leads. @param {EventTarget | null} target */
export function leadOf(target) {
  const link = target instanceof Element ? target.closest(".ledger-link") : null;
  return link ? leads.get(link) ?? null : null;
}
