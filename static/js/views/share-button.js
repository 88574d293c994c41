/** <share-button>: copies the link to what is on the screen, and says so. */

/** @import {Page} from "../core/page.js" */

import { button, element, icon } from "../core/dom.js";
import { fitsInUrl } from "../core/url.js";

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
    this.#link.setAttribute("aria-label", "Link to what is on the screen");
    this.#link.hidden = true;
    this.replaceChildren(share, this.#link);
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
    const link = page.link();
    try {
      await navigator.clipboard.writeText(link);
      this.#say("Copied");
      page.announce(
        fitsInUrl(page.changes)
          ? "Link copied"
          : "Link copied; its run was changed too often for a link and starts with the last settings",
      );
    } catch {
      // no permission, or a page that is not from https or this machine: copying is by hand then
      this.#link.value = link;
      this.#link.hidden = false;
      this.#link.select();
      this.#say("Copy this");
    }
  }

  /** @param {string} text */
  #say(text) {
    this.#label.textContent = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#label.textContent = "Share"), SAID_MS);
  }
}

customElements.define("share-button", ShareButton);
