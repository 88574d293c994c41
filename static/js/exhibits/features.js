/**
 * The stage of "Features": what a neuron sees, in two planes; or how many features there would be.
 * Each is loaded when it is first shown. Views only.
 *
 * @import {ExhibitModule, ExhibitView, Frame} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { element } from "../core/dom.js";

/** Each stage, by an array that only its frames have. */
const PARTS = [
  { array: "plane.u", load: () => import("./features/space.js") },
  { array: "count.terms", load: () => import("./features/terms.js") },
];

/** @type {ExhibitModule} */
const features = {
  watch: null,

  mount(stage, page) {
    return new Stage(stage, page);
  },
};

/** @typedef {{root: HTMLElement, view: ExhibitView}} Part */

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
    const of = PARTS.find(({ array }) => frame.arrays.has(array));
    if (!of) return;
    const part = this.#parts.get(of.array);
    if (part === undefined) void this.#load(of);
    if (!part) return;
    if (part !== this.#shown) {
      this.#shown = part;
      this.#stage.replaceChildren(part.root);
      this.#page.relink();
    }
    part.view.paint(frame);
  }

  /** @param {typeof PARTS[number]} part */
  async #load({ array, load }) {
    this.#parts.set(array, null);
    const { mount } = await load();
    const root = element("div", { class: "features" });
    this.#parts.set(array, { root, view: mount(root, this.#page) });
    this.#page.invalidate();
  }
}

export default features;
