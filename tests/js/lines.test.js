import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Lines } from "../../static/js/core/lines.js";
import { differs, flagText, scalarNames } from "../../static/js/views/parts/line-words.js";
import { ghostCurves } from "../../static/js/views/parts/ghost-curves.js";
import { furthest, shared } from "../../static/js/views/parts/ghost-tracks.js";

globalThis.window = /** @type {any} */ (globalThis);

/** @param {object} [of] */
const line = (of) => /** @type {any} */ ({
  line: 1,
  name: "A",
  pinned: false,
  parent: null,
  step: 0,
  head: 200,
  changes: [],
  course: { step: [0, 1], loss: [2.5, null], val_loss: [2.4, 2.3] },
  ...of,
});
const B = line({ line: 2, name: "B", parent: 1, step: 120, head: 130 });
const STATE = { current: 2, lines: [line(), B], differences: [{ a: 1, b: 2, step: 121 }] };

/** @param {number} seq */
const frame = (seq, playing = false) => /** @type {any} */ ({ run: 2, seq, playing });

/** @type {any[]} */
let sent;
/** @type {Lines} */
let lines;

beforeEach(() => {
  sent = [];
  lines = new Lines({
    send: (command) => sent.push(command) > 0,
    picked: () => ({ tensor: "conv1.W", index: [0, 1] }),
    compared: () => {},
  });
});

const answer = () => lines.receive(/** @type {any} */ ({ kind: "compared", id: sent.at(-1).id, lines: [] }));

test("one line alone is not asked about", () => {
  lines.see(frame(1));
  assert.deepEqual(sent, []);
});

test("what stands still is compared once, with the number that is picked", () => {
  lines.see(frame(1));
  lines.take(STATE);
  assert.deepEqual(sent[0].numbers, [{ tensor: "conv1.W", index: [0, 1] }]);
  answer();
  lines.see(frame(1));
  assert.equal(sent.length, 1);
  lines.see(frame(2));
  assert.equal(sent.length, 2);
});

test("while the run plays, a few questions a second are enough, and the last is not missed", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  lines.see(frame(1, true));
  lines.take(STATE);
  assert.deepEqual(sent[0].numbers, []);
  answer();
  for (let seq = 2; seq < 30; seq++) lines.see(frame(seq, true));
  assert.equal(sent.length, 1);
  lines.see(frame(30, false));
  assert.equal(sent.length, 1, "the pace is being waited for");
  mock.timers.tick(250);
  assert.equal(sent.length, 2);
  mock.timers.reset();
});

test("an error is a comparison's only if it answers one", () => {
  lines.see(frame(1));
  lines.take(STATE);
  const error = { kind: "error", code: "superseded", text: "", fatal: false };
  assert.equal(lines.refuse(/** @type {any} */ ({ ...error, id: sent[0].id })), true);
  assert.equal(lines.refuse(/** @type {any} */ ({ ...error, id: 3 })), false);
  assert.equal(lines.refuse(/** @type {any} */ (error)), false);
});

test("the lines that are not on the stage are its ghosts, and a welcome forgets all", () => {
  lines.take(STATE);
  assert.deepEqual(lines.ghosts.map(({ name }) => name), ["A"]);
  assert.equal(furthest(lines, 130), 200);
  lines.take({ current: 1, lines: [line()], differences: [] });
  assert.deepEqual(lines.all, [], "one that nobody has pinned is nothing to compare with");
  lines.take({ current: 1, lines: [line({ pinned: true })], differences: [] });
  assert.equal(lines.all.length, 1);
  lines.take(null);
  assert.deepEqual([lines.all, lines.ghosts, lines.current], [[], [], 0]);
});

test("what makes a line another one is said by its controls' names", () => {
  const controls = /** @type {any} */ ([
    { name: "learning_rate", kind: "slider", label: "Learning rate" },
    {
      name: "optimizer",
      kind: "choice",
      label: "Optimizer",
      options: [{ value: "sgd", label: "SGD" }, { value: "adam", label: "Adam" }],
    },
  ]);
  /** @param {any} changes */
  const said = (changes, of = B) => differs({ ...of, changes }, [line(), B], controls);
  assert.equal(
    said([[120, { learning_rate: [0.008, 0.05], optimizer: ["adam", "sgd"] }]]),
    "as A, but learning rate 0.008 → 0.05 from step 120, optimizer Adam → SGD from step 120",
  );
  assert.equal(said([[120, { set_weight: [null, null] }]]), "as A, but set weight from step 120");
  assert.equal(said([[0, { seed: [1, 2] }]], line()), "seed 1 → 2");
  assert.equal(said([[1, { a: [1, 2] }], [2, { b: [1, 2], c: [false, true] }]], line()),
    "a 1 → 2 from step 1, b 1 → 2 from step 2, and 1 more");
  assert.equal(said([]), "the same again from step 120");
  assert.equal(said([], line()), "as it began");
});

test("a flag says where two lines first differ, or that none was found", () => {
  const nameOf = (/** @type {number} */ id) => "?AB"[id];
  assert.equal(flagText({ a: 1, b: 2, step: 1210 }, nameOf), "A and B first differ at step 1,210");
  assert.equal(flagText({ a: 1, b: 2, step: null }, nameOf), "A and B: no difference found yet");
  assert.deepEqual(scalarNames([line()]), ["loss", "val_loss"]);
  const other = line({ course: { step: [0, 1], loss: [null, 2], val_loss: [null, null] } });
  assert.deepEqual(scalarNames([other]), ["loss"]);
});

test("a ghost is drawn of the scalars that a chart draws boldly, and of nothing else", () => {
  const series = /** @type {any} */ ([
    { name: "history.loss", weight: 0.5 },
    { name: "history.val_loss", weight: 1 },
    { name: "val_loss", weight: 1 },
  ]);
  const [ghost] = ghostCurves([line({ course: { step: [0, 1], val_loss: [2.4, null] } })], series);
  assert.deepEqual(ghost.values.map((values) => [...values]), [[], [2.4, NaN], []]);
  assert.deepEqual(ghostCurves([line()], /** @type {any} */ ([{ name: "x", weight: 1 }])), []);
});

test("lines are one up to where one left the other, or both the line they come from", () => {
  const C = line({ line: 3, name: "C", parent: 2, step: 150 });
  const D = line({ line: 4, name: "D", parent: 1, step: 60 });
  const E = line({ line: 5, name: "E" });
  lines.take({ ...STATE, lines: [line(), B, C, D, E] });
  assert.equal(shared(lines, 1, 2), 120);
  assert.equal(shared(lines, 1, 3), 120);
  assert.equal(shared(lines, 2, 3), 150);
  assert.equal(shared(lines, 3, 4), 60);
  assert.equal(shared(lines, 5, 3), 0);
  lines.take({ ...STATE, lines: [B, D] });
  assert.equal(shared(lines, 2, 4), 60, "the line that both left may be gone");
});
