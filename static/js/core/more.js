/**
 * What of a run is too long to be read in a link: what it is made of (a table that was brought),
 * actions of its history (weights set by hand) and what is looked at (a drawing), packed into one parameter, `more=`: the JSON, deflated, in
 * letters that no program escapes.
 *
 * @import {Change, Looks} from "./types.js"
 *
 * @typedef {object} Extras
 * @property {readonly Change[]} changes
 * @property {Looks} looks  what was brought among them
 *
 * @typedef {object} Wanted
 * @property {readonly Change[]} changes
 * @property {Looks} looks
 * @property {Looks} brought
 *
 * @typedef {object} LeftOut  what did not fit
 * @property {"brought" | "changes" | "looks"} part
 * @property {number} length  characters that the packed text would have had with it; 0 where this
 *   browser cannot pack at all
 */

/** Longer links are cut off by mail programs and messengers. */
export const MOST_MORE = 6000;

/** A hello that carries it must be shorter than the longest message of the wire, 64 kB. */
const MOST_UNPACKED = 48_000;

/** A link packed by somebody else may hold anything. */
export class BadMoreError extends Error {}

/**
 * Whether a change is an action of the exhibit's own.
 *
 * @param {Change} change
 */
export const isAction = (change) => change.length === 3;

/**
 * Those that a hello can carry; a photograph is longer than that.
 *
 * @param {Looks} looks
 * @returns {Looks}
 */
export function shortOf(looks) {
  const all = Object.entries(looks);
  return Object.fromEntries(all.filter(([, args]) => JSON.stringify(args).length <= MOST_UNPACKED));
}

/**
 * @param {Extras} extras
 * @returns {Promise<string>}  empty if there is nothing to pack
 */
export async function pack({ changes, looks }) {
  /** @type {Partial<Extras>} */
  const said = {};
  if (changes.length > 0) said.changes = changes;
  if (Object.keys(looks).length > 0) said.looks = looks;
  if (Object.keys(said).length === 0) return "";
  const deflated = through([new TextEncoder().encode(JSON.stringify(said))], new CompressionStream(RAW));
  return toText(await gather(deflated, Infinity));
}

/**
 * Unpack what `pack` has packed; what others have packed is refused rather than believed.
 *
 * @param {string} text
 * @returns {Promise<Extras>}
 * @throws {BadMoreError}  saying what is wrong with it
 */
export async function unpack(text) {
  if (text.length > MOST_MORE) {
    throw new BadMoreError(`expected at most ${MOST_MORE} characters, got ${text.length}`);
  }
  /** @type {unknown} */
  let said;
  try {
    const inflated = through([fromText(text)], new DecompressionStream(RAW));
    const bytes = await gather(inflated, MOST_UNPACKED);
    said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof BadMoreError) throw error;
    throw new BadMoreError("it was cut off or changed on its way");
  }
  if (!isRecord(said)) throw new BadMoreError("it holds something else");
  const { changes = [], looks = {} } = said;
  if (!Array.isArray(changes) || !changes.every(isChange)) {
    throw new BadMoreError("its changes are none");
  }
  if (!isRecord(looks) || !Object.values(looks).every(isRecord)) {
    throw new BadMoreError("what it looks at is nothing");
  }
  return { changes, looks: /** @type {Looks} */ (looks) };
}

/** Keeps the packed text in step with the run: to pack takes a moment, to ask must not. */
export class More {
  /** What goes into the link. */
  text = "";
  /** Whether the changes are in it. */
  hasChanges = false;
  /** Whether what the run is made of is not in it. */
  lacksData = false;
  /** @type {LeftOut[]} */
  leftOut = [];

  #changed;
  /** @type {Wanted} */
  #wanted = { changes: [], looks: {}, brought: {} };
  /** What was packed last, as JSON. */
  #packed = JSON.stringify(this.#wanted);
  /** @type {Promise<void> | null} */
  #work = null;

  /** @param {() => void} changed  hears of another text */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {Wanted} wanted */
  want(wanted) {
    this.#wanted = wanted;
    this.#work ??= this.#pack().finally(() => (this.#work = null));
  }

