/**
 * The theme: as the system says, light, dark, or for a projector; remembered in this browser.
 *
 * `theme-first.js` has put the remembered one on the document before anything was drawn.
 */

import { refreshTokens } from "./tokens.js";

export const THEMES = /** @type {const} */ (["auto", "light", "dark", "projector"]);
const KEY = "perceptarium.theme";

/** @typedef {typeof THEMES[number]} Theme */

/** @returns {Theme} */
export function theme() {
  const name = document.documentElement.dataset.theme;
  return THEMES.find((known) => known === name) ?? "auto";
}

/** @param {Theme} name */
export function setTheme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  try {
    if (name === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, name);
  } catch {
    // storage is off: the theme holds for this page
  }
  refreshTokens();
}

/** Refresh the tokens whenever the system's wishes change. */
export function followSystem() {
  for (const feature of [
    "(prefers-color-scheme: dark)",
    "(prefers-reduced-motion: reduce)",
    "(forced-colors: active)",
  ]) {
    matchMedia(feature).addEventListener("change", refreshTokens);
  }
}
