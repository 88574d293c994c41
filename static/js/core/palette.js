/**
 * Colour tables for the canvases: 513 entries from −range (0) over nought (256) to +range (512).
 *
 * Interpolated in OKLab, where equal steps look equal, so that a cell twice as strong looks twice
 * as strong. The ends are tokens, so that a tensor, its symbol in the equation and its line in a
 * plot share a colour. (OKLab: B. Ottosson, "A perceptual color space for image processing", 2020.)
 *
 * @import {Colour} from "./tokens.js"
 */

import { tokens } from "./tokens.js";

/**
 * @typedef {"diverging" | "sequential" | "grey" | "light" | "gradient" | "red" | "green"
 *   | "blue"} PaletteName
 * @typedef {readonly [number, number, number]} Triple  sRGB 0–255, or OKLab
 *
 * @typedef {object} Table
 * @property {Uint32Array} pixels  the colours as `ImageData` keeps them (RGBA, little-endian)
 * @property {Uint8Array} inks  per colour, which of `inkColours` is read on it
 * @property {readonly string[]} inkColours
 * @property {number} blank  pixel of a cell without a value yet
 * @property {number} hatch  pixel of the stripes over a cell that is not finite
 */

/** WCAG 2.2 AA, for text of ordinary size. */
const LEGIBLE = 4.5;
/** At least one of the two is legible on any colour; the theme's inks look calmer where they are. */
const BLACK = /** @type {const} */ ([0, 0, 0]);
const WHITE = /** @type {const} */ ([255, 255, 255]);

export const ENTRIES = 513;
export const NOUGHT = 256;

/** @type {readonly Colour[]} */
const BELOW = ["diverging-negative-mid", "diverging-negative"];

/**
 * Nought, and the colours from it outwards on either side. A palette of magnitudes keeps blue
 * below nought: leaky units and standardised pixels can be negative, and a sign must not be lost.
 *
 * @type {Readonly<Record<PaletteName, {below: readonly Colour[], nought: Colour,
 *   above: readonly Colour[]}>>}
 */
export const STOPS = {
  diverging: {
    below: BELOW,
    nought: "diverging-zero",
    above: ["diverging-positive-mid", "diverging-positive"],
  },
  sequential: { below: BELOW, nought: "sequential-low", above: ["sequential-mid", "sequential-high"] },
  grey: { below: BELOW, nought: "grey-low", above: ["grey-high"] },
  // levels of light: 0 is black, as a camera has it
  light: { below: BELOW, nought: "grey-high", above: ["grey-low"] },
  red: { below: BELOW, nought: "diverging-zero", above: ["channel-red"] },
  green: { below: BELOW, nought: "diverging-zero", above: ["channel-green"] },
  blue: { below: BELOW, nought: "diverging-zero", above: ["channel-blue"] },
  gradient: { below: ["gradient-negative"], nought: "diverging-zero", above: ["gradient"] },
};

/** @type {Map<string, Table>} */
const built = new Map();

/**
 * The table of a palette in the present theme; the same object until the theme changes.
 *
 * @param {PaletteName} name
 * @returns {Table}
 */
export function table(name) {
  const { colour } = tokens();
  const { below, nought, above } = STOPS[name];
  const key = [...below, nought, ...above, "ink"].map((stop) => colour[/** @type {Colour} */ (stop)]);
  const known = built.get(key.join());
  if (known) return known;
  const ramp = (/** @type {readonly Colour[]} */ stops) =>
    [nought, ...stops].map((stop) => parse(colour[stop]));
  const made = build(ramp(below), ramp(above), {
    inks: [parse(colour.ink), parse(colour.surface)],
    blank: parse(colour.sunken),
    hatch: parse(colour["ink-soft"]),
  });
  built.set(key.join(), made);
  return made;
}

/**
 * @param {readonly Triple[]} below  sRGB, from nought to the strongest negative
 * @param {readonly Triple[]} above  sRGB, from nought to the strongest positive
 * @param {{inks: readonly [Triple, Triple], blank: Triple, hatch: Triple}} rest
 * @returns {Table}
 */
export function build(below, above, { inks: own, blank, hatch }) {
  const choice = [...own, BLACK, WHITE];
  const pixels = new Uint32Array(ENTRIES);
  const inks = new Uint8Array(ENTRIES);
  const ramps = [below.map(toLab), above.map(toLab)];
  for (let i = 0; i < ENTRIES; i++) {
    const along = (i - NOUGHT) / NOUGHT;
    const colour = fromLab(onRamp(ramps[along < 0 ? 0 : 1], Math.abs(along)));
    pixels[i] = pixel(colour);
    inks[i] = choice.findIndex((ink) => contrast(colour, ink) >= LEGIBLE);
  }
  return { pixels, inks, inkColours: choice.map(css), blank: pixel(blank), hatch: pixel(hatch) };
}

/**
 * Where a value lies in a table; values beyond the range keep the end's colour.
 *
 * @param {number} value  finite
 * @param {number} range  positive
 * @returns {number}  0 to 512
 */
export function entry(value, range) {
  const place = Math.round((value / range) * NOUGHT) + NOUGHT;
  return place < 0 ? 0 : place >= ENTRIES ? ENTRIES - 1 : place;
}

/**
 * @param {string} text  `#rrggbb`, `rgb(…)` or `rgba(…)`
 * @returns {Triple}
 */
export function parse(text) {
  if (text.startsWith("#")) {
    const n = parseInt(text.slice(1), 16);
    return [n >> 16, (n >> 8) & 255, n & 255];
  }
  const [r, g, b] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/** @param {Triple} rgb */
export function css(rgb) {
  return `rgb(${rgb.map(Math.round).join(" ")})`;
}

/** @param {Triple} rgb @returns {number} */
export function pixel([r, g, b]) {
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

/** A pixel of a table as a CSS colour. @param {number} value */
export function cssOf(value) {
  return `rgb(${value & 255} ${(value >> 8) & 255} ${(value >> 16) & 255})`;
}

/** WCAG 2.2 relative luminance. @param {Triple} rgb */
export function luminance(rgb) {
  const [r, g, b] = rgb.map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast ratio, 1 to 21. @param {Triple} one @param {Triple} other */
export function contrast(one, other) {
  const a = luminance(one);
  const b = luminance(other);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** sRGB channel to linear light. @param {number} channel 0–255 */
export function linear(channel) {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

/** Linear light to an sRGB channel, clipped to what a screen shows. @param {number} light */
export function companded(light) {
  const c = Math.min(1, Math.max(0, light));
  return 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);
}

/** @param {Triple} rgb @returns {Triple} */
export function toLab(rgb) {
  const [r, g, b] = rgb.map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {Triple} lab @returns {Triple} */
export function fromLab([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    companded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    companded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    companded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** @param {readonly Triple[]} stops @param {number} along 0 to 1 @returns {Triple} */
function onRamp(stops, along) {
  const place = along * (stops.length - 1);
  const first = Math.min(stops.length - 2, Math.floor(place));
  return mix(stops[first], stops[first + 1], place - first);
}

/** @param {Triple} from @param {Triple} to @param {number} t @returns {Triple} */
function mix(from, to, t) {
  return [
    from[0] + (to[0] - from[0]) * t,
    from[1] + (to[1] - from[1]) * t,
    from[2] + (to[2] - from[2]) * t,
  ];
}
