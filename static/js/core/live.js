/**
 * The live line between the page and its session: hello, watch, frames to the screen and their
 * acknowledgements, commands out, and the token that resumes the session.
 *
 * @import {Command, Connection, Frame, Hello, ServerMessage} from "./types.js"
 */

import { Loop } from "./loop.js";
import { Outbox } from "./outbox.js";
import { leaveToken, takeToken } from "./session.js";
import { Socket } from "./socket.js";
import { Store } from "./store.js";
import { decode } from "./wire.js";

export const VERSION = 1;

/**
 * @typedef {object} Owner
 * @property {() => Hello} hello  what to open or reopen the run with
 * @property {(message: ServerMessage) => void} receive
 * @property {(frame: Frame) => void} paint  at most once per animation frame
 * @property {(frame: Frame) => void} painted
 * @property {(connection: Connection) => void} connected
 */

export class Live {
  #slug;
  #owner;
  #socket;
  #store = new Store();
  #loop;
  #outbox;
  /** @type {readonly string[] | null} */
  #watched = null;
  /** @type {string | undefined} */
  #token;

  /**
   * @param {string} slug
   * @param {Owner} owner
   */
  constructor(slug, owner) {
    this.#slug = slug;
    this.#owner = owner;
    this.#token = takeToken(slug, location.search);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new Socket(`${scheme}//${location.host}/ws/${slug}`, {
      greet: () => this.#greet(),
      onMessage: owner.receive,
      onFrame: (message) => {
        if (this.#store.put(decode(message))) this.#loop.request();
      },
      onState: owner.connected,
    });
    this.#loop = new Loop(this.#store, owner.paint, (frame) => this.#painted(frame));
    this.#outbox = new Outbox(
      (command) => this.#socket.send(command),
      (callback) => requestAnimationFrame(callback),
    );
  }

  /**
   * @param {readonly string[] | null} watched  the arrays this page draws; null for all
   */
  open(watched) {
    this.#watched = watched;
    document.addEventListener("visibilitychange", () => this.#shown());
    addEventListener("online", () => this.#socket.open());
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", (event) => event.persisted && this.#socket.open());
    this.#socket.open();
  }

  /** Try to connect now instead of after the pause. */
  retry() {
    this.#socket.open();
  }

  /** Say hello again on the same line: the server did not accept the first one. */
  greetAgain() {
    for (const command of this.#greet()) this.#socket.send(command);
  }

  /**
   * The server has welcomed the page.
   *
   * @param {string} token
   * @param {number} run
   */
  settle(token, run) {
    this.#token = token;
    this.#store.begin(run);
    this.#socket.settled();
  }

  /** @param {string} text  why it makes no sense to go on */
  fail(text) {
    this.#socket.fail(text);
  }

  /**
   * Send a command, at most one batch per animation frame.
   *
   * @param {Command} command
   */
  post(command) {
    this.#outbox.post(command);
  }

  /** Have the newest frame painted again, after a change of what is drawn from it. */
  repaint() {
    this.#store.again();
    this.#loop.request();
  }

  /** @returns {Command[]} */
  #greet() {
    this.#outbox.clear();
    const hello = this.#owner.hello();
    if (this.#token) hello.resume = this.#token;
    return [hello, ...this.#watch()];
  }

  /** @returns {Command[]} */
  #watch() {
    return this.#watched ? [{ kind: "watch", names: [...this.#watched] }] : [];
  }

  /** @param {Frame} frame */
  #painted(frame) {
    this.#socket.send({ kind: "ack", seq: frame.seq });
    this.#owner.painted(frame);
  }

  #shown() {
    if (document.hidden) return;
    this.#socket.open();
    for (const command of this.#watch()) this.#socket.send(command);
  }

  #leave() {
    if (this.#token) leaveToken(this.#slug, location.search, this.#token);
    this.#socket.close();
  }
}
