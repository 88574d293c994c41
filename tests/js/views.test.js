/** The views' arithmetic: where cells lie, what they are called, how axes and scales are chosen. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Arrangement } from "../../static/js/views/parts/arrangement.js";
import { chartSummary, pointName } from "../../static/js/views/parts/chart-words.js";
import { Geometry } from "../../static/js/views/parts/geometry.js";
import { Ink } from "../../static/js/views/parts/ink.js";
import { move } from "../../static/js/views/parts/moves.js";
import { scaleFor, tileSide } from "../../static/js/views/parts/network-sizes.js";
import { cellText, fit } from "../../static/js/views/parts/numbers.js";
import { Range } from "../../static/js/views/parts/range.js";
import { along, linearTicks, logTicks, placeAxis, stepAxis, twoDigitsUp, valueAxis } from
  "../../static/js/views/parts/ticks.js";
import { distanceTo, feeding, line, linesInto, past, wires } from "../../static/js/views/parts/wires.js";
import { axisNames, cellName, shapeLine, summary, tileName } from
  "../../static/js/views/parts/words.js";

const MEASURES = { cellWidth: 10, cellHeight: 10, gap: 6, bleed: 4, border: 1, line: 1, ratio: 1 };

const elementAt = (shape, index) => index.reduce((at, i, axis) => at * shape[axis] + i, 0);

const SHAPES = [
  [[8, 1, 3, 3], {}],
  [[1, 16, 4, 4], { prefix: [0], across: 2 }],
  [[3, 5, 4, 2], { prefix: [2] }],
  [[10, 64], {}],
  [[1, 64], { prefix: [0] }],
  [[784], { strip: 100 }],
  [[7], { orient: "row" }],
  [[], {}],
];

for (const [shape, options] of SHAPES) {
  const name = `${JSON.stringify(shape)} ${JSON.stringify(options)}`;

  test(`every shown element of ${name} has one cell, and the cell leads back to it`, () => {
    const arrangement = new Arrangement(shape, options);
    const found = new Set();
    for (let row = 0; row < arrangement.gridRows; row++) {
      for (let column = 0; column < arrangement.gridColumns; column++) {
        const element = arrangement.element(row, column);
        if (element < 0) continue;
        found.add(element);
        assert.equal(arrangement.gridRowOf(element), row);
        assert.equal(arrangement.gridColumnOf(element), column);
        assert.ok(arrangement.shows(element));
        assert.equal(elementAt(shape, arrangement.index(element)), element);
      }
    }
    assert.equal(found.size, arrangement.count);
  });

  for (const ratio of [1, 1.5, 2, 3]) {
    test(`the middle of every cell of ${name} is found under the pointer at density ${ratio}`, () => {
      const arrangement = new Arrangement(shape, options);
      const geometry = new Geometry(arrangement, { ...MEASURES, ratio });
      const box = { x: 0, y: 0, width: 0, height: 0 };
      for (let i = arrangement.start; i < arrangement.start + arrangement.count; i++) {
        geometry.cellOnPage(i, box);
        assert.equal(geometry.locate(box.x + box.width / 2, box.y + box.height / 2), i);
      }
    });
  }
}

test("between tiles there is no element", () => {
  const arrangement = new Arrangement([2, 3, 3], { across: 2 });
  const geometry = new Geometry(arrangement, MEASURES);
  assert.equal(geometry.locate(34, 10), -1);
  assert.equal(geometry.locate(-1, 10), -1);
  assert.equal(geometry.locate(10, 400), -1);
});

test("edges of cells are whole device pixels, and the tile has the width asked for", () => {
  const arrangement = new Arrangement([3, 3]);
  const geometry = new Geometry(arrangement, { ...MEASURES, tileWidth: 40, tileHeight: 40 });
  assert.deepEqual([...geometry.xs], [0, 13, 27, 40]);
});

test("tiles of more than eight stand beside each other", () => {
  assert.equal(new Arrangement([8, 3, 3]).across, 1);
  assert.equal(new Arrangement([16, 3, 3]).across, 2);
  assert.equal(new Arrangement([16, 3, 3], { across: 4 }).across, 4);
});

test("a range grows by powers of two, never shrinks in a run, and starts anew with the next", () => {
  const range = new Range();
  const see = (values, run = 1) => range.see(Float32Array.from(values), 0, values.length, run);
  assert.ok(see([0.3, -0.1]));
  assert.equal(range.limit, 0.5);
  assert.equal(range.signed, true);
  assert.equal(see([0.52, 0]), false, "a little beyond keeps the range");
  assert.ok(see([0.6, 0]));
  assert.equal(range.limit, 1);
  see([0.01, 0]);
  assert.equal(range.limit, 1);
  see([0.01, 0], 2);
  assert.equal(range.limit, 2 ** -6);
  assert.equal(range.signed, false);
});

test("what is not finite does not widen a range", () => {
  const range = new Range(1);
  range.see(Float32Array.from([NaN, Infinity, -Infinity, 0.5]), 0, 4, 1);
  assert.equal(range.limit, 1);
});

test("a range that follows shrinks once the values have faded", () => {
  const range = new Range(0, true);
  for (const value of [1, 0.3]) range.see([value], 0, 1, 1);
  assert.equal(range.limit, 1);
  range.see([0.01], 0, 1, 1);
  assert.equal(range.limit, 2 ** -6);
});

test("the numbers of a tensor fit its cells, or are left out", () => {
  const usual = { limit: 1, signed: true, whole: false, zoom: 1 };
  const of = (width, more) => fit({ ...usual, width, height: width, ...more });
  assert.equal(of(37, { zoom: 1.6 }), null, "a projector needs larger type");
  assert.equal(of(25), null);
  assert.deepEqual([of(37).decimals, of(37).bare], [2, false]);
  assert.deepEqual([of(28).decimals, of(28).bare], [2, true]);
  assert.equal(of(37, { limit: 16, whole: true }).decimals, 0);
  for (const width of [26, 30, 37, 60]) {
    for (const limit of [0.001, 0.05, 1, 8, 64, 1024]) {
      const style = of(width, { limit });
      if (!style) continue;
      const text = cellText(-limit * 0.987, style);
      assert.ok(text.length * 0.602 * style.size <= width, `${text} in ${width} px`);
    }
  }
});

test("cell texts: a true minus sign, fixed decimals, an exact nought, one string per number", () => {
  const style = { size: 10, decimals: 2, bare: false };
  assert.equal(cellText(-0.524, style), "−0.52");
  assert.equal(cellText(0, style), "0");
  assert.equal(cellText(-0.001, style), "0.00");
  assert.equal(cellText(-0.5, { ...style, bare: true }), "−.50");
  assert.equal(cellText(0, { ...style, padded: true }), "0.00");
});

test("a cell is named by its axes, counted from one; axes of length one say nothing", () => {
  const arrangement = new Arrangement([8, 1, 3, 3]);
  const axes = axisNames("filter,channel,row,column", arrangement.shape, 0);
  const element = elementAt(arrangement.shape, [2, 0, 1, 0]);
  assert.equal(cellName(arrangement, axes, element, -0.52), "filter 3, row 2, column 1: −0.52");
  assert.equal(tileName(arrangement, axes, 2), "filter 3");
});

test("axes have their usual names when none are given", () => {
  assert.deepEqual(axisNames(null, [4, 4], 0), ["row", "column"]);
  assert.deepEqual(axisNames(null, [1, 8, 4, 4], 1), ["image", "channel", "row", "column"]);
  assert.deepEqual(axisNames(null, [1, 10], 1), ["image", "unit"]);
});

test("a summary tells the shape, the least and the greatest value and where they are", () => {
  const arrangement = new Arrangement([2, 1, 2, 2]);
  const axes = ["filter", "channel", "row", "column"];
  const text = summary(arrangement, axes, [0, 1, 2, 3, -4, 5, 6, 7]);
  assert.equal(
    text,
    "8 numbers, 2 filters by 2 rows by 2 columns; least −4 at filter 2, row 1, column 1, " +
      "greatest 7 at filter 2, row 2, column 2.",
  );
  assert.match(summary(arrangement, axes, [NaN, 1, 2, 3, 4, 5, 6, 7]), /1 of them not finite/);
  assert.match(summary(arrangement, axes, new Float32Array(8).fill(NaN)), /none of them finite/);
  assert.match(summary(arrangement, axes, new Float32Array(8)), /all are 0/);
});

test("a heading's line of the shape leaves out what is held and axes of length one", () => {
  assert.equal(shapeLine([8, 1, 3, 3], 0), "8 · 3×3");
  assert.equal(shapeLine([1, 16, 2, 2], 1), "16 · 2×2");
  assert.equal(shapeLine([1, 64], 1), "64");
  assert.equal(shapeLine([1, 1, 8, 8], 1), "8×8");
});

test("keys move the roving cell across tiles and stop at the rim", () => {
  const arrangement = new Arrangement([3, 2, 2], { across: 2 });
  const grid = {
    rows: arrangement.gridRows,
    columns: arrangement.gridColumns,
    page: arrangement.rows,
    has: (row, column) => arrangement.element(row, column) >= 0,
  };
  assert.deepEqual(move(grid, 0, 1, "ArrowRight", false), [0, 2]);
  assert.deepEqual(move(grid, 0, 3, "ArrowRight", false), [0, 3]);
  assert.deepEqual(move(grid, 1, 0, "ArrowDown", false), [2, 0]);
  assert.deepEqual(move(grid, 1, 3, "ArrowDown", false), [1, 3], "no tile below the second");
  assert.deepEqual(move(grid, 0, 0, "PageDown", false), [2, 0]);
  assert.deepEqual(move(grid, 1, 2, "Home", false), [1, 0]);
  assert.deepEqual(move(grid, 2, 0, "End", false), [2, 1]);
  assert.deepEqual(move(grid, 0, 0, "End", true), [3, 1]);
  assert.deepEqual(move(grid, 3, 1, "Home", true), [0, 0]);
  assert.equal(move(grid, 0, 0, "x", false), null);
});

test("arrows pass over points that were not measured, and stay when there is none beyond", () => {
  const measured = [true, false, false, true, false];
  const grid = {
    rows: 1, columns: 5, page: 1,
    has: (row, column) => row === 0 && column >= 0 && column < 5,
    passes: (_row, column) => !measured[column],
  };
  assert.deepEqual(move(grid, 0, 0, "ArrowRight", false), [0, 3]);
  assert.deepEqual(move(grid, 0, 3, "ArrowLeft", false), [0, 0]);
  assert.deepEqual(move(grid, 0, 3, "ArrowRight", false), [0, 3]);
});

test("marks are round numbers, at least two, inside the axis, and not too many", () => {
  for (const high of [0.003, 0.7, 1, 2.45, 9, 10, 341, 9490, 1e6]) {
    for (const most of [2, 3, 5]) {
      const ticks = linearTicks(0, high, most);
      assert.ok(ticks.length >= 2, `0 to ${high}: ${ticks}`);
      assert.ok(ticks.length <= most + 2, `0 to ${high}, ${most} marks: ${ticks}`);
      assert.ok(ticks.at(-1) <= high * 1.0001);
    }
  }
  assert.deepEqual(linearTicks(0, 1, 3), [0, 0.5, 1]);
  assert.deepEqual(logTicks(0.01, 100, 5), [0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(stepAxis(0, 4).ticks.every(Number.isInteger), true);
});

test("an axis holds its values and ends at a round number", () => {
  for (const log of [false, true]) {
    for (const [least, greatest] of [[0.02, 2.45], [0.9, 0.95], [1e-4, 2e-4], [3, 800]]) {
      const axis = valueAxis(least, greatest, { log, low: null, high: null, most: 4 });
      assert.ok(along(axis, least) >= 0 && along(axis, greatest) <= 1, `${least} to ${greatest}`);
    }
  }
  assert.equal(valueAxis(0, 0.4, { log: false, low: 0, high: 1, most: 3 }).high, 1);
  assert.equal(twoDigitsUp(341), 350);
  assert.equal(twoDigitsUp(9), 10);
  assert.equal(twoDigitsUp(9491), 9500);
});

test("a node is fed by all nodes, by its own, or by the tile that it was in", () => {
  assert.deepEqual(feeding("all", 3, 4, 8), [0, 1, 2, 3]);
  assert.deepEqual(feeding("one", 3, 8, 8), [3]);
  assert.deepEqual(feeding("one", 3, 1, 8), [0]);
  assert.deepEqual([0, 3, 4, 63].map((node) => feeding("flatten", node, 16, 64)[0]), [0, 0, 1, 15]);
});

test("a residual link runs below all columns that it goes past, the longer the lower", () => {
  /** @param {number} x @param {number} height */
  const column = (x, height) => [{ x, y: 0, width: 10, height }];
  const ends = /^M5 40C5 (\d+) 5 \1 (\d+) \1S(\d+) \1 \3 (\d+)$/;
  const short = ends.exec(past([column(0, 40), column(20, 60), column(40, 30)])) ?? [];
  const long = ends.exec(past([column(0, 40), column(20, 60), column(40, 30), column(60, 30)])) ?? [];
  assert.deepEqual(short.slice(2), ["25", "45", "30"]);
  assert.deepEqual(long.slice(2), ["35", "65", "30"]);
  assert.ok(Number(short[1]) > 60 && Number(long[1]) > Number(short[1]));
  assert.equal(past([column(0, 40), []]), "");
});

