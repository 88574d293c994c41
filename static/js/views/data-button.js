/**
 * <data-button>: opens the desk at which a person pastes a table or draws points, for an exhibit
 * that takes them. It opens by itself where somebody chooses pasted data and there are none.
 *
 * @import {ServerError} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { button } from "../core/dom.js";

export class DataButton extends HTMLElement {
  #aborter = new AbortController();
  /** @type {Page | null} */
  #page = null;

  connectedCallback() {
    const open = button("Your data …", { class: "button-small", title: "Paste a table or draw points" });
    open.setAttribute("aria-haspopup", "dialog");
    open.addEventListener("click", () => void this.#open(this.#page?.values.data === "drawn" ? "draw" : "paste"));
    this.replaceChildren(open);
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
    page.onEvent("refused", (error) => this.#refused(error), { signal: this.#aborter.signal });
  }

  /** @param {ServerError} error */
  #refused({ field }) {
    const page = this.#page;
    // a link that asks for data which it does not carry opens no dialog: it has its notice
    if (field === "data" && page?.session && !page.looks.paste) void this.#open("paste");
  }

  /** @param {"paste" | "draw"} tab */
  async #open(tab) {
    const page = this.#page;
    if (!page) return;
    try {
      const { openDesk } = await import("./data-desk.js");
      openDesk(page, tab);
    } catch (error) {
      page.notice(`The desk for your data could not be opened: ${error}`);
    }
  }
}

customElements.define("data-button", DataButton);
