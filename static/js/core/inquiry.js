/**
 * What is being asked: the numbers walked through, the last of which has its ledger open, and the
 * questions to the server that keep that ledger current. At most one question is on its way; while
 * the run plays, ten a second are enough, and once it stands still there is always one more.
 *
 * @import {Frame, Ledger, Pick, ServerError} from "./types.js"
 */

/** How many terms a ledger lists at first, and more at each unfolding. */
export const PAGE = 10;
const PACE_MS = 100;
/** A question that has had no answer for so long is lost. */
const PATIENCE_MS = 3000;

/**
 * @typedef {object} Station  one number on the way
 * @property {Pick} pick
 * @property {number} page  of its terms, counted from 0
 * @property {number} terms  that a page lists
 * @property {Ledger | null} ledger  the newest answer
 * @property {ServerError | null} error  instead of an answer
 *
 * @typedef {object} Asker
 * @property {(id: number, station: Station) => boolean} ask  whether there is a connection
 * @property {(station: Station | null) => void} moved  another number's ledger is open, or none
 * @property {(station: Station) => void} answered
 * @property {() => number} now  ms
 * @property {(callback: () => void, ms: number) => void} wait
 */

export class Inquiry {
  #asker;
  /** @type {Station[]} */
  #stations = [];
  #id = 0;
  #inFlight = false;
  /** The frame that the question on its way, or the last one, was about. */
  #askedAbout = "";
  #askedAt = -Infinity;
  #shown = "";
  #playing = false;
  #waiting = false;

  /** @param {Asker} asker */
  constructor(asker) {
    this.#asker = asker;
  }

  /** The way to the open ledger, which is the last. @returns {readonly Station[]} */
  get stations() {
    return this.#stations;
  }

  /** @returns {Station | null} */
  get open() {
    return this.#stations.at(-1) ?? null;
  }

  /** Begin at a number. @param {Pick} pick */
  begin(pick) {
    this.#stations = [station(pick)];
    this.#move();
  }

  /** Walk on to a number. @param {Pick} pick */
  walk(pick) {
    const known = this.#stations.findIndex((each) => same(each.pick, pick));
    if (known >= 0) this.#stations.length = known + 1;
    else this.#stations.push(station(pick));
    this.#move();
  }

  /** Walk back to an earlier number. @param {number} place  in `stations`; −1 closes the ledger */
  back(place = this.#stations.length - 2) {
    this.#stations.length = Math.max(0, place + 1);
    this.#move();
  }

  /** Ask for another page of the terms. @param {number} page */
  turn(page) {
    const { open } = this;
    if (!open) return;
    open.page = page;
    this.#ask();
  }

  /** Ask for so many terms at once, from the first on. @param {number} terms */
  unfold(terms) {
    const { open } = this;
    if (!open) return;
    open.page = 0;
    open.terms = terms;
    this.#ask();
  }

  /** A frame is on the screen. @param {Frame} frame */
  see({ run, seq, playing }) {
    this.#shown = `${run}:${seq}`;
    this.#playing = playing;
    this.#keepUp();
  }

  /** The line is new: what was on its way is lost. */
  reconnect() {
    this.#inFlight = false;
    if (this.open) this.#ask();
  }

  /** @param {Ledger} ledger */
  receive(ledger) {
    const { open } = this;
    if (ledger.id !== this.#id || !open) return;
    this.#inFlight = false;
    open.ledger = ledger;
    open.error = null;
    this.#asker.answered(open);
    this.#keepUp();
  }

  /** @param {ServerError} error  @returns {boolean}  whether it was about a question of this page */
  refuse(error) {
    if (error.id === undefined) return false;
    const { open } = this;
    if (error.id === this.#id && open) {
      this.#inFlight = false;
      open.ledger = null;
      open.error = error;
      this.#asker.answered(open);
      this.#keepUp();
    }
    return true;
  }

  #move() {
    const { open } = this;
    this.#asker.moved(open);
    if (open) this.#ask();
  }

  /** Ask again if the screen shows another moment than the last question was about. */
  #keepUp() {
    if (!this.open || this.#waiting || this.#askedAbout === this.#shown) return;
    const since = this.#asker.now() - this.#askedAt;
    if (this.#inFlight && since < PATIENCE_MS) return;
    if (!this.#playing || since >= PACE_MS) this.#ask();
    else {
      this.#waiting = true;
      this.#asker.wait(this.#resume, PACE_MS - since);
    }
  }

  #resume = () => {
    this.#waiting = false;
    this.#keepUp();
  };

  #ask() {
    const { open } = this;
    if (!open) return;
    this.#id += 1;
    this.#askedAbout = this.#shown;
    this.#askedAt = this.#asker.now();
    this.#inFlight = this.#asker.ask(this.#id, open);
  }
}

/** @param {Pick} pick  @returns {Station} */
const station = (pick) => ({ pick, page: 0, terms: PAGE, ledger: null, error: null });

/**
 * Whether two references name the same number.
 *
 * @param {{tensor: string, index: readonly number[]}} one
 * @param {{tensor: string, index: readonly number[]}} other
 */
export function same(one, other) {
  return one.tensor === other.tensor && one.index.join() === other.index.join();
}
