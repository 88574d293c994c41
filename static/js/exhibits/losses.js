/**
 * The stage of "What a loss is": points that can be moved, the grounds that their losses make over
 * (w, b), and the balls that roll down them; or the scores of softmax on their way to a loss. Each
 * figure says by `data-for` in which modes it stands there. Views only.
 *
 * @import {ExhibitModule, Frame, ServerError, Tensor} from "../core/types.js"
 * @import {Colour} from "../core/tokens.js"
 * @import {Page} from "../core/page.js"
 * @import {ContourView} from "../views/contour-view.js"
 * @import {SurfaceView} from "../views/surface-view.js"
 * @import {Path} from "../views/parts/plane-marks.js"
 * @import {Model} from "./losses/tables.js"
 */

import { detail, one, setAttributes, setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { BarList } from "../views/bar-list.js";
import { CurveView } from "../views/curve-view.js";
import { NumberTable } from "../views/number-table.js";
import { PlaneView } from "../views/plane-view.js";
import { ScoreSliders } from "../views/score-sliders.js";
import { STAGE } from "./losses/stage.js";
import { ballColumns, ballRows, classColumns, MODELS, namesOf, pointColumns, WHOLE, wholeColumns } from "./losses/tables.js";

/** @type {Readonly<Record<string, readonly Model[]>>} */
const BALLS = { regression: ["linear"], classification: ["mse", "ce"], softmax: [] };

/** What stands for the signs of the two eigenvalues. */
const AREAS = [
  { value: 4, label: "bends up in every direction", glyph: "∪", token: "positive" },
  { value: 3, label: "up in one direction, flat in the other", glyph: "⊔", token: "series-4" },
  { value: 2, label: "up in one direction, down in the other", glyph: "∼", token: "series-1" },
  { value: 1, label: "down in one direction, flat in the other", glyph: "⊓", token: "series-3" },
  { value: 0, label: "bends down in every direction", glyph: "∩", token: "negative" },
];

const SHORT = ["w", "z", "error", "loss", "J", "dw", "norm", "update", "dz", "model"];
const OF_GROUNDS = ["surface.J", "surface.sign", "path.w", "path.b", "path.J", "curve", "tangent"];
const DASHED = [5, 4];
/** How long points that were sent are taken for those that are there, ms. */
const PATIENCE = 3000;

/** @type {ExhibitModule} */
const losses = {
  watch: [
    ...["points.x", "points.y", "points.plot", "classes.x", "classes.y", "classes.plot"],
    ...["points.surface.w", "points.surface.b", "classes.surface.w", "classes.surface.b"],
    ...["linear", "mse", "ce"].flatMap((name) => [...SHORT, ...OF_GROUNDS].map((of) => `${name}.${of}`)),
    ...["mse.p", "mse.slope", "ce.p", "ce.slope", "one.z", "surprise.p", "surprise.loss"],
    ...["z", "exp", "sum", "p", "y", "loss", "dz"].map((of) => `softmax.${of}`),
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #root;
  #parts;
  #planes;
  #balls;
  #points;
  #one;
  #classes;
  #whole;
  #surprise;
  #sliders;
  #bars;
  #said;
  /** By model, once they are loaded. @type {Map<string, ContourView>} */
  #contours = new Map();
  /** @type {SurfaceView | null} */
  #surface = null;
  #mode = "";
  #seq = -1;
  /** The classes' names, kept: a list of bars takes others for other classes. @type {string[]} */
  #names = [];
  /** The points that were sent last, and until when they count for those that are there. */
  #sent = { data: "", pairs: /** @type {string[]} */ ([]), until: 0 };
  /** The kinds of ground that were found on the maps last. */
  #kinds = { key: "", text: "" };

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#root = one(stage, ".losses", HTMLElement);
    this.#parts = [...stage.querySelectorAll("[data-for]")];
    this.#planes = {
      points: one(stage, "plane-view[data-tensor='linear.model']", PlaneView),
      classes: one(stage, "plane-view[data-tensor='ce.model']", PlaneView),
    };
    this.#balls = one(stage, "[data-balls]", NumberTable);
    this.#points = one(stage, "[data-points]", NumberTable);
    this.#classes = one(stage, "[data-classes]", NumberTable);
    this.#whole = one(stage, "[data-whole]", NumberTable);
    this.#one = one(stage, "[data-one]", CurveView);
    this.#surprise = one(stage, "[data-surprise]", CurveView);
    this.#sliders = one(stage, "score-sliders", ScoreSliders);
    this.#bars = one(stage, "bar-list", BarList);
    this.#said = one(stage, "[data-said]", HTMLElement);
    for (const data of /** @type {const} */ (["points", "classes"])) {
      const plane = this.#planes[data];
      plane.addEventListener("point-move", (event) => this.#move(data, detail(event)));
      plane.addEventListener("point-add", (event) => this.#add(data, detail(event)));
      plane.addEventListener("point-remove", (event) => this.#remove(data, detail(event).index));
      plane.addEventListener("point-pick", (event) => page.set({ point: detail(event).index }));
    }
    stage.addEventListener("place-pick", (event) => this.#drop(event));
    stage.addEventListener("scores-change", (event) => {
      page.set({ scores: detail(event).values.join(" ") });
    });
    one(stage, "[data-release]", HTMLElement).addEventListener("click", () => page.act("drop", {}));
    page.onEvent("error", (error) => this.#refused(error));
    void this.#load(stage);
  }

  /** Load what draws grounds: it is not needed to read the page. @param {HTMLElement} stage */
  async #load(stage) {
    const [{ ContourView }, { SurfaceView }] = await Promise.all([
      import("../views/contour-view.js"),
      import("../views/surface-view.js"),
    ]);
    for (const name of Object.keys(MODELS)) {
      this.#contours.set(name, one(stage, `contour-view[data-model="${name}"]`, ContourView));
    }
    this.#surface = one(stage, "surface-view", SurfaceView);
    this.#seq = -1;
    this.#page.invalidate();
    this.#page.relink();
  }

  /** @param {Frame} frame */
  paint(frame) {
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    const mode = String(this.#page.values.mode);
    this.#enter(mode);
    if (mode === "softmax") this.#paintSoftmax(frame);
    else this.#paintFit(frame, BALLS[mode]);
  }

  /** @param {string} mode */
  #enter(mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    setAttributes(this.#root, { "data-mode": mode });
    for (const part of this.#parts) {
      const shown = part.getAttribute("data-for")?.split(" ").includes(mode);
      part.toggleAttribute("hidden", !shown);
    }
  }

  /**
   * @param {Frame} frame
   * @param {readonly Model[]} models
   */
  #paintFit(frame, models) {
    const { arrays, scalars } = frame;
    const [{ data }] = models.map((name) => MODELS[name]);
    const [x, y] = [arrays.get(`${data}.x`), arrays.get(`${data}.y`)];
    if (!x || !y) return;
    const point = Math.min(Number(this.#page.values.point), x.data.length - 1);
    this.#balls.show(ballColumns(models, arrays), ballRows(models));
    this.#points.show(pointColumns(models, arrays), namesOf("point", x.data.length, 1));
    this.#points.choose(point);
    const key = `${this.#mode} ${x.data.join()} ${y.data.join()}`;
    if (data === "points") this.#paintLine(arrays, x, y);
    else this.#paintClasses(arrays, x, y);
    this.#planes[data].choose(point);
    this.#paintOne(arrays, models, point, `${key} ${point}`);
    this.#paintGrounds(arrays, models, key);
    const times = scalars.ratio;
    const told = `The gradient of cross-entropy is ${significant(times)} times as long as the other.`;
    setText(this.#said, times === undefined ? "" : told);
  }

  /** @param {Map<string, Tensor>} arrays @param {Tensor} x @param {Tensor} y */
  #paintLine(arrays, x, y) {
    const plane = this.#planes.points;
    plane.show({ points: { x: x.data, y: y.data }, bounds: BOUNDS.points });
    const [plot, model, z] = read(arrays, "points.plot", "linear.model", "linear.z");
    plane.curves([{ token: "series-1", x: plot, y: model, label: "the line" }]);
    plane.lines(
      Array.from(y.data, (from, i) => ({
        x1: x.data[i],
        y1: from,
        x2: x.data[i],
        y2: z[i],
        token: /** @type {const} */ ("gradient"),
        label: i === 0 ? "residuals" : undefined,
      })),
    );
  }

  /** @param {Map<string, Tensor>} arrays @param {Tensor} x @param {Tensor} y */
  #paintClasses(arrays, x, y) {
    const plane = this.#planes.classes;
    const points = { x: x.data, y: y.data, classes: y.data };
    plane.show({ points, bounds: BOUNDS.classes, classNames: ["class 0", "class 1"] });
    const [plot, mse, ce] = read(arrays, "classes.plot", "mse.model", "ce.model");
    plane.curves([
      { token: MODELS.mse.token, x: plot, y: mse, label: MODELS.mse.name },
      { token: MODELS.ce.token, x: plot, y: ce, label: MODELS.ce.name, dash: DASHED },
    ]);
  }

  /**
   * @param {Map<string, Tensor>} arrays
   * @param {readonly Model[]} models
   * @param {number} point
   * @param {string} key
   */
  #paintOne(arrays, models, point, key) {
    const [x] = read(arrays, "one.z");
    const curves = [];
    const marks = [];
    const lines = [];
    for (const name of models) {
      const { token, name: label } = MODELS[name];
      const dash = name === "ce" ? DASHED : undefined;
      const [y, z, loss, tangent] = read(
        arrays,
        ...[`${name}.curve`, `${name}.z`, `${name}.loss`, `${name}.tangent`],
      );
      curves.push({ name: label, label, token, x, y, dash });
      marks.push({ x: z[point], y: loss[point], token });
      const ends = { x1: tangent[0], y1: tangent[1], x2: tangent[2], y2: tangent[3] };
      lines.push({ ...ends, token: /** @type {Colour} */ ("gradient") });
    }
    this.#one.show({ curves, key: `${key} ${x[0]}` });
    this.#one.marks(marks);
    this.#one.lines(lines);
    // a line has no score: that is a word for what becomes a probability
    const line = models.includes("linear");
    setAttributes(this.#one, {
      label: `what point ${point + 1} costs, by ${line ? "what the line says" : "its score"}`,
      "x-label": line ? "z" : "score z",
    });
  }

  /**
   * @param {Map<string, Tensor>} arrays
   * @param {readonly Model[]} models
   * @param {string} key
   */
  #paintGrounds(arrays, models, key) {
    if (!this.#surface) return;
    const bent = this.#page.values.map === "curvature";
    const grounds = [];
    /** @type {Path[]} */
    const paths = [];
    const areas = bent ? this.#areas(arrays, models, key) : null;
    for (const [scene, name] of models.entries()) {
      const { token, name: label, data } = MODELS[name];
      const [x, y, z, sign] = read(
        arrays,
        ...[`${data}.surface.w`, `${data}.surface.b`, `${name}.surface.J`, `${name}.surface.sign`],
      );
      const contours = this.#contours.get(name);
      const tensor = `${name}.surface.${bent ? "sign" : "J"}`;
      const what = bent ? "signs of both eigenvalues" : "J";
      if (contours) {
        setAttributes(contours, { "data-tensor": tensor, "z-label": what, areas });
        contours.show({ x, y, z: bent ? sign : z, key: `${key} ${bent}` });
      }
      const [w, b, J] = read(arrays, `${name}.path.w`, `${name}.path.b`, `${name}.path.J`);
      const path = { name: label, token, x: w, y: b, z: J, scene };
      contours?.paths([path]);
      paths.push(path);
      grounds.push({ x, y, z, key, title: models.length > 1 ? label : undefined });
    }
    this.#surface.show(grounds);
    this.#surface.paths(paths);
  }

  /**
   * The kinds of ground that there are on any of the maps.
   *
   * @param {Map<string, Tensor>} arrays
   * @param {readonly Model[]} models
   * @param {string} key
   */
  #areas(arrays, models, key) {
    if (key === this.#kinds.key) return this.#kinds.text;
    const found = new Set(models.flatMap((name) => [...(arrays.get(`${name}.surface.sign`)?.data ?? [])]));
    const text = JSON.stringify(AREAS.filter(({ value }) => found.has(value)));
    this.#kinds = { key, text };
    return text;
  }

  /** @param {Frame} frame */
  #paintSoftmax({ arrays }) {
    const scores = String(this.#page.values.scores).split(" ").map(Number);
    const z = arrays.get("softmax.z");
    const y = arrays.get("softmax.y");
    if (!z || !y) return;
    const names = this.#namesFor(z.data.length);
    const right = y.data.indexOf(1);
    this.#sliders.show(scores, namesOf("class", scores.length));
    this.#bars.show(arrays.get("softmax.p"), names, right);
    this.#classes.show(classColumns(arrays), names);
    this.#classes.choose(right);
    this.#whole.show(wholeColumns(arrays), WHOLE);
    const [p, cost, shares, loss] = read(
      arrays,
      ...["surprise.p", "surprise.loss", "softmax.p", "softmax.loss"],
    );
    this.#surprise.show({ curves: [{ token: "series-1", x: p, y: cost, name: "−ln p" }], key: "surprise" });
    this.#surprise.marks([{ x: shares[right], y: loss[0], token: "correct", label: `class ${right}` }]);
  }

  /** @param {number} count */
  #namesFor(count) {
    if (this.#names.length !== count) this.#names = namesOf("class", count);
    return this.#names;
  }

  /**
   * The points as they were last sent; as they came, when that is long ago.
   *
   * @param {"points" | "classes"} data
   */
  #pairs(data) {
    const arrays = this.#page.frame?.arrays;
    if (!arrays) return [];
    const [x, y] = read(arrays, `${data}.x`, `${data}.y`);
    const here = Array.from(x, (at, i) => pair(at, y[i]));
    const { data: of, pairs, until } = this.#sent;
    const waiting = of === data && performance.now() < until;
    return waiting && pairs.join() !== here.join() ? pairs : here;
  }

  /** @param {"points" | "classes"} data @param {string[]} pairs @param {number} [point] */
  #send(data, pairs, point) {
    this.#sent = { data, pairs, until: performance.now() + PATIENCE };
    this.#page.set({ [data]: pairs.join("; "), ...(point === undefined ? {} : { point }) });
  }

  /** @param {"points" | "classes"} data @param {{index: number, x: number, y: number, done: boolean}} moved */
  #move(data, { index, x, y, done }) {
    const before = this.#pairs(data);
    const [fromX, fromY] = before[index]?.split(" ").map(Number) ?? [];
    // a key moves a point by little: straight up or down, it means the other class
    const turned = done && Math.abs(x - fromX) < 0.01 && y !== fromY;
    const side = Number(turned ? y > fromY : y >= 0.5);
    this.#send(data, before.with(index, pair(x, data === "classes" ? side : y)), index);
  }

  /** @param {"points" | "classes"} data @param {{x: number, y: number}} added */
  #add(data, { x, y }) {
    this.#send(data, [...this.#pairs(data), pair(x, y)]);
  }

  /** @param {"points" | "classes"} data @param {number} index */
  #remove(data, index) {
    this.#send(data, this.#pairs(data).toSpliced(index, 1));
  }

  /** @param {Event} event */
  #drop(event) {
    const { target } = event;
    const ground = target instanceof Element && target.closest("contour-view, surface-view");
    if (!ground) return;
    const { x, y } = detail(event);
    this.#page.act("drop", { w: x, b: y });
  }

  /** @param {ServerError} error */
  #refused({ field, text }) {
    this.#sent.until = 0;
    if (field === "scores") this.#sliders.reject(text.replace(/^scores: /, ""));
    // a point that was not taken is said where points are moved: the control lies behind "More"
    else if (field === "points" || field === "classes") this.#page.notice(text);
  }
}

/** The axes of the planes: they stay, so that a point that is moved does not move them. @type {Record<string, {x: [number, number], y: [number, number]}>} */
const BOUNDS = {
  points: { x: [-4, 4], y: [-4, 4] },
  classes: { x: [-4, 4], y: [-0.15, 1.15] },
};

/** A point as the controls have it. @param {number} x @param {number} y */
function pair(x, y) {
  return `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
}

/**
 * The numbers of tensors; none for one that has not come.
 *
 * @param {ReadonlyMap<string, Tensor>} arrays
 * @param {...string} names
 * @returns {ArrayLike<number>[]}
 */
function read(arrays, ...names) {
  return names.map((name) => arrays.get(name)?.data ?? []);
}

export default losses;
