import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = /** @type {any} */ (new URL("http://here/e/any"));
globalThis.history = /** @type {any} */ ({ replaceState() {} });
const { Address } = await import("../../static/js/core/address.js");

const EXHIBIT = { view_actions: ["look"], brings: { paste: { data: "pasted" } } };
const SHOWN = {
  controls: [],
  values: { data: "pasted", rate: 1 },
  changes: [[3, { rate: 1 }]],
  seed: 7,
  step: 40,
  playing: false,
  way: [],
};

/** @param {object} looks  an address that has been welcomed with these @param {object} [shown] */
function welcomed(looks, shown = {}) {
  const address = new Address(/** @type {any} */ ({ ...SHOWN, ...shown }));
  address.welcome(/** @type {any} */ ({ exhibit: EXHIBIT, looks }));
  return address;
}

test("a short table goes with the hello, and nothing is to be brought again", () => {
  const looks = { paste: { csv: "1,2" }, look: { at: 3 } };
  const address = welcomed(looks);
  const hello = address.hello();
  assert.deepEqual(hello.looks, looks);
  assert.deepEqual([hello.values, hello.step], [SHOWN.values, 40]);
  assert.deepEqual(hello.changes, SHOWN.changes);
  assert.deepEqual(address.unsent(false), {});
});

test("a table that no hello carries is brought again if the session has ended, else not", () => {
  const paste = { csv: "1,2\n".repeat(20_000) };
  const address = welcomed({ paste, look: { at: 3 } });
  const hello = address.hello();
  assert.deepEqual(hello.looks, { look: { at: 3 } });
  // a run on other data is no run of these steps
  assert.deepEqual([hello.values, hello.step, hello.changes], [{ rate: 1 }, undefined, undefined]);
  assert.deepEqual(address.unsent(false), { paste });
  address.hello();
  assert.deepEqual(address.unsent(true), {});
  assert.deepEqual(address.unsent(false), {});
});

test("a table that is not used stays at home", () => {
  const address = welcomed({ paste: { csv: "1,2" } }, { values: { data: "moons" } });
  assert.equal(address.hello().looks, undefined);
});

test("what is brought replaces what was, and leaves what is looked at", () => {
  const address = welcomed({ paste: { csv: "1" }, look: { at: 3 } });
  address.bring({ paste: { csv: "2" } });
  assert.deepEqual(address.looks, { look: { at: 3 }, paste: { csv: "2" } });
});
