/** <export-menu kinds="weights.npz …">: what the run and its stage can be taken away as. */

/**
 * @import {Page} from "../core/page.js"
 * @import {Taken} from "../core/files.js"
 */

import { element, uniqueId } from "../core/dom.js";
import { save, take } from "../core/files.js";
import { toolButton } from "./parts/tool-button.js";

const FILES = [
  { kind: "all.zip", name: "All of it", form: "zip" },
  { kind: "notebook.ipynb", name: "Notebook", form: "ipynb" },
  { kind: "weights.npz", name: "Weights", form: "npz" },
  { kind: "metrics.csv", name: "Metrics", form: "csv" },
  { kind: "arrays.npz", name: "Numbers on the stage", form: "npz" },
];
const PICTURES = [
  { kind: "svg", name: "Picture of the stage", form: "svg" },
  { kind: "png", name: "Picture of the stage", form: "png" },
];

export class ExportMenu extends HTMLElement {
  /** @type {Page | null} */
  #page = null;
  #list = element("div", { class: "menu", role: "menu", "aria-label": "Export", hidden: true });
  #open = toolButton("Export", "export", "Take this run, or a picture of it, away");
  #leaving = new AbortController();

  connectedCallback() {
    const kinds = (this.getAttribute("kinds") ?? "").split(" ");
    const offered = [...FILES.filter(({ kind }) => kinds.includes(kind)), ...PICTURES];
    this.#list.id = uniqueId("export");
    this.#list.replaceChildren(...offered.map((one) => this.#item(one)));
    this.#open.setAttribute("aria-haspopup", "menu");
    this.#open.setAttribute("aria-controls", this.#list.id);
    this.#open.addEventListener("click", () => this.#toggle(this.#list.hidden));
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener(
      "focusout",
      ({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && this.contains(relatedTarget))) this.#toggle(false);
      },
      { signal },
    );
    this.#toggle(false);
    this.replaceChildren(this.#open, this.#list);
  }

  disconnectedCallback() {
    this.#leaving.abort();
  }

  /** @param {Page} page */
  connect(page) {
    this.#page = page;
  }

  /** @param {{kind: string, name: string, form: string}} one */
  #item({ kind, name, form }) {
    const item = element(
      "button",
      { type: "button", class: "menu-item", role: "menuitem", tabindex: "-1" },
      element("span", {}, name),
      " ",
      element("span", { class: "menu-form" }, `.${form}`),
    );
    item.addEventListener("click", () => void this.#take(kind));
    return item;
  }

  get #items() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /** @param {boolean} open */
  #toggle(open) {
    this.#list.hidden = !open;
    this.#open.setAttribute("aria-expanded", String(open));
    if (open) this.#items[0].focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const items = this.#items;
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (this.#list.hidden) {
      if (event.key !== "ArrowDown") return;
      this.#toggle(true);
    } else if (event.key === "Escape") {
      this.#toggle(false);
      this.#open.focus();
    } else {
      const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
      if (goal === undefined) return;
      items.at(goal % items.length)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} kind */
  async #take(kind) {
    const page = this.#page;
    this.#toggle(false);
    this.#open.focus();
    if (!page) return;
    this.#open.setAttribute("aria-busy", "true");
    try {
      const file = kind === "svg" || kind === "png" ? await picture(page, kind) : await take(page, kind);
      save(file);
      page.announce(`Saved ${file.name}`);
    } catch (error) {
      page.notice(error instanceof Error ? error.message : String(error));
    }
    this.#open.removeAttribute("aria-busy");
  }
}

/**
 * @param {Page} page
 * @param {"svg" | "png"} kind
 * @returns {Promise<Taken>}
 */
async function picture(page, kind) {
  const { pictureOfStage } = await import("./parts/stage-picture.js");
  return pictureOfStage(page, kind);
}

customElements.define("export-menu", ExportMenu);
