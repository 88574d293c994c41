/** How many steps a second the run makes, read off the frames that arrive. */

const WINDOW_MS = 1000;

export class Pace {
  #step = 0;
  #since = -1;
  #pace = -1;

  /**
   * @param {number} step
   * @param {number} now  ms
   * @returns {number}  steps per second, to two digits; −1 while that is not known
   */
  see(step, now) {
    if (this.#since < 0 || step < this.#step) {
      this.#since = now;
      this.#step = step;
    } else if (now - this.#since >= WINDOW_MS) {
      const exact = ((step - this.#step) / (now - this.#since)) * 1000;
      this.#pace = Number(exact.toPrecision(2));
      this.#since = now;
      this.#step = step;
    }
    return this.#pace;
  }

  /** The run stands still. */
  stop() {
    this.#since = -1;
    this.#pace = -1;
    return -1;
  }
}
