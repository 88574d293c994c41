/** What the engine's names mean, in words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { meaning, placeInWords, speakOf } from "../../static/js/core/names.js";

test("the same name means another thing in another hall", () => {
  speakOf("vision");
  assert.equal(meaning("x"), "a pixel of the picture");
  assert.equal(placeInWords("x", [1, 0]), "row 2, column 1");
  speakOf("learning");
  assert.equal(meaning("x"), "a feature of a sample, as the model sees it");
  assert.equal(placeInWords("x", [1, 0]), "sample 2, feature 1");
  assert.equal(meaning("conv1.W"), "a weight: training changes it a little at every step");
  speakOf("networks");
  assert.equal(meaning("stage.dense1.dW"), "gradient: how the loss changes with this weight");
  assert.equal(placeInWords("act1.a", [0, 2]), "example 1, neuron 3");
  assert.equal(placeInWords("dense1.W.update", [2, 1]), "neuron 3, input 2");
  speakOf("vision");
  assert.equal(meaning("x"), "a pixel of the picture");
  assert.equal(placeInWords("conv1.W.m", [1, 0, 2, 1]), "filter 2, channel 1, row 3, column 2");
});
