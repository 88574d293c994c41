/**
 * <stage-notices>: what stands in the way of the picture, named on the stage: no connection,
 * training that diverged, a run that stopped by itself, a part that failed.
 *
 * @import {Change, Connection, Frame, RunEvent, ServerError} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element, uniqueId } from "../core/dom.js";
import { count, significant } from "../core/format.js";

/** Shorter losses are not worth a word. */
const PATIENCE_MS = 600;

/** @type {Readonly<Record<string, string>>} */
const PAUSES = {
  hidden: "Paused while this tab was out of sight.",
  idle: "Paused: nobody had touched the page for a while.",
  rebuilt: "The process that computed this run has ended. The run was set up again.",
  cap: "This run has made as many steps as one run may. Go back, or start a new one.",
};
const RESUMABLE = ["hidden", "idle", "rebuilt"];

/**
 * What can break a training, by the name of its event: which of its data is the step before, what
 * happened to the tensor, and why.
 *
 * @type {Readonly<Record<string, {title: string, before: string,
 *   what: (data: Record<string, any>) => string, why: (data: Record<string, any>) => string}>>}
 */
const BREAKDOWNS = {
  diverged: {
    title: "The numbers ran away",
    before: "last_finite",
    what: ({ step }) => ` stopped being finite at step ${count(step)}`,
    why: () =>
      "Each step overshot the valley further than the one before it, until a number grew past " +
      "what the computer can write down. Nothing is lost: every step before is still here.",
  },
  died: {
    title: "The filters have gone silent",
    before: "last_alive",
    what: ({ step, images }) =>
      ` was 0 everywhere, for all ${count(images)} images of the minibatch, at step ${count(step)}`,
    why: () =>
      "A step too long pushed every sum of this layer below 0, and ReLU turns what is below 0 " +
      "into 0. Where it gives 0 it passes no gradient back, so nothing before it can learn any " +
      "more. Nothing is lost: every step before is still here.",
  },
  escaped: {
    title: "The ball has left the ground",
    before: "last_inside",
    what: ({ step, name, value }) =>
      ` went far outside of what is drawn at step ${count(step)}: ${name} = ${significant(value)}`,
    why: ({ overshot }) =>
      (overshot
        ? "Each step overshot the valley further than the one before it. "
        : "The step was far too long, or the ground goes down there without end. ") +
      "Nothing is lost: every step before is still here.",
  },
};

