/**
 * The frame loop: at most one painting per animation frame, none when nothing is new.
 *
 * A hidden tab gets no animation frames, so it neither paints nor acknowledges.
 *
 * @import {Frame} from "./types.js"
 * @import {Store} from "./store.js"
 */

export class Loop {
  #store;
  #paint;
  #painted;
  #scheduled = false;

  /**
   * @param {Store} store
   * @param {(frame: Frame) => void} paint
   * @param {(frame: Frame) => void} painted  called when the frame is on the screen
   */
  constructor(store, paint, painted) {
    this.#store = store;
    this.#paint = paint;
    this.#painted = painted;
  }

  /** Ask for a painting in the next animation frame; asking twice paints once. */
  request() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(this.#tick);
  }

  #tick = () => {
    this.#scheduled = false;
    const frame = this.#store.take();
    if (!frame) return;
    try {
      this.#paint(frame);
    } finally {
      this.#painted(frame);
    }
  };
}
