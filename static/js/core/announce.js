/**
 * The one polite live region: milestones only, at most one in five seconds; of several that fall
 * into the same five seconds the latest is said.
 */

const QUIET_MS = 5000;

export class Announcer {
  #region;
  #now;
  #last = -Infinity;
  #timer = 0;
  #next = "";

  /**
   * @param {{textContent: string | null}} region  the element with `aria-live="polite"`
   * @param {() => number} [now]  ms
   */
  constructor(region, now = () => performance.now()) {
    this.#region = region;
    this.#now = now;
  }

  /** @param {string} text */
  announce(text) {
    this.#next = text;
    if (this.#timer) return;
    const wait = this.#last + QUIET_MS - this.#now();
    if (wait > 0) this.#timer = setTimeout(() => this.#say(), wait);
    else this.#say();
  }

  #say() {
    this.#timer = 0;
    this.#last = this.#now();
    this.#region.textContent = this.#next;
  }
}
