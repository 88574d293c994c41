/**
 * <share-button>: copies the link to what is on the screen, and says so. Beside it stands what opens
 * the dialog in which one chooses the controls that a link for a lesson leaves in.
 */

/**
 * @import {LeftOut} from "../core/more.js"
 * @import {Page} from "../core/page.js"
 */

import { button, element, icon } from "../core/dom.js";
import { count } from "../core/format.js";
import { isAction, MOST_MORE } from "../core/more.js";

const SAID_MS = 2500;

export class ShareButton extends HTMLElement {
  /** @type {Page | null} */
  #page = null;
  #label = element("span", {}, "Share");
  #link = element("input", { type: "text", readonly: true, class: "field share-link" });
  #timer = 0;

  connectedCallback() {
    const share = button("");
    share.append(icon("link"), this.#label);
    share.title = "Copy a link that shows this very picture";
    share.addEventListener("click", () => void this.#share());
    const choose = button("Link for a lesson", { icon: "chevron", class: "share-more" });
    choose.title = "A link for a lesson: choose which controls stay";
    choose.setAttribute("aria-haspopup", "dialog");
    choose.addEventListener("click", () => void this.#choose());
    this.#link.setAttribute("aria-label", "Link to what is on the screen");
    this.#link.hidden = true;
    this.replaceChildren(element("div", { class: "share-pair" }, share, choose), this.#link);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
  }

  async #share() {
    const page = this.#page;
    if (!page) return;
    const { link, leftOut } = await page.share();
    if (leftOut.length > 0) page.notice(leftOutWords(page, leftOut));
    try {
      await navigator.clipboard.writeText(link);
      this.#say("Copied");
      if (leftOut.length === 0) page.announce("Link copied");
    } catch {
      // no permission, or a page that is not from https or this machine: copying is by hand then
      this.#link.value = link;
      this.#link.hidden = false;
      this.#link.select();
      this.#say("Copy this");
    }
  }

  async #choose() {
    const page = this.#page;
    if (!page) return;
    try {
      const { openLessonLink } = await import("./lesson-link.js");
      openLessonLink(page);
    } catch (error) {
      page.notice(`The dialog for a lesson's link could not be opened: ${error}`);
    }
  }

  /** @param {string} text */
  #say(text) {
    this.#label.textContent = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#label.textContent = "Share"), SAID_MS);
  }
}

/**
 * What a link does not carry.
 *
 * @param {Page} page
 * @param {readonly LeftOut[]} leftOut
 */
export function leftOutWords(page, leftOut) {
  const byHand = page.changes.some(isAction);
  return leftOut.map((part) => inWords(part, byHand)).join(" ");
}

/**
 * What a link does not carry, why, and what does work.
 *
 * @param {LeftOut} leftOut
 * @param {boolean} byHand  whether weights were set by hand
 */
function inWords({ part, length }, byHand) {
  const [what, instead] =
    part === "brought"
      ? [
          "Your data",
          "The link opens the settings and asks for the data; send those as a file, to be pasted there. About a hundred short rows fit.",
        ]
      : part === "looks"
      ? ["Your picture", "A small one, or a drawing with fewer strokes, fits."]
      : byHand
        ? ["What you set by hand", "The link opens the run as it is without that; fewer edits fit."]
        : ["All that you changed on the way", "The link opens a run with its last settings."];
  const why = length
    ? `does not fit into a link (${count(length)} of at most ${count(MOST_MORE)} characters)`
    : "cannot be packed by this browser";
  return `${what} ${why}; it was left out. ${instead}`;
}

customElements.define("share-button", ShareButton);
