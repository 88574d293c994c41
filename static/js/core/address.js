/**
 * The page's address: what it asked for when the page opened, and, kept in step with the run, the
 * link to what is on the screen.
 *
 * @import {LeftOut} from "./more.js"
 * @import {Change, Hello, Looks, Pick, ServerError, Values, Welcome} from "./types.js"
 *
 * @typedef {object} Shown  what of the page goes into its address
 * @property {readonly import("./types.js").Control[]} controls
 * @property {Values} values
 * @property {Change[]} changes
 * @property {number | null} seed
 * @property {number} step
 * @property {boolean} playing
 * @property {readonly {pick: Pick}[]} way
 */

import { VERSION } from "./live.js";
import { BadMoreError, isAction, More, unpack, shortOf } from "./more.js";
import { fitsInUrl, nothing, readUrl, saysNothing, UrlWriter, writeUrl } from "./url.js";

/** The server takes messages of 64 kB, and so many changes. */
const MOST_HELLO = 60_000;
const MOST_CHANGES = 1024;

/** Characters of what was brought that a hello has room for. */
const MOST_BROUGHT = 24_000;

export class Address {
  /** What the address said when the page opened. */
  asked = readUrl(location.search);
  /** @type {Looks} the newest arguments of each action that only looks */
  looks = {};

  #shown;
  #writer = new UrlWriter();
  #more = new More(() => this.follow());
  /** @type {readonly string[]} */
  #lookActions = [];
  /** @type {Record<string, Values>} the values that use what an action brings */
  #brings = {};
  /** What was brought and did not fit into the last hello. @type {Looks} */
  #unsent = {};
  #welcomed = false;

  /** @param {Shown} shown */
  constructor(shown) {
    this.#shown = shown;
  }

  /**
   * Unpack what of the address is packed.
   *
   * @returns {Promise<string>}  what is wrong with it; empty if nothing is
   */
  async read() {
    const { asked } = this;
    if (!asked.more) return "";
    try {
      const { changes, looks } = await unpack(asked.more);
      if (changes.length > 0) asked.changes = [...changes];
      asked.looks = looks;
      return "";
    } catch (error) {
      if (!(error instanceof BadMoreError)) throw error;
      return `A part of this link cannot be read (${error.message}): weights set by hand and what was drawn are missing.`;
    }
  }

  /**
   * What is to be brought again after a welcome, as no hello could carry it: nothing, where the
   * session was still there.
   *
   * @param {boolean} resumed
   * @returns {Looks}
   */
  unsent(resumed) {
    const unsent = resumed ? {} : this.#unsent;
    this.#unsent = {};
    return unsent;
  }

