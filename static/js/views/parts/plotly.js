/**
 * plotly.js, fetched when the first view wants it: one script of 1.5 MB, from this server.
 *
 * Plotly would write its rules into a <style> of its own, which the page's policy forbids; it goes
 * without where an element stands in that place. The few rules needed are in css/plots.css.
 */

/** @import {Camera} from "./camera.js" */

/**
 * What of it is used here.
 *
 * @typedef {HTMLElement & {on: (event: string, listener: (about: any) => void) => void}} Plot
 *
 * @typedef {object} Plotly
 * @property {(node: HTMLElement, traces: object[], layout: object, config?: object) => Promise<Plot>} react
 * @property {(node: HTMLElement, changes: object, traces?: number[]) => Promise<Plot>} restyle
 * @property {(node: HTMLElement, changes: object) => Promise<Plot>} relayout
 * @property {(node: HTMLElement) => void} purge
 * @property {(node: HTMLElement, options: object) => Promise<string>} toImage
 */

/** What it looks for before it writes a <style>: its own, and that of the maps within it. */
const STYLES = [
  "plotly.js-style-global",
  "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53",
];

/** @type {Promise<Plotly> | null} */
let loading = null;

/**
 * Plotly, loaded once for all views. After a failure the next call tries again.
 *
 * @returns {Promise<Plotly>}
 */
export function plotly() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** @returns {Promise<Plotly>} */
function load() {
  const address = document.body.dataset.plotly;
  if (!address) return Promise.reject(new Error("plotly: this page does not say where it is"));
  standIn();
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => {
      const { Plotly } = /** @type {{Plotly?: Plotly}} */ (/** @type {unknown} */ (window));
      if (Plotly) done(Plotly);
      else fail(new Error(`plotly: ${address} holds something else`));
    });
    script.addEventListener("error", () => {
      script.remove();
      fail(new Error(`plotly: ${address} could not be loaded`));
    });
    document.head.append(script);
  });
}

function standIn() {
  for (const id of STYLES) {
    if (document.getElementById(id)) continue;
    const place = document.createElement("template");
    place.id = id;
    place.className = "no-inline-styles";
    document.head.append(place);
  }
}

/**
 * Where a scene is looked at from at this moment. Plotly has no call for it; a later version may
 * keep it elsewhere, and then what it tells in its events must do.
 *
 * @param {HTMLElement} node
 * @param {string} scene
 * @returns {Camera | undefined}
 */
export function cameraOf(node, scene) {
  const { _fullLayout: layout } = /** @type {{_fullLayout?: any}} */ (node);
  const { _scene: drawn } = layout?.[scene] ?? {};
  const camera = drawn?.getCamera?.();
  return camera && { eye: camera.eye, center: camera.center, up: camera.up };
}

/** Whether this browser draws in three dimensions at all. */
export function hasWebGL() {
  known ??= probe();
  return known;
}

/** @type {boolean | null} */
let known = null;

function probe() {
  const context = document.createElement("canvas").getContext("webgl");
  // a browser keeps only so many: give this one back
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}
