/**
 * <stage-notices>: what stands in the way of the picture, named on the stage: no connection,
 * training that diverged, a run that stopped by itself, a part that failed.
 *
 * @import {Connection, Frame, RunEvent, ServerError} from "../core/types.js"
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
  finished: "This run is complete.",
};
const RESUMABLE = ["hidden", "idle", "rebuilt"];

export class StageNotices extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Map<string, HTMLElement>} by topic */
  #notices = new Map();
  /** @type {{run: number, lastFinite: number, shown: boolean} | null} */
  #diverged = null;
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
    page.onEvent("diverged", (event) => this.#showDiverged(page, event), { signal });
    page.onEvent("paused", (event) => this.#paused(page, event), { signal });
    page.onEvent("error", (error) => this.#error(page, error), { signal });
    page.onPaint((frame) => this.show(frame));
  }

  /** @param {Frame} frame */
  show(frame) {
    if (frame.playing && this.#notices.has("paused")) this.#remove("paused");
    const diverged = this.#diverged;
    if (!diverged) return;
    // a frame from before may still be painted after the event: wait for the one of the event
    diverged.shown ||= frame.step > diverged.lastFinite;
    const back = diverged.shown && frame.step <= diverged.lastFinite;
    if (back || frame.run !== diverged.run) {
      this.#remove("diverged");
      this.#diverged = null;
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
  #showDiverged(page, { run, data }) {
    const { tensor, step, learning_rate: rate, last_finite: lastFinite } = data;
    this.#diverged = { run, lastFinite, shown: false };
    const title = element("h2", { id: uniqueId("diverged") }, "The numbers ran away");
    const back = button(`Go back to step ${count(lastFinite)}`, { class: "button-primary" });
    back.addEventListener("click", () => page.seek(lastFinite));
    const actions = element("div", { class: "notice-actions" }, back);
    const control = page.controls.find(({ name }) => name === "learning_rate");
    if (control?.kind === "slider" && typeof rate === "number" && rate > control.low) {
      const slower = Math.max(Number((rate / 10).toPrecision(6)), control.low);
      const both = button("Go back and use a tenth of the rate");
      both.addEventListener("click", () => {
        // only once the run stands there: a change holds from the step that it is made at
        page.seek(lastFinite, () => page.set({ learning_rate: slower }));
      });
      actions.append(both);
    }
    const notice = this.#put(
      "diverged",
      title,
      element(
        "p",
        {},
        element("code", { "data-tensor": tensor }, tensor),
        ` stopped being finite at step ${count(step)}, with a learning rate of `,
        element("code", {}, significant(rate)),
        ".",
      ),
      element(
        "p",
        {},
        "Each step overshot the valley further than the one before it, until a number grew past " +
          "what the computer can write down. Nothing is lost: every step before is still here.",
      ),
      actions,
    );
    notice.setAttribute("role", "group");
    notice.setAttribute("aria-labelledby", title.id);
    page.announce(`Training diverged: ${tensor} stopped being finite at step ${step}`);
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
    const close = button("Dismiss", { class: "button-small" });
    close.addEventListener("click", () => this.#remove("error"));
    this.#put("error", element("p", {}, text), close);
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

customElements.define("stage-notices", StageNotices);
