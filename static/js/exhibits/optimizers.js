/**
 * The stage of "A race of optimizers": the map and the surface with everybody's path, the standings
 * and the course, what one racer remembers, and what was found besides. Views only; every number is
 * the engine's.
 *
 * @import {ExhibitModule, Frame, Tensor} from "../core/types.js"
 * @import {Path} from "../views/parts/plane-marks.js"
 * @import {Page} from "../core/page.js"
 */

import { detail, one, setAttributes, setText } from "../core/dom.js";
import { count, percent, significant } from "../core/format.js";
import { ContourView } from "../views/contour-view.js";
import { LineChart } from "../views/line-chart.js";
import { ScoreTable } from "../views/score-table.js";
import { SculptTools } from "../views/parts/sculpt-tools.js";
import { SurfaceView } from "../views/surface-view.js";
import { Bet } from "./optimizers/bet.js";
import { InnerState, STATES } from "./optimizers/inner-state.js";
import { DASHES, RACERS, SHORT, TOKENS } from "./optimizers/racers.js";
import { Results } from "./optimizers/results.js";
import { RateSearch } from "./optimizers/search.js";

const SERIES = JSON.stringify(
  RACERS.map((kind, i) => ({
    name: `history.height_${kind}`,
    label: SHORT[i],
    token: TOKENS[i],
    dash: DASHES[i],
  })),
);
const ROWS = JSON.stringify(RACERS.map((_, i) => ({ label: SHORT[i], token: TOKENS[i] })));
const COLUMNS = JSON.stringify([
  { name: "racers.rank", label: "place", as: "count" },
  { name: "racers.arrived", label: "there after", as: "count", empty: "–" },
  { name: "racers.J", label: "J now", as: "number" },
  { name: "racers.moves", label: "moves", as: "count" },
  { name: "racers.rate", label: "rate", as: "number" },
]);

const STAGE = `
<section class="race-bet" data-bet aria-label="Bet"></section>
<div class="race-plots" data-map>
  <figure class="race-plot">
    <contour-view data-tensor="surface.J" label="J from above" x-label="w1" y-label="w2"
      z-label="J"></contour-view>
    <p class="race-key" data-arrows></p>
    <div class="figure-tools" role="group" aria-label="Sculpt" data-sculpt hidden></div>
  </figure>
  <figure class="race-plot">
    <surface-view data-tensor="surface.J" label="J as a surface" x-label="w1" y-label="w2"
      z-label="J"></surface-view>
  </figure>
</div>
<p class="figure-note" data-plane hidden></p>
<div class="panels race-panels">
  <section class="panel panel-scores">
    <h2 class="panel-title" data-standings></h2>
    <score-table label="the standings" rows='${ROWS}' columns='${COLUMNS}'></score-table>
    <div class="race-search" data-search></div>
  </section>
  <section class="panel">
    <line-chart label="height above the lowest place" x="history.step" y="log" switchable
      data-tensor="history.height_sgd" series='${SERIES}'></line-chart>
  </section>
  <section class="panel race-inner" data-inner></section>
  <section class="panel race-results" data-results></section>
</div>`;

/** Grounds whose walls are a thousand times as high as what happens on their floor. */
const STEEP = ["rosenbrock", "himmelblau", "beale", "own"];
const NONE = new Float32Array(0);

