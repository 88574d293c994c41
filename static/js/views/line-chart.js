/**
 * <line-chart label="loss" x="history.step" y="linear"
 *   series='[{"name": "history.loss", "label": "training", "token": "training"}, …]'>
 *
 * Curves of a run up to the present step; what lies beyond it, after going back, is faint.
 * Lines differ in their dashes as well as in colour, and are named at their ends.
 * With `here` they are curves over another quantity than steps: drawn whole, and where the run
 * stands now is marked.
 *
 * Attributes: label; x, the array of steps or places; here, the array with the present place;
 * x-label, what a place is (`px to the right`); series, JSON as above (`dash` may be given: [4, 3],
 * and `weight`: 0.5 for a thin line);
 * y: linear | log; low, high: fixed ends of the value axis; switchable: a button changes y.
 *
 * Events: step-pick {step}, a point of the curve was clicked or entered; with `here`
 * place-pick {place}.
 *
 * @import {Frame, LineState} from "../core/types.js"
 * @import {Lines, Series} from "./parts/chart-painter.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { button } from "../core/dom.js";
import { ChartPainter } from "./parts/chart-painter.js";
import { chartSummary, placeName, pointName, rowName } from "./parts/chart-words.js";
import { ghostCurves } from "./parts/ghost-curves.js";
import { later } from "./parts/later.js";
import { Roving } from "./parts/roving.js";
import { onScreenChange, whenSeen } from "./parts/screen.js";
import { openTables, tableButton } from "./parts/table-dialog.js";
import { placeAxis, stepAxis, twoDigitsUp, valueAxis } from "./parts/ticks.js";

const DASHES = [[], [5, 3], [1.5, 3], [7, 3, 1.5, 3]];
const NOTHING = -1;
/** CSS px that a mark on an axis takes. */
const X_ROOM = 64;
const Y_ROOM = 34;

/** Before a scalar's name: the array with its course. */
const COURSE = "history.";
const NONE = new Float32Array(0);

let made = 0;

export class LineChart extends HTMLElement {
  static observedAttributes = ["label", "x", "x-label", "here", "y", "low", "high", "series"];

