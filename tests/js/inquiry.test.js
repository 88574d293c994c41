import assert from "node:assert/strict";
import { test } from "node:test";

import { Inquiry } from "../../static/js/core/inquiry.js";

/** An inquiry with a clock of its own; notes what it asks. */
function begin() {
  const noted = {
    /** @type {[number, string, number][]} */ asked: [],
    /** @type {number[]} */ terms: [],
    /** @type {(string | null)[]} */ moved: [],
    /** @type {any[]} */ answered: [],
    /** @type {[() => void, number][]} */ waiting: [],
    now: 0,
  };
  const inquiry = new Inquiry({
    ask: (id, { pick, page, terms }) => {
      noted.terms.push(terms);
      return noted.asked.push([id, pick.tensor, page]) > 0;
    },
    moved: (station) => noted.moved.push(station?.pick.tensor ?? null),
    answered: (station) => noted.answered.push(station),
    now: () => noted.now,
    wait: (callback, ms) => noted.waiting.push([callback, ms]),
  });
  return { inquiry, noted };
}

/** @param {string} tensor */
const pick = (tensor) => ({ tensor, index: [0], value: 1 });
/** @param {number} seq @param {boolean} [playing] */
const frame = (seq, playing = true) => /** @type {any} */ ({ run: 1, seq, playing });
/** @param {number} id */
const answer = (id) => /** @type {any} */ ({ kind: "ledger", id });

test("a number that is picked is asked about once", () => {
  const { inquiry, noted } = begin();
  inquiry.see(frame(1, false));
  inquiry.begin(pick("z"));
  inquiry.receive(answer(1));
  inquiry.see(frame(1, false));
  assert.deepEqual(noted.asked, [[1, "z", 0]]);
  assert.equal(noted.answered.length, 1);
});

test("one question is on its way, and the newest frame is asked about afterwards", () => {
  const { inquiry, noted } = begin();
  inquiry.begin(pick("z"));
  for (const seq of [1, 2, 3]) inquiry.see(frame(seq, false));
  assert.equal(noted.asked.length, 1);
  inquiry.receive(answer(1));
  assert.equal(noted.asked.length, 2);
  inquiry.receive(answer(2));
  assert.equal(noted.asked.length, 2);
});

test("while the run plays, ten questions a second are enough, and the last frame is not missed", () => {
  const { inquiry, noted } = begin();
  inquiry.begin(pick("z"));
  inquiry.receive(answer(1));
  noted.now = 20;
  inquiry.see(frame(1));
  assert.equal(noted.asked.length, 1);
  const [resume, ms] = noted.waiting[0];
  assert.equal(ms, 80);
  noted.now = 100;
  resume();
  assert.equal(noted.asked.length, 2);
});

test("an answer to an earlier question is not shown", () => {
  const { inquiry, noted } = begin();
  inquiry.begin(pick("z"));
  inquiry.walk(pick("x"));
  inquiry.receive(answer(1));
  assert.equal(noted.answered.length, 0);
  inquiry.receive(answer(2));
  assert.equal(inquiry.open?.ledger?.id, 2);
});

test("one walks back one number at a time, and then it is closed", () => {
  const { inquiry, noted } = begin();
  for (const tensor of ["z", "x"]) inquiry.walk(pick(tensor));
  inquiry.back();
  inquiry.back();
  inquiry.back();
  assert.deepEqual(noted.moved, ["z", "x", "z", null, null]);
});

test("walking to a number that was passed goes back to it", () => {
  const { inquiry } = begin();
  for (const tensor of ["a", "z", "x", "z"]) inquiry.walk(pick(tensor));
  assert.deepEqual(inquiry.stations.map(({ pick: { tensor } }) => tensor), ["a", "z"]);
});

test("a question that was lost with the line is asked again", () => {
  const { inquiry, noted } = begin();
  inquiry.begin(pick("z"));
  inquiry.reconnect();
  assert.equal(noted.asked.length, 2);
});

test("a refusal stands instead of the ledger, and is asked again at the next frame", () => {
  const { inquiry, noted } = begin();
  inquiry.begin(pick("z"));
  const error = { kind: "error", code: "no_ledger", text: "z: none", fatal: false };
  assert.equal(inquiry.refuse(/** @type {any} */ (error)), false);
  assert.equal(inquiry.refuse(/** @type {any} */ ({ ...error, id: 1 })), true);
  assert.equal(noted.answered[0].error.text, "z: none");
  inquiry.see(frame(1, false));
  assert.equal(noted.asked.length, 2);
});

test("what is unfolded stays so while the run plays, and for who walks back to it", () => {
  const { inquiry, noted } = begin();
  inquiry.begin(pick("z"));
  inquiry.receive(answer(1));
  inquiry.turn(2);
  inquiry.receive(answer(2));
  inquiry.unfold(30);
  inquiry.receive(answer(3));
  noted.now = 1000;
  inquiry.see(frame(1));
  inquiry.walk(pick("x"));
  inquiry.back();
  assert.deepEqual(noted.terms, [10, 10, 30, 30, 10, 30]);
  assert.deepEqual(noted.asked.map(([, , page]) => page), [0, 2, 0, 0, 0, 0]);
});
