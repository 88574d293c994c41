/**
 * The design tokens as the canvas needs them: resolved once per theme, read at every paint.
 */

const COLOURS = /** @type {const} */ ([
  "paper",
  "surface",
  "sunken",
  "ink",
  "ink-soft",
  "hairline",
  "hairline-strong",
  "accent",
  "accent-soft",
  "positive",
  "negative",
  "diverging-positive",
  "diverging-positive-mid",
  "diverging-zero",
  "diverging-negative-mid",
  "diverging-negative",
  "sequential-low",
  "sequential-mid",
  "sequential-high",
  "grey-low",
  "grey-high",
  "gradient",
  "gradient-negative",
  "channel-red",
  "channel-green",
  "channel-blue",
  "correct",
  "wrong",
  "focus",
  "plot-grid",
  "plot-axis",
  "contour-line",
  "training",
  "validation",
  "plot-noise",
  "series-1",
  "series-2",
  "series-3",
  "series-4",
  "series-5",
  "series-6",
  "series-7",
  "class-1",
  "class-2",
  "class-3",
  "class-4",
  "class-5",
  "class-6",
]);

/**
 * @typedef {typeof COLOURS[number]} Colour
 * @typedef {object} Tokens
 * @property {Readonly<Record<Colour, string>>} colour  each as `rgb(…)` or `rgba(…)`
 * @property {number} stroke  px
 * @property {number} focusStroke  px
 * @property {number} rootSize  px in one rem
 * @property {string} fontText
 * @property {string} fontMono
 * @property {number} quick  ms; 0 when motion is not wanted
 */

/** @type {Tokens | null} */
let cached = null;

/**
 * The tokens of the present theme. Listen to `theme-change` on `document` for when they differ.
 *
 * @returns {Tokens}
 */
export function tokens() {
  cached ??= resolve();
  return cached;
}

/** Forget what was resolved and tell those who draw; the theme or a media feature changed. */
export function refreshTokens() {
  cached = null;
  document.dispatchEvent(new Event("theme-change"));
}

/** @returns {Tokens} */
function resolve() {
  const root = getComputedStyle(document.documentElement);
  // light-dark() stays unresolved in a custom property; as the colour of an element it does not
  const probe = document.createElement("span");
  probe.hidden = true;
  // with forced colours a canvas keeps its own: a heat map in two colours would be black
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colour = /** @type {Record<Colour, string>} */ ({});
  for (const name of COLOURS) {
    probe.style.setProperty("color", `var(--${name})`);
    colour[name] = style.color;
  }
  probe.remove();
  return {
    colour,
    stroke: parseFloat(root.getPropertyValue("--stroke")),
    focusStroke: parseFloat(root.getPropertyValue("--focus-stroke")),
    rootSize: parseFloat(root.fontSize),
    fontText: root.getPropertyValue("--font-text").trim(),
    fontMono: root.getPropertyValue("--font-mono").trim(),
    quick: parseFloat(root.getPropertyValue("--quick")),
  };
}
