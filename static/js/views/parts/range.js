/**
 * The range of a colour scale: a power of two that grows with the values and never shrinks within
 * a run, so that a colour means the same number from one frame to the next.
 */

/** A value this far beyond the range keeps the end's colour; further, and the range grows. */
const SLACK = 1.125;
/** A range that follows shrinks when no value reaches this share of it. */
const FAINT = 1 / 8;

export class Range {
  /**
   * @param {number} [least]  where it starts; 0 takes the first values' own power of two
   * @param {boolean} [follows]  it shrinks again: gradients fade a thousandfold as a network learns
   */
  constructor(least = 0, follows = false) {
    this.least = least;
    this.follows = follows;
    /** Values of this size have the strongest colour. */
    this.limit = least || 1;
    /** Whether a value below nought was seen, so that the scale is labelled on both sides. */
    this.signed = false;
    /** Whether all values were whole numbers. */
    this.whole = true;
    this.run = -1;
    this.settled = least > 0;
  }

  /**
   * Widen for new values; start anew when the run is another.
   *
   * @param {ArrayLike<number>} data
   * @param {number} start
   * @param {number} count
   * @param {number} run
   * @returns {boolean}  whether the scale or the kind of its numbers changed
   */
  see(data, start, count, run) {
    const { limit, signed, whole } = this;
    if (run !== this.run) this.restart(run);
    let most = 0;
    for (let i = start; i < start + count; i++) {
      const value = data[i];
      const size = value < 0 ? -value : value;
      // what is not a number fails both comparisons and widens nothing
      if (value < 0) this.signed = true;
      if (size > most && size < Infinity) most = size;
      if (this.whole && size % 1 > 0) this.whole = false;
    }
    const fits = this.settled && most <= this.limit * SLACK;
    if (most > 0 && (!fits || (this.follows && most < this.limit * FAINT))) {
      this.limit = powerAbove(most);
      this.settled = true;
    }
    return limit !== this.limit || signed !== this.signed || whole !== this.whole;
  }

  /** @param {number} run */
  restart(run) {
    this.run = run;
    this.limit = this.least || 1;
    this.signed = false;
    this.whole = true;
    this.settled = this.least > 0;
  }
}

/**
 * The smallest power of two that is no smaller than a size.
 *
 * @param {number} size  positive
 */
export function powerAbove(size) {
  return 2 ** Math.ceil(Math.log2(size));
}
