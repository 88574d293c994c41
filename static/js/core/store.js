/**
 * The newest frame. Receiving is not painting: the socket puts, the frame loop takes.
 *
 * @import {Frame} from "./types.js"
 */

export class Store {
  /** @type {Frame | null} the newest frame, painted or not */
  newest = null;

  /** @type {Frame | null} */
  #unpainted = null;

  #run = -1;

  /**
   * Keep a frame unless it belongs to a run that a reset has ended.
   *
   * @param {Frame} frame
   * @returns {boolean}  whether it was kept
   */
  put(frame) {
    if (frame.run < this.#run) return false;
    this.#run = frame.run;
    this.newest = frame;
    this.#unpainted = frame;
    return true;
  }

  /**
   * From now on frames of an earlier run are stale.
   *
   * @param {number} run
   */
  begin(run) {
    this.#run = run;
  }

  /**
   * The newest frame if it has not been taken yet; those it overtook are never painted.
   *
   * @returns {Frame | null}
   */
  take() {
    const frame = this.#unpainted;
    this.#unpainted = null;
    return frame;
  }

  /** Have the newest frame painted once more: the theme or what is picked has changed. */
  again() {
    this.#unpainted = this.newest;
  }
}
