import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { fitsInUrl, nothing, readUrl, saysNothing, UrlWriter, writeUrl } from "../../static/js/core/url.js";

const NOTHING = nothing();

const STATES = [
  NOTHING,
  { ...NOTHING, seed: 0 },
  { ...NOTHING, values: { learning_rate: 0.003, dropout: 0, flip: true, still: false } },
  { ...NOTHING, values: { filters: "8", optimizer: "sgd", odd: "true", empty: "" } },
  { ...NOTHING, values: { tiny: 1e-7, huge: 1e21, negative: -2.5 } },
  { ...NOTHING, values: { text: 'a&b=c ~;:"%+é', quoted: '"8"', "a name": "x" } },
  { ...NOTHING, step: 341, beat: 3, seed: 4294967295 },
  { ...NOTHING, pick: { tensor: "conv1.z", index: [0, 2, 3, 4] }, more: "q1Y-_0" },
  { ...NOTHING, pick: { tensor: "conv1.W.m", index: [0, 0] } },
  { ...NOTHING, pick: { tensor: "loss", index: [] } },
  { ...NOTHING, values: { rate: 1 }, hide: ["rate", "batch_size"], more: "q1Y" },
  { ...NOTHING, hide: ["a b", "c&d=e", "né"] },
  {
    ...NOTHING,
    seed: 3,
    step: 90,
    changes: [
      [50, { learning_rate: 0.01, optimizer: "adam" }],
      [80, { filters: "8", note: "a~b" }],
    ],
  },
];

for (const state of STATES) {
  const query = writeUrl(state);
  test(`reading gives back what was written: ${query.slice(0, 60) || "(nothing)"}`, () => {
    assert.deepEqual(readUrl(query), state);
    assert.deepEqual(readUrl(`?${query}`), state);
  });
}

test("a state that says nothing has an empty query", () => {
  assert.equal(writeUrl(NOTHING), "");
});

test("text that looks like a number stays text", () => {
  const { values } = readUrl(writeUrl({ ...NOTHING, values: { a: "8", b: 8 } }));
  assert.deepEqual(values, { a: "8", b: 8 });
});

test("only a place in the lesson is no run to open", () => {
  assert.equal(saysNothing({ ...NOTHING, beat: 3 }), true);
  for (const said of [{ seed: 0 }, { more: "a" }, { pick: { tensor: "loss", index: [] } }]) {
    assert.equal(saysNothing({ ...NOTHING, ...said }), false);
  }
});

test("what a link hides is no run to open, and is read however its commas travelled", () => {
  assert.equal(saysNothing({ ...NOTHING, beat: 1, hide: ["rate"] }), true);
  assert.deepEqual(readUrl("hide=rate%2Cbatch_size,,rate").hide, ["rate", "batch_size"]);
  assert.deepEqual(readUrl("hide=").hide, []);
});

test("actions cannot be read in a link: they are in what is packed", () => {
  const changes = [[0, { rate: 1 }], [5, "edit", { value: 2 }], [5, { rate: 2 }]];
  assert.equal(writeUrl({ ...NOTHING, changes }), "changes=0~rate~1~5~rate~2");
});

test("a query survives a program that encodes whatever may be encoded", () => {
  const state = { ...NOTHING, seed: 3, changes: [[50, { learning_rate: 0.01, optimizer: "adam" }]] };
  const rewritten = [...new URLSearchParams(writeUrl(state))]
    .map(([key, value]) => `${key}=${value.replace(/[^A-Za-z0-9~._-]/g, encodeURIComponent)}`)
    .join("&");
  assert.deepEqual(readUrl(rewritten), state);
});

const NONSENSE = ["?", "&&&", "=", "=5", "step=", "step=-1", "step=1.5", "seed=abc", "beat=1e3", "%", "changes=5~a", "pick=", "pick=.3.4", "more=", "more=%25"];

for (const query of NONSENSE) {
  test(`nonsense is left out: ${query}`, () => {
    const { values: _, ...rest } = readUrl(query);
    const { values: __, ...expected } = NOTHING;
    assert.deepEqual(rest, query === "more=%25" ? { ...expected, more: "25" } : expected);
  });
}

test("a lone percent sign is read as it stands", () => {
  assert.deepEqual(readUrl("name=100%").values, { name: "100%" });
});

test("changes at the same step come back as one", () => {
  assert.deepEqual(readUrl("changes=5~a~1~5~b~2~6~a~3").changes, [
    [5, { a: 1, b: 2 }],
    [6, { a: 3 }],
  ]);
});

test("too many changes are left out of the link, and it can be asked", () => {
  const changes = Array.from({ length: 1000 }, (_, i) => [i, { learning_rate: 0.01 }]);
  assert.equal(fitsInUrl(changes), false);
  assert.equal(writeUrl({ ...NOTHING, seed: 1, changes }), "seed=1");
  assert.equal(fitsInUrl(changes.slice(0, 50)), true);
});

function writer() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const clock = { now: 0 };
  /** @type {string[]} */
  const written = [];
  const made = new UrlWriter((query) => written.push(query), () => clock.now);
  /** @param {number} ms */
  const pass = (ms) => {
    clock.now += ms;
    mock.timers.tick(ms);
  };
  return { made, written, pass };
}

test("a playing run writes the address at most every two seconds", (t) => {
  t.after(() => mock.timers.reset());
  const { made, written, pass } = writer();
  let step = 0;
  for (let ms = 0; ms < 30_000; ms += 16) {
    step += 1;
    made.schedule(() => `step=${step}`, true);
    pass(16);
  }
  assert.ok(written.length >= 14 && written.length <= 16, `${written.length} in 30 s`);
});

test("a drag writes the address less often than browsers limit it", (t) => {
  t.after(() => mock.timers.reset());
  const { made, written, pass } = writer();
  for (let ms = 0; ms < 30_000; ms += 16) {
    made.schedule(() => `x=${ms}`, false);
    pass(16);
  }
  assert.ok(written.length > 40 && written.length < 100, `${written.length} in 30 s`);
});

test("the last state is the one that stands in the address", (t) => {
  t.after(() => mock.timers.reset());
  const { made, written, pass } = writer();
  made.schedule(() => "step=1", true);
  made.schedule(() => "step=2", true);
  pass(3000);
  assert.deepEqual(written, ["step=2"]);
});

test("a pause does not wait as long as a playing run", (t) => {
  t.after(() => mock.timers.reset());
  const { made, written, pass } = writer();
  made.schedule(() => "step=1", true);
  pass(100);
  made.schedule(() => "step=2", true);
  made.schedule(() => "step=3", false);
  pass(600);
  assert.deepEqual(written, ["step=1", "step=3"]);
});

test("flushing writes what is scheduled at once, and nothing twice", (t) => {
  t.after(() => mock.timers.reset());
  const { made, written, pass } = writer();
  made.flush();
  made.schedule(() => "step=5", true);
  made.flush();
  pass(5000);
  assert.deepEqual(written, ["step=5"]);
});
