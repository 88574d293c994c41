import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  connectionOf,
  FRESH,
  headingOf,
  namesOf,
  readLine,
  readWord,
  writeLine,
} from "../../static/js/views/parts/layer-words.js";

/** The engine's own reading of these lines; tests/engine/test_nn_receptive.py reads them, too. */
const GOLDEN = new URL("../golden/layers.json", import.meta.url);
const LINES = JSON.parse(readFileSync(GOLDEN, "utf8"));

for (const { line, names } of LINES) {
  test(`${line} is read and written as it was, with the engine's names`, () => {
    const layers = readLine(line);
    assert.equal(writeLine(layers), line);
    assert.deepEqual(namesOf(layers), names);
  });
}

test("a layer that is put in begins with a word that means something", () => {
  for (const [kind, word] of Object.entries(FRESH)) assert.equal(readWord(word).kind, kind);
});

test("a layer is called by what it does", () => {
  const layers = readLine("conv8k5s2-leaky-add1-avg3-flatten");
  assert.deepEqual(layers.map(headingOf), ["conv 5×5", "leaky ReLU", "+ 1 back", "avg 3×3", "flatten"]);
  assert.deepEqual(layers.map(connectionOf), ["all", "one", "one", "one", "flatten"]);
});

test("what cannot be is written as it was typed, for the engine to judge", () => {
  const [conv] = readLine("conv8k3");
  conv.values.stride = "many";
  assert.equal(writeLine([conv]), "conv8k3smany");
});
