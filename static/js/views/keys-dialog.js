/** <keys-dialog>: a button, and the list of keys that it opens. */

import { button, element, uniqueId } from "../core/dom.js";
import { KEYS, WIDGET_KEYS } from "../core/keys.js";

export class KeysDialog extends HTMLElement {
  /** @type {HTMLDialogElement | null} */
  #dialog = null;

  connectedCallback() {
    const id = uniqueId("keys");
    const open = button("Keys", { icon: "keys", class: "button-icon", title: "Keys (?)" });
    const close = button("Close", { icon: "close", class: "button-icon button-quiet" });
    this.#dialog = element(
      "dialog",
      { class: "dialog", "aria-labelledby": id },
      element("div", { class: "dialog-head" }, element("h2", { id }, "Keys"), close),
      element(
        "div",
        { class: "key-lists" },
        table("The run", KEYS),
        table("Inside a tensor or a chart", WIDGET_KEYS),
      ),
    );
    open.addEventListener("click", () => this.open());
    close.addEventListener("click", () => this.#dialog?.close());
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog?.close(); // beside the panel
    });
    this.replaceChildren(open, this.#dialog);
  }

  open() {
    if (!this.#dialog?.open) this.#dialog?.showModal();
  }
}

/**
 * @param {string} title
 * @param {readonly {shown: string, does: string}[]} keys
 */
function table(title, keys) {
  const rows = keys.map(({ shown, does }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, element("kbd", {}, shown)),
      element("td", {}, does),
    ),
  );
  return element(
    "table",
    { class: "key-list" },
    element("caption", { class: "label" }, title),
    element("tbody", {}, ...rows),
  );
}

customElements.define("keys-dialog", KeysDialog);