  /** @type {Lines} */
  lines = {
    steps: [],
    series: [],
    values: [],
    x: stepAxis(0, 2),
    y: valueAxis(0, 1, { log: false, low: 0, high: null, most: 2 }),
    step: 0,
    quantity: "",
    here: NaN,
    marker: NOTHING,
    reading: NOTHING,
    present: [],
    head: 0,
    ghosts: [],
    marks: [],
  };
  /** @type {ArrayLike<number>[]} */
  values = [];
  run = NOTHING;
  first = 0;
  furthest = 0;
  least = Infinity;
  greatest = -Infinity;
  heading = document.createElement("div");
  nameText = document.createElement("span");
  readText = document.createElement("span");
  logButton = button("log", { class: "button-small chart-log" });
  box = document.createElement("div");
  foot = document.createElement("p");
  said = document.createElement("p");
  painter = new ChartPainter(document.createElement("canvas"));
  /** @type {Roving | null} */
  roving = null;
  /** @type {AbortController | null} */
  life = null;
  seen = true;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.heading.className = "chart-head";
    this.readText.className = "chart-read";
    const opener = tableButton(this.label, () => this.openTable(), signal);
    this.heading.replaceChildren(this.nameText, this.readText, this.logButton, opener);
    this.logButton.addEventListener("click", () => this.toggleLog(), { signal });
    this.box.className = "chart-box";
    this.painter.canvas.setAttribute("aria-hidden", "true");
    this.box.replaceChildren(this.painter.canvas);
    this.said.className = "said";
    this.said.id ||= `line-chart-${(made += 1)}`;
    this.roving = new Roving(this.box, this.cells(), signal);
    this.foot.className = "chart-foot";
    this.foot.setAttribute("aria-hidden", "true");
    this.replaceChildren(this.heading, this.box, this.foot, this.said);
    this.box.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    this.box.addEventListener("pointerleave", () => this.read(NOTHING), { signal });
    this.box.addEventListener("click", (event) => this.onClick(event), { signal });
    onScreenChange(() => this.arrange(), signal);
    whenSeen(this, (seen) => this.onSeen(seen), signal);
    const observer = new ResizeObserver(() => this.arrange());
    observer.observe(this.box);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.readSeries();
    this.readAttributes();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.life) return;
    if (name === "series" || name === "x") this.readSeries();
    this.readAttributes();
  }

  get label() {
    return this.getAttribute("label") ?? "chart";
  }

  /** Whether the value axis counts powers of ten. */
  get log() {
    return this.getAttribute("y") === "log";
  }

  toggleLog() {
    this.setAttribute("y", this.log ? "linear" : "log");
  }

  readSeries() {
    /** @type {(Partial<Series> & {name: string})[]} */
    const given = JSON.parse(this.getAttribute("series") ?? "[]");
    this.lines.series = given.map((series, i) => ({
      name: series.name,
      scalar: series.name.startsWith(COURSE) ? series.name.slice(COURSE.length) : "",
      label: series.label ?? series.name,
      token: series.token ?? "accent",
      dash: series.dash ?? DASHES[i % DASHES.length],
      weight: series.weight ?? 1,
    }));
    this.values = given.map(() => NONE);
    this.lines.values = this.values;
    this.lines.present = given.map(() => NaN);
  }

  readAttributes() {
    this.logButton.hidden = !this.hasAttribute("switchable");
    this.logButton.setAttribute("aria-pressed", String(this.log));
    this.logButton.setAttribute("aria-label", `logarithmic scale for ${this.label}`);
    this.nameText.textContent = this.label;
    this.lines.quantity = this.hasAttribute("here") ? (this.getAttribute("x-label") ?? "") : "";
    this.foot.textContent = this.lines.quantity;
    this.roving?.label(this.label, this.said.id);
    this.restart(this.run);
    this.widen(0);
    this.arrange();
  }

  /**
   * Draw the curves of a frame.
   *
   * @param {Pick<Frame, "run" | "step" | "head" | "arrays"> & Partial<Pick<Frame, "scalars">>} frame
   */
  show(frame) {
    const { lines } = this;
    const steps = frame.arrays.get(this.getAttribute("x") ?? "history.step");
    if (!steps) return;
    if (frame.run !== this.run) this.restart(frame.run);
    lines.steps = steps.data;
    const here = frame.arrays.get(this.getAttribute("here") ?? "")?.data[0];
    lines.step = here === undefined ? frame.step : Infinity;
    lines.here = here ?? NaN;
    lines.marker = here === undefined ? NOTHING : Array.prototype.indexOf.call(lines.steps, here);
    lines.head = frame.head;
    for (let i = 0; i < lines.series.length; i++) {
      const { name, scalar } = lines.series[i];
      this.values[i] = frame.arrays.get(name)?.data ?? NONE;
      // a point of a long course stands for several steps; the stage shows one of them
      lines.present[i] = frame.scalars?.[scalar] ?? NaN;
    }
    if (lines.reading >= lines.steps.length) lines.reading = NOTHING;
    if (this.widen(frame.head)) this.arrange();
    else if (this.seen) this.painter.paint(lines);
    if (lines.reading !== NOTHING) this.say();
    later(this.describe);
  }

  /**
   * Mark steps from now on; the list is kept.
   *
   * @param {readonly import("./parts/chart-painter.js").StepMark[]} marks
   */
  marks(marks) {
    this.lines.marks = marks;
    if (this.seen) this.painter.paint(this.lines);
    later(this.describe);
  }

  /**
   * Draw the same scalars of other runs behind this one's.
   *
   * @param {readonly LineState[]} ghosts
   */
  accompany(ghosts) {
    const { lines } = this;
    lines.ghosts = ghostCurves(ghosts, lines.series);
    this.restart(this.run);
    this.widen(lines.steps.length > 0 ? lines.steps[lines.steps.length - 1] : 0);
    this.arrange();
    later(this.describe);
  }

  /** @param {number} run */
  restart(run) {
    this.run = run;
    this.furthest = 0;
    this.least = Infinity;
    this.greatest = -Infinity;
  }

  /**
   * Make room for what is new on either axis.
   *
   * @param {number} head
   * @returns {boolean}  whether the axes changed
   */
  widen(head) {
    const { steps, y } = this.lines;
    const { log } = this;
    let { least, greatest, furthest } = this;
    const last = steps.length > 0 ? steps[steps.length - 1] : 0;
    const first = steps.length > 0 ? steps[0] : 0;
    if (this.hasAttribute("here")) furthest = last;
    else if (Math.max(head, last) > furthest) furthest = twoDigitsUp(Math.max(head, last));
    for (const { steps: reached } of this.lines.ghosts) {
      const end = reached[reached.length - 1];
      if (end > furthest) furthest = twoDigitsUp(end);
    }
    if (this.least === Infinity) {
      for (const ghost of this.lines.ghosts) {
        for (const values of ghost.values) {
          for (let i = 0; i < values.length; i++) {
            const value = values[i];
            if (value - value !== 0 || (log && value <= 0)) continue;
            if (value < least) least = value;
            if (value > greatest) greatest = value;
          }
        }
      }
    }
    for (const values of this.values) {
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (value - value !== 0 || (log && value <= 0)) continue;
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
    }
    for (const value of this.lines.present) {
      if (value - value !== 0 || (log && value <= 0)) continue;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    const outside = least < Math.min(this.least, y.low) || greatest > Math.max(this.greatest, y.high);
    const moved = furthest !== this.furthest || first !== this.first;
    const changed = moved || outside || this.least === Infinity;
    this.furthest = furthest;
    this.first = first;
    if (changed) {
      this.least = least;
      this.greatest = greatest;
    }
    return changed;
  }

  /** Lay out the axes and the canvas for the box as it is now. */
  arrange() {
    if (!this.life) return;
    const { lines, painter, box } = this;
    const { clientWidth: width, clientHeight: height } = box;
    if (width === 0) return;
    const number = (/** @type {string} */ name) =>
      this.hasAttribute(name) ? Number(this.getAttribute(name)) : null;
    const known = this.least <= this.greatest;
    painter.size = parseFloat(getComputedStyle(box).fontSize);
    const room = painter.size / 12;
    lines.y = valueAxis(known ? this.least : 0.1, known ? this.greatest : 1, {
      log: this.log,
      low: number("low"),
      high: number("high"),
      most: Math.max(2, Math.floor(height / Y_ROOM / room)),
    });
    painter.prepare(width, height, lines.series, lines.y.texts);
    const plot = painter.right - painter.left;
    const most = Math.max(2, Math.floor(plot / X_ROOM / room));
    const places = this.hasAttribute("here") && lines.steps.length > 0;
    lines.x = places ? placeAxis(lines.steps[0], this.furthest, most) : stepAxis(this.furthest, most);
    this.roving?.refresh();
    if (this.seen) painter.paint(lines);
  }

  /** @param {boolean} seen */
  onSeen(seen) {
    const came = seen && !this.seen;
    this.seen = seen;
    if (came) this.painter.paint(this.lines);
  }

  /** Read the values at a point. @param {number} point */
  read(point) {
    if (point === this.lines.reading) return;
    this.lines.reading = point;
    this.say();
    this.painter.paint(this.lines);
  }

  /** Write which step or place is read. */
  say() {
    const { lines } = this;
    this.readText.textContent = lines.reading === NOTHING ? "" : placeName(lines, lines.reading);
  }

  /** @param {MouseEvent} event  @returns {number} the nearest point */
  under(event) {
    const { lines, painter } = this;
    const at = event.clientX - this.box.getBoundingClientRect().x;
    let found = NOTHING;
    let least = Infinity;
    for (let i = 0; i < lines.steps.length; i++) {
      const far = Math.abs(painter.toX(lines.x, lines.steps[i]) - at);
      if (far < least) {
        least = far;
        found = i;
      }
    }
    return found;
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    this.read(this.under(event));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const point = this.under(event);
    if (point === NOTHING) return;
    this.roving?.go(this.roving.row, point);
    this.pick(point);
  }

  /** @param {number} point */
  pick(point) {
    const at = this.lines.steps[point];
    const places = this.hasAttribute("here");
    const name = places ? "place-pick" : "step-pick";
    const detail = places ? { place: at } : { step: at };
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  /** Bring the words up to date. */
  describe = () => {
    if (!this.life) return;
    this.said.textContent = chartSummary(this.label, this.lines);
    this.roving?.refresh();
  };

  openTable() {
    const { steps, series, values } = this.lines;
    this.describe();
    openTables(this.label, this.said.textContent ?? "", [
      {
        caption: "",
        corner: this.lines.quantity || "step",
        rows: Array.from(steps, (_, point) => rowName(this.lines, point)),
        columns: series.map(({ label }) => label),
        value: (row, column) => (Number.isNaN(values[column][row]) ? undefined : values[column][row]),
      },
    ]);
  }

  /** What the roving cell asks: a row for each line, a column for each point. @returns {Cells} */
  cells() {
    const { lines, painter } = this;
    return {
      get rows() {
        return lines.series.length;
      },
      get columns() {
        return lines.steps.length;
      },
      page: 1,
      has: (row, column) =>
        row >= 0 && row < lines.series.length && column >= 0 && column < lines.steps.length,
      passes: (row, column) => Number.isNaN(lines.values[row]?.[column]),
      name: (row, column) => pointName(lines, row, column),
      box: (row, column, out) => {
        const value = lines.values[row]?.[column];
        const side = painter.size;
        out.x = painter.toX(lines.x, lines.steps[column] ?? 0) - side / 2;
        out.y = painter.toY(lines.y, Number.isFinite(value) ? value : lines.y.low) - side / 2;
        out.width = side;
        out.height = side;
        return out;
      },
      pick: (_row, column) => this.pick(column),
      enter: (_row, column) => this.read(column),
      leave: () => this.read(NOTHING),
      table: () => this.openTable(),
    };
  }
}

customElements.define("line-chart", LineChart);
