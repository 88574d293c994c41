import assert from "node:assert/strict";
import { test } from "node:test";

import { actionOf, KEYS } from "../../static/js/core/keys.js";

/** Stands for an element of which `closest` is asked: it matches the selectors given. */
class Target {
  /** @param {...string} matched  parts of selector lists */
  constructor(...matched) {
    this.matched = matched;
  }

  /** @param {string} selectors */
  closest(selectors) {
    const list = selectors.split(",").map((selector) => selector.trim());
    return list.some((selector) => this.matched.includes(selector)) ? this : null;
  }
}
globalThis.Element = /** @type {any} */ (Target);

const PAGE = new Target();
const FIELD = new Target("input[type=number]");
const SLIDER = new Target("input[type=range]");
const GRID = new Target("[role=grid]");
const BUTTON = new Target("button");

/** @param {string} key @param {Target} [target] @param {object} [more] */
const press = (key, target = PAGE, more = {}) =>
  actionOf(/** @type {any} */ ({ key, target, shiftKey: false, ...more }));

test("each key of the list does what the list says", () => {
  for (const { action, keys, shift } of KEYS) {
    for (const key of keys) assert.equal(press(key, PAGE, { shiftKey: shift }), action);
  }
});

test("no two entries of the list answer to the same key", () => {
  const pressed = KEYS.flatMap(({ keys, shift }) => keys.map((key) => `${key} ${shift}`));
  assert.equal(new Set(pressed).size, pressed.length);
});

test("shift makes ten steps of one", () => {
  assert.equal(press("ArrowRight"), "forward");
  assert.equal(press("ArrowRight", PAGE, { shiftKey: true }), "forward-ten");
});

test("a question mark is one, whether its keyboard needs shift for it or not", () => {
  assert.equal(press("?", PAGE, { shiftKey: true }), "help");
  assert.equal(press("?"), "help");
});

test("who types in a field moves nothing", () => {
  for (const key of [" ", ",", ".", "?", "ArrowLeft", "Home"]) assert.equal(press(key, FIELD), null);
});

test("what moves with arrows keeps them, and Space still plays", () => {
  for (const widget of [SLIDER, GRID]) {
    for (const key of ["ArrowLeft", "ArrowRight", "Home", "End"]) {
      assert.equal(press(key, widget), null);
    }
    assert.equal(press(" ", widget), "toggle");
    assert.equal(press(".", widget), "faster");
  }
});

test("Space on a button presses the button", () => {
  assert.equal(press(" ", BUTTON), null);
  assert.equal(press("ArrowRight", BUTTON), "forward");
});

test("an open dialog has the keyboard to itself", () => {
  assert.equal(press(" ", new Target("dialog[open]")), null);
});

test("what has been dealt with, and the browser's own shortcuts, are left alone", () => {
  assert.equal(press(" ", PAGE, { defaultPrevented: true }), null);
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) {
    assert.equal(press("ArrowLeft", PAGE, { [modifier]: true }), null);
  }
});
