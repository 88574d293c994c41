/**
 * The stage of "The loss surface of a real network": a plane through the weights as a surface and
 * as contours, with the way of the weights on it; what the network makes of its data at the weights
 * it has; the same way on three planes; the loss on the line to another run.
 *
 * @import {ExhibitModule, Frame, Tensor} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {CurveView} from "../views/curve-view.js"
 * @import {Path} from "../views/parts/plane-marks.js"
 */

import "../views/line-chart.js";

import { button, detail, one, setText } from "../core/dom.js";
import { count, percent, significant } from "../core/format.js";
import { BarList } from "../views/bar-list.js";
import { ContourView } from "../views/contour-view.js";
import { LineChart } from "../views/line-chart.js";
import { turnExample } from "../views/parts/subject.js";
import { PlaneView } from "../views/plane-view.js";
import { SurfaceView } from "../views/surface-view.js";
import { TensorView } from "../views/tensor-view.js";

/** The planes, by the names that their tensors begin with. */
const PLANES = { random1: "random plane A", random2: "random plane B", principal: "principal plane" };
const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const MOST_SEED = 999_999;
/** Digits of a place that is clicked: a link carries them. */
const PLACE_DIGITS = 4;

const STAGE = `
<div class="survey">
  <p class="survey-words"><span data-dimensions></span>
    <span class="survey-dial"><meter min="0" max="1" data-meter
      aria-label="Share of the weights' movement that lies in this plane"></meter>
    <button class="button button-small" type="button" data-held></button></span>
    <span data-around></span></p>
  <p class="worked-note" data-doing></p>
</div>
<div class="survey-grounds">
  <surface-view label="loss surface" x-label="a" y-label="b" z-label="J" log
    data-tensor="random1.J"></surface-view>
  <contour-view label="from above" x-label="a" y-label="b" z-label="J" log
    data-tensor="random1.J"></contour-view>
</div>
<div class="figure-tools survey-tools">
  <button class="button button-small" type="button" data-middle>Back to a = b = 0</button>
  <span class="worked-note" data-taken></span>
</div>
<div class="panels survey-panels">
  <section class="panel" data-points hidden>
    <plane-view label="what the network says of the plane of data" x-label="x1" y-label="x2" equal
      data-tensor="regions.p"></plane-view>
  </section>
  <section class="panel" data-picture hidden>
    <div class="survey-picture">
      <figure><tensor-view data-tensor="conv1.x" label="picture" palette="grey" range="1" prefix="0"
        scale="off" cell="11" axes="image,channel,row,column"></tensor-view>
        <figcaption data-subject></figcaption></figure>
      <figure><tensor-view data-tensor="act1.a" label="feature maps" prefix="0" columns="3" cell="7"
        axes="image,map,row,column"></tensor-view>
        <figcaption>feature maps at these weights</figcaption></figure>
      <figure><bar-list data-tensor="softmax.a" label="softmax" prefix="0"></bar-list></figure>
    </div>
    <div class="figure-tools" role="group" aria-label="Picture on the stage">
      <button class="button button-small" type="button" data-turn="-1"
        aria-label="The picture before">‹</button>
      <button class="button button-small" type="button" data-turn="1"
        aria-label="The next picture">›</button>
    </div>
  </section>
  <section class="panel">
    <line-chart label="loss" switchable x="history.step" low="0" data-tensor="history.J" series='[
      {"name": "history.loss", "label": "minibatch", "token": "plot-noise", "dash": [],
        "weight": 0.5},
      {"name": "history.J", "label": "all samples", "token": "training", "dash": []}
    ]'></line-chart>
  </section>
</div>
<section class="panel survey-three" data-three hidden>
  <h2 class="panel-title">The same way of the same weights, on three planes</h2>
  <div class="survey-planes"></div>
</section>
<section class="panel survey-slice" data-slice>
  <h2 class="panel-title">The loss on the straight line to another run</h2>
  <p class="worked-note" data-slice-words></p>
  <div class="figure-tools" data-slice-tools></div>
  <curve-view label="loss on the line" x-label="t" y-label="J" data-tensor="slice.J" hidden></curve-view>
</section>`;

