/**
 * The live connection: it opens, says hello, reconnects with jittered, growing pauses, and says
 * what it is doing. It knows the protocol's envelope, not what the messages mean.
 *
 * @import {Command, Connection, ServerMessage} from "./types.js"
 */

const SUBPROTOCOL = "perceptarium.v1";
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const SILENCE_MS = 10_000;

/** Codes after which the same attempt would end the same way. */
const FINAL_CODES = [1002, 1003, 1007, 1008, 1009];

/**
 * @typedef {object} Handlers
 * @property {() => Command[]} greet  what to send first on every new connection
 * @property {(message: ServerMessage) => void} onMessage
 * @property {(message: ArrayBuffer) => void} onFrame  throws when it cannot be read
 * @property {(connection: Connection) => void} onState
 */

export class Socket {
  #url;
  #handlers;
  #random;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #everOpen = false;
  #timer = 0;
  #watchdog = 0;
  #heard = 0;
  #asked = false;
  /** @type {string | null} */
  #fatal = null;

  /**
   * @param {string} url
   * @param {Handlers} handlers
   * @param {() => number} [random]  in [0, 1), for the jitter
   */
  constructor(url, handlers, random = Math.random) {
    this.#url = url;
    this.#handlers = handlers;
    this.#random = random;
  }

  /** Connect, also after a failure or in the middle of a pause. */
  open() {
    clearTimeout(this.#timer);
    if (this.#socket) return;
    if (typeof WebSocket === "undefined") {
      this.#state({ state: "failed", text: "This browser has no WebSocket, which carries the run." });
      return;
    }
    this.#fatal = null;
    this.#state({ state: "connecting" });
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", (event) => this.#received(event.data));
    socket.addEventListener("close", (event) => this.#closed(socket, event));
  }

  /**
   * @param {Command} command
   * @returns {boolean}  whether there was a connection to send it on
   */
  send(command) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  /** The server has answered the hello: the next loss starts again from the shortest pause. */
  settled() {
    this.#attempts = 0;
    this.#everOpen = true;
    this.#state({ state: "open" });
  }

  /**
   * Close, say why, and do not try again.
   *
   * @param {string} text  for people
   */
  fail(text) {
    this.#fatal = text;
    if (this.#socket) this.#socket.close(4000);
    else this.#state({ state: "failed", text });
  }

  /** Leave: the page goes away. */
  close() {
    clearTimeout(this.#timer);
    clearInterval(this.#watchdog);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  #opened() {
    this.#heard = performance.now();
    this.#asked = false;
    clearInterval(this.#watchdog);
    this.#watchdog = setInterval(() => this.#watch(), SILENCE_MS / 2);
    for (const command of this.#handlers.greet()) this.send(command);
  }

  /** @param {string | ArrayBuffer} data */
  #received(data) {
    this.#heard = performance.now();
    this.#asked = false;
    try {
      if (typeof data === "string") this.#handlers.onMessage(JSON.parse(data));
      else this.#handlers.onFrame(data);
    } catch (error) {
      console.error(error);
      this.fail(`The server sent what this page cannot read (${error}). Reload the page.`);
    }
  }

  /** A line that has gone dead without a word is asked once, then given up. */
  #watch() {
    if (globalThis.document?.hidden || performance.now() - this.#heard < SILENCE_MS) return;
    if (this.#asked) {
      const socket = this.#socket;
      if (socket) this.#lost(socket, "The server has fallen silent.");
      return;
    }
    this.#asked = true;
    this.#heard = performance.now();
    this.send({ kind: "ping", t: Math.round(performance.now()) });
  }

  /**
   * @param {WebSocket} socket
   * @param {CloseEvent} event
   */
  #closed(socket, event) {
    if (socket !== this.#socket) return;
    if (this.#fatal === null && FINAL_CODES.includes(event.code)) {
      this.#fatal = event.reason || `The server ended the connection (code ${event.code}).`;
    }
    this.#lost(socket, this.#everOpen ? "The connection was lost." : "No live connection yet.");
  }

  /**
   * @param {WebSocket} socket
   * @param {string} text
   */
  #lost(socket, text) {
    clearInterval(this.#watchdog);
    this.#socket = null;
    socket.close();
    if (this.#fatal !== null) {
      this.#state({ state: "failed", text: this.#fatal });
      return;
    }
    const ceiling = Math.min(FIRST_PAUSE_MS * 2 ** this.#attempts, LONGEST_PAUSE_MS);
    this.#attempts += 1;
    const pause = ceiling * (0.5 + this.#random() / 2);
    this.#state({ state: "waiting", seconds: pause / 1000, text });
    this.#timer = setTimeout(() => this.open(), pause);
  }

  /** @param {Connection} connection */
  #state(connection) {
    this.#handlers.onState(connection);
  }
}
