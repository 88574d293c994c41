/**
 * What Plotly is told about a surface: traces and scenes, in the page's colours.
 *
 * @import {Camera} from "./camera.js"
 * @import {Ground, Names} from "./ground-words.js"
 * @import {Levels} from "./levels.js"
 * @import {Path} from "./plane-marks.js"
 */

import { significant } from "../../core/format.js";
import { tokens } from "../../core/tokens.js";
import { colourScale, groundColour, placeOn, rowsOf } from "./ground-colours.js";
import { isKnown } from "./ground-words.js";
import { laid } from "./on-surface.js";
import { dashOf } from "./plane-marks.js";

/** Of a scene's height: paths lie so far above the ground that they do not flicker into it. */
const LIFT = 0.012;
/** A ball is a disc that faces the eye: lower, the ground would cut it. */
const BALL_LIFT = 0.045;
const HEIGHT = 0.72;
/** Two scenes stand one above the other where both are narrower than this, CSS px. */
const NARROW = 440;

/** Whether scenes stand one above the other. @param {number} scenes @param {number} width  CSS px */
export function isStacked(scenes, width) {
  return scenes > 1 && width < NARROW;
}

/**
 * @typedef {object} Scene
 * @property {Ground} ground
 * @property {Levels} levels
 * @property {(height: number) => number} height  where a height is drawn
 * @property {readonly [number, number]} range  of what is drawn
 * @property {boolean} log
 */

/**
 * @param {Ground} ground
 * @param {Levels} levels
 * @param {boolean} log  heights are drawn as powers of ten
 * @returns {Scene}
 */
export function sceneOf(ground, levels, log) {
  const { least, greatest, lines } = levels;
  const floor = least > 0 ? least : (lines[0] ?? greatest) / 2;
  // nought has no place among powers of ten: what is lower than the first line is drawn just below it
  const powers = log && least >= 0 && floor > 0;
  const height = powers
    ? (/** @type {number} */ z) => Math.log10(z < floor ? floor : z)
    : (/** @type {number} */ z) => z;
  const low = height(least);
  const room = (height(greatest) - low || 1) * 0.03;
  return { ground, levels, height, range: [low - room, height(greatest) + room], log: powers };
}

/** The ground itself. @param {Scene} scene @param {number} i  its place among the scenes */
export function surfaceTrace({ ground, levels, height, log }, i) {
  const { stroke } = tokens();
  const columns = ground.x.length;
  const { kind, lines } = levels;
  const even = log || (kind === "even" && lines.length > 1);
  const still = { show: false, highlight: false };
  return {
    type: "surface",
    scene: sceneName(i),
    // Plotly throws at a surface without a single height
    visible: isKnown(ground),
    x: ground.x,
    y: ground.y,
    z: rowsOf(ground.z, columns, height),
    surfacecolor: rowsOf(ground.z, columns, placeOn(levels)),
    cmin: 0,
    cmax: lines.length + 1,
    colorscale: colourScale(),
    showscale: false,
    hoverinfo: "none",
    contours: {
      x: still,
      y: still,
      z: {
        show: even,
        highlight: false,
        start: log ? Math.ceil(height(levels.least)) : lines[0],
        end: log ? Math.floor(height(levels.greatest)) : lines[lines.length - 1],
        size: log ? 1 : lines[1] - lines[0],
        color: groundColour(1),
        width: stroke / 2,
      },
    },
    lighting: { ambient: 0.72, diffuse: 0.55, specular: 0.04, roughness: 0.9, fresnel: 0 },
  };
}

/** Plotly's names for dashes, as near as it has them. */
const NAMES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "dash"];

/**
 * A path and its ball: two traces.
 *
 * @param {Path} path
 * @param {number} i  its place among the paths
 * @param {readonly Scene[]} scenes
 */
