/**
 * A run in a link: `?learning_rate=0.01&seed=3&step=341&changes=50~learning_rate~0.003&beat=2`.
 *
 * @import {Change, UrlState, Value} from "./types.js"
 */

/** What a link says besides control values; no control may be called so. */
const RESERVED = ["seed", "step", "changes", "beat"];

/** Longer lists of changes make links that programs cut off. */
const MOST_CHANGES_TEXT = 6000;

/** Browsers refuse more than about a hundred replacements in thirty seconds. */
const QUIET_MS = 500;
const QUIET_PLAYING_MS = 2000;

/**
 * Read a query string. What makes no sense is left out: a link is never an error.
 *
 * @param {string} query  with or without the `?`
 * @returns {UrlState}
 */
export function readUrl(query) {
  /** @type {UrlState} */
  const state = { values: {}, seed: null, step: null, changes: [], beat: null };
  for (const pair of query.replace(/^\?/, "").split("&")) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const key = decodePart(pair.slice(0, at));
    const text = pair.slice(at + 1);
    if (key === "changes") state.changes = readChanges(text);
    else if (key === "seed" || key === "step" || key === "beat") state[key] = readCount(text);
    else state.values[key] = readValue(text);
  }
  return state;
}

/**
 * Write a query string without the `?`; empty for a state that says nothing.
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
  return pairs.join("&");
}

/**
 * Whether a link can carry these changes; without them it opens the run with its last settings.
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
    .flatMap(([step, values]) =>
      Object.entries(values).flatMap(([name, value]) => [
        step,
        encodeURIComponent(name).replaceAll("~", "%7E"),
        writeValue(value).replaceAll("~", "%7E"),
      ]),
    )
    .join("~");
}

/**
 * @param {string} text
 * @returns {Change[]}
 */
function readChanges(text) {
  /** @type {Change[]} */
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
