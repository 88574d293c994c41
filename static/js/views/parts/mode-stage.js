/**
 * A stage that has one of several parts on it, whichever the mode asks for. A part is loaded when
 * it is first shown.
 *
 * @import {ExhibitView, Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { element } from "../../core/dom.js";

/**
 * @typedef {object} Mode
 * @property {string} array  that only its frames have
 * @property {() => Promise<{mount: (root: HTMLElement, page: Page) => ExhibitView}>} load
 *
 * @typedef {object} Part
 * @property {HTMLElement} root
 * @property {ExhibitView} view
 */

export class ModeStage {
  #stage;
  #page;
  #name;
  #modes;
  /** @type {Map<string, Part | null>} null while it is being loaded */
  #parts = new Map();
  /** @type {Part | null} */
  #shown = null;

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   * @param {string} name  the class of each part's element
   * @param {readonly Mode[]} modes
   */
  constructor(stage, page, name, modes) {
    this.#stage = stage;
    this.#page = page;
    this.#name = name;
    this.#modes = modes;
  }

  /** @param {Frame} frame */
  paint(frame) {
    const mode = this.#modes.find(({ array }) => frame.arrays.has(array));
    if (!mode) return;
    const part = this.#parts.get(mode.array);
    if (part === undefined) void this.#load(mode);
    if (!part) return;
    if (part !== this.#shown) {
      this.#shown = part;
      this.#stage.replaceChildren(part.root);
      this.#page.relink();
    }
    part.view.paint(frame);
  }

  /** @param {Mode} mode */
  async #load({ array, load }) {
    this.#parts.set(array, null);
    const { mount } = await load();
    const root = element("div", { class: this.#name });
    this.#parts.set(array, { root, view: mount(root, this.#page) });
    this.#page.invalidate();
  }
}
