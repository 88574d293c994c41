/**
 * The dialog "A link for a lesson": which controls stay on the page of whoever opens the link. The
 * run has all of them, at the values that they have here.
 *
 * @import {Page} from "../core/page.js"
 */

import { button, element, setText, uniqueId } from "../core/dom.js";
import { leftOutWords } from "./share-button.js";

const SAID_MS = 2500;

/** @param {Page} page */
export function openLessonLink(page) {
  const dialog = new LessonLink(page);
  document.body.append(dialog.box);
  dialog.box.showModal();
  void dialog.write();
}

class LessonLink {
  #page;
  #heading = uniqueId("lesson-link");
  /** @type {Map<string, HTMLInputElement>} */
  #boxes = new Map();
  #link = element("input", { type: "text", readonly: true, class: "field", "aria-label": "Link for the lesson" });
  #copy = button("Copy the link", { class: "button-primary" });
  #leftOut = element("p", { class: "control-problem", hidden: true });
  #said = element("p", { class: "code-said", role: "status" });
  /** Of the link that is wanted; an older one may be ready later. */
  #turn = 0;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    const close = button("Close", { icon: "close", class: "button-icon button-quiet" });
    close.addEventListener("click", () => this.box.close());
    this.#copy.addEventListener("click", () => void this.#copyLink());
    this.box = element(
      "dialog",
      { class: "dialog dialog-small", "aria-labelledby": this.#heading },
      element("div", { class: "dialog-head" }, element("h2", { id: this.#heading }, "A link for a lesson"), close),
      element(
        "p",
        {},
        "Choose which controls stay. Whoever opens the link sees those alone; the run has all of them, with the values that they have now. One can have them back with “Show them”.",
      ),
      this.#choices(),
      this.#link,
      this.#leftOut,
      element("div", { class: "notice-actions" }, this.#copy, this.#said),
    );
    this.box.addEventListener("click", (event) => {
      if (event.target === this.box) this.box.close(); // beside the panel
    });
    this.box.addEventListener("close", () => this.box.remove());
  }

  /** Write the link that leaves out what is not chosen. */
  async write() {
    const turn = ++this.#turn;
    const { link, leftOut } = await this.#page.share(this.#hidden());
    if (turn !== this.#turn) return;
    this.#link.value = link;
    setText(this.#leftOut, leftOutWords(this.#page, leftOut));
    this.#leftOut.hidden = leftOut.length === 0;
  }

  #choices() {
    const { controls, hidden } = this.#page;
    const rows = controls.map(({ name, label }) => {
      const box = element("input", { type: "checkbox", checked: !hidden.includes(name) });
      this.#boxes.set(name, box);
      return element("label", { class: "lesson-choice" }, box, label);
    });
    const group = element(
      "fieldset",
      { class: "lesson-choices" },
      element("legend", {}, "Controls that stay"),
      ...rows,
      element("div", { class: "notice-actions" }, this.#every("All of them", true), this.#every("None", false)),
    );
    group.addEventListener("change", () => void this.write());
    return group;
  }

  /** @param {string} name @param {boolean} stay */
  #every(name, stay) {
    const made = button(name, { class: "button-small" });
    made.addEventListener("click", () => {
      for (const box of this.#boxes.values()) box.checked = stay;
      void this.write();
    });
    return made;
  }

  #hidden() {
    return [...this.#boxes].filter(([, box]) => !box.checked).map(([name]) => name);
  }

  async #copyLink() {
    await this.write();
    try {
      await navigator.clipboard.writeText(this.#link.value);
      this.#say("Copied");
    } catch {
      // no permission, or a page that is not from https or this machine: copying is by hand then
      this.#link.focus();
      this.#link.select();
      this.#say("It is selected: copy it with your keyboard");
    }
  }

  /** @param {string} text */
  #say(text) {
    setText(this.#said, text);
    setTimeout(() => {
      if (this.#said.textContent === text) setText(this.#said, "");
    }, SAID_MS);
  }
}
