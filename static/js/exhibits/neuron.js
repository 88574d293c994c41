/**
 * The stage of "One neuron": the plane of two inputs with a neuron's line, its weights as an arrow,
 * and what each point asks of it. One neuron with its arithmetic, or two that learn by their own
 * rules. Views only.
 *
 * @import {ExhibitModule, Frame, ServerError} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {Handle} from "../views/parts/plane-handles.js"
 * @import {Line} from "../views/parts/plot-marks.js"
 * @import {Arrays, Name} from "./neuron/tables.js"
 */

import { detail, one, setAttributes, setText } from "../core/dom.js";
import { count } from "../core/format.js";
import { CurveView } from "../views/curve-view.js";
import { LineChart } from "../views/line-chart.js";
import { NumberTable } from "../views/number-table.js";
import { LinePlane } from "../views/line-plane.js";
import { ScoreSliders } from "../views/score-sliders.js";
import { STAGE } from "./neuron/stage.js";
import * as tables from "./neuron/tables.js";
import { failed, often, progress, stopped } from "./neuron/words.js";

/** What is seen of either input. */
const [LOW, HIGH] = [-1, 2];
const CLASSES = ["class 0", "class 1"];
/** @type {readonly ["class-1", "class-2"]} */
const SIDES = ["class-1", "class-2"];
const DASHED = [4, 4];
/** A length that gives a line a direction and cannot be seen. */
const BARELY = 1e-6;
/** How long points that were sent are taken for those that are there, ms. */
const PATIENCE = 3000;
const NOTHING = new Float64Array(0);

