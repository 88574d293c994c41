/**
 * Slow motion, as the page sees it: whether steps are opened up into their moments, which moment is
 * on the screen, and the commands that move through them.
 *
 * @import {Frame, Moment, Reference} from "./types.js"
 * @import {Page} from "./page.js"
 * @import {Action} from "./keys.js"
 */

import { isParameter } from "./names.js";

/** What the names of the minibatch's tensors begin with. */
const BATCH = "batch.";

/** Moments a second, from slow to fast. */
export const SLOW_RATES = [0.5, 1, 1.5, 3, 6];
const USUAL_RATE = 1.5;

export class SlowMotion {
  /** Whether the steps of this exhibit can be opened. */
  possible = false;
  /** Whether they are. */
  on = false;
  /** What is on the screen; null for a whole step. @type {Moment | null} */
  moment = null;
  /** Takes each moment before the exhibit paints it. @type {((frame: Frame) => void) | null} */
  director = null;

  #page;
  #links;
  /** The rate of whole steps. @type {number | null} */
  #rate = null;

  /**
   * @param {Page} page
   * @param {import("./links.js").Links} links
   */
  constructor(page, links) {
    this.#page = page;
    this.#links = links;
    links.called = (name) => this.nameOnStage(name);
    page.onEvent("welcome", ({ slow }) => this.#welcome(slow));
    page.onEvent("slow", ({ data }) => this.#turn(data.on));
    page.onPaint((frame) => this.#see(frame));
  }

  toggle() {
    if (this.possible) this.#page.send({ kind: "slow", on: !this.on });
  }

  /**
   * Do what a key or a button asks, where slow motion has its own way of doing it.
   *
   * @param {Action} action
   * @returns {boolean}  whether it had
   */
  perform(action) {
    if (action === "slow") this.toggle();
    else if (!this.on) return false;
    else if (action === "forward") this.stepBy(1);
    else if (action === "back") this.stepBy(-1);
    else if (action === "forward-ten") this.#page.stepBy(1);
    else if (action === "back-ten") this.#page.stepBy(-1);
    else return false;
    return true;
  }

  /** @param {number} n  moments; may be negative */
  stepBy(n) {
    this.#page.send({ kind: "step", n, moments: true });
  }

  /** Go to a moment of this step. @param {number} index */
  goTo(index) {
    if (this.moment) this.stepBy(index - this.moment.index);
  }

  /** Put another sample of the minibatch on the stage. @param {number} by */
  turnSample(by) {
    if (!this.moment) return;
    const { place, of } = this.moment.sample;
    this.#page.send({ kind: "slow", on: true, sample: (place + by + of) % of });
  }

  /** Light these instead of what the lesson speaks of. @param {readonly string[] | null} names */
  spotlight(names) {
    this.#links.spotlight(names);
  }

  /**
   * Where a number of the minibatch stands on the stage: the sample that is shown has plain names
   * there, and the parameters as the minibatch met them until their own update.
   *
   * @template {Reference} T
   * @param {T} reference
   * @returns {T}
   */
  onStage(reference) {
    const { tensor, index } = reference;
    const { moment } = this;
    const plain = this.nameOnStage(tensor);
    if (!moment || plain === tensor || isParameter(plain)) return { ...reference, tensor: plain };
    if (index[0] !== moment.sample.place) return reference;
    return { ...reference, tensor: plain, index: [0, ...index.slice(1)] };
  }

  /** What a tensor of the minibatch is called on the stage. @param {string} tensor */
  nameOnStage(tensor) {
    if (!this.moment || !tensor.startsWith(BATCH)) return tensor;
    const plain = tensor.slice(BATCH.length);
    return isParameter(plain) && this.moment.made.includes(plain) ? tensor : plain;
  }

  /** @param {boolean | null} slow */
  #welcome(slow) {
    this.possible = slow !== null;
    if (this.on && slow === false) this.#page.send({ kind: "slow", on: true });
    else this.#turn(slow === true);
  }

  /** @param {boolean} on */
  #turn(on) {
    if (on === this.on) return;
    this.on = on;
    const page = this.#page;
    if (on) this.#rate = page.rate;
    page.setRate(on ? USUAL_RATE : this.#rate);
  }

  /** @param {Frame} frame */
  #see(frame) {
    const before = this.moment;
    this.moment = frame.moment;
    if (this.moment || before) this.director?.(frame);
  }
}
