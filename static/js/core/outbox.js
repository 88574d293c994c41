/**
 * Commands on their way out, at most one batch per animation frame, so that no drag and no held
 * key floods the server. The first of a burst leaves at once; what follows within the same
 * animation frame is merged where that loses nothing, and the order is kept.
 *
 * @import {Command} from "./types.js"
 */

export class Outbox {
  #deliver;
  #schedule;
  #waiting = false;
  /** @type {Command[]} */
  #queue = [];

  /**
   * @param {(command: Command) => void} deliver
   * @param {(callback: () => void) => void} schedule  calls back in the next animation frame
   */
  constructor(deliver, schedule) {
    this.#deliver = deliver;
    this.#schedule = schedule;
  }

  /** @param {Command} command */
  post(command) {
    const last = this.#queue.at(-1);
    const merged = last && merge(last, command);
    if (merged) this.#queue[this.#queue.length - 1] = merged;
    else this.#queue.push(command);
    if (!this.#waiting) this.#flush();
  }

  /** Forget what has not left yet: the connection it was meant for is gone. */
  clear() {
    this.#queue.length = 0;
  }

  #flush = () => {
    this.#waiting = this.#queue.length > 0;
    if (!this.#waiting) return;
    for (const command of this.#queue.splice(0)) this.#deliver(command);
    this.#schedule(this.#flush);
  };
}

/**
 * One command that does what the two in turn would do, or null.
 *
 * @param {Command} first
 * @param {Command} second
 * @returns {Command | null}
 */
export function merge(first, second) {
  if (first.kind === "set" && second.kind === "set") {
    return { kind: "set", values: { ...first.values, ...second.values } };
  }
  if (first.kind === "step" && second.kind === "step" && first.moments === second.moments) {
    return { ...first, n: first.n + second.n };
  }
  if (first.kind === "seek" && second.kind === "seek") return second;
  if (first.kind === "watch" && second.kind === "watch") return second;
  return null;
}
