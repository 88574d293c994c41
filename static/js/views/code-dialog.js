/**
 * The dialog "Code": the run as a NumPy and a PyTorch script, to be read, copied and taken away.
 *
 * @import {Page} from "../core/page.js"
 * @import {Taken} from "../core/files.js"
 */

import { button, element, uniqueId } from "../core/dom.js";
import { save, take } from "../core/files.js";
import { count } from "../core/format.js";
import { tinted } from "./parts/tinted-code.js";

const LANGUAGES = [
  { name: "NumPy", kind: "code.py", packages: "numpy" },
  { name: "PyTorch", kind: "code-torch.py", packages: "numpy torch" },
];
const SAID_MS = 2500;

/** @param {Page} page */
export function openCode(page) {
  const dialog = new CodeDialog(page);
  document.body.append(dialog.box);
  dialog.box.showModal();
  void dialog.show(0);
}

class CodeDialog {
  #page;
  #heading = uniqueId("code");
  #panel = uniqueId("code-panel");
  #tabs = LANGUAGES.map(({ name }, place) => this.#tab(name, place));
  #said = element("p", { class: "code-said", role: "status" });
  #code = element("code");
  #text = element("pre", {
    id: this.#panel,
    class: "code-text",
    role: "tabpanel",
    tabindex: "0",
  });
  #how = element("p", { class: "code-how" });
  #copy = button("Copy", { class: "button-small" });
  #script = button("Download the script", { class: "button-small" });
  #data = button("Download its data", { class: "button-small" });
  /** @type {Map<string, Promise<Taken & {text: string}>>} what has been fetched, by kind */
  #fetched = new Map();
  #shown = 0;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    const close = button("Close", { icon: "close", class: "button-icon button-quiet" });
    close.addEventListener("click", () => this.box.close());
    this.#text.append(this.#code);
    this.#copy.addEventListener("click", () => void this.#attempt(() => this.#copyText()));
    this.#script.addEventListener("click", () => void this.#attempt(() => this.#saveScript()));
    this.#data.addEventListener("click", () => void this.#attempt(() => this.#saveData()));
    this.box = element(
      "dialog",
      { class: "dialog code-dialog", "aria-labelledby": this.#heading },
      element("div", { class: "dialog-head" }, element("h2", { id: this.#heading }, "Code"), close),
      element("p", {}, this.#introduction()),
      element(
        "div",
        { class: "code-bar" },
        element("div", { class: "code-tabs", role: "tablist", "aria-label": "Library" }, ...this.#tabs),
        element("div", { class: "code-tools" }, this.#copy, this.#script, this.#data),
      ),
      this.#text,
      element("div", { class: "code-bar" }, this.#how, this.#said),
    );
    this.box.addEventListener("click", (event) => {
      if (event.target === this.box) this.box.close(); // beside the panel
    });
    this.box.addEventListener("close", () => this.box.remove());
  }

  /** Show the code in one of the languages. @param {number} place */
  async show(place) {
    this.#shown = place;
    const { kind, packages } = LANGUAGES[place];
    for (const [at, tab] of this.#tabs.entries()) {
      tab.setAttribute("aria-selected", String(at === place));
      tab.tabIndex = at === place ? 0 : -1;
    }
    this.#text.setAttribute("aria-labelledby", this.#tabs[place].id);
    this.#text.setAttribute("aria-busy", "true");
    this.#said.textContent = "The code is being written …";
    await this.#attempt(async () => {
      const { name, text } = await this.#take(kind);
      if (this.#shown !== place) return;
      this.#code.replaceChildren(tinted(text));
      this.#text.scrollTop = 0;
      this.#said.textContent = "";
      this.#how.replaceChildren(
        "Put both files into one folder, then: ",
        element("code", {}, `pip install ${packages}`),
        " once, and ",
        element("code", {}, `python ${name}`),
      );
    });
    this.#text.removeAttribute("aria-busy");
  }

  #introduction() {
    const { step, seed } = this.#page;
    const changes = this.#page.changes.some(([at]) => at > 0) ? ", with what you changed on the way" : "";
    return (
      `This very run as a script: the same network, data, first weights (seed ${seed}) and ` +
      `minibatches, up to step ${count(Math.max(step, 20))}${changes}. The losses that it prints ` +
      "are those on the screen."
    );
  }

  /** @param {string} name @param {number} place */
  #tab(name, place) {
    const tab = element(
      "button",
      { type: "button", class: "code-tab", role: "tab", id: uniqueId("tab"), "aria-controls": this.#panel },
      name,
    );
    tab.addEventListener("click", () => void this.show(place));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      const other = (place + 1) % LANGUAGES.length; // there are two
      this.#tabs[other].focus();
      void this.show(other);
    });
    return tab;
  }

  /** @param {string} kind */
  #take(kind) {
    let taken = this.#fetched.get(kind);
    if (!taken) {
      taken = take(this.#page, kind).then(async (file) => ({ ...file, text: await file.blob.text() }));
      taken.catch(() => this.#fetched.delete(kind)); // so that it is tried again
      this.#fetched.set(kind, taken);
    }
    return taken;
  }

  async #copyText() {
    const { text } = await this.#take(LANGUAGES[this.#shown].kind);
    try {
      await navigator.clipboard.writeText(text);
      this.#say("Copied");
    } catch {
      // no permission, or a page that is not from https or this machine: copying is by hand then
      getSelection()?.selectAllChildren(this.#code);
      this.#say("It is selected: copy it with your keyboard");
    }
  }

  async #saveScript() {
    const file = await this.#take(LANGUAGES[this.#shown].kind);
    save(file);
    this.#say(`Saved ${file.name}`);
  }

  async #saveData() {
    this.#said.textContent = "Samples and weights are being packed …";
    const file = await take(this.#page, "start.npz");
    save(file);
    this.#say(`Saved ${file.name}`);
  }

  /** @param {string} text */
  #say(text) {
    this.#said.textContent = text;
    setTimeout(() => {
      if (this.#said.textContent === text) this.#said.textContent = "";
    }, SAID_MS);
  }

  /** @param {() => Promise<void>} action */
  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      this.#said.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
