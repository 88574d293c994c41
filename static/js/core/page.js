/**
 * The page as exhibits and views see it: the present run, the commands, the facts. Longer than
 * other files: it is the one face that all of `core` shows to what stands above it.
 *
 * Facts are told by `onEvent`: every event of the server by its name (`diverged`, `paused`,
 * `values`, `judged`, …) with the event, and of the page's own
 * `welcome` (Welcome), `connection` (Connection), `refused` (ServerError: whoever says it next to
 * where it was asked for sets `said`), `error` (ServerError that nobody has said), `pick` (Station or null),
 * `ledger` (Station), `compared` (Compared), `into-ledger` (null), `painted` (Frame), `rate` (number or null),
 * `beat` (number), `hidden` (names of controls), `notice` (text: what a person should know, and nothing stands in the way).
 *
 * @import {Change, Command, Compared, Connection, Control, Frame, Ledger, RunEvent, ServerError,
 *   ServerMessage, Values, Welcome} from "./types.js"
 * @import {Listener} from "./emitter.js"
 */

import { Address } from "./address.js";
import { Emitter } from "./emitter.js";
import { Inquiry, same } from "./inquiry.js";
import { Lines } from "./lines.js";
import { Live, VERSION } from "./live.js";
import { SlowMotion } from "./slow.js";

export class Page {
  /** @type {readonly Control[]} */
  controls = [];
  /** @type {Values} every control's value, as the server last said */
  values = {};
  /** @type {Change[]} */
  changes = [];
  /** @type {number | null} */
  seed = null;
  /** @type {string | null} the token by which the server knows this session */
  session = null;
  step = 0;
  head = 0;
  /** @type {number | null} of a finite run */
  length = null;
  cap = Infinity;
  playing = false;
  /** @type {number | null} steps per second; null is as fast as it goes */
  rate = null;
  /** @type {Connection} */
  connection = { state: "connecting" };
  /** @type {Frame | null} the one on the screen */
  frame = null;

  /** Runs side by side. */
  lines = new Lines({
    send: (command) => this.send(command),
    picked: () => {
      const pick = this.way.at(-1)?.pick;
      return pick ? { tensor: pick.tensor, index: pick.index } : null;
    },
    compared: (answer) => this.#emitter.emit("compared", answer),
  });

  #announcer;
  #links;
  #emitter = new Emitter();
  #address = new Address(this);
  #inquiry;
  #live;
  /** @type {((frame: Frame) => void)[]} */
  #painters = [];
  #welcomed = false;
  /** @type {{step: number, then: () => void} | null} what to do once a step is on the screen */
  #arrival = null;

  /** @type {SlowMotion} the steps opened up into their moments */
  slow;

