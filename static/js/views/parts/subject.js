/**
 * The image on the stage, in exhibits with the controls `example` and `shown` and the action `draw`:
 * a validation image, or what a visitor drew.
 *
 * @import {Page} from "../../core/page.js"
 * @import {DrawPad} from "../draw-pad.js"
 */

import { detail } from "../../core/dom.js";

/**
 * Put the next validation image on the stage, round and round.
 *
 * @param {Page} page
 * @param {number} by  how many further; may be negative
 */
export function turnExample(page, by) {
  const control = page.controls.find(({ name }) => name === "example");
  if (control?.kind !== "slider") return;
  const count = control.high + 1;
  const example = (Number(page.values.example) + by + count) % count;
  page.set({ example, shown: "example" });
}

/**
 * Put what was drawn on the stage, or the validation image when the pad is blank again.
 *
 * @param {Page} page
 * @param {Event} event  `drawn`
 */
export function showDrawing(page, event) {
  const { pixels, rows, columns } = detail(event);
  if (pixels.some(isInk)) {
    page.act("draw", { pixels, rows, columns });
    page.set({ shown: "drawing" });
  } else page.set({ shown: "example" });
}

/**
 * Put what was drawn before the page was reloaded, or where its link was made, on a blank pad.
 *
 * @param {Page} page
 * @param {DrawPad} pad
 */
export function restoreDrawing(page, pad) {
  const pixels = page.looks.draw?.pixels;
  if (Array.isArray(pixels) && pixels.length === pad.ink.pixels.length && pad.ink.blank) {
    pad.load(pixels);
  }
}

/** @param {number} pixel */
const isInk = (pixel) => pixel > 0;