test("a network draws each connection once, and a band when lines would cover the space", () => {
  const column = (count, x) =>
    Array.from({ length: count }, (_, i) => ({ x, y: i * 10, width: 8, height: 8 }));
  const lines = (d) => (d.match(/M/g) ?? []).length;
  assert.equal(lines(wires("all", column(8, 0), column(16, 50)).lines), 128);
  assert.equal(lines(wires("one", column(8, 0), column(8, 50)).lines), 8);
  const dense = wires("all", column(64, 0), column(10, 50));
  assert.deepEqual([lines(dense.lines), lines(dense.bands)], [0, 1]);
  assert.equal(lines(linesInto("all", 2, column(64, 0), column(10, 50))), 64);
  assert.equal(lines(wires("flatten", column(16, 0), column(64, 50)).bands), 16);
});

test("a point on a connection is found there, and one beside it as far away as it is", () => {
  for (const [y, end] of [[0, 0], [0, 300], [250, 10], [40, 41]]) {
    const from = { x: 10, y, width: 20, height: 8 };
    const to = { x: 90, y: end, width: 8, height: 20 };
    const [x1, y1, x2, y2, x3, y3, x4, y4] = line(from, to).match(/[\d.]+/g).map(Number);
    for (let t = 0.05; t < 1; t += 0.05) {
      const mix = (a, b, c, d) =>
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
      const [x, above] = [mix(x1, x2, x3, x4), mix(y1, y2, y3, y4)];
      assert.ok(distanceTo(from, to, x, above) < 0.1, `${y} to ${end} at ${t}`);
    }
    assert.equal(distanceTo(from, to, 29, y + 4), Infinity);
    assert.equal(distanceTo(from, to, 91, end + 10), Infinity);
  }
  const level = [{ x: 0, y: 0, width: 10, height: 8 }, { x: 50, y: 0, width: 10, height: 8 }];
  assert.equal(distanceTo(level[0], level[1], 30, 11), 7);
});