/** @type {ExhibitModule} */
const neuron = {
  watch: [
    ...["x", "y", "turn", "regions.x1", "regions.x2", "across.d", "common.x", "common.share"],
    ...["perceptron", "logistic"].flatMap((name) =>
      [
        ...["w", "b", "products", "z", "a", "error", "J", "wrong", "mistakes", "pull", "tips"],
        ...["update", "norm", "distance", "line", "arrow", "across", "regions"],
      ].map((short) => `${name}.${short}`),
    ),
    ...["step", "perceptron_mistakes", "logistic_mistakes", "logistic_loss"].map((of) => `history.${of}`),
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
  #across;
  #charts;
  #tables;
  #sliders;
  #texts;
  #adds;
  #seq = -1;
  #showing = "";
  /** Where the line is turned about, while the arrow's tip is dragged. */
  #pivot = [0, 0];
  /** The points that were sent last, and until when they count for those that are there. */
  #sent = { pairs: /** @type {string[]} */ ([]), until: 0 };

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#root = one(stage, ".neuron", HTMLElement);
    this.#parts = [...stage.querySelectorAll("[data-for]")];
    /** @param {Name} name */
    const planeOf = (name) => one(stage, `line-plane[data-neuron='${name}']`, LinePlane);
    this.#planes = { perceptron: planeOf("perceptron"), logistic: planeOf("logistic") };
    this.#across = one(stage, "[data-across]", CurveView);
    this.#charts = [...stage.querySelectorAll("line-chart")].filter((chart) => chart instanceof LineChart);
    const table = (/** @type {string} */ name) => one(stage, `[data-${name}]`, NumberTable);
    this.#tables = {
      inputs: table("inputs"),
      answer: table("answer"),
      both: table("both"),
      points: table("points"),
    };
    this.#sliders = {
      theta: one(stage, "[data-theta]", ScoreSliders),
      norm: one(stage, "[data-norm]", ScoreSliders),
    };
    const text = (/** @type {string} */ name) => one(stage, `[data-${name}]`, HTMLElement);
    this.#texts = { said: text("said"), title: text("title"), stopped: text("stopped") };
    this.#adds = one(stage, "[data-adds]", HTMLSelectElement);
    for (const name of tables.NAMES) this.#listen(name, this.#planes[name]);
    this.#sliders.theta.addEventListener("scores-change", (event) => this.#place(detail(event).values.join(" ")));
    this.#sliders.norm.addEventListener("scores-change", (event) => {
      this.#place(`${this.#theta().join(" ")} length ${detail(event).values[0]}`);
    });
    this.#adds.addEventListener("change", () => {
      for (const plane of Object.values(this.#planes)) plane.toggleAttribute("addable", this.#adds.value !== "");
    });
    text("turn").addEventListener("click", () => this.#turnClass());
    text("remove").addEventListener("click", () => this.#remove(this.#point(this.#pairs().length)));
    page.onEvent("error", (error) => this.#refused(error));
    page.onEvent("converged", ({ data }) => {
      if (this.#showing === "logistic") return;
      page.announce(`The perceptron has nothing left to correct; it was corrected ${often(data.corrections)}`);
    });
    page.onEvent("cycles", ({ data }) => {
      if (this.#showing === "logistic") return;
      page.announce(`The perceptron is where it was ${count(data.cycle)} steps ago: it goes round for ever`);
    });
  }

  /** @param {Frame} frame */
  paint(frame) {
    for (const chart of this.#charts) chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    const { arrays, scalars } = frame;
    const [x, y] = [arrays.get("x"), arrays.get("y")];
    if (!x || !y) return;
    const showing = this.#enter();
    const names = showing === "two" ? tables.NAMES : [/** @type {Name} */ (showing)];
    const total = y.data.length;
    const point = this.#point(total);
    const points = { x: column(x.data, 0), y: column(x.data, 1), classes: y.data };
    for (const name of names) this.#paintPlane(frame, name, points, point);
    const labels = Array.from({ length: total }, (_, i) => `point ${i + 1}`);
    this.#tables.points.show(tables.pointColumns(arrays, names), labels);
    const turn = this.#page.values.batch === "one" ? (arrays.get("turn")?.data[0] ?? 0) : -1;
    this.#tables.points.choose(names.length > 1 ? turn : point);
    this.#sliders.theta.show(this.#theta(), ["w1", "w2", "b"]);
    this.#sliders.norm.show([brief(arrays.get(`${this.#first()}.norm`)?.data[0] ?? 0)], ["length |w|"]);
    if (showing === "two") {
      this.#tables.both.show(tables.bothColumns(arrays), tables.BOTH);
      setText(this.#texts.said, progress(frame, total, this.#page.values.batch === "all"));
    } else {
      this.#paintOne(arrays, /** @type {Name} */ (showing), point);
      const why = showing === "perceptron" ? stopped(scalars, total) : "";
      setText(this.#texts.stopped, why);
      this.#texts.stopped.toggleAttribute("hidden", !why);
    }
  }

  /** Show what stands there now. @returns {string} */
  #enter() {
    const { show, output } = this.#page.values;
    const showing = show === "two" ? "two" : output === "sigmoid" ? "logistic" : "perceptron";
    if (showing === this.#showing) return showing;
    this.#showing = showing;
    setAttributes(this.#root, { "data-showing": showing });
    for (const part of this.#parts) {
      part.toggleAttribute("hidden", !part.getAttribute("data-for")?.split(" ").includes(showing));
    }
    return showing;
  }

  /** The neuron that the fields are about. @returns {Name} */
  #first() {
    return this.#showing === "logistic" ? "logistic" : "perceptron";
  }

  /** @param {number} total */
  #point(total) {
    return Math.min(Number(this.#page.values.point), total - 1);
  }

  /** @param {Name} [name]  w1, w2 and b as they are */
  #theta(name = this.#first()) {
    const arrays = this.#page.frame?.arrays;
    const [w, b] = [arrays?.get(`${name}.w`)?.data ?? [0, 0], arrays?.get(`${name}.b`)?.data[0] ?? 0];
    return [...w, b].map(brief);
  }

  /**
   * @param {Frame} frame
   * @param {Name} name
   * @param {{x: ArrayLike<number>, y: ArrayLike<number>, classes: ArrayLike<number>}} points
   * @param {number} point
   */
  #paintPlane({ arrays, scalars }, name, points, point) {
    const plane = this.#planes[name];
    const of = (/** @type {string} */ short) => arrays.get(short)?.data ?? NOTHING;
    plane.show({ points, bounds: { x: [LOW, HIGH], y: [LOW, HIGH] }, classNames: CLASSES });
    const kind = name === "perceptron" ? "class" : "probability";
    const values = of(`${name}.regions`);
    const colours = name === "perceptron" ? "what it says" : "the probability of class 1";
    plane.regions({ x: of("regions.x1"), y: of("regions.x2"), values, kind, label: colours });
    const [line, arrow, tips] = [of(`${name}.line`), of(`${name}.arrow`), of(`${name}.tips`)];
    const token = tables.TOKENS[name];
    const there = !Number.isNaN(line[0]);
    const along = { ...ends(line), token };
    const x = [line[0], line[2]];
    plane.curves(there ? [{ token, x, y: [line[1], line[3]], label: "z = 0" }] : []);
    const label = seen(arrow[2]) && seen(arrow[3]) ? "w" : undefined;
    /** @type {Line[]} */
    const lines = there ? [{ ...ends(arrow), token, arrow: true, label }] : [];
    if (this.#showing === "two") lines.push(...this.#pulls(arrays, points, tips));
    if (this.#showing === "two" && failed(scalars, points.x.length)) lines.push(...mixed(arrays, points));
    plane.lines(lines);
    /** @type {Handle[]} */
    const handles = [
      { name: "the line", x: arrow[0], y: arrow[1], along },
      { name: "the tip of w", x: arrow[2], y: arrow[3] },
    ];
    plane.handles(there ? handles : []);
    plane.choose(point);
  }

  /**
   * What each point asks for, and which one is next.
   *
   * @param {Arrays} arrays
   * @param {{x: ArrayLike<number>, y: ArrayLike<number>}} points
   * @param {ArrayLike<number>} tips
   * @returns {Line[]}
   */
  #pulls(arrays, points, tips) {
    const turn = this.#page.values.batch === "one" ? (arrays.get("turn")?.data[0] ?? 0) : -1;
    /** @type {Line[]} */
    const pulls = Array.from(points.x, (x1, i) => ({
      ...{ x1, y1: points.y[i], x2: tips[2 * i], y2: tips[2 * i + 1] },
      token: /** @type {const} */ ("correct"),
      arrow: true,
      key: i === 0 ? "what each point asks of w" : undefined,
    }));
    if (turn < 0) return pulls;
    // its name stands at the point, on the side from which its arrow goes away
    const [x2, y] = [points.x[turn], points.y[turn]];
    const x1 = x2 + (tips[2 * turn] >= x2 ? BARELY : -BARELY);
    return [...pulls, { x1, y1: y, x2, y2: y, token: "ink", arrow: true, label: "next", key: "" }];
  }

  /** @param {Arrays} arrays @param {Name} name @param {number} point */
  #paintOne(arrays, name, point) {
    setText(this.#texts.title, `Point ${point + 1}: from the inputs to an answer`);
    this.#tables.inputs.show(tables.inputColumns(arrays, name, point), tables.INPUTS);
    this.#tables.answer.show(tables.answerColumns(arrays, name, point), [`point ${point + 1}`]);
    const of = (/** @type {string} */ short) => arrays.get(short)?.data ?? NOTHING;
    const token = tables.TOKENS[name];
    this.#across.show({
      curves: [{ name: "a", token, x: of("across.d"), y: of(`${name}.across`) }],
      bounds: { y: [-0.06, 1.06] },
      key: name,
    });
    const [distance, a, y] = [of(`${name}.distance`), of(`${name}.a`), of("y")];
    this.#across.marks(
      Number.isNaN(distance[0])
        ? []
        : Array.from(distance, (x, i) => ({
            x,
            y: a[i],
            token: SIDES[y[i]],
            label: i === point ? `point ${i + 1}` : undefined,
          })),
    );
  }

  /** @param {Name} name @param {LinePlane} plane */
  #listen(name, plane) {
    plane.addEventListener("point-pick", (event) => this.#page.set({ point: detail(event).index }));
    plane.addEventListener("point-move", (event) => {
      const { index, x, y } = detail(event);
      const before = this.#pairs();
      const side = before[index]?.split(" ")[2];
      if (side !== undefined) this.#send(before.with(index, pair(x, y, side)), index);
    });
    plane.addEventListener("point-add", (event) => {
      const { x, y } = detail(event);
      const before = this.#pairs();
      this.#send([...before, pair(x, y, this.#adds.value)], before.length);
    });
    plane.addEventListener("point-remove", (event) => this.#remove(detail(event).index));
    plane.addEventListener("handle-move", (event) => {
      const { index, x, y, first } = detail(event);
      const arrays = this.#page.frame?.arrays;
      const arrow = arrays?.get(`${name}.arrow`)?.data ?? NOTHING;
      if (first) this.#pivot = [arrow[0], arrow[1]];
      const [w1, w2] = this.#theta(name);
      if (index === 0) this.#place(`${w1} ${w2} through ${x} ${y}`);
      else {
        const norm = arrays?.get(`${name}.norm`)?.data[0];
        this.#place(`length ${norm} about ${this.#pivot.join(" ")} towards ${x} ${y}`);
      }
    });
  }

  /** Give both neurons weights; the engine works them out. @param {string} weights */
  #place(weights) {
    this.#page.set({ weights });
  }

  /** The points as they were last sent; as they came, when that is long ago. */
  #pairs() {
    const arrays = this.#page.frame?.arrays;
    const [x, y] = [arrays?.get("x")?.data ?? NOTHING, arrays?.get("y")?.data ?? NOTHING];
    const here = Array.from(y, (side, i) => pair(x[2 * i], x[2 * i + 1], String(side)));
    const { pairs, until } = this.#sent;
    return performance.now() < until && pairs.join() !== here.join() ? pairs : here;
  }

  /** @param {string[]} pairs @param {number} [point] */
  #send(pairs, point) {
    this.#sent = { pairs, until: performance.now() + PATIENCE };
    this.#page.set({ data: "own", points: pairs.join("; ") });
    if (point !== undefined) this.#page.set({ point });
  }

  #turnClass() {
    const before = this.#pairs();
    const index = this.#point(before.length);
    const [x, y, side] = before[index].split(" ");
    this.#send(before.with(index, `${x} ${y} ${side === "1" ? 0 : 1}`));
  }

  /** @param {number} index */
  #remove(index) {
    this.#send(this.#pairs().toSpliced(index, 1));
  }

  /** @param {ServerError} error */
  #refused({ field, text }) {
    this.#sent.until = 0;
    if (field === "weights") this.#sliders.theta.reject(text.replace(/^weights: /, ""));
    else if (field === "points") this.#page.notice(text);
  }
}