  /** What to open or reopen the run with. @returns {Hello} */
  hello() {
    const { values, seed, step, changes } = this.#welcomed ? this.#shown : this.asked;
    // a session that is still there knows what no message can carry
    const used = this.#welcomed ? this.#used() : {};
    const brought = JSON.stringify(used).length > MOST_BROUGHT ? {} : used;
    const looks = shortOf(this.#welcomed ? { ...brought, ...this.#seen() } : this.asked.looks);
    this.#unsent = brought === used ? {} : used;
    /** @type {Hello} */
    const hello = { kind: "hello", version: VERSION };
    const lacking = Object.keys(this.#unsent).flatMap((name) => Object.keys(this.#brings[name]));
    const told = Object.fromEntries(Object.entries(values).filter(([name]) => !lacking.includes(name)));
    if (Object.keys(told).length > 0) hello.values = told;
    if (seed !== null) hello.seed = seed;
    if (step && lacking.length === 0) hello.step = step;
    if (lacking.length === 0 && changes.length > 0 && changes.length <= MOST_CHANGES) hello.changes = changes;
    if (Object.keys(looks).length > 0) hello.looks = looks;
    if (JSON.stringify(hello).length > MOST_HELLO) delete hello.changes;
    return hello;
  }

  /**
   * The server has welcomed the page: from now on the address follows the run.
   *
   * @param {Welcome} welcome
   */
  welcome({ exhibit, looks }) {
    this.#welcomed = true;
    this.#lookActions = exhibit.view_actions;
    this.#brings = exhibit.brings;
    this.looks = looks;
    this.update();
  }

  /**
   * The link asked for what this server cannot give.
   *
   * @param {ServerError} error
   * @returns {boolean}  whether there is less to ask for
   */
  askForLess({ field, text }) {
    const { asked } = this;
    const name = field ?? text.split(":", 1)[0]; // every text names the thing first
    if (name in asked.values) delete asked.values[name];
    else if (asked.changes.length > 0 || Object.keys(asked.looks).length > 0) {
      Object.assign(asked, { changes: [], looks: {}, more: "" });
    } else if (saysNothing({ ...asked, pick: null })) return false;
    else this.asked = { ...nothing(), beat: asked.beat, hide: asked.hide };
    return true;
  }

  /**
   * Take note of an action, if it is one that only looks.
   *
   * @param {string} name
   * @param {Record<string, unknown>} args
   */
  look(name, args) {
    if (!this.#lookActions.includes(name)) return;
    delete this.looks[name]; // so that the newest is taken last when they are taken again
    this.looks[name] = args;
    this.update();
  }

  /**
   * What was brought for the run on the stage is no longer the same.
   *
   * @param {Looks} brought
   */
  bring(brought) {
    this.looks = { ...this.#seen(), ...brought };
    this.update();
  }

  /** What is only looked at. @returns {Looks} */
  #seen() {
    return Object.fromEntries(Object.entries(this.looks).filter(([name]) => !(name in this.#brings)));
  }

  /** What was brought, as far as the run is made of it. @returns {Looks} */
  #used() {
    const { values } = this.#shown;
    const used = Object.entries(this.looks).filter(([name]) => {
      const needed = this.#brings[name];
      return needed && Object.entries(needed).every(([control, value]) => values[control] === value);
    });
    return Object.fromEntries(used);
  }

  /** What was done to the run, or what is looked at, is no longer the same. */
  update() {
    if (!this.#welcomed) return;
    const { changes } = this.#shown;
    // what was done at one step keeps its order: with actions among them, all go together
    const packed = changes.some(isAction) || !fitsInUrl(changes) ? changes : [];
    this.#more.want({ changes: packed, looks: this.#seen(), brought: this.#used() });
    this.follow();
  }

  /** Have the address written soon. */
  follow() {
    this.#writer.schedule(() => this.#query(), this.#shown.playing);
  }

  /**
   * Write the address now.
   *
   * @param {string[]} [hide]  the controls that the link leaves out; by default, those of the page
   * @returns {Promise<{link: string, leftOut: readonly LeftOut[]}>}  the link to what is on the
   *   screen, and what it does not carry
   */
  async share(hide) {
    await this.#more.settled();
    this.follow();
    this.#writer.flush();
    const link = new URL(location.href);
    if (hide) link.search = this.#query(hide);
    return { link: link.href, leftOut: this.#more.leftOut };
  }

  /** @param {string[]} [hide] */
  #query(hide = this.asked.hide) {
    if (!this.#welcomed) return location.search.slice(1);
    const { controls, values: all, changes, seed, step, way } = this.#shown;
    /** @type {Values} */
    const values = {};
    for (const { name, default: usual } of controls) {
      if (all[name] !== usual) values[name] = all[name];
    }
    const { text: more, hasChanges, lacksData } = this.#more;
    // with other data it is another run: its steps and changes would say something else there
    const { beat } = this.asked;
    if (lacksData) return writeUrl({ ...nothing(), values, seed, beat, hide, more });
    return writeUrl({
      ...nothing(),
      values,
      seed,
      step,
      // changes made before the first step alone are what `values` says already
      changes: hasChanges || changes.every(([at]) => at === 0) ? [] : changes,
      beat,
      more,
      hide,
      pick: way.at(-1)?.pick ?? this.asked.pick,
    });
  }
}
