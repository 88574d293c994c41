/**
 * What the engine's tensor names mean, in words: the part after the dot says what a tensor is to
 * its layer.
 */

/** @type {Readonly<Record<string, string>>} */
const MEANINGS = {
  x: "what comes into the layer",
  W: "a weight: training changes it a little at every step",
  b: "a bias: added to the sum, and trained like a weight",
  z: "a weighted sum plus the bias, before the activation",
  a: "what the activation makes of what comes in",
  y: "what leaves the layer",
  mask: "dropout: 0 where the number was left out",
  dx: "gradient: how the loss changes with what comes in",
  dW: "gradient: how the loss changes with this weight",
  db: "gradient: how the loss changes with this bias",
  dz: "gradient: how the loss changes with this sum",
  da: "gradient: how the loss changes with this activation",
  dy: "gradient: how the loss changes with what leaves the layer",
  update: "how far the last step moved it",
  m: "the optimizer's memory: a running mean of the gradients",
  v: "the optimizer's memory: a running mean of the squared gradients",
  held: "the share of the weights' movement that lies in this plane",
  seen: "the squared length of the shadow that a moment's movement casts on this plane",
  moved: "the squared distance of a moment's weights from the middle of the planes",
};

/**
 * Tensors that are no layer's: what they are, and the names of their axes, of which the first are
 * left out where a tensor has fewer.
 *
 * @type {Readonly<Record<string, readonly [string, readonly string[]]>>}
 */
const ALONE = {
  x: ["a pixel of the picture", ["channel", "row", "column"]],
  "x.padded": ["a cell of the picture with its padding", ["channel", "row", "column"]],
  k: ["a weight of the kernel", ["filter", "slice", "row", "column"]],
  "k.turned": ["a weight of the kernel, turned", ["filter", "slice", "row", "column"]],
  y: ["a number of the feature map", ["filter", "row", "column"]],
  partial: ["the sum of one channel alone", ["filter", "channel", "row", "column"]],
  products: ["a pixel times the weight on it", ["channel", "row", "column"]],
  sums: ["the sum of one channel's products", ["channel"]],
  target: ["what the kernel should make", ["row", "column"]],
  teacher: ["a weight of the kernel to find", ["row", "column"]],
  photo: ["a pixel of the whole picture", ["channel", "row", "column"]],
  "photo.y": ["a grey level of the filtered picture", ["row", "column"]],
  "photo.z": ["the sum before it became a grey level", ["row", "column"]],
  "racers.w": ["where a racer stands", ["racer", "weight"]],
  "racers.J": ["how high a racer stands", ["racer"]],
  "racers.rank": ["a racer's place", ["racer"]],
  "racers.arrived": ["after how many evaluations it came to the line, to stay", ["racer"]],
  "racers.moves": ["how many moves a racer has made", ["racer"]],
  "racers.rate": ["a racer's rate", ["racer"]],
  "momentum.v": ["its velocity: gradients, the older the fainter", ["weight"]],
  "nesterov.v": ["its velocity: gradients, the older the fainter", ["weight"]],
  "nesterov.ball": ["where its ball is: it measures the slope further on", ["weight"]],
  "rmsprop.s": ["a running mean of the squared gradients", ["weight"]],
  "rmsprop.scale": ["the rate that this weight has", ["weight"]],
  "adam.scale": ["the rate that this weight has", ["weight"]],
  "adam.m_hat": ["the mean gradient, as if it had not begun at 0", ["weight"]],
  "adam.v_hat": ["the mean square, as if it had not begun at 0", ["weight"]],
  "annealing.chance": ["the chance that its proposal had", ["proposal"]],
  "genetic.population": ["one number of one of its population", ["place", "weight"]],
};

/**
 * What such names mean in a hall of its own kind: in `learning`, data are samples of a few features.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, readonly [string, readonly string[]]>>>>}
 */