  /** Wait until the text says what was wanted last. */
  async settled() {
    while (this.#work) await this.#work;
  }

  async #pack() {
    for (let said; (said = JSON.stringify(this.#wanted)) !== this.#packed; ) {
      const wanted = this.#wanted;
      const { text, leftOut } = await fitted(wanted);
      this.#packed = said;
      this.text = text;
      this.leftOut = leftOut;
      this.lacksData = leftOut.some(({ part }) => part === "brought");
      const without = this.lacksData || leftOut.some(({ part }) => part === "changes");
      this.hasChanges = wanted.changes.length > 0 && !without;
      this.#changed();
    }
  }
}

/**
 * As much of it as fits: what the run is made of, without which its history is another one's; then
 * its history; then what is looked at.
 *
 * @param {Wanted} wanted
 * @returns {Promise<{text: string, leftOut: LeftOut[]}>}
 */
async function fitted({ changes, looks, brought }) {
  const whole = await lengthOf(brought);
  if (whole > MOST_MORE) {
    const { text, leftOut } = await fitted({ changes: [], looks, brought: {} });
    return { text, leftOut: [{ part: "brought", length: Number.isFinite(whole) ? whole : 0 }, ...leftOut] };
  }
  const short = shortOf(looks);
  const rest = await fittedShort({ changes, looks: short }, brought);
  const long = Object.entries(looks).filter(([name]) => !(name in short));
  const length = JSON.stringify(long).length;
  /** @type {LeftOut[]} */
  const leftOut = long.length > 0 ? [{ part: "looks", length }] : [];
  return { ...rest, leftOut: [...leftOut, ...rest.leftOut] };
}

/**
 * @param {Looks} brought
 * @returns {Promise<number>}  how long it is once packed; infinite where this browser cannot pack
 */
async function lengthOf(brought) {
  if (Object.keys(brought).length === 0) return 0;
  if (typeof CompressionStream === "undefined") return Infinity;
  return (await measured({ changes: [], looks: brought })).length;
}

/**
 * @param {Extras} extras
 * @returns {Promise<{text: string, length: number}>}  packed, and how long that is; where it unfolds
 *   to more than a message can carry, how long it is then
 */
async function measured(extras) {
  const text = await pack(extras);
  const said = new TextEncoder().encode(JSON.stringify(extras)).length;
  return { text, length: said > MOST_UNPACKED ? Math.max(text.length, said) : text.length };
}

/**
 * @param {Extras} extras  nothing in it is longer than a message
 * @param {Looks} brought  is short, and goes with all
 * @returns {Promise<{text: string, leftOut: LeftOut[]}>}
 */
async function fittedShort({ changes, looks }, brought) {
  if (typeof CompressionStream === "undefined") {
    /** @type {LeftOut[]} */
    const leftOut = [];
    if (changes.length > 0) leftOut.push({ part: "changes", length: 0 });
    if (Object.keys(looks).length > 0) leftOut.push({ part: "looks", length: 0 });
    return { text: "", leftOut };
  }
  const all = await measured({ changes, looks: { ...brought, ...looks } });
  if (all.length <= MOST_MORE) return { text: all.text, leftOut: [] };
  const history = await measured({ changes, looks: brought });
  if (changes.length > 0 && history.length <= MOST_MORE) {
    return { text: history.text, leftOut: [{ part: "looks", length: all.length }] };
  }
  const sight = await measured({ changes: [], looks: { ...brought, ...looks } });
  /** @type {LeftOut[]} */
  const leftOut = changes.length > 0 ? [{ part: "changes", length: history.length }] : [];
  if (sight.length <= MOST_MORE) return { text: sight.text, leftOut };
  const text = await pack({ changes: [], looks: brought });
  return { text, leftOut: [...leftOut, { part: "looks", length: sight.length }] };
}

/** @type {CompressionFormat} */
const RAW = "deflate-raw";

/**
 * @param {BlobPart[]} parts
 * @param {CompressionStream | DecompressionStream} stream
 */
const through = (parts, stream) => new Blob(parts).stream().pipeThrough(stream);

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} most  bytes; a few letters may unfold to gigabytes
 */
async function gather(stream, most) {
  const chunks = [];
  let size = 0;
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > most) {
      void reader.cancel();
      throw new BadMoreError(`expected at most ${most} bytes once unpacked`);
    }
    chunks.push(part.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** @param {Uint8Array} bytes */
function toText(bytes) {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} text */
function fromText(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** @param {unknown} value  @returns {value is Record<string, unknown>} */
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {unknown} value  what its values and arguments may be, the server knows */
function isChange(value) {
  if (!Array.isArray(value) || !Number.isSafeInteger(value[0]) || value[0] < 0) return false;
  if (value.length === 2) return isRecord(value[1]);
  return value.length === 3 && typeof value[1] === "string" && isRecord(value[2]);
}
