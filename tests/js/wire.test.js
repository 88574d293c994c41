import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, WireError } from "../../static/js/core/wire.js";

/** @param {string} name */
const golden = (name) => readFileSync(new URL(`../golden/${name}`, import.meta.url));

function goldenFrame() {
  const file = golden("frame.bin");
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
}

/**
 * A message with this header and body.
 *
 * @param {object | string} header
 * @param {ArrayBuffer} [body]
 */
function message(header, body = new ArrayBuffer(0)) {
  let text = typeof header === "string" ? header : JSON.stringify(header);
  while ((4 + text.length) % 8 !== 0) text += " ";
  const bytes = new Uint8Array(4 + text.length + body.byteLength);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(new TextEncoder().encode(text), 4);
  bytes.set(new Uint8Array(body), 4 + text.length);
  return bytes.buffer;
}

const PLAIN = { kind: "frame", run: 1, seq: 2, step: 3, head: 4, playing: false, scalars: {} };

/** @param {object} entry */
const withArray = (entry) => ({
  ...PLAIN,
  arrays: [{ name: "x", dtype: "<f4", shape: [2], offset: 0, bytes: 8, ...entry }],
});

test("the golden frame reads as the file beside it says", () => {
  const frame = decode(goldenFrame());
  const expected = JSON.parse(golden("frame.json").toString());
  const { run, root, seq, step, head, playing, scalars } = frame;
  assert.deepEqual(
    { run, root, seq, step, head, playing, scalars },
    (({ arrays: _, ...rest }) => rest)(expected),
  );
  const words = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  assert.deepEqual([...frame.arrays.keys()], expected.arrays.map(({ name }) => name));
  for (const { name, dtype, shape, values } of expected.arrays) {
    const tensor = frame.arrays.get(name);
    assert.equal(tensor?.dtype, dtype, name);
    assert.deepEqual(tensor.shape, shape, name);
    assert.deepEqual([...tensor.data], values.map((value) => words[value] ?? value), name);
  }
});

test("tensors are views over the message, not copies", () => {
  const bytes = goldenFrame();
  for (const tensor of decode(bytes).arrays.values()) assert.equal(tensor.data.buffer, bytes);
});

test("each dtype becomes its typed array", () => {
  const kinds = [...decode(goldenFrame()).arrays.values()].map(({ data }) => data.constructor);
  assert.deepEqual(
    new Set(kinds),
    new Set([Float32Array, Float64Array, Int32Array, Uint8Array]),
  );
});

test("a single number has an empty shape and one element", () => {
  const loss = decode(goldenFrame()).arrays.get("loss");
  assert.deepEqual(loss?.shape, []);
  assert.equal(loss.data.length, 1);
});

test("a header whose length leaves the padding out is read, too", () => {
  const whole = message({ ...withArray({}), pad: "" }, new Float32Array([1.5, -2]).buffer);
  const view = new DataView(whole);
  let length = view.getUint32(0, true);
  while (new Uint8Array(whole)[3 + length] === 0x20) length -= 1;
  view.setUint32(0, length, true);
  assert.deepEqual([...(decode(whole).arrays.get("x")?.data ?? [])], [1.5, -2]);
});

const MALFORMED = [
  ["an empty message", new ArrayBuffer(0), /at least 4 bytes, got 0/],
  ["a header longer than the message", message(PLAIN).slice(0, 20), /header: expected \d+ bytes, got 16/],
  ["a header that is no JSON", message("{]"), /header: expected UTF-8 JSON/],
  ["another kind of message", message({ kind: "film" }), /kind "frame", got "film"/],
  ["a step that is no whole number", message({ ...PLAIN, step: 1.5, arrays: [] }), /step: .* 1.5/],
  ["no list of arrays", message(PLAIN), /arrays: expected a list/],
  ["no scalars", message({ ...PLAIN, scalars: null, arrays: [] }), /scalars: expected an object/],
  ["an unknown dtype", message(withArray({ dtype: "<f2" })), /x: expected a dtype of .*"<f2"/],
  ["a negative size", message(withArray({ shape: [-1] })), /x: expected a shape/],
  ["bytes that do not fit the shape", message(withArray({ bytes: 4 })), /x: shape 2 of <f4 needs 8/],
  ["an offset between two elements", message(withArray({ offset: 4 })), /multiples of 8, got 4/],
  ["an offset before the arrays", message(withArray({ offset: -8 })), /multiples of 8, got -8/],
  ["an array beyond the end", message(withArray({})), /x: ends at byte \d+ of a message of \d+/],
];

for (const [what, bytes, text] of MALFORMED) {
  test(`${what} is refused by name`, () => {
    assert.throws(() => decode(bytes), (error) => error instanceof WireError && text.test(error.message));
  });
}

test("a truncated golden frame never reads", () => {
  const bytes = goldenFrame();
  for (let length = 0; length < bytes.byteLength - 8; length += 7) {
    assert.throws(() => decode(bytes.slice(0, length)), WireError, `cut to ${length} bytes`);
  }
});
