import assert from "node:assert/strict";
import { test } from "node:test";

import { FRONT, moved, turned } from "../../static/js/views/parts/camera.js";
import { groundSummary, levelsWords, nearest, sheetOf } from "../../static/js/views/parts/ground-words.js";
import { levelsOf, place } from "../../static/js/views/parts/levels.js";
import { heightAt, laid } from "../../static/js/views/parts/on-surface.js";

/** A function over a grid of n × n places from −2 to 2. */
function ground(f, n = 41) {
  const x = Float32Array.from({ length: n }, (_, i) => -2 + (4 * i) / (n - 1));
  const z = Float32Array.from({ length: n * n }, (_, i) => f(x[i % n], x[Math.floor(i / n)]));
  return { x, y: x, z, key: 1 };
}

const BOWL = ground((x, y) => x * x + y * y);
const VALLEY = ground((x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2);
const PIT = ground((x, y) => -100 * Math.exp(-20 * (x * x + y * y)) + 0.2 * x);
const NAMES = { label: "loss", x: "w1", y: "w2", z: "J" };

test("a bowl gets lines at even, round distances", () => {
  const { kind, lines } = levelsOf(BOWL.z, false);
  assert.equal(kind, "even");
  assert.deepEqual(lines, [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(levelsWords(levelsOf(BOWL.z, false)), "a line every 1");
});

test("a valley under cliffs gets lines at ratios, and so does any ground where they are asked for", () => {
  const { kind, lines } = levelsOf(VALLEY.z, false);
  assert.equal(kind, "ratio");
  assert.ok(lines.includes(10) && lines.includes(1000));
  assert.equal(levelsOf(BOWL.z, true).kind, "ratio");
});

test("a ground with a narrow pit below nought gets as much ground between any two lines", () => {
  const levels = levelsOf(PIT.z, false);
  assert.equal(levels.kind, "ranked");
  const sizes = new Array(levels.lines.length + 1).fill(0);
  for (const z of PIT.z) sizes[Math.min(Math.floor(place(levels, z)), levels.lines.length)] += 1;
  assert.ok(Math.max(...sizes) < 0.3 * PIT.z.length, sizes.join());
});

test("lines rise and lie inside the ground, whatever it is", () => {
  for (const { z } of [BOWL, VALLEY, PIT, ground((x, y) => x * y), ground((x) => Math.exp(9 * x))]) {
    for (const log of [false, true]) {
      const { lines, least, greatest } = levelsOf(z, log);
      assert.ok(lines.length >= 2 && lines.length <= 16, `${lines.length} lines`);
      for (const [i, line] of lines.entries()) {
        assert.ok(line > (i ? lines[i - 1] : least) && line < greatest);
      }
    }
  }
});

test("a flat ground and one that is not known yet have no lines, and a hole is passed over", () => {
  assert.deepEqual(levelsOf(new Float32Array(9), false).lines, []);
  assert.deepEqual(levelsOf(new Float32Array(9).fill(NaN), false).lines, []);
  const { least, greatest } = levelsOf([NaN, 1, Infinity, 3], false);
  assert.deepEqual([least, greatest], [1, 3]);
});

test("the scale counts lines, and never falls", () => {
  for (const { z } of [BOWL, VALLEY, PIT]) {
    const levels = levelsOf(z, false);
    for (const [i, line] of levels.lines.entries()) {
      assert.ok(Math.abs(place(levels, line) - (i + 1)) < 1e-9);
    }
    let before = -1;
    for (const height of Float64Array.from(z).sort()) {
      const now = place(levels, height);
      assert.ok(now >= before);
      before = now;
    }
    assert.equal(place(levels, levels.least), 0);
    assert.equal(place(levels, levels.greatest), levels.lines.length + 1);
  }
  assert.ok(Number.isNaN(place(levelsOf(BOWL.z, false), NaN)));
});

test("the ground between four places is bilinear, and nothing is known outside", () => {
  const corners = { x: [0, 1], y: [0, 2], z: [1, 3, 5, 9], key: 1 };
  assert.equal(heightAt(corners, 0.5, 1), 4.5);
  assert.equal(heightAt(corners, 1, 2), 9);
  assert.ok(Number.isNaN(heightAt(corners, 1.1, 1)));
});

test("a path follows the ground between its steps, and is broken where it leaves it", () => {
  const path = { name: "", token: "ink", x: [-1, 1, 3], y: [0, 0, 0], z: [1, 1, 9] };
  const { x, z } = laid(path, BOWL, (height) => height, 0);
  const lowest = Math.min(...z.filter((height) => height !== null));
  assert.ok(lowest < 0.05, `${lowest}: a chord would stay at 1`);
  assert.equal(x.at(-1), null);
  assert.equal(z.at(-1), null);
});

test("a path is never buried, and a long one is thinned with its end kept", () => {
  const n = 5000;
  const along = Array.from({ length: n }, (_, i) => -2 + (4 * i) / (n - 1));
  const path = { name: "", token: "ink", x: along, y: along, z: along.map((w) => 2 * w * w) };
  const line = laid(path, BOWL, (height) => height, 0.01);
  assert.ok(line.x.length <= 800, `${line.x.length} points`);
  assert.equal(line.x.at(-1), 2);
  for (const [i, z] of line.z.entries()) assert.ok(z >= heightAt(BOWL, line.x[i], line.y[i]) + 0.0099);
});

test("turning goes round and comes back, and never over the top", () => {
  const far = ({ eye, center }) => Math.hypot(eye.x - center.x, eye.y - center.y, eye.z - center.z);
  let camera = FRONT;
  for (let i = 0; i < 24; i++) camera = turned(camera, 15, 0);
  for (const axis of ["x", "y", "z"]) assert.ok(Math.abs(camera.eye[axis] - FRONT.eye[axis]) < 1e-9);
  for (let i = 0; i < 24; i++) camera = turned(camera, 0, 15);
  assert.ok(Math.abs(far(camera) - far(FRONT)) < 1e-9);
  assert.ok(Math.hypot(camera.eye.x, camera.eye.y) > 0.05);
  assert.ok(far(moved(camera, 0.5)) < far(camera));
});

test("the nearest place of a list is found from either side", () => {
  assert.equal(nearest([0, 1, 2], -9), 0);
  assert.equal(nearest([0, 1, 2], 1.6), 2);
});

test("a ground is summed up in a sentence, with where its paths are", () => {
  const path = { name: "gd", token: "ink", x: [1, 0.5], y: [1, 0.25], z: [2, 0.3125] };
  assert.equal(
    groundSummary(BOWL, NAMES, [path]),
    "loss: J over w1 from −2 to 2 and w2 from −2 to 2; least 0 at (0, 0), greatest 8 at (−2, −2) " +
      "of 1,681 places. Now: gd at (0.5, 0.25) at 0.313.",
  );
  assert.equal(groundSummary(null, NAMES, []), "loss: no values yet.");
});

test("a table has the uppermost row of the picture first", () => {
  const sheet = sheetOf({ x: [0, 1], y: [5, 6], z: [1, 2, 3, NaN], key: 1 }, NAMES);
  assert.deepEqual(sheet.rows, ["6", "5"]);
  assert.equal(sheet.value(0, 0), 3);
  assert.equal(sheet.value(0, 1), undefined);
  assert.equal(sheet.value(1, 1), 2);
});
