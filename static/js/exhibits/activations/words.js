/** What the tensors of this exhibit are, and what their axes count. */

/** What is learned besides the names of a hall. @returns {Record<string, readonly [string, readonly string[]]>} */
export function words() {
  /** @type {Record<string, readonly [string, readonly string[]]>} */
  const found = {
    "at.z": ["the weighted sum that is looked at", ["place"]],
    "at.f": ["what an activation makes of z", ["activation"]],
    "at.df": ["the slope of an activation at z", ["activation"]],
    "most.df": ["the steepest slope of an activation", ["activation"]],
    "tangent.f": ["the height of the tangent at one of its ends", ["end"]],
    "flat.z": ["an end of a stretch where the slope is small", ["stretch", "end"]],
    "score.loss": ["a network's loss over all points", ["network"]],
    "score.right": ["the share of points that a network tells right", ["network"]],
    "one.M": ["an element of W₂W₁", ["output", "input"]],
    "one.c": ["an element of W₂b₁ + b₂", ["output"]],
    "one.z": ["what the one matrix says of the point", ["output"]],
    apart: ["what two layers say, less what one says", ["output"]],
    "best.M": ["a weight of the nearest single layer", ["output", "input"]],
    "best.c": ["a bias of the nearest single layer", ["output"]],
    "best.missed": ["by how much the nearest single layer is off", ["example", "output"]],
    "best.error": ["how far the nearest single layer is off: the mean of the squares", []],
    logits: ["the score of a class", ["output"]],
    scaled: ["the exponent of a class: (z + c) / T, in float32", ["output"]],
    max: ["the greatest exponent", []],
    "safe.x": ["an exponent, less the greatest", ["output"]],
    "heat.p": ["a share at another temperature", ["temperature", "output"]],
  };
  for (const name of ["linear", "sigmoid", "tanh", "relu", "leaky_relu"]) {
    found[`curve.${name}`] = ["the activation at a place of its curve", ["place"]];
    found[`slope.${name}`] = ["its slope at a place of its curve", ["place"]];
    found[`chain.${name}`] = ["what is left of a gradient, so many layers back", ["layer"]];
    found[`${name}.silent`] = ["how many units of a layer get a positive sum from no point", ["layer"]];
    for (const layer of [1, 2]) {
      found[`${name}.greatest${layer}`] = ["the greatest z that any point gives this unit", ["unit"]];
      found[`${name}.silent${layer}`] = ["1 for a unit that gets a positive sum from no point", ["unit"]];
      found[`${name}.pull${layer}`] = ["the length of the gradient of a unit's weights and bias", ["unit"]];
    }
  }
  for (const way of ["naive", "safe"]) {
    found[`${way}.exp`] = ["e to the power of an exponent", ["output"]];
    found[`${way}.sum`] = ["the sum of the powers", []];
    found[`${way}.p`] = ["the share of a class", ["output"]];
    found[`shift.${way}`] = ["the greatest share, with so much added to every logit", ["step"]];
  }
  return found;
}
