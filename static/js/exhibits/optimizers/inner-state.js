/**
 * What one racer remembers and has done last: its rule, its numbers, and its arrows on the map.
 *
 * @import {Frame, Tensor} from "../../core/types.js"
 * @import {Arrow, Mark} from "../../views/parts/plane-marks.js"
 * @import {Colour} from "../../core/tokens.js"
 * @import {Page} from "../../core/page.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { NumberTable } from "../../views/number-table.js";
import { labelsOf, RACERS, TOKENS } from "./racers.js";

/** What of each racer is on the stage. @type {Readonly<Record<string, readonly string[]>>} */
export const STATES = {
  sgd: ["before", "dw", "update"],
  momentum: ["before", "dw", "v_before", "v", "update"],
  nesterov: ["before", "dw", "v_before", "v", "update", "ball"],
  rmsprop: ["before", "dw", "s_before", "s", "scale", "update"],
  adam: ["before", "dw", "m", "v", "m_hat", "v_hat", "scale", "update"],
  annealing: [
    ...["before", "z", "proposal"],
    ...["J_before", "J_proposed", "T_before", "chance", "u", "T", "sigma", "counts"],
  ],
  genetic: ["population", "J_all", "a", "b", "sigma", "generation"],
};

/** What the columns are called. @type {Readonly<Record<string, string>>} */
const HEADS = {
  before: "w before",
  v_before: "v before",
  s_before: "s before",
  m_hat: "m̂",
  v_hat: "v̂",
  scale: "own rate",
  J_before: "J",
  J_proposed: "J′",
  T_before: "T",
  chance: "chance",
  T: "T next",
  sigma: "σ next",
};

/**
 * The arrows of each racer in the engine's order: name, colour, and where one ends.
 *
 * @type {Readonly<Record<string, readonly (readonly [label: string, token: Colour])[]>>}
 */
const ARROWS = {
  sgd: [["−η·dw", "correct"]],
  momentum: [["memory −η·μ·v", "accent"], ["gradient −η·dw", "gradient"]],
  nesterov: [["gradient −η·dw, to the ball", "gradient"], ["look ahead −η·μ·v", "accent"]],
  rmsprop: [["update", "correct"], ["plain downhill", "gradient"], ["", "ink"], ["", "ink"]],
  adam: [["update", "correct"], ["plain downhill", "gradient"], ["", "ink"], ["", "ink"]],
  annealing: [["proposal", "correct"], ["", "ink"], ["", "ink"], ["", "ink"]],
  genetic: [],
};
/** What the arrows without a name, and the dots, are. @type {Readonly<Record<string, string>>} */
const WORDS = {
  rmsprop: "how far one and the same slope moves each weight",
  adam: "how far one and the same slope moves each weight",
  annealing: "how wide proposals are drawn, σ",
  genetic: "its population",
};

/** Tables of single numbers: where one ends, and what its rows are. */
const ALONE = ["J_before", "J_proposed", "T_before", "chance", "u", "T", "sigma"];
const COUNTS = ["downhill", "uphill", "rejected"];
const MOST_ROWS = 6;
const COLUMNS = 4;

/** @type {{arrows: Arrow[], marks: Mark[]}} */
const NOTHING = { arrows: [], marks: [] };

