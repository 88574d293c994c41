/**
 * <contour-view label="J" x-label="w1" y-label="w2" z-label="J" data-tensor="surface.J">
 *
 * A ground over a plane, as contour lines; over it the paths that were walked down, arrows, marks.
 * Plotly draws the ground, once for each `key`; what moves is on a canvas of our own, every frame.
 *
 * Attributes: label; x-label, y-label, z-label; log: lines at even ratios, not at even distances;
 * equal: a unit is as long on either axis; areas: the numbers are kinds of ground, not heights
 * (JSON: [{"value": 1, "label": "…", "glyph": "∪", "token": "correct"}, …], or empty for the sign of
 * the curvature: 1, 0, −1); sculptable: dragging the pointer asks for another ground.
 *
 * Keys: arrows, Home, End, PgUp, PgDn move a cursor over the grid; Enter picks the place, Shift +
 * Enter asks why the number there is what it is (so does Alt + click), T opens the table; where one
 * can sculpt, + raises the ground at the cursor and − digs.
 *
 * Events: place-pick {x, y}; cell-pick {tensor, index, value, label};
 * stroke {points: [[x, y], …], down}: down is true for digging (Shift is held).
 *
 * @import {Ground} from "./parts/ground-words.js"
 * @import {Levels} from "./parts/levels.js"
 * @import {Arrow, Mark, Path} from "./parts/plane-marks.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { element, setText, uniqueId } from "../core/dom.js";
import { tokens } from "../core/tokens.js";
import { AreaMap } from "./parts/area-map.js";
import { colourScale, placeOn, rowsOf } from "./parts/ground-colours.js";
import { groundSummary, levelsWords, pointName, sheetOf } from "./parts/ground-words.js";
import { later } from "./parts/later.js";
import { levelsOf } from "./parts/levels.js";
import { nearest, PlaneFrame } from "./parts/plane-frame.js";
import { drawArrows, drawBalls, drawMarks, drawPaths } from "./parts/plane-marks.js";
import { PlotKey } from "./parts/plot-key.js";
import { PlotNote, problem } from "./parts/plot-note.js";
import { PlotScale } from "./parts/plot-scale.js";
import { plotly } from "./parts/plotly.js";
import { Roving } from "./parts/roving.js";
import { onScreenChange, whenSeen } from "./parts/screen.js";
import { Stroke } from "./parts/stroke.js";
import { openTables, tableButton } from "./parts/table-dialog.js";

const NOTHING = -1;
/** Rows that PgUp and PgDn move. */
const PAGE = 5;
const CONFIG = { staticPlot: true, displayModeBar: false };
/** No layout of Plotly's leaves room round the lines: the axes are ours. */
const BARE = { l: 0, r: 0, t: 0, b: 0, pad: 0 };

/** @type {readonly Path[]} */
const NO_PATHS = [];
/** @type {readonly Arrow[]} */
const NO_ARROWS = [];
/** @type {readonly Mark[]} */
const NO_MARKS = [];

export class ContourView extends HTMLElement {
  static observedAttributes = ["label", "x-label", "y-label", "z-label", "log", "equal", "areas"];