export class StageNotices extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Map<string, HTMLElement>} by topic */
  #notices = new Map();
  /** @type {{topic: string, run: number, before: number, shown: boolean} | null} */
  #broken = null;
  #timer = 0;
  #wasLost = false;

  disconnectedCallback() {
    this.#aborter.abort();
    clearTimeout(this.#timer);
  }

  /** @param {Page} page */
  connect(page) {
    const { signal } = this.#aborter;
    page.onEvent("connection", (connection) => this.#connection(page, connection), { signal });
    for (const name of Object.keys(BREAKDOWNS)) {
      page.onEvent(name, (event) => this.#showBreakdown(page, event), { signal });
    }
    page.onEvent("paused", (event) => this.#paused(page, event), { signal });
    page.onEvent("error", (error) => this.#error(page, error), { signal });
    page.onEvent("notice", (text) => this.#tell(page, "notice", text), { signal });
    page.onPaint((frame) => this.show(frame));
  }

  /** @param {Frame} frame */
  show(frame) {
    if (frame.playing && this.#notices.has("paused")) this.#remove("paused");
    const broken = this.#broken;
    if (!broken) return;
    // a frame from before may still be painted after the event: wait for the one of the event
    broken.shown ||= frame.step > broken.before;
    const back = broken.shown && frame.step <= broken.before;
    if (back || frame.run !== broken.run) {
      this.#remove(broken.topic);
      this.#broken = null;
    }
  }

  /**
   * Name a part that failed; it stays.
   *
   * @param {string} part
   * @param {string} text
   */
  fail(part, text) {
    this.#put("failed", element("p", {}, element("strong", {}, `${part}. `), text));
  }

  /**
   * @param {Page} page
   * @param {Connection} connection
   */
  #connection(page, { state, seconds, text }) {
    clearTimeout(this.#timer);
    this.closest(".stage")?.toggleAttribute("data-stale", state !== "open" && page.frame !== null);
    if (state === "open") {
      if (this.#wasLost) page.announce("Connected again");
      this.#wasLost = false;
      this.#remove("connection");
      return;
    }
    const tell = () => {
      if (state === "connecting") {
        this.#put("connection", element("p", {}, "Connecting to the server…"));
        return;
      }
      const again = button("Try now", { class: "button-small" });
      again.addEventListener("click", () => page.retry());
      const when = seconds === undefined ? "" : ` Trying again in ${Math.ceil(seconds)} s.`;
      const stale = page.frame ? " What you see is the last picture." : "";
      const helps = typeof WebSocket !== "undefined";
      this.#put("connection", element("p", {}, `${text ?? ""}${when}${stale}`), ...(helps ? [again] : []));
      if (!this.#wasLost) page.announce(`${text ?? ""}${when}`);
      this.#wasLost = true;
    };
    if (state === "connecting") {
      // a notice that is already there stays until the attempt has succeeded or failed
      if (!this.#wasLost) this.#timer = setTimeout(tell, PATIENCE_MS);
    } else tell();
  }

  /**
   * @param {Page} page
   * @param {RunEvent} event
   */
  #showBreakdown(page, { name: topic, run, data }) {
    const { title, before: key, what, why } = BREAKDOWNS[topic];
    const { tensor, learning_rate: rate, [key]: before } = data;
    if (this.#broken) this.#remove(this.#broken.topic);
    this.#broken = { topic, run, before, shown: false };
    const heading = element("h2", { id: uniqueId(topic) }, title);
    const back = button(`Go back to step ${count(before)}`, { class: "button-primary" });
    back.addEventListener("click", () => page.seek(before));
    const actions = element("div", { class: "notice-actions" }, back);
    const control = page.controls.find(({ name }) => name === "learning_rate");
    if (control?.kind === "slider" && typeof rate === "number" && rate > control.low) {
      const slower = Math.max(Number((rate / 10).toPrecision(6)), control.low);
      const sound = lastChange(page.changes, before);
      const both = button(`Go back to step ${count(sound)} and use a tenth of the rate`);
      both.addEventListener("click", () => {
        // only once the run stands there: a change holds from the step that it is made at
        page.seek(sound, () => page.set({ learning_rate: slower }));
      });
      actions.append(both);
    }
    const notice = this.#put(
      topic,
      heading,
      element(
        "p",
        {},
        element("code", { "data-tensor": tensor }, tensor),
        `${what(data)}, with a learning rate of `,
        element("code", {}, significant(rate)),
        ".",
      ),
      element("p", {}, why(data)),
      actions,
    );
    notice.setAttribute("role", "group");
    notice.setAttribute("aria-labelledby", heading.id);
    page.announce(`${title}: ${tensor}${what(data)}`);
  }

  /**
   * @param {Page} page
   * @param {RunEvent} event
   */
  #paused(page, { data: { reason } }) {
    const text = PAUSES[reason];
    if (!text) return;
    const go = button("Play", { class: "button-small" });
    go.addEventListener("click", () => page.play());
    this.#put("paused", element("p", {}, text), ...(RESUMABLE.includes(reason) ? [go] : []));
    page.announce(text);
  }

  /**
   * @param {Page} page
   * @param {ServerError} error
   */
  #error(page, { code, text, fatal, field }) {
    // what names a control is said next to it; what is fatal, by the connection
    if (fatal || page.controls.some(({ name }) => name === field)) return;
    if (this.#notices.has(code)) return; // "diverged": it has been said at length
    this.#tell(page, "error", text);
  }

  /**
   * Say something that stands until it is dismissed.
   *
   * @param {Page} page
   * @param {string} topic
   * @param {string} text
   */
  #tell(page, topic, text) {
    const close = button("Dismiss", { class: "button-small" });
    close.addEventListener("click", () => this.#remove(topic));
    this.#put(topic, element("p", {}, text), close);
    page.announce(text);
  }

  /**
   * @param {string} topic
   * @param {...Node} content
   * @returns {HTMLElement}
   */
  #put(topic, ...content) {
    const notice = element("div", { class: "notice", "data-topic": topic }, ...content);
    const former = this.#notices.get(topic);
    if (former) former.replaceWith(notice);
    else this.append(notice);
    this.#notices.set(topic, notice);
    return notice;
  }

  /** @param {string} topic */
  #remove(topic) {
    this.#notices.get(topic)?.remove();
    this.#notices.delete(topic);
  }
}

/**
 * The step at which what broke the run was chosen: the steps after it are spoilt already.
 *
 * @param {readonly Change[]} changes
 * @param {number} before  the last step that can be gone back to
 */
function lastChange(changes, before) {
  const steps = changes.map(([step]) => step).filter((step) => step <= before);
  return Math.max(0, ...steps);
}

customElements.define("stage-notices", StageNotices);
