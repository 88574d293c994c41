import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { BadMoreError, More, MOST_MORE, pack, unpack } from "../../static/js/core/more.js";

const EDIT = [120, "edit", { tensor: "conv1.W", index: [2, 0, 1, 1], value: -0.1 }];
const DRAWN = { draw: { rows: 2, columns: 2, pixels: [0, 255, 17, 0] } };

/** Random bytes do not shrink. @param {number} count @param {number} seed */
function noise(count, seed = 1) {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** @param {string | Uint8Array} content  packed as a page would, whatever it is */
const packed = (content) => deflateRawSync(content).toString("base64url");

test("what is packed comes back, in letters that no program escapes", async () => {
  const extras = { changes: [[0, { rate: 1 }], EDIT, [120, { rate: 2 }]], looks: DRAWN };
  const text = await pack(extras);
  assert.match(text, /^[\w-]+$/);
  assert.deepEqual(await unpack(text), extras);
});

test("nothing to pack is an empty text", async () => {
  assert.equal(await pack({ changes: [], looks: {} }), "");
});

test("a drawing of 32 by 32 with soft strokes takes less than a sixth of the room", async () => {
  const pixels = Array.from({ length: 1024 }, (_, i) => {
    const [row, column] = [Math.floor(i / 32), i % 32];
    const far = Math.abs(Math.hypot(row - 16, column - 16) - 9);
    return Math.round(255 * Math.min(1, Math.max(0, 2.1 - far)));
  });
  const text = await pack({ changes: [], looks: { draw: { pixels, rows: 32, columns: 32 } } });
  assert.ok(text.length < 1000, `${text.length}`);
});

const BAD = {
  "cut off": "q1ZKzkjMS09V",
  "no letters of ours": "%%%",
  "no deflated text": "AAAA",
  "no JSON": packed("weights"),
  "no UTF-8": packed(new Uint8Array([34, 255, 34])),
  "a list": packed("[1]"),
  "null": packed("null"),
  "changes of another kind": packed('{"changes":[[1,2]]}'),
  "a step before the first": packed('{"changes":[[-1,{}]]}'),
  "an action without arguments": packed('{"changes":[[1,"edit"]]}'),
  "looks of another kind": packed('{"looks":{"draw":[1]}}'),
  "longer than allowed": "A".repeat(MOST_MORE + 1),
};

for (const [what, text] of Object.entries(BAD)) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(unpack(text), BadMoreError);
  });
}

test("a few letters that unfold to many megabytes are refused long before", async () => {
  const bomb = deflateRawSync(Buffer.alloc(4_000_000, " ")).toString("base64url");
  assert.ok(bomb.length <= MOST_MORE);
  await assert.rejects(unpack(bomb), /at most 48000 bytes/);
});

/** @param {unknown} extras */
async function settled(extras) {
  let told = 0;
  const more = new More(() => (told += 1));
  more.want(/** @type {any} */ ({ brought: {}, ...extras }));
  await more.settled();
  return { more, told };
}

const edits = (count) =>
  noise(count).map((at, i) => [i, "edit", { tensor: "conv1.W", index: [at, 0, 1, 1], value: Math.sqrt(at + i) }]);
const scribble = { draw: { rows: 64, columns: 64, pixels: noise(4096) } };

test("of what is too long the history goes first, and what is left out is told with its length", async () => {
  const { more, told } = await settled({ changes: [EDIT], looks: scribble });
  assert.equal(told, 1);
  assert.deepEqual(await unpack(more.text), { changes: [EDIT], looks: {} });
  assert.equal(more.hasChanges, true);
  const [{ part, length }] = more.leftOut;
  assert.deepEqual([more.leftOut.length, part, length > MOST_MORE], [1, "looks", true]);
});

test("a history that does not fit leaves the drawing in", async () => {
  const { more } = await settled({ changes: edits(1000), looks: DRAWN });
  assert.deepEqual(await unpack(more.text), { changes: [], looks: DRAWN });
  assert.equal(more.hasChanges, false);
  assert.deepEqual(more.leftOut.map(({ part }) => part), ["changes"]);
});

test("where neither fits, both are told", async () => {
  const { more } = await settled({ changes: edits(1000), looks: scribble });
  assert.equal(more.text, "");
  assert.deepEqual(more.leftOut.map(({ part }) => part), ["changes", "looks"]);
});

test("more than a hundred edits fit", async () => {
  const { more } = await settled({ changes: edits(120), looks: DRAWN });
  assert.deepEqual(more.leftOut, []);
});

test("the text is of what was wanted last, and the same again is not packed anew", async () => {
  let told = 0;
  const more = new More(() => (told += 1));
  for (let value = 0; value < 50; value++) more.want({ changes: [[1, "edit", { value }]], looks: {}, brought: {} });
  await more.settled();
  assert.deepEqual((await unpack(more.text)).changes, [[1, "edit", { value: 49 }]]);
  assert.ok(told <= 2, `${told}`);
  const before = told;
  more.want({ changes: [[1, "edit", { value: 49 }]], looks: {}, brought: {} });
  await more.settled();
  assert.equal(told, before);
  more.want({ changes: [], looks: {}, brought: {} });
  await more.settled();
  assert.deepEqual([more.text, more.hasChanges], ["", false]);
});

test("a photograph is left out alone: what is short beside it goes into the link", async () => {
  const rgb = Buffer.from(noise(90_000)).toString("base64");
  const more = new More(() => {});
  more.want({ changes: [], looks: { photo: { rgb }, ...DRAWN }, brought: {} });
  await more.settled();
  assert.deepEqual(await unpack(more.text), { changes: [], looks: DRAWN });
  assert.equal(more.leftOut.length, 1);
  assert.equal(more.leftOut[0].part, "looks");
  assert.ok(more.leftOut[0].length > 100_000);
});

const TABLE = "a,b,y\n" + Array.from({ length: 60 }, (_, i) => `${i / 8},${i % 7},${i % 2}`).join("\n");

test("a small table goes along, and what is left out for want of room is the history", async () => {
  const more = new More(() => {});
  const changes = [[3, "draw", { pixels: noise(6000) }]];
  more.want(/** @type {any} */ ({ changes, looks: DRAWN, brought: { paste: { csv: TABLE } } }));
  await more.settled();
  assert.deepEqual(more.leftOut.map(({ part }) => part), ["changes"]);
  assert.ok(!more.hasChanges && !more.lacksData);
  assert.deepEqual(await unpack(more.text), {
    changes: [],
    looks: { paste: { csv: TABLE }, ...DRAWN },
  });
});

test("without the table that a run is made of, its history stays out as well", async () => {
  const more = new More(() => {});
  const csv = noise(9000).map((byte) => byte / 8).join("\n");
  more.want(/** @type {any} */ ({ changes: [EDIT], looks: DRAWN, brought: { paste: { csv } } }));
  await more.settled();
  assert.ok(more.lacksData && !more.hasChanges);
  assert.equal(more.leftOut[0].part, "brought");
  assert.ok(more.leftOut[0].length > MOST_MORE);
  assert.deepEqual(await unpack(more.text), { changes: [], looks: DRAWN });
});

test("a table that unfolds to more than a message can carry is left out however small it packs", async () => {
  const more = new More(() => {});
  more.want({ changes: [], looks: {}, brought: { paste: { csv: "1,2,3\n".repeat(10_000) } } });
  await more.settled();
  assert.ok(more.lacksData);
  assert.equal(more.text, "");
});