/** @type {ExhibitModule} */
const optimizers = {
  watch: [
    ...["start", "line", "lowest", "bet", "path.w", "path.J", "crowd", "arrows"],
    ...["surface.J", "surface.w1", "surface.w2"],
    ...["racers.w", "racers.J", "racers.moves", "racers.arrived", "racers.rank"],
    ...["racers.rate", "racers.out"],
    ...RACERS.flatMap((kind) => STATES[kind].map((short) => `${kind}.${short}`)),
    ...["results.sgd", "results.momentum", "results.nesterov", "results.rmsprop", "results.adam"],
    ...["results.annealing", "results.genetic", "results.winner"],
    "history.step",
    ...RACERS.map((kind) => `history.height_${kind}`),
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #contours;
  #surface;
  #chart;
  #scores;
  #parts;
  #inner;
  #notes;
  #sculpt;
  #seq = -1;
  /** The surface that is drawn, and how many there have been. */
  #drawn = NONE;
  #key = 0;
  /** What the words were last written for. */
  #said = "";

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#contours = one(stage, "contour-view", ContourView);
    this.#surface = one(stage, "surface-view", SurfaceView);
    this.#chart = one(stage, "line-chart", LineChart);
    this.#scores = one(stage, "score-table", ScoreTable);
    const part = (/** @type {string} */ name) => one(stage, `[data-${name}]`, HTMLElement);
    this.#parts = [
      new Bet(part("bet"), page),
      new RateSearch(part("search"), page),
      new Results(part("results"), page),
    ];
    this.#inner = new InnerState(part("inner"), part("arrows"), page);
    this.#notes = { plane: part("plane"), standings: part("standings") };
    this.#sculpt = new SculptTools(part("sculpt"), () => page.set({ strokes: "" }));
    stage.addEventListener("place-pick", (event) => this.#drop(event));
    stage.addEventListener("stroke", (event) => this.#stroke(event));
    stage.addEventListener("step-pick", (event) => page.seek(detail(event).step));
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#scores.show(frame.arrays);
    this.#drawGround(frame);
    this.#drawRacers(frame);
    this.#inner.show(frame);
    for (const part of this.#parts) part.show(frame);
    this.#say(frame);
  }

  /** @param {Frame} frame */
  #drawGround({ arrays }) {
    const [x, y, z] = ["surface.w1", "surface.w2", "surface.J"].map(
      (name) => arrays.get(name)?.data ?? NONE,
    );
    if (!same(z, this.#drawn)) {
      this.#key += 1;
      this.#drawn = Float32Array.from(z);
    }
    const { ground } = this.#page.values;
    const network = ground === "network";
    const names = {
      "x-label": network ? "towards Adam's end" : "w1",
      "y-label": network ? "aside" : "w2",
      log: STEEP.includes(String(ground)),
    };
    const sculptable = ground === "sculpted";
    this.#sculpt.show(sculptable);
    setAttributes(this.#contours, { ...names, sculptable });
    setAttributes(this.#surface, names);
    const shown = { x, y, z, key: this.#key };
    this.#contours.show(shown);
    this.#surface.show(shown);
  }

  /** @param {Frame} frame */
  #drawRacers(frame) {
    const { arrays } = frame;
    const places = arrays.get("path.w");
    const heights = arrays.get("path.J");
    if (!places || !heights) return;
    const n = heights.shape[1];
    const row = (/** @type {Tensor} */ { data }, /** @type {number} */ at) =>
      data.subarray(at * n, at * n + n);
    /** @type {Path[]} */
    const paths = RACERS.map((_, i) => ({
      name: SHORT[i],
      token: TOKENS[i],
      dash: DASHES[i],
      x: row(places, i + i),
      y: row(places, i + i + 1),
      z: row(heights, i),
    }));
    this.#contours.paths(paths);
    this.#surface.paths(paths);
    const { arrows, marks } = this.#inner.drawn(frame);
    this.#contours.arrows(arrows);
    this.#contours.marks(marks);
  }

  /** @param {Frame} frame */
  #say({ arrays, scalars, step }) {
    const { line, price, parameters, allowed } = scalars;
    const { racer } = this.#page.values;
    const held = scalars[`held_${racer}`];
    const key = [line, price, parameters, allowed, racer, held, step].join();
    if (key === this.#said || !arrays.size) return;
    this.#said = key;
    setText(
      this.#notes.standings,
      `${count(allowed)} evaluations each; a gradient counts as ${count(price)}. ` +
        `The finishing line: J = ${significant(line)}`,
    );
    const { plane } = this.#notes;
    plane.hidden = held === undefined;
    if (held !== undefined) {
      setText(
        plane,
        `2 of ${count(parameters)} dimensions: this plane holds ${percent(held)} of the way that ` +
          `${SHORT[RACERS.indexOf(String(racer))]} has gone.`,
      );
    }
  }

  /** Shape the ground, for a race of its own. @param {Event} event */
  #stroke(event) {
    const { points, down } = detail(event);
    const way = this.#sculpt.digs(down) ? "dig" : "pile";
    const places = points.flat().map((/** @type {number} */ at) => at.toPrecision(4));
    const strokes = [this.#page.values.strokes, `${way} ${places.join(" ")}`].filter(Boolean);
    this.#page.set({ strokes: strokes.join("; ") });
  }

  /** Let all begin at a place of the map. @param {Event} event */
  #drop(event) {
    if (this.#page.values.ground === "network") return;
    const { x, y } = detail(event);
    this.#page.set({ start: `${x.toPrecision(4)}, ${y.toPrecision(4)}` });
  }
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function same(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

export default optimizers;
