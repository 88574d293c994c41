/**
 * The stage of "Gradient descent": one of three, whichever the mode asks for. What a mode shows is
 * loaded when it is first shown. Views only.
 *
 * @import {ExhibitModule, ExhibitView, Frame} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { element } from "../core/dom.js";

/** Each mode's stage, by an array that only its frames have. */
const MODES = [
  { array: "curve.J", load: () => import("./descent/one.js") },
  { array: "pair", load: () => import("./descent/two.js") },
  { array: "walkers.J", load: () => import("./descent/samples.js") },
];

/** @type {ExhibitModule} */
const descent = {
  watch: null,

  mount(stage, page) {
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
    page.onEvent("stopped", ({ data }) => {
      if (data.moved) page.announce(`Stopped at step ${data.step}: the gradient is below the tolerance`);
    });
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
    const root = element("div", { class: "descent" });
    this.#parts.set(array, { root, ...mount(root, this.#page) });
    this.#page.invalidate();
  }
}

export default descent;
