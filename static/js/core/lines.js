/**
 * The lines of a session, runs side by side: which there are, where they first differ, and what
 * each says at the step on the screen. That is asked for again with each picture, at most one
 * question at a time and a few a second while the run plays.
 *
 * @import {Command, Compared, Frame, LineState, LinesState, Reference, ServerError} from "./types.js"
 */

const PACE_MS = 250;
/** A question that has had no answer for so long is lost. */
const PATIENCE_MS = 3000;
/** Ids of comparisons begin here, so that an error says whether it answers one. */
const FIRST_ID = 2 ** 40;

/**
 * @typedef {object} Owner
 * @property {(command: Command) => boolean} send  whether there is a connection
 * @property {() => Reference | null} picked  the number that is to be compared
 * @property {(answer: Compared) => void} compared
 */

export class Lines {
  /** @type {number} the id of the line on the stage */
  current = 0;
  /** @type {readonly LineState[]} the oldest first; none as long as there is but one */
  all = [];
  /** @type {LinesState["differences"]} */
  differences = [];
  /** @type {Compared | null} the newest answer */
  answer = null;
  /** @type {Reference | null} what its numbers are */
  asked = null;

  #owner;
  #id = FIRST_ID;
  #askedAt = -Infinity;
  #inFlight = false;
  #askedAbout = "";
  #timer = 0;
  /** @type {Pick<Frame, "run" | "seq" | "playing"> | null} */
  #shown = null;

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /** The lines that are not on the stage. @returns {readonly LineState[]} */
  get ghosts() {
    return this.all.filter(({ line }) => line !== this.current);
  }

  /** @param {LinesState | null} state  as the server tells it; null for one line alone */
  take(state) {
    const { current = 0, lines = [], differences = [] } = state ?? {};
    const alone = lines.length === 1 && !lines[0].pinned;
    Object.assign(this, { current, all: alone ? [] : lines, differences });
    this.answer = null;
    this.#inFlight = false;
    this.ask();
  }

  /** @param {number} id */
  find(id) {
    return this.all.find(({ line }) => line === id) ?? null;
  }

  /** Go on with another line. @param {number} line */
  switch(line) {
    return this.#owner.send({ kind: "switch", line });
  }

  /** Have a line stay, or no longer. @param {number | null} line  null: the one on the stage @param {boolean} pinned */
  pin(line, pinned) {
    return this.#owner.send({ kind: "pin", line, pinned });
  }

  /** Do without a line. @param {number} line */
  drop(line) {
    return this.#owner.send({ kind: "drop", line });
  }

  /** A frame is on the screen. @param {Frame} frame */
  see({ run, seq, playing }) {
    this.#shown = { run, seq, playing };
    this.#keepUp();
  }

  /** @param {Compared} answer */
  receive(answer) {
    if (answer.id !== this.#id) return;
    this.#inFlight = false;
    this.answer = answer;
    this.#owner.compared(answer);
    this.#keepUp();
  }

  /** @param {ServerError} error  @returns {boolean}  whether it answers a comparison */
  refuse({ id }) {
    if (id === undefined || id < FIRST_ID) return false;
    if (id === this.#id) this.#inFlight = false;
    return true;
  }

  /** Ask what each line says: another step, or another number, is looked at. */
  ask() {
    if (this.all.length === 0 || !this.#shown) return;
    this.asked = this.#shown.playing ? null : this.#owner.picked();
    this.#id += 1;
    this.#askedAt = performance.now();
    this.#askedAbout = `${this.#shown.run}:${this.#shown.seq}`;
    const numbers = this.asked ? [this.asked] : [];
    this.#inFlight = this.#owner.send({ kind: "compare", id: this.#id, numbers });
  }

  #keepUp() {
    if (this.all.length === 0 || this.#timer || !this.#shown) return;
    if (this.#askedAbout === `${this.#shown.run}:${this.#shown.seq}`) return;
    const since = performance.now() - this.#askedAt;
    if (this.#inFlight && since < PATIENCE_MS) return;
    if (!this.#shown.playing || since >= PACE_MS) this.ask();
    else {
      this.#timer = window.setTimeout(() => {
        this.#timer = 0;
        this.#keepUp();
      }, PACE_MS - since);
    }
  }
}
