/**
 * The terms of a ledger as rows with bars, what is left of them, and the line below.
 *
 * A row keeps its term while the run plays, so that neither the focus nor the eye loses it: only
 * rows whose term is no longer listed take a new one. Standing still, the order is the server's.
 * A long list is turned by page, or unfolded where it stands.
 *
 * @import {Factor, Ledger, Reference, Term} from "../../core/types.js"
 */

import { button, element, setText, uniqueId } from "../../core/dom.js";
import { count, significant } from "../../core/format.js";
import { PAGE } from "../../core/inquiry.js";
import { makeLink, speakOf, writeLink } from "./ledger-links.js";
import {
  elementOf,
  headingOf,
  isAdded,
  isLeaf,
  numberOf,
  plain,
  referenceOf,
  signed,
  signOf,
  symbolOf,
  totalOf,
} from "./ledger-words.js";

const TIMES = "·";
/** The server lists no more at once (app/commands.py), and nobody would read them. */
const MOST = 300;

export class LedgerTerms {
  heading = element("h3", { class: "label" });
  list = element("ol", { class: "terms", role: "list" });
  more = button("", { class: "ledger-more" });
  moreValue = element("span", { class: "term-sum" });
  moreBar = bar();
  rest = element("div", { class: "term term-rest" }, this.more, this.moreBar.track, this.moreValue);
  totalName = element("span");
  totalValue = element("span", { class: "total-value" });
  total = element("p", { class: "total" }, this.totalName, this.totalValue);
  larger = button("Larger", { class: "button-small" });
  smaller = button("Smaller", { class: "button-small" });
  place = element("span");
  pager = element(
    "div",
    { class: "term-pages", role: "group", "aria-label": "Pages of terms" },
    this.larger,
    this.place,
    this.smaller,
  );
  longer = button("", { class: "button-small" });
  shorter = button("Show fewer", { class: "button-small" });
  extent = element("span", { id: uniqueId("terms") });
  folds = element(
    "div",
    { class: "term-folds", role: "group", "aria-label": "How many terms" },
    this.longer,
    this.shorter,
    this.extent,
  );
  element = element(
    "section",
    { class: "ledger-terms" },
    this.heading,
    this.list,
    this.rest,
    this.pager,
    this.folds,
    this.total,
  );
  /** @type {Row[]} */
  rows = [];
  page = 0;
  /** How many terms were asked for. */
  asked = PAGE;

  /**
   * @param {object} wishes  what the person wants to see
   * @param {(page: number) => void} wishes.turn  this page of the terms
   * @param {(terms: number) => void} wishes.unfold  so many of them
   */
  constructor({ turn, unfold }) {
    for (const pressed of [this.longer, this.shorter]) {
      pressed.setAttribute("aria-describedby", this.extent.id);
    }
    this.longer.addEventListener("click", () => {
      if (this.longer.getAttribute("aria-disabled") === "true") return;
      unfold(Math.min(MOST, this.asked + PAGE));
    });
    this.shorter.addEventListener("click", () => {
      unfold(PAGE);
      this.longer.focus();
    });
    for (const [pressed, by] of /** @type {const} */ ([
      [this.more, 1],
      [this.smaller, 1],
      [this.larger, -1],
    ])) {
      pressed.addEventListener("click", () => {
        if (pressed.getAttribute("aria-disabled") !== "true") turn(this.page + by);
      });
    }
  }

  /**
   * @param {Ledger} ledger
   * @param {boolean} settled  the run stands still
   * @param {number} asked  how many terms were asked for
   */
  show(ledger, settled, asked) {
    const { combine, rest, terms } = ledger;
    const value = numberOf(ledger);
    setText(this.heading, headingOf(ledger));
    this.element.hidden = terms.length === 0 || isLeaf(ledger);
    const rows = this.arrange(terms, settled && !this.list.contains(document.activeElement));
    const sizes = [...terms.map(numberOf), rest.count > 0 ? numberOf(rest) : 0].map(Math.abs);
    const most = Math.max(Number.MIN_VALUE, ...sizes.filter(Number.isFinite));
    const best = terms.filter((term) => numberOf(term) === value).length;
    const keys = keysOf(terms);
    const added = isAdded(ledger);
    for (const [i, row] of rows.entries()) {
      row.key = keys[i];
      row.show(terms[i], most, added);
      const wins = combine === "max" && numberOf(terms[i]) === value;
      row.judge(wins ? (best > 1 ? "tie" : "winner") : "");
    }
    this.list.toggleAttribute("data-fraction", ledger.function === "softmax");
    this.showRest(ledger, most);
    this.showFolds(ledger, asked);
    setText(this.totalName, totalName(ledger, best));
    setText(this.totalValue, significant(value));
  }

  /**
   * Give each term a row.
   *
   * @param {readonly Term[]} terms
   * @param {boolean} inOrder
   * @returns {Row[]}  one for each term
   */
  arrange(terms, inOrder) {
    const { list, rows } = this;
    while (rows.length > terms.length) rows.pop()?.element.remove();
    while (rows.length < terms.length) {
      rows.push(new Row());
      list.append(rows[rows.length - 1].element);
    }
    if (inOrder) return rows;
    const keys = keysOf(terms);
    const wanted = new Set(keys);
    const keeping = new Map(rows.map((row) => [row.key, row]));
    const free = rows.filter((row) => !wanted.has(row.key));
    return keys.map((key) => keeping.get(key) ?? /** @type {Row} */ (free.shift()));
  }