/** @type {ExhibitModule} */
const landscape = {
  watch: null,

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** One plane's ground and the way on it, in the views that show them. */
class Ground {
  #key = "";
  #pathKey = "";
  /** @type {Path[]} */
  #paths = [{ name: "weights", token: "focus", x: [], y: [], dash: [] }];

  /**
   * @param {"random1" | "random2" | "principal"} plane
   * @param {(SurfaceView | ContourView)[]} views
   */
  constructor(plane, views) {
    this.plane = plane;
    this.views = views;
  }

  /** @param {keyof typeof PLANES} plane */
  turn(plane) {
    if (plane === this.plane) return;
    this.plane = plane;
    this.#key = "";
    this.#pathKey = "";
    for (const view of this.views) view.dataset.tensor = `${plane}.J`;
  }

  /**
   * Show what is known; while the coarsest grid of a new survey is computed, the former one stays.
   *
   * @param {Frame} frame
   * @param {string} title
   */
  show(frame, title) {
    const [J, a, b, path, step, around, heights] = [
      ...["J", "a", "b", "path"].map((name) => frame.arrays.get(`${this.plane}.${name}`)),
      ...["path.step", "survey.step", "path.J"].map((name) => frame.arrays.get(name)),
    ];
    if (!J || !a || !b || !path || !step || !around || !heights) return;
    const whole = !Number.isNaN(J.data[J.data.length - 1]);
    const survey = `${frame.run} ${around.data[0]} ${step.data[1]}`;
    if (!whole && this.#key.startsWith(`${frame.run} `) && !this.#key.endsWith("none")) return;
    const key = whole ? `${survey} ${J.shape[0]}` : `${frame.run} none`;
    if (key !== this.#key) {
      this.#key = key;
      const ground = { x: a.data, y: b.data, z: J.data, key: `${this.plane} ${key}`, title };
      for (const view of this.views) view.show(ground);
    }
    const length = step.data.length;
    const pathKey = `${survey} ${frame.step} ${length} ${path.data[length - 1]} ${path.data[2 * length - 1]}`;
    if (pathKey === this.#pathKey) return;
    this.#pathKey = pathKey;
    const [way] = this.#paths;
    way.x = path.data.subarray(0, length);
    way.y = path.data.subarray(length);
    way.z = heights.data;
    for (const view of this.views) view.paths(this.#paths);
  }
}

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #views;
  #line;
  /** What draws slices, once one has been asked for. @type {CurveView | null} */
  #curve = null;
  #texts;
  #ground;
  /** @type {Ground[]} */
  #three = [];
  #seq = -1;
  /** The run to which the slice goes, and where it was last asked for. */
  #sliced = { line: 0, at: "" };

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    const part = (/** @type {string} */ name) => one(stage, `[data-${name}]`, HTMLElement);
    this.#views = {
      surface: one(stage, "surface-view", SurfaceView),
      contour: one(stage, ".survey-grounds contour-view", ContourView),
      plane: one(stage, "plane-view", PlaneView),
      picture: one(stage, "tensor-view[data-tensor='conv1.x']", TensorView),
      maps: one(stage, "tensor-view[data-tensor='act1.a']", TensorView),
      shares: one(stage, "bar-list", BarList),
      chart: one(stage, "line-chart", LineChart),
    };
    this.#line = one(stage, "curve-view", HTMLElement);
    this.#texts = {
      dimensions: part("dimensions"),
      held: one(stage, "[data-held]", HTMLButtonElement),
      meter: one(stage, "[data-meter]", HTMLMeterElement),
      around: part("around"),
      doing: part("doing"),
      taken: part("taken"),
      points: part("points"),
      pictures: part("picture"),
      subject: part("subject"),
      three: part("three"),
      slice: part("slice-words"),
      sliceTools: part("slice-tools"),
    };
    this.#ground = new Ground("random1", [this.#views.surface, this.#views.contour]);
    for (const view of this.#ground.views) {
      view.addEventListener("place-pick", (event) => this.#take(this.#ground.plane, event));
    }
    part("middle").addEventListener("click", () => this.#takePlace(this.#ground.plane, 0, 0));
    this.#texts.held.addEventListener("click", () => this.#why());
    for (const turn of stage.querySelectorAll("[data-turn]")) {
      const by = Number(turn.getAttribute("data-turn"));
      turn.addEventListener("click", () => turnExample(page, by));
    }
    for (const name of ["welcome", "lines", "values"]) page.onEvent(name, () => this.#offerSlices());
    this.#offerSlices();
  }

  /** @param {Frame} frame */
  paint(frame) {
    const { plane } = this.#page.values;
    if (typeof plane === "string" && plane in PLANES) {
      this.#ground.turn(/** @type {keyof typeof PLANES} */ (plane));
    }
    this.#ground.show(frame, PLANES[this.#ground.plane]);
    this.#showData(frame);
    this.#views.chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#showThree(frame);
    this.#showWords(frame);
    this.#showSlice(frame);
  }

  /** @param {Frame} frame */
  #showData({ arrays, root }) {
    const { plane, picture, maps, shares } = this.#views;
    const [x, y, p, x1, x2] = ["data.x", "data.y", "regions.p", "regions.x1", "regions.x2"].map((name) => arrays.get(name));
    this.#texts.points.hidden = !p;
    this.#texts.pictures.hidden = p !== undefined;
    if (x && y && p && x1 && x2) {
      if (this.#places !== root) {
        this.#places = root;
        plane.show({ points: pointsOf(x, y), key: root, bounds: { x: endsOf(x1), y: endsOf(x2) } });
      }
      plane.regions({ x: x1.data, y: x2.data, values: p.data, kind: "probability", label: "share of the second class" });
      return;
    }
    const [image, made, said, label] = ["conv1.x", "act1.a", "softmax.a", "label"].map((name) => arrays.get(name));
    if (!image || !made || !said || !label) return;
    picture.show(image, root);
    maps.show(made, root);
    shares.show(said, DIGITS, label.data[0]);
    setText(this.#texts.subject, `a ${label.data[0]}`);
  }

  #places = NaN;

  /** @param {Frame} frame */
  #showThree(frame) {
    const on = this.#page.values.three === true;
    this.#texts.three.hidden = !on;
    if (!on) return;
    if (this.#three.length === 0) {
      const host = one(this.#texts.three, ".survey-planes", HTMLElement);
      for (const [plane, name] of Object.entries(PLANES)) {
        const view = new ContourView();
        const words = { label: name, "x-label": "a", "y-label": "b", "z-label": "J", log: "" };
        for (const [attribute, value] of Object.entries(words)) view.setAttribute(attribute, value);
        view.dataset.tensor = `${plane}.J`;
        host.append(view);
        const ground = new Ground(/** @type {keyof typeof PLANES} */ (plane), [view]);
        view.addEventListener("place-pick", (event) => this.#take(ground.plane, event));
        this.#three.push(ground);
      }
      this.#page.relink();
    }
    for (const ground of this.#three) ground.show(frame, `holds ${shareOf(frame, ground.plane)}`);
  }

  /** @param {Frame} frame */
  #showWords(frame) {
    const { plane } = this.#ground;
    const J = frame.arrays.get(`${plane}.J`);
    const around = frame.arrays.get("survey.step")?.data[0] ?? 0;
    const share = frame.arrays.get(`${plane}.held`)?.data[0] ?? NaN;
    const { parameters } = frame.scalars;
    const texts = this.#texts;
    setText(texts.dimensions, `2 of ${count(parameters)} dimensions.`);
    texts.meter.value = Number.isNaN(share) ? 0 : share;
    setText(texts.held, Number.isNaN(share) ? "nothing has moved yet" : `${shareOf(frame, plane)} of the movement`);
    texts.held.setAttribute("aria-disabled", String(Number.isNaN(share)));
    setText(texts.around, `lies in this ${plane === "principal" ? "principal" : "random"} plane, around step ${count(around)}.`);
    setText(texts.doing, J ? doing(J, plane, around) : "");
    const last = this.#page.changes.at(-1);
    const taken = last?.[0] === frame.step && last.length === 3;
    setText(texts.taken, taken ? `These weights were taken from the plane: J = ${significant(frame.scalars.J)}.` : "");
  }

  /** @param {Frame} frame */
  #showSlice(frame) {
    const t = frame.arrays.get("slice.t");
    const J = frame.arrays.get("slice.J");
    const { line } = this.#sliced;
    const other = this.#page.lines.find(line);
    const there = t && J && J.data.length > 0 && !Number.isNaN(J.data[J.data.length - 1]) && other;
    this.#line.hidden = !there;
    if (there && !this.#curve) void this.#load();
    else if (there && this.#curve) {
      const curve = this.#curve;
      const last = J.data.length - 1;
      const [mine, theirs] = [t.data.indexOf(0), t.data.indexOf(1)];
      curve.show({ curves: [{ token: "training", x: t.data, y: J.data }], key: `${frame.run} ${frame.step} ${last}` });
      curve.marks([
        { x: 0, y: J.data[mine], token: "focus", label: this.#page.lines.find(this.#page.lines.current)?.name },
        { x: 1, y: J.data[theirs], token: "validation", label: other.name },
      ]);
    }
    const at = `${frame.run} ${frame.step} ${line}`;
    if (!other || frame.playing || J?.data.length || this.#sliced.at === at) return;
    this.#sliced.at = at;
    this.#page.act("slice", { line });
  }

  /** A page whose run is alone draws no slice. */
  async #load() {
    const { CurveView } = await import("../views/curve-view.js");
    this.#curve = one(this.#line.parentElement ?? this.#line, "curve-view", CurveView);
    this.#seq = -1;
    this.#page.invalidate();
  }

  /** Say what can be sliced, and offer it. */
  #offerSlices() {
    const { lines } = this.#page;
    const { slice, sliceTools } = this.#texts;
    const offers = lines.ghosts.map(({ line, name }) => {
      const made = button(`To run ${name}`, { class: "button-small" });
      made.setAttribute("aria-pressed", String(line === this.#sliced.line));
      made.addEventListener("click", () => this.#slice(line));
      return made;
    });
    const keep = button("Keep this run, begin another", { class: "button-small" });
    keep.addEventListener("click", () => this.#another());
    sliceTools.replaceChildren(...offers, ...(lines.all.length < 3 ? [keep] : []));
    setText(
      slice,
      offers.length > 0
        ? "t = 0 is this run's network, t = 1 the other run's at the same step, and between them both are mixed, weight by weight."
        : "There is one run so far. Keep it and begin another one with other first weights, or fork it.",
    );
  }

  /** @param {number} line */
  #slice(line) {
    this.#sliced = { line, at: "" };
    this.#offerSlices();
    this.#page.act("slice", { line });
  }

  #another() {
    this.#page.pause();
    this.#page.lines.pin(null, true);
    this.#page.reset({}, 1 + Math.floor(Math.random() * MOST_SEED));
  }

  /** @param {keyof typeof PLANES} plane @param {Event} event */
  #take(plane, event) {
    const { x, y } = detail(event);
    this.#takePlace(plane, x, y);
  }

  /** @param {keyof typeof PLANES} plane @param {number} a @param {number} b */
  #takePlace(plane, a, b) {
    const [x, y] = [a, b].map((place) => Number(place.toPrecision(PLACE_DIGITS)));
    this.#page.pause();
    this.#page.act("take", { plane, every: Number(this.#page.values.every), a: x, b: y });
  }

  /** Ask why the plane holds as much as it does. */
  #why() {
    const { plane } = this.#ground;
    const value = this.#page.frame?.arrays.get(`${plane}.held`)?.data[0] ?? NaN;
    if (Number.isNaN(value)) return;
    this.#page.pick(`${plane}.held`, [], value, "share of the movement in this plane");
  }
}

/** @param {Frame} frame @param {string} plane */
function shareOf(frame, plane) {
  const share = frame.arrays.get(`${plane}.held`)?.data[0] ?? NaN;
  return Number.isNaN(share) ? "nothing yet" : percent(share).replace(" ", "\u00a0");
}

/** What is known of a surface. @param {Tensor} J @param {string} plane @param {number} around */
function doing({ data, shape }, plane, around) {
  if (plane === "principal" && around < 2) return "Before step 2 the weights have no two directions of their own: make some steps.";
  const size = `${shape[0]} × ${shape[0]} networks`;
  if (Number.isNaN(data[data.length - 1])) return `Computing the loss of ${size}…`;
  return `Each point is a network with other weights; here are ${size}. Click one: the network takes its weights.`;
}

/** @param {Tensor} x @param {Tensor} y */
function pointsOf(x, y) {
  const [across, up] = [0, 1].map((axis) => Float32Array.from(y.data, (_, at) => x.data[2 * at + axis]));
  return { x: across, y: up, classes: y.data.slice() };
}

/** @param {Tensor} places @returns {[number, number]} */
function endsOf({ data }) {
  return [data[0], data[data.length - 1]];
}

export default landscape;
