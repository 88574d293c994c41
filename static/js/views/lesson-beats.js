/**
 * <lesson-beats>: a lesson, one <lesson-beat> at a time. A beat says what it does to the run:
 *
 *   seek="0"  values='{"stride": 2}'  act='{"name": "drop", "args": {}}'  play  pause  rate="60"
 *   highlight="conv1.W act1.a"  look="draw-pad"
 *
 * A live control that a beat sets changes the run at the step it goes to; with `anew`, it is so from
 * step 0 on, and a run that was otherwise begins anew.
 *
 * `seek="end"` goes to the end of the run; so does a button in the text that has `data-seek="end"`.
 * Going to a beat performs it and brings what it is about into view: what `look` selects on the
 * stage, else the first tensor that it highlights. A page that opens only shows the beat of its address, unless the
 * address asks for nothing else; and nothing plays by itself.
 *
 * @import {Values, Welcome} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element } from "../core/dom.js";
import { saysNothing } from "../core/url.js";

/** How long a stage may go on changing its size after a beat. */
const SETTLING_MS = 2000;

/** Where the stage stands beside the story; elsewhere, looking at one is leaving the other. */
const BESIDE = "(width >= 52rem)";

export class LessonBeat extends HTMLElement {
  /** @returns {boolean}  whether there is something to show on the stage */
  get acts() {
    return ["seek", "values", "act", "play", "pause"].some((name) => this.hasAttribute(name));
  }

  /** @returns {string[]} */
  get highlight() {
    return this.getAttribute("highlight")?.split(/[\s,]+/).filter(Boolean) ?? [];
  }

  /** @returns {Element | null}  what is to be looked at on the stage */
  get subject() {
    const named = this.highlight.map((name) => `[data-tensor="${CSS.escape(name)}"]`);
    const selectors = [this.getAttribute("look") ?? "", ...named].filter(Boolean);
    for (const selector of selectors) {
      const found = document.querySelector(`.stage ${selector}`);
      if (found) return found;
    }
    return null;
  }

  get heading() {
    return this.querySelector("h2, h3")?.textContent?.trim() ?? "";
  }

  /**
   * Do to the run what this beat says.
   *
   * @param {Page} page
   * @param {boolean} moving  whether it may play
   */
  perform(page, moving) {
    const { reset, view, live } = this.#changes(page);
    // set at step 0, a live control would set a second run beside the one that has been made there
    if (this.hasAttribute("anew") || (this.getAttribute("seek") === "0" && page.head > 0)) {
      Object.assign(reset, live);
      for (const name of Object.keys(live)) delete live[name];
    }
    const renewed = Object.keys(reset).length > 0;
    if (renewed) page.reset(reset);
    // before going anywhere: how far a run goes may depend on what is looked at
    if (Object.keys(view).length > 0) page.set(view);
    const target = stepOf(page, this.getAttribute("seek"));
    const stands = !renewed && target === page.step && !page.playing;
    const there = target === null || stands;
    // a live control changes the run from where it stands: so first go there
    if (there) this.#arrive(page, live, moving);
    else page.seek(target, () => this.#arrive(page, live, moving));
  }

  /**
   * @param {Page} page
   * @param {Values} values
   * @param {boolean} moving
   */
  #arrive(page, values, moving) {
    if (Object.keys(values).length > 0) page.set(values);
    const act = this.getAttribute("act");
    if (act) {
      const { name, args } = JSON.parse(act);
      page.act(name, args ?? {});
    }
    if (this.hasAttribute("rate")) page.setRate(Number(this.getAttribute("rate")) || null);
    if (this.hasAttribute("play") && moving) page.play();
    else if (this.hasAttribute("pause") && page.playing) page.pause();
  }

  /**
   * The wanted values that are not so already, by what setting them does to the run.
   *
   * @param {Page} page
   */
  #changes({ controls, values }) {
    /** @type {{reset: Values, view: Values, live: Values}} */
    const changes = { reset: {}, view: {}, live: {} };
    for (const [name, value] of Object.entries(JSON.parse(this.getAttribute("values") ?? "{}"))) {
      if (values[name] === value) continue;
      const control = controls.find((declared) => declared.name === name);
      changes[control?.effect ?? "live"][name] = value;
    }
    return changes;
  }
}

/**
 * @param {Page} page
 * @param {string | null} seek
 */
function stepOf({ length, head }, seek) {
  if (seek === "end") return length ?? head;
  return seek === null ? null : Number(seek);
}