test("a network is as large as its room allows, or does not fit", () => {
  const columns = [
    { least: 40, lead: 0, base: 106, rows: 8, across: 1, down: 1 },
    { least: 60, lead: 8, base: 38, rows: 8, across: 1, down: 8 },
    { least: 60, lead: 8, base: 38, rows: 8, across: 2, down: 8 },
    { least: 150, lead: 0, base: 0, rows: 1, across: 1, down: 1 },
  ];
  const room = { width: 700, height: 450, gap: 10, ratio: 1 };
  const wide = scaleFor(columns, room);
  const narrow = scaleFor(columns, { ...room, width: 480 });
  assert.ok(wide > narrow && narrow > 0, `${wide} > ${narrow}`);
  assert.equal(scaleFor(columns, { ...room, width: 300 }), 0);
  assert.ok(8 * (tileSide(columns[1], wide, 1) + 8) - 6 <= room.height);
});

test("a tile's cells are equal where they have three pixels or more", () => {
  for (const rows of [2, 3, 4, 8]) {
    for (const ratio of [1, 2]) {
      const side = tileSide({ base: 38, rows, least: 0, lead: 0, across: 1, down: 1 }, 1, ratio) * ratio;
      assert.equal(side % rows, 0, `${rows} rows in ${side} px`);
    }
  }
});