  /**
   * @param {string} slug
   * @param {{announce(text: string): void}} announcer
   * @param {import("./links.js").Links} links
   */
  constructor(slug, announcer, links) {
    this.slug = slug;
    this.#announcer = announcer;
    this.#links = links;
    this.slow = new SlowMotion(this, links);
    this.#inquiry = new Inquiry({
      ask: (id, { pick: { tensor, index }, page: turned, terms }) =>
        this.send({ kind: "explain", id, tensor, index, page: turned, terms }),
      moved: (station) => {
        this.#emitter.emit("pick", station);
        this.lines.ask();
        this.#address.follow();
      },
      answered: (station) => this.#emitter.emit("ledger", station),
      now: () => performance.now(),
      wait: (callback, ms) => void setTimeout(callback, ms),
    });
    this.#live = new Live(slug, {
      hello: () => this.#address.hello(),
      receive: (message) => this.#receive(message),
      paint: (frame) => this.#paint(frame),
      painted: (frame) => this.#painted(frame),
      connected: (connection) => this.#connected(connection),
    });
  }

  /**
   * Open the live connection.
   *
   * @param {readonly string[] | null} watched  the arrays this page draws; null for all
   */
  async open(watched) {
    const trouble = await this.#address.read();
    if (trouble) this.notice(trouble);
    this.#live.open(watched);
  }

  /** What the address said when the page opened. */
  get asked() {
    return this.#address.asked;
  }

  /** What was brought for the run, and the newest arguments of each action that only looks. */
  get looks() {
    return this.#address.looks;
  }

  /** Try to connect now instead of after the pause. */
  retry() {
    this.#live.retry();
  }

  /**
   * Send a command, at most one batch per animation frame.
   *
   * @param {Command} command
   * @returns {boolean}  whether there is a connection
   */
  send(command) {
    if (this.connection.state !== "open") return false;
    this.#live.post(command);
    return true;
  }

  /**
   * Change controls: live ones keep the run, the others begin a new one with the same seed.
   *
   * @param {Values} values
   * @returns {boolean}  whether there is a connection
   */
  set(values) {
    /** @type {Values} */ const kept = {};
    /** @type {Values} */ const renewing = {};
    for (const [name, value] of Object.entries(values)) {
      const control = this.controls.find((declared) => declared.name === name);
      (control?.effect === "reset" ? renewing : kept)[name] = value;
    }
    let sent = true;
    if (Object.keys(renewing).length > 0) sent = this.reset(renewing);
    if (Object.keys(kept).length > 0) sent = this.send({ kind: "set", values: kept });
    return sent;
  }

  /**
   * Begin a new run; without a seed, with the same initial weights.
   *
   * @param {Values} [values]
   * @param {number | null} [seed]
   */
  reset(values = {}, seed = this.seed) {
    this.#arrival = null;
    return this.send({ kind: "reset", values, ...(seed === null ? {} : { seed }) });
  }

  /**
   * An action of the exhibit's own.
   *
   * @param {string} name
   * @param {Record<string, unknown>} args
   */
  act(name, args) {
    this.#address.look(name, args);
    return this.send({ kind: "act", name, args });
  }

  play() {
    this.#arrival = null;
    return this.send({ kind: "play", ...(this.rate === null ? {} : { rate: this.rate }) });
  }

  pause() {
    return this.send({ kind: "pause" });
  }

  toggle() {
    return this.playing ? this.pause() : this.play();
  }

  /** @param {number} n  may be negative */
  stepBy(n) {
    this.#arrival = null;
    return this.send({ kind: "step", n });
  }

  /**
   * Go to a step.
   *
   * @param {number} step
   * @param {() => void} [then]  called once it is on the screen, unless the run is sent elsewhere
   */
  seek(step, then) {
    this.#arrival = then ? { step, then } : null;
    return this.send({ kind: "seek", step });
  }

  /**
   * From a step that is known, another future; the one that was stays as a ghost.
   *
   * @param {number} step
   * @param {Values} values  of live controls
   */
  fork(step, values) {
    this.#arrival = null;
    return this.send({ kind: "fork", step, values });
  }

  /** @param {number | null} rate  steps per second, or as fast as it goes */
  setRate(rate) {
    this.rate = rate;
    this.#emitter.emit("rate", rate);
    if (this.playing) this.play();
  }

  /**
   * @param {string} name
   * @param {Listener} listener
   * @param {{signal?: AbortSignal}} [options]
   */
  onEvent(name, listener, options) {
    this.#emitter.on(name, listener, options);
  }

  /**
   * Be called with each frame that is painted.
   *
   * @param {(frame: Frame) => void} painter  allocates nothing
   */
  onPaint(painter) {
    this.#painters.push(painter);
  }

  /** Have the newest frame painted again, after a change of what is drawn from it. */
  invalidate() {
    this.#live.repaint();
  }

  /** @param {string} text  a milestone, for those who listen instead of looking */
  announce(text) {
    this.#announcer.announce(text);
  }

  /** @param {string} text  what a person should know; it stands on the stage until dismissed */
  notice(text) {
    this.#emitter.emit("notice", text);
  }

  /** @param {string | null} name  the tensor that is pointed at */
  focusTensor(name) {
    this.#links.focus(name);
  }

  /** @param {readonly string[]} names  the tensors that the lesson speaks of */
  highlight(names) {
    this.#links.mark(names);
  }

  /** Light what is linked anew: something that stands for a tensor has come. */
  relink() {
    this.#links.refresh();
  }

  /** The numbers walked through; the ledger of the last one is open. */
  get way() {
    return this.#inquiry.stations;
  }

  /**
   * Open the ledger of a number; when it is open already, go into it.
   *
   * @param {string} tensor
   * @param {readonly number[]} index
   * @param {number} value
   * @param {string} [label]  what the view calls its place
   */
  pick(tensor, index, value, label) {
    const pick = { tensor, index: [...index], value, label, step: this.step };
    const { open } = this.#inquiry;
    if (open && same(open.pick, pick)) this.enterLedger();
    else this.#inquiry.begin(pick);
  }

  /**
   * Walk on from the open ledger to another number's.
   *
   * @param {string} tensor
   * @param {readonly number[]} index
   * @param {number} value
   */
  walk(tensor, index, value) {
    this.#inquiry.walk({ tensor, index: [...index], value, step: this.step });
  }

  /** Walk back. @param {number} [place]  in `way`; by default to the number before */
  walkBack(place) {
    this.#inquiry.back(place);
  }

  /** Close the ledger. */
  unpick() {
    this.#inquiry.back(-1);
  }

  /** Ask for more terms of the open ledger. @param {number} page  counted from 0 */
  turnLedger(page) {
    this.#inquiry.turn(page);
  }

  /** Ask for so many terms of the open ledger at once. @param {number} terms */
  unfoldLedger(terms) {
    this.#inquiry.unfold(terms);
  }

  /** Move the focus into the open ledger. */
  enterLedger() {
    this.#emitter.emit("into-ledger", null);
  }

  /** @param {number} beat  counted from 1, for the address */
  setBeat(beat) {
    this.asked.beat = beat;
    this.#address.follow();
    this.#emitter.emit("beat", beat);
  }

  /**
   * Write the address now and return the link to what is on the screen.
   *
   * @param {string[]} [hide]  the controls that it leaves out; by default, those that the page does
   */
  share(hide) {
    return this.#address.share(hide);
  }

  /** The controls that the page leaves out, by name; the run has them all the same. */
  get hidden() {
    return this.asked.hide;
  }

  /** @param {string[]} names  the controls to leave out from now on */
  hide(names) {
    this.asked.hide = names;
    this.#address.follow();
    this.#emitter.emit("hidden", names);
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    if (message.kind === "welcome") this.#welcome(/** @type {Welcome} */ (message));
    else if (message.kind === "event") this.#event(/** @type {RunEvent} */ (message));
    else if (message.kind === "ledger") this.#inquiry.receive(/** @type {Ledger} */ (message));
    else if (message.kind === "compared") this.lines.receive(/** @type {Compared} */ (message));
    else if (message.kind === "error") this.#error(/** @type {ServerError} */ (message));
  }

  /** @param {Welcome} welcome */
  #welcome(welcome) {
    if (welcome.version !== VERSION) {
      this.#live.fail(`This page speaks version ${VERSION}, the server ${welcome.version}. Reload.`);
      return;
    }
    const { session, controls, values, changes, seed, step, head, length, cap, playing } = welcome;
    Object.assign(this, { session, controls, values, changes, seed, step, head, length, cap, playing });
    if (!this.#welcomed) this.setRate(welcome.exhibit.rate);
    this.#welcomed = true;
    this.#live.settle(welcome.session, welcome.run);
    this.#address.welcome(welcome);
    this.#dropUnknown();
    this.#emitter.emit("welcome", welcome);
    this.#bringAgain(welcome.resumed);
    this.lines.take(null);
    this.#inquiry.reconnect();
  }

  /**
   * The session has ended meanwhile, and with it the table that no hello carries: bring it again.
   *
   * @param {boolean} resumed
   */
  #bringAgain(resumed) {
    const unsent = Object.entries(this.#address.unsent(resumed));
    for (const [name, args] of unsent) this.act(name, args);
    if (unsent.length === 0) return;
    this.notice("The session on the server had ended. The run begins again with your data, at its first step.");
  }

  /** A link may leave out controls that this exhibit does not have. */
  #dropUnknown() {
    const known = this.controls.map(({ name }) => name);
    const unknown = this.hidden.filter((name) => !known.includes(name));
    if (unknown.length === 0) return;
    this.asked.hide = this.hidden.filter((name) => known.includes(name));
    const listed = unknown.map((name) => `“${name}”`).join(", ");
    this.notice(`This link hides ${listed}, which is no control here; the others are shown or hidden as it says.`);
  }

  /** @param {RunEvent} event */
  #event(event) {
    if (event.name === "values") {
      const { values, changes, seed, length } = event.data;
      Object.assign(this, { values, changes, seed, length });
      this.#address.update();
    } else if (event.name === "brought") {
      this.#address.bring(event.data.looks);
    } else if (event.name === "lines") {
      this.lines.take(/** @type {import("./types.js").LinesState} */ (event.data));
    }
    this.#emitter.emit(event.name, event);
    this.#emitter.emit("event", event);
  }

  /** @param {ServerError} error */
  #error(error) {
    // said to the `watch` behind a hello that was not accepted: its own error says why
    if (error.code === "hello_first") return;
    if (!error.fatal && (this.lines.refuse(error) || this.#inquiry.refuse(error))) return;
    if (error.fatal) this.#live.fail(error.text);
    else if (!this.#welcomed) {
      // the link asked for what this server cannot give: open the exhibit without it
      if (this.#address.askForLess(error)) this.#live.greetAgain();
      else this.#live.fail(error.text);
    }
    if (!error.fatal) this.#emitter.emit("refused", error);
    if (!error.said) this.#emitter.emit("error", error);
  }

  /** @param {Frame} frame */
  #paint(frame) {
    const moved = frame.step !== this.step || frame.playing !== this.playing;
    this.step = frame.step;
    this.head = frame.head;
    this.playing = frame.playing;
    this.frame = frame;
    if (moved) this.#address.follow();
    for (let i = 0; i < this.#painters.length; i++) this.#painters[i](frame);
  }

  /** @param {Frame} frame */
  #painted(frame) {
    this.#emitter.emit("painted", frame);
    this.#inquiry.see(frame);
    this.lines.see(frame);
    const { pick } = this.asked;
    if (pick) {
      this.asked.pick = null;
      this.pick(pick.tensor, pick.index, NaN);
    }
    const arrival = this.#arrival;
    // a finite run ends at its length, wherever it was sent
    if (!arrival || frame.step !== Math.min(arrival.step, this.length ?? Infinity)) return;
    this.#arrival = null;
    arrival.then();
  }

  /** @param {Connection} connection */
  #connected(connection) {
    this.connection = connection;
    this.#emitter.emit("connection", connection);
  }
}