export class LessonBeats extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Page | null} */
  #page = null;
  /** @type {LessonBeat[]} */
  #beats = [];
  #at = 0;
  #settling = new AbortController();
  #back = button("Back");
  #next = button("Next", { class: "button-primary" });
  #again = button("Show me on the stage", { class: "button-quiet button-small" });
  #count = element("p", { class: "beat-count" });

  connectedCallback() {
    customElements.upgrade(this); // the beats' own methods, wherever they stand in the parsing
    this.#beats = [...this.querySelectorAll("lesson-beat")].filter((beat) => beat instanceof LessonBeat);
    if (this.#beats.length === 0 || this.querySelector(".beat-steps")) return;
    const { signal } = this.#aborter;
    this.#back.addEventListener("click", () => this.go(this.#at - 1), { signal });
    this.#next.addEventListener("click", () => this.go(this.#at + 1), { signal });
    this.#again.addEventListener("click", () => this.#showAgain(), { signal });
    for (const way of this.querySelectorAll("[data-seek]")) {
      way.addEventListener("click", () => this.#seek(way.getAttribute("data-seek")), { signal });
    }
    this.append(
      element("div", { class: "beat-again" }, this.#again),
      element(
        "nav",
        { class: "beat-steps", "aria-label": "Lesson" },
        this.#back,
        this.#count,
        this.#next,
      ),
    );
    this.#show(0);
  }

  disconnectedCallback() {
    this.#aborter.abort();
    this.#settling.abort();
  }

  /** @param {Page} page */
  connect(page) {
    const { asked } = page;
    this.#page = page;
    if (asked.beat !== null) asked.beat = Math.min(Math.max(asked.beat, 1), this.#beats.length) || null;
    if (this.#beats.length === 0) return;
    const bare = saysNothing(asked);
    if (asked.beat !== null) this.#show(asked.beat - 1);
    /** @param {Welcome} welcome */
    const welcomed = ({ resumed }) => {
      if (bare && !resumed) this.#perform(false);
      else page.highlight(this.#beats[this.#at].highlight);
      opened.abort();
    };
    const opened = new AbortController();
    page.onEvent("welcome", welcomed, { signal: opened.signal });
  }

  /**
   * Go to a beat and perform it.
   *
   * @param {number} at  counted from 0
   */
  go(at) {
    const beat = this.#beats[at];
    if (!beat) return;
    this.#show(at);
    beat.scrollIntoView({ block: "start" });
    if (matchMedia(BESIDE).matches) this.#bring(beat);
    this.#page?.setBeat(at + 1);
    this.#page?.announce(`${at + 1} of ${this.#beats.length}: ${beat.heading}`);
    this.#perform(true);
  }

  /** @param {number} at */
  #show(at) {
    this.#at = at;
    this.#beats.forEach((beat, i) => (beat.hidden = i !== at));
    this.#count.textContent = `${at + 1} of ${this.#beats.length}`;
    this.#back.disabled = at === 0;
    this.#next.disabled = at === this.#beats.length - 1;
    this.#again.hidden = !this.#beats[at].acts;
  }

  #showAgain() {
    this.#perform(true);
    this.#bring(this.#beats[this.#at]);
  }

  /**
   * Bring all of the panel that a beat is about into view, and keep it there while the stage takes
   * the size of what the beat puts on it; whoever scrolls or presses something is left alone.
   *
   * @param {LessonBeat} beat
   */
  #bring({ subject }) {
    this.#settling.abort();
    if (!subject) return;
    const whole = subject.closest(".panel") ?? subject.closest("figure") ?? subject;
    const show = () => whole.scrollIntoView({ block: "nearest" });
    show();
    this.#settling = new AbortController();
    const { signal } = this.#settling;
    const observer = new ResizeObserver(show);
    observer.observe(whole);
    observer.observe(whole.closest("[data-stage]") ?? whole);
    const settle = () => this.#settling.abort();
    const timer = setTimeout(settle, SETTLING_MS);
    for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(kind, settle, { signal, passive: true });
    }
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
    };
    signal.addEventListener("abort", end, { once: true });
  }

  /** @param {string | null} seek */
  #seek(seek) {
    const step = this.#page && stepOf(this.#page, seek);
    if (step !== null) this.#page?.seek(step);
  }

  /** @param {boolean} moving  whether it may play */
  #perform(moving) {
    const page = this.#page;
    if (!page) return;
    const beat = this.#beats[this.#at];
    page.highlight(beat.highlight);
    if (page.connection.state === "open") beat.perform(page, moving);
  }
}

customElements.define("lesson-beat", LessonBeat);
customElements.define("lesson-beats", LessonBeats);