test("a stroke is ink along its line, soft at its rim, and paper elsewhere", () => {
  const ink = new Ink(20, 20);
  ink.stroke(5, 10, 15, 10, 1.5, false);
  const at = (row, column) => ink.pixels[row * 20 + column];
  assert.equal(at(10, 10), 1);
  assert.equal(at(2, 10), 0);
  assert.equal(at(10, 18), 0);
  assert.ok(ink.pixels.some((value) => value > 0 && value < 1));
  ink.stroke(5, 10, 15, 10, 3, true);
  assert.ok(ink.blank);
});

test("a drawing goes back stroke by stroke", () => {
  const ink = new Ink(8, 8);
  ink.keep();
  ink.stroke(2, 2, 2, 2, 1, false);
  const first = ink.pixels.slice();
  ink.keep();
  ink.stroke(6, 6, 6, 6, 1, false);
  assert.ok(ink.undo());
  assert.deepEqual(ink.pixels, first);
  assert.ok(ink.undo());
  assert.ok(ink.blank);
  assert.equal(ink.undo(), false);
});

test("an axis of places runs from the first to the last and may begin below nought", () => {
  const axis = placeAxis(-4, 4, 5);
  assert.deepEqual(axis.ticks, [-4, -2, 0, 2, 4]);
  assert.equal(axis.texts[0], "−4");
  assert.equal(along(axis, 0), 0.5);
  const scale = placeAxis(0.6, 1.4, 5);
  assert.ok(scale.ticks.every((tick) => tick >= 0.6 && tick <= 1.4));
});

