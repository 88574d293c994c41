/**
 * The stage of "Activations": one of several, whichever the mode asks for. What a mode shows is
 * loaded when it is first shown. Views only.
 *
 * @import {ExhibitModule, ExhibitView, Frame} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { element } from "../core/dom.js";
import { learn } from "../core/names.js";
import { words } from "./activations/words.js";

/** Each mode's stage, by an array that only its frames have. */
const MODES = [
  { array: "curve.z", load: () => import("./activations/functions.js") },
  { array: "score.loss", load: () => import("./activations/networks.js") },
  { array: "one.M", load: () => import("./activations/collapse.js") },
  { array: "relu.silent", load: () => import("./activations/dying.js") },
  { array: "logits", load: () => import("./activations/softmax.js") },
];

/** @type {ExhibitModule} */
const activations = {
  watch: null,

  mount(stage, page) {
    learn(words());
    return new Stage(stage, page);
  },
};

/** @typedef {ExhibitView & {root: HTMLElement}} Part */

/** Shows the part that the frame is of. */
class Stage {
  #stage;
  #page;
  /** @type {Map<string, Part | null>} null while it is being loaded */
  #parts = new Map();
  /** @type {Part | null} */
  #shown = null;

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#stage = stage;
    this.#page = page;
  }

  /** @param {Frame} frame */
  paint(frame) {
    const mode = MODES.find(({ array }) => frame.arrays.has(array));
    if (!mode) return;
    const part = this.#parts.get(mode.array);
    if (part === undefined) void this.#load(mode);
    if (!part) return;
    if (part !== this.#shown) {
      this.#shown = part;
      this.#stage.replaceChildren(part.root);
      this.#page.relink();
    }
    part.paint(frame);
  }

  /** @param {typeof MODES[number]} mode */
  async #load({ array, load }) {
    this.#parts.set(array, null);
    const { mount } = await load();
    const root = element("div", { class: "activations" });
    this.#parts.set(array, { root, ...mount(root, this.#page) });
    this.#page.invalidate();
  }
}

export default activations;