const OF_HALLS = {
  learning: {
    w: ["a weight: each step changes it a little", ["weight"]],
    w0: ["the intercept", ["place"]],
    J: ["the loss, or the height of the ground", ["place"]],
    dw: ["gradient: how J changes with this weight", ["weight"]],
    update: ["what the next step adds to this weight", ["weight"]],
    "next.w": ["the weight after the next step", ["weight"]],
    H: ["a second derivative of J: how it curves", ["row", "column"]],
    "H.values": ["how much J curves along a direction: an eigenvalue", ["direction"]],
    "H.vectors": ["a direction of curvature: an eigenvector", ["weight", "direction"]],
    stable: ["the largest stable rate: above it, steps grow", ["place"]],
    factor: ["what a step makes of the distance along a direction", ["direction"]],
    "path.w": ["where the ball has been", ["point", "weight"]],
    "path.J": ["what J was there", ["point"]],
    "surface.J": ["J at a place of the map", ["row", "column"]],
    x: ["a feature of a sample, as the model sees it", ["sample", "feature"]],
    y: ["what the model is to say of a sample", ["sample"]],
    errors: ["what the model says, less what it is to say", ["sample"]],
    mean: ["a feature's mean over the training samples", ["feature"]],
    variance: ["a feature's mean squared distance from its mean", ["feature"]],
    std: ["a feature's standard deviation: how far it spreads", ["feature"]],
    min: ["a feature's least value in training", ["feature"]],
    max: ["a feature's greatest value in training", ["feature"]],
    range: ["a feature's greatest value less its least", ["feature"]],
    "raw.x": ["a feature of a sample, in its own units", ["sample", "feature"]],
    "raw.w": ["a weight for a feature in its own units", ["weight"]],
    "raw.w0": ["the intercept for features in their own units", ["place"]],
    "held.J": ["the loss on samples that are held back", ["place"]],
    "compare.values": ["how much J curves along a direction", ["scaling", "direction"]],
    "compare.condition": ["how many times as much J curves across as along", ["scaling"]],
    "compare.stable": ["the largest stable rate", ["scaling"]],
    "compare.rate": ["the learning rate", ["scaling"]],
    "compare.steps": ["steps until J has nearly reached its least", ["scaling"]],
  },
  networks: {
    x: ["a number of a training point", ["example", "input"]],
    y: ["what the network should say of a training point", ["example"]],
    target: ["what the output should be", ["example", "output"]],
    example: ["which training point is on the stage, from 0", ["place"]],
    "stage.loss": ["the loss of the example on the stage", []],
    "look.layer": ["the layer of the parameter that is looked at", ["place"]],
    "look.index": ["where the parameter is that is looked at", ["axis"]],
    "paths.unit": ["which neuron a path goes through, from 0", ["path", "layer"]],
    "paths.factor": ["a local derivative along a path", ["path", "factor"]],
    "paths.product": ["the product along a path", ["path"]],
    "paths.rest": ["the paths that are not listed, added", ["place"]],
    "paths.count": ["how many paths there are", ["place"]],
    "paths.sum": ["the products of all paths, added", ["place"]],
    "paths.multiplied": ["the products of all paths, multiplied", ["place"]],
    "paths.loss": ["the example's loss with the parameter nudged", ["side"]],
    "paths.quotient": ["how the loss changes when the parameter is nudged", ["place"]],
    "each.sample": ["which training point it is, from 0", ["place"]],
    "each.dz": ["δ of its own loss", ["place"]],
    "each.x": ["what came in along the weight", ["place"]],
    "each.gradient": ["the gradient of its own loss", ["place"]],
    "each.sum": ["Δ, after this example", ["place"]],
    "each.count": ["how many examples the minibatch had", ["place"]],
    "each.rest": ["the examples that are not listed, added", ["place"]],
    "each.total": ["Δ, after all examples", ["place"]],
    "each.mean": ["Δ over the number of examples: the gradient", ["place"]],
    "regions.p": ["what the network says of a place", ["row", "column"]],
    "regions.class": ["the class that the network gives a place", ["row", "column"]],
    "regions.x1": ["a place along the first input", ["column"]],
    "regions.x2": ["a place along the second input", ["row"]],
  },
};

/** What samples and units are called in such a hall. @type {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>} */
const AXES_OF_HALLS = {
  networks: { W2: ["neuron", "input"], b1: ["neuron"], 2: ["example", "neuron"] },
};

/** Those of the page's own hall. @type {Readonly<Record<string, readonly [string, readonly string[]]>>} */
let own = {};
/** @type {Readonly<Record<string, readonly string[]>>} */
let ownAxes = {};
/** Those of the page's exhibit alone. @type {Readonly<Record<string, readonly [string, readonly string[]]>>} */
let taught = {};

/** Learn what an exhibit's own names mean. @param {Readonly<Record<string, readonly [string, readonly string[]]>>} names */
export function learn(names) {
  taught = names;
}

/** Speak as one does in a hall. @param {string} hall */
export function speakOf(hall) {
  own = OF_HALLS[hall] ?? {};
  ownAxes = AXES_OF_HALLS[hall] ?? {};
}

/** @type {Readonly<Record<string, readonly string[]>>} */
const AXES = {
  W4: ["filter", "channel", "row", "column"],
  W2: ["unit", "input"],
  b1: ["unit"],
  4: ["image", "channel", "row", "column"],
  3: ["image", "row", "column"],
  2: ["image", "unit"],
  1: ["place"],
};

/**
 * @param {string} tensor  `conv1.W`
 * @returns {string}  empty when the name says nothing that is known
 */
export function meaning(tensor) {
  return (taught[tensor] ?? own[tensor] ?? ALONE[tensor])?.[0] ?? MEANINGS[partOf(tensor)] ?? "";
}

/** @param {string} tensor */
export function isParameter(tensor) {
  return ["W", "b"].includes(partOf(tensor));
}

/** @param {string} tensor */
export function isGradient(tensor) {
  return /^d[A-Za-z]$/.test(partOf(tensor));
}

/**
 * An element's place in words, counted from one: `filter 3, channel 1, row 2, column 2`.
 *
 * @param {string} tensor
 * @param {number[]} index  counted from nought
 * @returns {string}
 */
export function placeInWords(tensor, index) {
  const memory = /\.([Wb])\.\w+$/.exec(tensor);
  const part = memory?.[1] ?? partOf(tensor).replace(/^d/, "");
  const alone = (taught[tensor] ?? own[tensor] ?? ALONE[tensor])?.[1].slice(-index.length);
  const [known, any] = [`${part}${index.length}`, index.length];
  const axes = alone ?? ownAxes[known] ?? AXES[known] ?? ownAxes[any] ?? AXES[any] ?? [];
  return index.map((at, axis) => `${axes[axis] ?? `axis ${axis + 1}`} ${at + 1}`).join(", ");
}

/** @param {string} tensor */
function partOf(tensor) {
  return tensor.slice(tensor.lastIndexOf(".") + 1);
}