export class InnerState {
  #page;
  #title = element("h2", { class: "panel-title" });
  #equation = element("div", { class: "race-rule" });
  #table = new NumberTable();
  #more = new NumberTable();
  #why = button("Show the arithmetic of its last move", { class: "button-small" });
  #key;
  #long = element("span");
  #shown = "";

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} key  where it is said what the arrows are
   * @param {Page} page
   */
  constructor(root, key, page) {
    this.#page = page;
    this.#key = key;
    this.#table.setAttribute("label", "what it remembers");
    this.#more.setAttribute("label", "what else it knows");
    for (const table of [this.#table, this.#more]) table.setAttribute("gradual", "");
    this.#why.addEventListener("click", () => this.#explain());
    root.append(this.#title, this.#equation, this.#table, this.#more, this.#why);
  }

  get racer() {
    return String(this.#page.values.racer);
  }

  /** @param {Frame} frame */
  show({ arrays, step }) {
    const { racer } = this;
    if (racer !== this.#shown) this.#name(racer);
    this.#why.disabled = step === 0;
    const of = (/** @type {string} */ short) => arrays.get(`${racer}.${short}`);
    if (racer === "genetic") this.#crowd(of);
    else this.#vectors(racer, of);
  }

  /** @param {string} racer */
  #name(racer) {
    this.#shown = racer;
    setText(this.#title, `${labelsOf(this.#page.controls)[RACERS.indexOf(racer)]}: its last move`);
    const rule = document.querySelector(`template[data-equation="${racer}"]`);
    const copy = rule instanceof HTMLTemplateElement ? rule.content.cloneNode(true) : "";
    this.#equation.replaceChildren(copy);
    this.#page.relink();
    const named = ARROWS[racer].filter(([label]) => label !== "");
    const others = WORDS[racer] ? [swatch(WORDS[racer], racer === "genetic" ? TOKENS[6] : "ink")] : [];
    const head = named.length > 0 ? "Its next move:" : "The dots:";
    this.#key.replaceChildren(head, ...named.map(([label, token]) => swatch(label, token)), ...others, this.#long);
  }

  /** @param {string} racer @param {(short: string) => Tensor | undefined} of */
  #vectors(racer, of) {
    const d = of("before")?.shape[0] ?? 0;
    const rows = Array.from({ length: Math.min(d, MOST_ROWS) }, (_, i) => `w${i + 1}`);
    const names = STATES[racer].filter((short) => !ALONE.includes(short) && short !== "counts");
    this.#table.show(names.map((short) => ({ head: HEADS[short] ?? short, tensor: of(short) })), rows);
    this.#more.hidden = racer !== "annealing";
    if (racer !== "annealing") return;
    const first = () => [0];
    this.#more.show(
      [
        ...ALONE.map((short) => ({ head: HEADS[short] ?? short, tensor: of(short), at: first })),
        ...COUNTS.map((head, i) => ({ head, tensor: of("counts"), at: () => [i] })),
      ],
      ["last"],
    );
  }

  /** @param {(short: string) => Tensor | undefined} of */
  #crowd(of) {
    const n = of("J_all")?.shape[0] ?? 0;
    const rows = Array.from({ length: n }, (_, i) => `${i + 1}.`);
    const across = (/** @type {number} */ i) => (/** @type {number} */ row) => [row, i];
    this.#table.show(
      [
        { head: "w1", tensor: of("population"), at: across(0) },
        { head: "w2", tensor: of("population"), at: across(1) },
        { head: "J", tensor: of("J_all") },
        { head: "parent", tensor: of("a") },
        { head: "parent", tensor: of("b") },
      ],
      rows,
    );
    this.#more.hidden = false;
    const first = () => [0];
    this.#more.show(
      [
        { head: "generations", tensor: of("generation"), at: first },
        { head: "σ next", tensor: of("sigma"), at: first },
      ],
      ["all"],
    );
  }

  /** Open the ledger of the last move: the rule, with its numbers. */
  #explain() {
    const { racer } = this;
    if (racer === "genetic") this.#page.pick("genetic.population", [0, 0], NaN);
    else this.#page.pick(racer === "annealing" ? "annealing.chance" : `${racer}.update`, [0], NaN);
  }

  /**
   * What is drawn over the map for it.
   *
   * @param {Frame} frame
   */
  drawn({ arrays, scalars }) {
    const { racer } = this;
    const told = arrays.get("arrows");
    if (!told) return NOTHING;
    /** @type {Arrow[]} */
    const arrows = [];
    const named = ARROWS[racer];
    for (let i = 0; i < named.length; i++) {
      const [x, y, dx, dy] = told.data.subarray(COLUMNS * i, COLUMNS * i + COLUMNS);
      const [label, token] = named[i];
      // an arrow that is not there is no number
      if (Number.isFinite(x)) arrows.push({ x, y, dx, dy, token, thin: label === "" });
    }
    const ball = racer === "nesterov" ? arrays.get("nesterov.ball")?.data : undefined;
    const crowd = racer === "genetic" ? arrays.get("crowd") : undefined;
    /** @type {Mark[]} */
    const marks = [];
    if (ball && arrows.length > 0) {
      marks.push({ x: ball[0], y: ball[1], glyph: "○", token: TOKENS[2], label: "ball" });
    }
    for (let i = 0; i < (crowd?.shape[0] ?? 0); i++) {
      const [x, y] = /** @type {Tensor} */ (crowd).data.subarray(i + i, i + i + 2);
      marks.push({ x, y, glyph: "•", token: TOKENS[6] });
    }
    setText(this.#long, arrows.length > 0 ? longWords(scalars.arrows_times) : "");
    return { arrows, marks };
  }
}

/** @param {string} label @param {Colour} token */
function swatch(label, token) {
  const made = element("span", { class: "race-arrow" }, label);
  made.style.setProperty("--swatch", `var(--${token})`);
  return made;
}

/** @param {number} times  as long as they are */
function longWords(times) {
  return times > 1 ? `(moves drawn ${significant(times)} times as long)` : "";
}