  /** @type {Ground | null} */
  ground = null;
  walked = NO_PATHS;
  pointers = NO_ARROWS;
  signs = NO_MARKS;
  frame = new PlaneFrame();
  /** @type {Levels} */
  levels = levelsOf([], false);
  nameText = element("span");
  readText = element("span", { class: "chart-read" });
  box = element("div", { class: "plot-box" });
  /** Plotly's. */
  groundBox = element("div", { class: "plot-ground", "aria-hidden": "true" });
  canvas = element("canvas", { "aria-hidden": "true" });
  note = new PlotNote();
  scale = new PlotScale();
  key = new PlotKey();
  areas = new AreaMap();
  said = element("p", { class: "said", id: uniqueId("contour-view") });
  /** @type {CanvasRenderingContext2D | null} */
  context = null;
  /** @type {Roving | null} */
  roving = null;
  /** @type {Stroke | null} */
  stroke = null;
  /** @type {AbortController | null} */
  life = null;
  seen = false;
  /** Whether Plotly has yet to draw what is shown. */
  stale = false;
  busy = false;
  queued = false;
  visited = false;
  readRow = NOTHING;
  readColumn = NOTHING;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    this.context = this.canvas.getContext("2d");
    const opener = tableButton(this.names.label, () => this.openTable(), signal);
    const head = element("div", { class: "chart-head" }, this.nameText, this.readText, opener);
    this.box.replaceChildren(this.areas.canvas, this.groundBox, this.canvas, this.note.element);
    this.roving = new Roving(this.box, this.cells(), signal);
    this.stroke = new Stroke(this, signal);
    const foot = element("div", { class: "plot-foot" }, this.key.element, this.areas.key, this.scale.element);
    this.replaceChildren(head, this.box, foot, this.said);
    this.box.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    this.box.addEventListener("pointerleave", () => this.read(NOTHING, NOTHING), { signal });
    this.box.addEventListener("click", (event) => this.onClick(event), { signal });
    this.box.addEventListener("keydown", (event) => this.onKey(event), { signal, capture: true });
    onScreenChange(() => this.arrange(), signal);
    whenSeen(this, (seen) => this.onSeen(seen), signal);
    const observer = new ResizeObserver(() => this.arrange());
    observer.observe(this.box);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.readAttributes();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
    const { groundBox } = this;
    if (groundBox.firstChild) void plotly().then((library) => library.purge(groundBox));
    this.stale = true;
  }

  attributeChangedCallback() {
    if (this.life) this.readAttributes();
  }

  /** What things are called. */
  get names() {
    const of = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
      this.getAttribute(name) ?? otherwise;
    const tensor = (this.dataset.tensor ?? "").split(".").pop() ?? "";
    return {
      label: of("label", "contours"),
      x: of("x-label", "x"),
      y: of("y-label", "y"),
      z: of("z-label", tensor || "value"),
    };
  }

  readAttributes() {
    this.areas.read(this.getAttribute("areas"));
    this.roving?.label(this.names.label, this.said.id);
    this.writeTitle();
    this.relevel();
    this.arrange();
  }

  writeTitle() {
    const title = this.ground?.title;
    setText(this.nameText, title ? `${this.names.label}: ${title}` : this.names.label);
  }

  /**
   * Show a ground; with the same key as before, the one that is shown stays.
   *
   * @param {Ground} ground
   */
  show(ground) {
    const before = this.ground;
    if (before?.key === ground.key && before.x.length === ground.x.length) return;
    this.ground = ground;
    this.writeTitle();
    this.relevel();
    this.arrange();
  }

  /** @param {readonly Path[]} paths */
  paths(paths) {
    this.walked = paths;
    this.key.show(paths);
    this.paintSoon();
    later(this.describe);
  }

  /** @param {readonly Arrow[]} arrows */
  arrows(arrows) {
    this.pointers = arrows;
    this.paintSoon();
  }

  /** @param {readonly Mark[]} marks */
  marks(marks) {
    this.signs = marks;
    this.paintSoon();
  }

  relevel() {
    if (!this.ground) return;
    this.levels = levelsOf(this.ground.z, this.hasAttribute("log"));
    this.stale = true;
  }

  /** Lay out the axes and the canvases for the box as it is now. */
  arrange() {
    const { ground, context, box, frame } = this;
    if (!this.life || !ground || !context) return;
    const { clientWidth: width, clientHeight: height } = box;
    if (width === 0) return;
    fit(this.canvas, context, width, height);
    frame.lay(context, {
      width,
      height,
      size: parseFloat(getComputedStyle(box).fontSize),
      x: [ground.x[0], ground.x[ground.x.length - 1]],
      y: [ground.y[0], ground.y[ground.y.length - 1]],
      equal: this.hasAttribute("equal"),
    });
    for (const side of /** @type {const} */ (["left", "top"])) {
      box.style.setProperty(`--plot-${side}`, `${frame[side]}px`);
    }
    box.style.setProperty("--plot-width", `${frame.right - frame.left}px`);
    box.style.setProperty("--plot-height", `${frame.bottom - frame.top}px`);
    if (this.areas.on) this.areas.show(ground, frame);
    this.scale.show(this.areas.on ? null : this.levels, this.names.z, levelsWords(this.levels));
    this.groundBox.hidden = this.areas.on;
    this.stale = true;
    this.roving?.refresh();
    this.paint();
    void this.drawGround();
    later(this.describe);
  }

  /** @param {boolean} seen */
  onSeen(seen) {
    this.seen = seen;
    if (!seen) return;
    this.paint();
    void this.drawGround();
  }

  /** Whether the ground that was shown stands there. */
  get drawn() {
    return this.areas.on || (!this.stale && !this.busy);
  }

  /** Have Plotly draw the lines, if they are other than those that stand there. */
  async drawGround() {
    if (!this.seen || !this.stale || this.busy || !this.ground || this.areas.on) return;
    this.busy = true;
    try {
      const library = await plotly();
      // more may have come meanwhile; the newest is drawn
      while (this.stale && this.life && !this.areas.on) {
        this.stale = false;
        const { traces, layout } = this.figure(this.ground);
        await library.react(this.groundBox, traces, layout, CONFIG);
      }
      this.note.clear();
    } catch (error) {
      this.stale = true;
      this.note.say(`The contour lines could not be drawn (${problem(error)}).`, "Try again", () =>
        this.drawGround(),
      );
    } finally {
      this.busy = false;
    }
  }

  /** @param {Ground} ground */
  figure(ground) {
    const { frame, levels } = this;
    const { colour, stroke } = tokens();
    const last = levels.lines.length;
    const axis = { visible: false, fixedrange: true };
    return {
      traces: [
        {
          type: "contour",
          x: ground.x,
          y: ground.y,
          z: rowsOf(ground.z, ground.x.length, placeOn(levels)),
          zmin: 0,
          zmax: last + 1,
          autocontour: false,
          contours: { coloring: "fill", start: 1, end: Math.max(1, last), size: 1 },
          colorscale: colourScale(),
          line: { width: stroke / 2, color: colour["contour-line"], smoothing: 0.6 },
          connectgaps: false,
          showscale: false,
          hoverinfo: "skip",
        },
      ],
      layout: {
        width: frame.right - frame.left,
        height: frame.bottom - frame.top,
        margin: BARE,
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: colour.sunken,
        showlegend: false,
        xaxis: { ...axis, range: [frame.x.low, frame.x.high] },
        yaxis: { ...axis, range: [frame.y.low, frame.y.high] },
      },
    };
  }

  /** However much is told in one go, it is painted once, in the same frame. */
  paintSoon() {
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(this.paint);
  }

  paint = () => {
    this.queued = false;
    const { context, frame, ground, canvas } = this;
    if (!this.life || !this.seen || !context || !ground) return;
    const ratio = devicePixelRatio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    frame.draw(context, this.getAttribute("x-label") ?? "", this.getAttribute("y-label") ?? "");
    drawPaths(context, frame, this.walked);
    drawArrows(context, frame, this.pointers);
    drawBalls(context, frame, this.walked);
    drawMarks(context, frame, this.signs);
    this.stroke?.draw(context, frame);
    this.drawReading(context, ground);
  };

  /** The grid's place that is read. @param {CanvasRenderingContext2D} context @param {Ground} ground */
  drawReading(context, { x, y }) {
    if (this.readRow === NOTHING) return;
    const { colour, focusStroke } = tokens();
    context.strokeStyle = colour.focus;
    context.lineWidth = focusStroke * 0.75;
    context.beginPath();
    context.arc(this.frame.toX(x[this.readColumn]), this.frame.toY(y[this.readRow]), 4, 0, 7);
    context.stroke();
  }

  /** Read the number at a place of the grid. @param {number} row @param {number} column */
  read(row, column) {
    if (row === this.readRow && column === this.readColumn) return;
    this.readRow = row;
    this.readColumn = column;
    setText(this.readText, row === NOTHING ? "" : this.nameOf(row, column));
    this.paintSoon();
  }

  /** @param {number} row @param {number} column */
  nameOf(row, column) {
    const { ground, areas, names } = this;
    if (!ground) return "no values yet";
    if (areas.on) return areas.pointName(ground, names, row, column);
    return pointName(ground, names, row, column);
  }

  /** The pixel of a pointer's event within the box. @param {MouseEvent} event @returns {[number, number]} */
  pixelOf(event) {
    const corner = this.box.getBoundingClientRect();
    return [event.clientX - corner.x, event.clientY - corner.y];
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    const [x, y] = this.pixelOf(event);
    const { ground, frame } = this;
    if (!ground || !frame.holds(x, y)) this.read(NOTHING, NOTHING);
    else this.read(nearest(ground.y, frame.fromY(y)), nearest(ground.x, frame.fromX(x)));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const [x, y] = this.pixelOf(event);
    const { ground, frame } = this;
    if (!ground || !frame.holds(x, y) || this.stroke?.took) return;
    const row = nearest(ground.y, frame.fromY(y));
    const column = nearest(ground.x, frame.fromX(x));
    this.roving?.go(ground.y.length - 1 - row, column);
    if (event.altKey) this.ask(row, column);
    else this.tell("place-pick", { x: frame.fromX(x), y: frame.fromY(y) });
  }

  /** Shift + Enter: why. @param {KeyboardEvent} event */
  onKey(event) {
    const { roving, ground } = this;
    if (!roving?.focused || !ground || event.key !== "Enter" || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.ask(ground.y.length - 1 - roving.row, roving.column);
  }

  /** Ask why the number of a place of the grid is what it is. @param {number} row @param {number} column */
  ask(row, column) {
    const { ground } = this;
    const tensor = this.dataset.tensor;
    if (!ground || !tensor) return;
    const label = `${this.names.label}, ${this.nameOf(row, column)}`;
    const value = ground.z[row * ground.x.length + column];
    this.tell("cell-pick", { tensor, index: [row, column], value, label });
  }

  /** @param {string} name @param {object} facts */
  tell(name, facts) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: facts }));
  }

  /** Bring the words up to date. */
  describe = () => {
    if (!this.life) return;
    const { ground, names, walked, areas } = this;
    const summary = groundSummary(ground, names, walked);
    setText(this.said, areas.on && ground ? areas.summary(ground, names) : summary);
    this.begin();
    this.roving?.rename();
  };

  /** The cursor begins where the first path has come. */
  begin() {
    const { roving, ground, walked } = this;
    const last = (walked[0]?.x.length ?? 0) - 1;
    if (this.visited || !roving || roving.focused || !ground || last < 0) return;
    roving.row = ground.y.length - 1 - nearest(ground.y, walked[0].y[last]);
    roving.column = nearest(ground.x, walked[0].x[last]);
    roving.refresh();
  }

  openTable() {
    const { ground, names } = this;
    if (!ground) return;
    this.describe();
    openTables(names.label, this.said.textContent ?? "", [sheetOf(ground, names)]);
  }

  /** What the roving cell asks; the uppermost row of the picture is the last of the grid. @returns {Cells} */
  cells() {
    const size = (/** @type {"x" | "y"} */ axis) => this.ground?.[axis].length ?? 0;
    const upside = (/** @type {number} */ row) => size("y") - 1 - row;
    return {
      get rows() {
        return size("y");
      },
      get columns() {
        return size("x");
      },
      page: PAGE,
      has: (row, column) => row >= 0 && row < size("y") && column >= 0 && column < size("x"),
      name: (row, column) => this.nameOf(upside(row), column),
      box: (row, column, out) => {
        const side = this.frame.size;
        out.x = this.frame.toX(this.ground?.x[column] ?? 0) - side / 2;
        out.y = this.frame.toY(this.ground?.y[upside(row)] ?? 0) - side / 2;
        out.width = side;
        out.height = side;
        return out;
      },
      pick: (row, column) => {
        const { ground } = this;
        if (ground) this.tell("place-pick", { x: ground.x[column], y: ground.y[upside(row)] });
      },
      enter: (row, column) => {
        this.visited = true;
        this.read(upside(row), column);
      },
      leave: () => this.read(NOTHING, NOTHING),
      press: (key, row, column) => this.stroke?.key(key, upside(row), column) ?? false,
      table: () => this.openTable(),
    };
  }
}

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
function fit(canvas, context, width, height) {
  const wide = Math.max(1, Math.round(width * devicePixelRatio));
  const high = Math.max(1, Math.round(height * devicePixelRatio));
  // setting either clears the canvas, even to what it was
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
}

customElements.define("contour-view", ContourView);