/** Whether a coordinate lies within what is seen. @param {number} at */
function seen(at) {
  return at > LOW && at < HIGH;
}

/** As many digits as a field has room for. @param {number} value */
function brief(value) {
  return Number(value.toFixed(3));
}

/** @param {ArrayLike<number>} two  its ends, one behind the other */
function ends(two) {
  return { x1: two[0], y1: two[1], x2: two[2], y2: two[3] };
}

/**
 * How points of both classes make up one place.
 *
 * @param {Arrays} arrays
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>}} points
 * @returns {Line[]}
 */
function mixed(arrays, points) {
  const [place, shares] = [arrays.get("common.x")?.data ?? NOTHING, arrays.get("common.share")?.data ?? NOTHING];
  const [x2, y2] = [place[0], place[1]];
  return Array.from(shares, (share, i) => ({ share, i }))
    .filter(({ share }) => share > 0)
    .map(({ i }, k) => ({
      ...{ x1: points.x[i], y1: points.y[i], x2, y2, dash: DASHED },
      token: /** @type {const} */ ("wrong"),
      label: k === 0 ? "a mix of either class" : undefined,
    }));
}

/** A point as the control has it. @param {number} x @param {number} y @param {string} side */
function pair(x, y, side) {
  const [x1, x2] = [x, y].map((at) => Number(Math.min(HIGH, Math.max(LOW, at)).toFixed(2)));
  return `${x1} ${x2} ${side}`;
}

/** @param {ArrayLike<number>} data  of two columns @param {number} k */
function column(data, k) {
  return Float64Array.from({ length: data.length / 2 }, (_, row) => data[2 * row + k]);
}

export default neuron;
