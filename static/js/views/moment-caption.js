/**
 * <moment-caption>: which moment of an opened step the stage shows, in words, as a formula and as
 * NumPy. Loaded when slow motion is entered for the first time; it also directs the views of the
 * stage (`Faces`).
 *
 * @import {Frame, Moment} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element, setText } from "../core/dom.js";
import { codeTokens } from "./parts/code-tokens.js";
import { Faces } from "./parts/faces.js";
import { parseMaths } from "./parts/maths.js";

/** What each phase is about, for its chip. @type {Readonly<Record<string, string>>} */
const PHASES = {
  batch: "batch",
  forward: "forward",
  loss: "loss",
  backward: "backward",
  update: "update",
};

export class MomentCaption extends HTMLElement {
  #aborter = new AbortController();
  #chips = element("ol", { class: "moment-chips", "aria-label": "Moments of this step" });
  #text = element("p", { class: "moment-text" });
  #maths = element("div", { class: "moment-maths", role: "group", "aria-label": "Formula" });
  #code = element("code");
  #codeBox = element("div", { class: "ledger-code" }, element("pre", {}, this.#code));
  #sample = element("span", { class: "moment-sample" });
  #tools = element("div", { class: "moment-tools", role: "group", "aria-label": "Sample of the minibatch" });
  /** @type {Map<string, {chip: HTMLButtonElement, first: number, count: number}>} */
  #phases = new Map();
  #phaseText = "";
  #mathsText = "";
  #codeText = "";
  #announced = "";
  /** @type {Page | null} */
  #page = null;

  connectedCallback() {
    const { signal } = this.#aborter;
    for (const [by, name, sign] of /** @type {const} */ ([
      [-1, "The sample before", "‹"],
      [1, "The next sample", "›"],
    ])) {
      const turn = button(sign, { class: "button-small" });
      turn.setAttribute("aria-label", name);
      turn.addEventListener("click", () => this.#page?.slow.turnSample(by), { signal });
      this.#tools.append(turn);
    }
    this.#tools.insertBefore(this.#sample, this.#tools.lastChild);
    this.replaceChildren(
      this.#chips,
      this.#text,
      element("div", { class: "moment-foot" }, this.#maths, this.#codeBox, this.#tools),
    );
    this.hidden = true;
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /**
   * @param {Page} page
   * @param {HTMLElement} stage  whose views it directs
   */
  connect(page, stage) {
    this.#page = page;
    const faces = new Faces(stage);
    page.slow.director = (frame) => {
      faces.show(frame.moment);
      this.#show(frame);
      page.slow.spotlight(frame.moment ? lit(frame.moment) : null);
    };
    page.onEvent("slow", () => this.#offer(), { signal: this.#aborter.signal });
    page.invalidate();
  }

  /** @param {Frame} frame */
  #show({ moment, step, playing }) {
    this.hidden = !this.#page?.slow.on;
    if (!moment) {
      this.#announced = "";
      return this.#offer();
    }
    this.toggleAttribute("data-whole", false);
    this.#lay(moment);
    for (const [phase, { chip, first, count }] of this.#phases) {
      const done = Math.min(count, Math.max(0, moment.index + 1 - first));
      chip.style.setProperty("--done", String(done / count));
      if (phase === moment.phase) chip.setAttribute("aria-current", "step");
      else chip.removeAttribute("aria-current");
    }
    setText(this.#text, moment.caption);
    const { place, of } = moment.sample;
    setText(this.#sample, `${place + 1} of ${of} on the stage`);
    this.#setMaths(moment.mathml);
    this.#setCode(moment);
    const said = `${step}:${moment.index}`;
    if (said !== this.#announced && !playing) this.#page?.announce(moment.caption);
    this.#announced = said;
  }

  /** At step 0 there is nothing to open yet. */
  #offer() {
    this.hidden = !this.#page?.slow.on;
    if (this.#page?.slow.moment) return;
    this.toggleAttribute("data-whole", true);
    setText(this.#text, "Nothing has been computed from a minibatch yet. → takes the first one.");
    this.#setMaths("");
    this.#setCode(null);
  }

  /** Make the chips: the phases are the same at every step of a run. @param {Moment} moment */
  #lay({ phases }) {
    const text = phases.join();
    if (text === this.#phaseText) return;
    this.#phaseText = text;
    this.#phases.clear();
    let first = 0;
    const items = phases.map(([phase, count]) => {
      const at = first;
      first += count;
      const chip = button(PHASES[phase] ?? phase, { class: "moment-chip" });
      chip.title = `To the first moment of this phase; it has ${count}`;
      chip.style.setProperty("--moments", String(count));
      chip.addEventListener("click", () => this.#page?.slow.goTo(at));
      this.#phases.set(phase, { chip, first: at, count });
      return element("li", {}, chip);
    });
    this.#chips.replaceChildren(...items);
  }

  /** @param {string} mathml */
  #setMaths(mathml) {
    if (mathml === this.#mathsText) return;
    this.#mathsText = mathml;
    const fresh = mathml ? parseMaths(mathml) : null;
    this.#maths.replaceChildren(...(fresh ? [fresh] : []));
    this.#page?.relink();
  }

  /** The line of NumPy. @param {Moment | null} moment */
  #setCode(moment) {
    const code = moment?.code ?? "";
    this.#codeBox.hidden = !code;
    if (code === this.#codeText) return;
    this.#codeText = code;
    this.#code.replaceChildren(...codeTokens(code, new Map(Object.entries(moment?.names ?? {}))));
    this.#page?.relink();
  }
}

/**
 * What lights up: what the moment computes; of the loss, its course.
 *
 * @param {Moment} moment
 */
function lit({ tensors }) {
  return [...tensors, ...tensors.map((name) => `history.${name}`)];
}

customElements.define("moment-caption", MomentCaption);
