/**
 * A network's layers as one short line, `conv8k3-relu-max2-flatten-dense10-softmax`, and as the
 * values that a person can change. What the numbers may be, the engine says.
 */

/**
 * @typedef {object} LayerWords  one layer
 * @property {string} kind  conv, max, avg, dense, flatten, add, or the word for an activation
 * @property {Record<string, string>} values  what can be changed, as it is written
 */

const CONV = /^conv(\d+)k(\d+)(?:s(\d+))?(?:p(same|none|\d+))?(?:d(\d+))?$/;
const POOL = /^(max|avg)(\d+)(?:s(\d+))?(p)?$/;
const DENSE = /^dense(\d+)$/;
const ADD = /^add(\d+)$/;

/** What a new layer of a kind begins with. */
export const FRESH = {
  conv: "conv8k3",
  relu: "relu",
  max: "max2",
  avg: "avg2",
  dense: "dense16",
  flatten: "flatten",
  tanh: "tanh",
  add: "add2",
};

/** Activations and their names. */
export const ACTIVATIONS = {
  relu: "ReLU",
  leaky: "leaky ReLU",
  tanh: "tanh",
  sigmoid: "sigmoid",
  linear: "linear",
};

/**
 * @param {string} line
 * @returns {LayerWords[]}
 */
export function readLine(line) {
  return line.split("-").map(readWord);
}

/** @param {readonly LayerWords[]} layers */
export function writeLine(layers) {
  return layers.map(writeWord).join("-");
}

/**
 * @param {string} word
 * @returns {LayerWords}
 */
export function readWord(word) {
  const conv = CONV.exec(word);
  if (conv) {
    const [, filters, size, stride = "1", padding = "same", dilation = "1"] = conv;
    return { kind: "conv", values: { filters, size, stride, padding, dilation } };
  }
  const pool = POOL.exec(word);
  if (pool) {
    const [, kind, size, stride = size, partial] = pool;
    return { kind, values: { size, stride, partial: partial ? "kept" : "dropped" } };
  }
  const dense = DENSE.exec(word);
  if (dense) return { kind: "dense", values: { units: dense[1] } };
  const add = ADD.exec(word);
  if (add) return { kind: "add", values: { over: add[1] } };
  return { kind: word, values: {} };
}

/** @param {LayerWords} layer */
function writeWord({ kind, values }) {
  if (kind === "conv") {
    const { filters, size, stride, padding, dilation } = values;
    const stepped = stride === "1" ? "" : `s${stride}`;
    const padded = padding === "same" ? "" : `p${padding}`;
    return `conv${filters}k${size}${stepped}${padded}${dilation === "1" ? "" : `d${dilation}`}`;
  }
  if (kind === "max" || kind === "avg") {
    const { size, stride, partial } = values;
    return `${kind}${size}${stride === size ? "" : `s${stride}`}${partial === "kept" ? "p" : ""}`;
  }
  if (kind === "add") return `add${values.over}`;
  return kind === "dense" ? `dense${values.units}` : kind;
}

/**
 * The names that the engine gives to layers, in order: `conv1`, `act1`, `pool1`, `flatten`.
 *
 * @param {readonly LayerWords[]} layers
 */
export function namesOf(layers) {
  /** @type {Record<string, number>} */
  const counts = {};
  return layers.map(({ kind }) => {
    const stem = stemOf(kind);
    counts[stem] = (counts[stem] ?? 0) + 1;
    const alone = (stem === "flatten" || stem === "softmax") && counts[stem] === 1;
    return alone ? stem : `${stem}${counts[stem]}`;
  });
}

/** @param {string} kind */
function stemOf(kind) {
  if (kind === "max" || kind === "avg") return "pool";
  return ["conv", "dense", "flatten", "softmax", "add"].includes(kind) ? kind : "act";
}

/**
 * A layer as a heading writes it: `conv 3×3`, `max 2×2`, `ReLU`, `+ 2 back`.
 *
 * @param {LayerWords} layer
 */
export function headingOf({ kind, values }) {
  if (kind === "conv" || kind === "max" || kind === "avg") {
    return `${kind} ${values.size}×${values.size}`;
  }
  if (kind === "add") return `+ ${values.over} back`;
  return /** @type {Record<string, string>} */ (ACTIVATIONS)[kind] ?? kind;
}

/**
 * How a layer's numbers hang on those before: each map on all, each on its own, or put in a row.
 *
 * @param {LayerWords} layer
 * @returns {"all" | "one" | "flatten"}
 */
export function connectionOf({ kind }) {
  if (kind === "flatten") return "flatten";
  return ["conv", "dense", "softmax"].includes(kind) ? "all" : "one";
}
