/**
 * A run in a link:
 * `?learning_rate=0.01&seed=3&step=341&changes=50~learning_rate~0.003&beat=2&pick=conv1.z.0.2.3.4`,
 * `&hide=optimizer,batch_size` for controls that are left out of the page, and `&more=…` for what cannot be read anyway (see `more.js`).
 *
 * @import {Change, Reference, UrlState, Value} from "./types.js"
 */

import { isAction } from "./more.js";

/** What a link says besides control values; no control may be called so. */
const RESERVED = ["seed", "step", "changes", "beat", "pick", "hide", "more"];

/** Longer lists of changes make links that programs cut off. */
const MOST_CHANGES_TEXT = 6000;

/** Browsers refuse more than about a hundred replacements in thirty seconds. */
const QUIET_MS = 500;
const QUIET_PLAYING_MS = 2000;

/** A state that says nothing. @returns {UrlState} */
export function nothing() {
  return { values: {}, seed: null, step: null, changes: [], beat: null, pick: null, hide: [], more: "", looks: {} };
}

/** Whether a link asks for nothing but a place in the lesson, and what to leave out. @param {UrlState} state */
export function saysNothing(state) {
  return writeUrl({ ...state, beat: null, hide: [] }) === "";
}

/**
 * Read a query string. What makes no sense is left out: a link is never an error.
 *
 * @param {string} query  with or without the `?`
 * @returns {UrlState}
 */
export function readUrl(query) {
  const state = nothing();
  for (const pair of query.replace(/^\?/, "").split("&")) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const key = decodePart(pair.slice(0, at));
    const text = pair.slice(at + 1);
    if (key === "changes") state.changes = readChanges(text);
    else if (key === "hide") state.hide = readNames(text);
    else if (key === "more") state.more = text.replaceAll(/[^\w-]/g, "");
    else if (key === "pick") state.pick = readPick(decodePart(text));
    else if (key === "seed" || key === "step" || key === "beat") state[key] = readCount(text);
    else state.values[key] = readValue(text);
  }
  return state;
}

/**
 * Write a query string without the `?`; empty for a state that says nothing. Actions among the
 * changes, and what is looked at, are in `more` already.
 *
 * @param {UrlState} state
 * @returns {string}
 */
export function writeUrl(state) {
  const pairs = [];
  for (const [name, value] of Object.entries(state.values)) {
    if (!RESERVED.includes(name)) pairs.push(`${encodeURIComponent(name)}=${writeValue(value)}`);
  }
  if (state.seed !== null) pairs.push(`seed=${state.seed}`);
  if (state.step) pairs.push(`step=${state.step}`);
  const changes = writeChanges(state.changes);
  if (changes && changes.length <= MOST_CHANGES_TEXT) pairs.push(`changes=${changes}`);
  if (state.beat !== null) pairs.push(`beat=${state.beat}`);
  if (state.pick) pairs.push(`pick=${encodeURIComponent(writePick(state.pick))}`);
  if (state.hide.length > 0) pairs.push(`hide=${state.hide.map(encodeURIComponent).join(",")}`);
  if (state.more) pairs.push(`more=${state.more}`);
  return pairs.join("&");
}

/**
 * Whether these changes can be read in a link, where they are not too many.
 *
 * @param {Change[]} changes
 */
export function fitsInUrl(changes) {
  return writeChanges(changes).length <= MOST_CHANGES_TEXT;
}

/** Keeps the address in step with the run, seldom enough for every browser. */
export class UrlWriter {
  #replace;
  #now;
  #last = -Infinity;
  #timer = 0;
  #patient = false;
  /** @type {() => string} */
  #query = () => "";

  /**
   * @param {(query: string) => void} [replace]  puts the query into the address
   * @param {() => number} [now]  ms
   */
  constructor(replace = replaceQuery, now = () => performance.now()) {
    this.#replace = replace;
    this.#now = now;
  }

  /**
   * Have the address written soon.
   *
   * @param {() => string} query  asked for only when it is written
   * @param {boolean} playing  then it is written less often
   */
  schedule(query, playing) {
    this.#query = query;
    if (this.#timer && (playing || !this.#patient)) return;
    clearTimeout(this.#timer);
    this.#patient = playing;
    const due = this.#last + (playing ? QUIET_PLAYING_MS : QUIET_MS) - this.#now();
    this.#timer = setTimeout(() => this.flush(), Math.max(due, 50));
  }

  /** Write what is scheduled now. */
  flush() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#last = this.#now();
    this.#replace(this.#query());
  }
}

/** @param {string} query */
function replaceQuery(query) {
  const search = query ? `?${query}` : "";
  if (search !== location.search) {
    history.replaceState(history.state, "", location.pathname + search + location.hash);
  }
}

/**
 * A value so that `readValue` gives the same back: text that looks like a number is quoted.
 *
 * @param {Value} value
 */
function writeValue(value) {
  const text = String(value);
  const plain = typeof value !== "string" || parsePlain(text) === text;
  return encodeURIComponent(plain ? text : `"${text}"`);
}

/**
 * @param {string} encoded
 * @returns {Value}
 */
function readValue(encoded) {
  return parsePlain(decodePart(encoded));
}

/**
 * @param {string} text
 * @returns {Value}
 */
function parsePlain(text) {
  if (text === "true" || text === "false") return text === "true";
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))) {
    return Number(text);
  }
  return /^".*"$/s.test(text) ? text.slice(1, -1) : text;
}

/**
 * @param {string} text
 * @returns {number | null}
 */
function readCount(text) {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Triples `step~name~value`, all joined by `~`, a character that no program escapes in a link.
 *
 * @param {Change[]} changes
 */
function writeChanges(changes) {
  return changes
    .flatMap((change) => {
      const [step, values] = change;
      if (isAction(change) || typeof values === "string") return [];
      return Object.entries(values).flatMap(([name, value]) => [
        step,
        encodeURIComponent(name).replaceAll("~", "%7E"),
        writeValue(value).replaceAll("~", "%7E"),
      ]);
    })
    .join("~");
}

/**
 * Names with commas between them, each once.
 *
 * @param {string} text
 */
function readNames(text) {
  const names = text.replaceAll(/%2c/gi, ",").split(",").map(decodePart);
  return [...new Set(names.filter((name) => name !== ""))];
}

/** @param {Reference} pick */
function writePick({ tensor, index }) {
  return [tensor, ...index].join(".");
}

/**
 * A tensor's name, and behind it an index of whole numbers: `conv1.z.0.2.3.4`, `loss`.
 *
 * @param {string} text
 * @returns {Reference | null}
 */
function readPick(text) {
  const found = /^(.*?)((?:\.\d{1,9}){0,8})$/.exec(text);
  if (!found?.[1]) return null;
  return { tensor: found[1], index: found[2].split(".").slice(1).map(Number) };
}

/**
 * @param {string} text
 * @returns {Change[]}
 */
function readChanges(text) {
  /** @type {[number, Record<string, Value>][]} */
  const changes = [];
  const parts = text.split("~");
  for (let i = 0; i + 2 < parts.length; i += 3) {
    const step = readCount(parts[i]);
    const name = decodePart(parts[i + 1]);
    if (step === null || !name) continue;
    const last = changes.at(-1);
    if (last?.[0] === step) last[1][name] = readValue(parts[i + 2]);
    else changes.push([step, { [name]: readValue(parts[i + 2]) }]);
  }
  return changes;
}

/** @param {string} text */
function decodePart(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text; // a lone percent sign, typed by hand
  }
}
