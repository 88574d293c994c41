/** <code-button kinds="code.py …">: opens the code of the run, for an exhibit that has any. */

/** @import {Page} from "../core/page.js" */

import { toolButton } from "./parts/tool-button.js";

export class CodeButton extends HTMLElement {
  /** @type {Page | null} */
  #page = null;

  connectedCallback() {
    this.hidden = !(this.getAttribute("kinds") ?? "").split(" ").includes("code.py");
    const open = toolButton("Code", "code", "This run as NumPy and PyTorch code");
    open.setAttribute("aria-haspopup", "dialog");
    open.addEventListener("click", () => void this.#open());
    this.replaceChildren(open);
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
  }

  async #open() {
    const page = this.#page;
    if (!page) return;
    try {
      const { openCode } = await import("./code-dialog.js");
      openCode(page);
    } catch (error) {
      page.notice(`The code could not be shown: ${error}`);
    }
  }
}

customElements.define("code-button", CodeButton);
