/**
 * <transport-bar>: to the start, back, play or pause, forward, to the end; the timeline, where the
 * run stands, and how fast it goes.
 *
 * @import {Frame, RunEvent, Welcome} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {Action} from "../core/keys.js"
 */

import { button, element, icon, setIcon, uniqueId } from "../core/dom.js";
import { count } from "../core/format.js";
import { furthest, ghostTracks } from "./parts/ghost-tracks.js";
import { Pace } from "./parts/pace.js";
import { Speeds } from "./parts/speeds.js";
import { niceEnd, tickCount } from "./parts/timeline.js";

export class TransportBar extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Page | null} */
  #page = null;
  #buttons = {
    start: button("To the start", { icon: "start", class: "button-icon", title: "To the start (Home)" }),
    back: button("One step back", { icon: "back", class: "button-icon", title: "One step back (←)" }),
    play: button("Play", { class: "button-round" }),
    forward: button("One step forward", {
      icon: "forward",
      class: "button-icon",
      title: "One step forward (→)",
    }),
    end: button("To the furthest step", {
      icon: "end",
      class: "button-icon",
      title: "To the furthest step (End)",
    }),
    fork: button("Fork: another future from here", {
      icon: "fork",
      class: "button-icon",
      title: "Fork: from this step on, another future (F)",
    }),
  };
  #playIcon = icon("play");
  #timeline = element("input", { type: "range", min: 0, max: 100, step: 1, value: 0 });
  #track = element("div", { class: "timeline" });
  #ghosts = element("div", { class: "ghost-tracks", "aria-hidden": "true" });
  #caption = element("p", { class: "caption" });
  #speeds = new Speeds();
  #slow = element(
    "button",
    { type: "button", class: "button button-quiet slow", title: "Slow motion (M)", "aria-pressed": "false" },
    icon("slow"),
    element("span", {}, "Slow motion"),
  );
  #cancel = button("Cancel", { class: "button-small" });
  #pace = new Pace();
  /** @type {import("./fork-dialog.js").ForkDialog | null} */
  #forking = null;

  #end = 100;
  #held = false;
  /** @type {number | null} the step that is being computed */
  #target = null;
  /** Whether somebody has asked for a step and waits to hear which it is. */
  #awaited = false;
  /** @type {number | null | undefined} of the run whose timeline it is */
  #length = undefined;
  #shown = { step: -1, head: -1, epoch: -1, pace: -1, playing: false, moment: -1 };

  connectedCallback() {
    const { start, back, play, forward, end, fork } = this.#buttons;
    play.replaceChildren(this.#playIcon);
    this.#timeline.setAttribute("aria-label", "Timeline");
    this.#track.replaceChildren(this.#ghosts, this.#timeline);
    fork.hidden = true;
    this.#cancel.hidden = true;
    const id = uniqueId("speed");
    this.#speeds.select.id = id;
    this.#slow.hidden = true;
    const speed = element("label", { class: "speed", for: id }, "speed");
    const run = element("div", { class: "run", role: "group" }, start, back, play, forward, end, fork);
    run.setAttribute("aria-label", "Run");
    this.replaceChildren(
      run,
      this.#track,
      element("div", { class: "caption-box" }, this.#caption, this.#cancel),
      element("div", { class: "speed-box" }, this.#slow, speed, element("span", { class: "picker" }, this.#speeds.select)),
    );
    this.#enable(false);
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
    const { signal } = this.#aborter;
    const { start, back, play, forward, end, fork } = this.#buttons;
    fork.addEventListener("click", () => this.perform("fork"), { signal });
    start.addEventListener("click", () => this.perform("start"), { signal });
    back.addEventListener("click", () => this.perform("back"), { signal });
    play.addEventListener("click", () => this.perform("toggle"), { signal });
    forward.addEventListener("click", () => this.perform("forward"), { signal });
    end.addEventListener("click", () => this.perform("end"), { signal });
    this.#cancel.addEventListener("click", () => page.pause(), { signal });
    this.#slow.addEventListener("click", () => this.perform("slow"), { signal });
    this.#speeds.connect(page, signal);
    this.#timeline.addEventListener("input", () => this.#drag(), { signal });
    this.#timeline.addEventListener("change", () => (this.#held = false), { signal });
    page.onEvent("welcome", (welcome) => this.#welcome(welcome), { signal });
    page.onEvent("values", ({ data }) => this.#measure(data.length), { signal });
    page.onEvent("lines", () => this.#showGhosts(), { signal });
    page.onEvent("connection", ({ state }) => this.#enable(state === "open"), { signal });
    page.onEvent("slow", () => this.#showSlow(), { signal });
    page.onEvent("seeking", (event) => this.#seeking(event), { signal });
    page.onEvent("paused", (event) => this.#paused(event), { signal });
    page.onEvent("played", () => page.announce("Playing"), { signal });
    page.onPaint((frame) => this.show(frame));
  }

  /**
   * Do what a key or a button asks.
   *
   * @param {Action} action
   */
  perform(action) {
    const page = this.#page;
    if (!page) return;
    if (action === "fork") return void this.#fork(page);
    this.#awaited = action !== "toggle" && !page.playing;
    if (page.slow.perform(action)) return;
    if (action === "toggle") page.toggle();
    else if (action === "forward") page.stepBy(1);
    else if (action === "back") page.stepBy(-1);
    else if (action === "forward-ten") page.stepBy(10);
    else if (action === "back-ten") page.stepBy(-10);
    else if (action === "start") page.seek(0);
    else if (action === "end") page.seek(page.length ?? page.head);
    else if (action === "slower") this.#speeds.change(-1);
    else if (action === "faster") this.#speeds.change(1);
  }

  /** @param {Frame} frame */
  show(frame) {
    const shown = this.#shown;
    if (this.#target !== null && frame.step >= this.#target) this.#found();
    if (frame.playing !== shown.playing) this.#showPlaying(frame.playing);
    if (frame.step !== shown.step || frame.head !== shown.head) this.#showPlace(frame);
    const epoch = frame.scalars.epoch ?? -1;
    const pace = frame.playing ? this.#pace.see(frame.step, performance.now()) : this.#pace.stop();
    const moment = frame.moment?.index ?? -1;
    const moved = frame.step !== shown.step || moment !== shown.moment;
    if (moved || epoch !== shown.epoch || pace !== shown.pace) {
      shown.moment = moment;
      shown.epoch = epoch;
      shown.pace = pace;
      if (this.#target === null) this.#write(this.#place(frame.step));
    }
    if (this.#awaited && frame.step !== shown.step) {
      this.#awaited = false;
      this.#page?.announce(`Step ${frame.step}`);
    }
    shown.step = frame.step;
    shown.head = frame.head;
  }

  /** Another run may have another length, or none. @param {number | null} length */
  #measure(length) {
    if (length === this.#length) return;
    this.#length = length;
    this.#shown.step = -1;
    this.#track.style.setProperty("--ticks", String(tickCount(length)));
    this.#track.toggleAttribute("data-ticks", length !== null);
  }

  /** @param {Welcome} welcome */
  #welcome({ step, head, length, playing }) {
    this.#end = niceEnd(head, length);
    this.#timeline.max = String(this.#end);
    this.#showGhosts();
    this.#buttons.fork.hidden = !this.#page?.controls.some(({ effect }) => effect === "live");
    this.#measure(length);
    this.#showPlaying(playing);
    this.#shown = { step: -1, head: -1, epoch: -1, pace: -1, playing, moment: -1 };
    this.#showSlow();
    this.#found();
    this.#write(this.#place(step));
  }

  /** @param {boolean} on */
  #enable(on) {
    for (const each of Object.values(this.#buttons)) each.disabled = !on;
    this.#timeline.disabled = !on;
  }

  #showSlow() {
    const { possible, on } = /** @type {Page} */ (this.#page).slow;
    this.#slow.hidden = !possible;
    this.#slow.setAttribute("aria-pressed", String(on));
    const { back, forward } = this.#buttons;
    const what = on ? "moment" : "step";
    for (const [way, key, each] of /** @type {const} */ ([["back", "←", back], ["forward", "→", forward]])) {
      each.setAttribute("aria-label", `One ${what} ${way}`);
      each.title = `One ${what} ${way} (${key})`;
    }
  }

  /** @param {boolean} playing */
  #showPlaying(playing) {
    this.#shown.playing = playing;
    const { play } = this.#buttons;
    setIcon(this.#playIcon, playing ? "pause" : "play");
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.title = playing ? "Pause (Space)" : "Play (Space)";
  }

  /** @param {{step: number, head: number}} frame */
  #showPlace({ step, head }) {
    const { length = null, lines } = this.#page ?? {};
    const end = niceEnd(lines ? furthest(lines, head) : head, length);
    if (end !== this.#end) {
      this.#end = end;
      this.#timeline.max = String(end);
      this.#showGhosts();
    }
    if (!this.#held) this.#timeline.value = String(step);
    this.#timeline.setAttribute("aria-valuetext", `step ${step} of ${this.#page?.length ?? head}`);
    this.#track.style.setProperty("--done", String(step / end));
    this.#track.style.setProperty("--known", String(head / end));
  }

  #showGhosts() {
    const lines = this.#page?.lines;
    if (lines) this.#ghosts.replaceChildren(...ghostTracks(lines, this.#end));
    this.#shown.head = -1; // the timeline may have to be longer
  }

  /** @param {Page} page */
  async #fork(page) {
    if (this.#buttons.fork.hidden || this.#buttons.fork.disabled) return;
    if (!this.#forking) {
      const { ForkDialog } = await import("./fork-dialog.js");
      if (!this.#forking) {
        this.#forking = new ForkDialog();
        document.body.append(this.#forking);
        this.#forking.connect(page);
      }
    }
    this.#forking.open();
  }

  /** @param {number} step */
  #place(step) {
    const { epoch, pace } = this.#shown;
    const length = this.#page?.length;
    const parts = [];
    const moment = this.#page?.slow.moment;
    if (moment) {
      const { index, phase } = moment;
      return `step ${count(step)} · moment ${index + 1} of ${moment.count} · ${phase}`;
    }
    if (epoch >= 0) parts.push(`epoch ${count(epoch)}`);
    parts.push(length ? `step ${count(step)} / ${count(length)}` : `step ${count(step)}`);
    if (step === length) parts.push("end");
    if (pace > 0) parts.push(`${count(pace)} steps/s`);
    return parts.join(" · ");
  }

  /** @param {string} text */
  #write(text) {
    this.#caption.textContent = text;
  }

  #drag() {
    const page = this.#page;
    if (!page) return;
    this.#held = true;
    // what has not been computed yet lies beyond the end of the line
    const step = Math.min(Number(this.#timeline.value), page.length ?? page.head);
    this.#timeline.value = String(step);
    page.seek(step);
  }

  /** @param {RunEvent} event */
  #seeking({ data }) {
    this.#target = data.target;
    this.#cancel.hidden = false;
    this.#write(`computing step ${count(data.step)} of ${count(data.target)}`);
  }

  /** @param {RunEvent} event */
  #paused({ step, data: { reason } }) {
    this.#found();
    // other reasons have a notice on the stage, which announces itself
    if (reason === "command") this.#page?.announce(`Paused at step ${step}`);
    // that one stands in the caption: nothing is amiss, and nothing should cover the picture
    if (reason === "finished") this.#page?.announce("This run is complete.");
  }

  #found() {
    if (this.#target === null) return;
    this.#target = null;
    this.#cancel.hidden = true;
    if (this.#page) this.#write(this.#place(this.#page.step));
  }
}

customElements.define("transport-bar", TransportBar);