export function pathTraces(path, i, scenes) {
  const { colour, stroke } = tokens();
  const { line, ball } = pathPlaces(path, scenes);
  const shared = { type: "scatter3d", scene: sceneName(path.scene ?? 0), hoverinfo: "skip", showlegend: false };
  const dash = dashOf(path, i).length === 0 ? "solid" : NAMES[i % NAMES.length];
  const width = stroke * 3;
  return [
    { ...shared, ...line, mode: "lines", connectgaps: false, line: { color: colour[path.token], width, dash } },
    {
      ...shared,
      ...ball,
      mode: "markers",
      marker: {
        size: stroke * 3.2,
        color: colour[path.token],
        line: { color: colour.surface, width: stroke / 2 },
      },
    },
  ];
}

/**
 * Where a path and its ball are drawn.
 *
 * @param {Path} path
 * @param {readonly Scene[]} scenes
 */
export function pathPlaces(path, scenes) {
  const { ground, height, range } = scenes[path.scene ?? 0] ?? scenes[0];
  const line = laid(path, ground, height, LIFT * (range[1] - range[0]));
  const last = line.x.length - 1;
  const end = line.z[last];
  const top = end === null || end === undefined ? null : end + BALL_LIFT * (range[1] - range[0]);
  const ball = { x: line.x.slice(last), y: line.y.slice(last), z: [top] };
  return { line, ball };
}

/**
 * @param {readonly Scene[]} scenes
 * @param {Names} names
 * @param {{width: number, height: number, size: number, camera: Camera}} of  size: of the type
 */
export function layoutOf(scenes, names, { width, height, size, camera }) {
  const { colour, fontText } = tokens();
  const stacked = isStacked(scenes.length, width);
  const font = { family: fontText, size, color: colour["plot-axis"] };
  /** @type {Record<string, object>} */
  const scenery = {};
  for (const [i, { ground, range, log }] of scenes.entries()) {
    const part = [i / scenes.length, (i + 1) / scenes.length];
    const down = [1 - part[1], 1 - part[0]];
    const axis = {
      backgroundcolor: colour.surface,
      showbackground: true,
      gridcolor: colour["hairline-strong"],
      zeroline: false,
      showspikes: false,
      tickfont: { ...font, size: size * 0.92 },
      nticks: size > 16 ? 4 : 5,
    };
    const ends = (/** @type {ArrayLike<number>} */ values) => [values[0], values[values.length - 1]];
    scenery[sceneName(i)] = {
      domain: stacked ? { x: [0, 1], y: down } : { x: part, y: [0, 1] },
      xaxis: { ...axis, title: { text: names.x, font }, range: ends(ground.x) },
      yaxis: { ...axis, title: { text: names.y, font }, range: ends(ground.y) },
      zaxis: { ...axis, title: { text: names.z, font }, range, ...(log ? powersOfTen(range) : {}) },
      aspectmode: "manual",
      aspectratio: { x: 1, y: 1, z: HEIGHT },
      camera,
      dragmode: "turntable",
    };
  }
  return {
    width,
    height,
    margin: { l: 0, r: 0, t: 0, b: 0, pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    font,
    showlegend: false,
    // always the same: the camera stays where a person has put it
    uirevision: "kept",
    ...scenery,
  };
}

/** Marks of an axis on which powers of ten stand for heights. @param {readonly [number, number]} range */
function powersOfTen([low, high]) {
  // few powers: marks between them, too
  const digits = high - low < 1.8 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((high - low) / 5));
  const marks = [];
  for (let power = Math.floor(low); power <= high; power += every) {
    for (const digit of digits) marks.push(Number(`${digit}e${power}`));
  }
  const shown = marks.filter((mark) => Math.log10(mark) >= low && Math.log10(mark) <= high);
  return { tickmode: "array", tickvals: shown.map(Math.log10), ticktext: shown.map(significant) };
}

/** @param {number} i */
export function sceneName(i) {
  return i === 0 ? "scene" : `scene${i + 1}`;
}