  /** @param {Ledger} ledger @param {number} most */
  showRest({ combine, page = 0, pages = 1, rest, terms }, most) {
    this.page = page;
    this.rest.hidden = rest.count === 0;
    this.pager.hidden = page === 0;
    if (rest.count === 0) return;
    const value = numberOf(rest);
    const all = rest.count + terms.length;
    const first = page < pages - 1 ? page * terms.length : all - terms.length;
    setText(this.place, `${count(first + 1)}–${count(first + terms.length)} of ${count(all)}`);
    disable(this.smaller, page >= pages - 1);
    disable(this.more, page >= pages - 1);
    setText(this.more, `${count(rest.count)} ${page > 0 ? "others" : "more"}`);
    setText(this.moreValue, combine === "max" ? `≤ ${significant(value)}` : signed(value));
    this.rest.dataset.sign = signOf(value);
    drawBar(this.moreBar, value, most);
  }

  /**
   * Say how much is unfolded, and offer more.
   *
   * @param {Ledger} ledger
   * @param {number} asked  for so many terms
   */
  showFolds({ page = 0, rest, terms }, asked) {
    this.asked = asked;
    const open = asked > PAGE && terms.length > PAGE;
    this.folds.hidden = page > 0 || (rest.count === 0 && !open);
    if (this.folds.hidden) return;
    const full = rest.count > 0 && asked >= MOST;
    const next = full ? 0 : Math.min(PAGE, rest.count);
    setText(this.longer, next > 0 ? `Show ${next} more` : "Show more");
    disable(this.longer, next === 0);
    this.shorter.hidden = !open;
    const all = count(rest.count + terms.length);
    const shown = rest.count > 0 ? `${count(terms.length)} of ${all}` : `all ${all}`;
    setText(this.extent, full ? `${shown}: the others are on further pages` : shown);
  }
}

/** One term. */
class Row {
  key = "";
  /** Which of its factors are links; another pattern needs other elements. */
  pattern = "";
  factors = element("span", { class: "term-factors" });
  values = element("span", { class: "term-values" });
  sum = element("span", { class: "term-sum" });
  mark = element("span", { class: "term-mark" });
  bar = bar();
  element = element(
    "li",
    { class: "term" },
    this.factors,
    this.mark,
    this.bar.track,
    this.values,
    this.sum,
  );
  /** @type {HTMLElement[]} */
  parts = [];

  /**
   * @param {Term} term
   * @param {number} most  the size of a full bar
   * @param {boolean} added  to the others: a plus stands before what is positive
   */
  show(term, most, added) {
    const { factors } = term;
    const value = numberOf(term);
    const pattern = factors.map((factor) => (referenceOf(factor) ? "l" : "c")).join("");
    if (pattern !== this.pattern) this.build(pattern);
    for (const [i, factor] of factors.entries()) writeFactor(this.parts[i], factor);
    speakOf(this.element, /** @type {Reference[]} */ (factors.map(referenceOf).filter(Boolean)));
    setText(this.values, factors.length > 1 ? factors.map(inProduct).join(TIMES) : "");
    setText(this.sum, added ? signed(value) : significant(value));
    this.element.dataset.sign = signOf(value);
    drawBar(this.bar, value, most);
  }

  /** @param {string} pattern */
  build(pattern) {
    this.pattern = pattern;
    this.parts = [...pattern].map((kind) => (kind === "l" ? makeLink() : element("span")));
    this.factors.replaceChildren();
    for (const [i, part] of this.parts.entries()) {
      if (i > 0) this.factors.append(element("span", { class: "term-times" }, TIMES));
      this.factors.append(part);
    }
    this.element.toggleAttribute("data-product", pattern.length > 1);
  }

  /** @param {"" | "winner" | "tie"} verdict */
  judge(verdict) {
    if ((this.element.dataset.verdict ?? "") !== verdict) this.element.dataset.verdict = verdict;
    setText(this.mark, verdict === "" ? "" : verdict === "tie" ? "= tied" : "✓ greatest");
  }
}

/**
 * What each term is known by from one answer to the next; no two are known by the same.
 *
 * @param {readonly Term[]} terms
 */
function keysOf(terms) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return terms.map(({ factors }) => {
    const names = factors.map(({ symbol, tensor, index }) => `${tensor ?? symbol}${index ?? ""}`);
    const key = names.join();
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before > 0 ? `${key} ${before}` : key;
  });
}

/** @param {HTMLElement} part @param {Factor} factor */
function writeFactor(part, factor) {
  const reference = referenceOf(factor);
  if (reference && part instanceof HTMLButtonElement) {
    writeLink(part, symbolOf(factor), reference, elementOf(factor));
  } else setText(part, plain(factor.symbol));
}

/** A negative factor behind a dot stands in brackets. @param {Factor} factor @param {number} place */
function inProduct(factor, place) {
  const text = significant(numberOf(factor));
  return place > 0 && numberOf(factor) < 0 ? `(${text})` : text;
}

/** @param {Ledger} ledger @param {number} best  how many terms equal the value */
function totalName(ledger, best) {
  const name = totalOf(ledger);
  if (ledger.combine !== "max" || best < 2) return name;
  return `${name}, ${best} are equal`;
}

/**
 * Say that a button does nothing now, without taking the focus from it.
 *
 * @param {HTMLElement} pressed
 * @param {boolean} idle
 */
function disable(pressed, idle) {
  pressed.setAttribute("aria-disabled", String(idle));
}

function bar() {
  const fill = element("span", { class: "term-fill" });
  return { fill, track: element("span", { class: "term-track", "aria-hidden": "true" }, fill) };
}

/** @param {ReturnType<typeof bar>} drawn @param {number} value @param {number} most */
function drawBar({ fill }, value, most) {
  const share = Number.isFinite(value) ? Math.abs(value) / most : 1;
  const scale = `${Number(share.toFixed(4))} 1`;
  if (fill.style.scale !== scale) fill.style.scale = scale;
}