test("a curve over a quantity is told by its places, not by steps", () => {
  const lines = /** @type {any} */ ({
    steps: [-1, 0, 1],
    series: [{ label: "dense" }],
    values: [[0.2, 0.9, 0.4]],
    present: [NaN],
    step: Infinity,
    head: 2,
    quantity: "px to the right",
    ghosts: [],
    marks: [],
  });
  assert.equal(pointName(lines, 0, 0), "dense, −1 px to the right: 0.2");
  const summary = chartSummary("how sure", lines);
  assert.match(summary, /^how sure: dense from 0\.2 at −1 px to the right to 0\.4/);
  assert.doesNotMatch(summary, /step/);
  const course = { ...lines, steps: [0, 1, 2], step: 2, quantity: "" };
  assert.equal(pointName(course, 0, 1), "dense, step 1: 0.9");
  assert.match(chartSummary("loss", course), /^loss up to step 2: /);
  const long = { ...course, steps: [0, 8, 16], step: 9, head: 18, present: [0.7] };
  assert.equal(pointName(long, 0, 1), "dense, mean of steps 8–15: 0.9");
  assert.equal(pointName(long, 0, 2), "dense, mean of steps 16–18: 0.4");
  assert.match(chartSummary("loss", long), / to 0\.7 at step 9, /);
  const ghosts = [{ name: "A", steps: [0, 1, 2], values: [[0.2, 0.8, NaN]] }];
  const behind = "Behind it, dashed: run A, dense 0.8 at step 1.";
  assert.ok(chartSummary("loss", { ...course, ghosts }).endsWith(behind));
  const marks = [{ step: 1, label: "least", token: "validation" }];
  assert.match(chartSummary("loss", { ...course, marks }), / Marked: least at step 1\.$/);
});
