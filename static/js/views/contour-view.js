/**
 * <contour-view label="J" x-label="w1" y-label="w2" z-label="J" data-tensor="surface.J">
 *
 * A ground over a plane, as contour lines; over it the paths that were walked down, arrows, marks.
 * Plotly draws the ground, once for each `key`; what moves is on a canvas of our own, every frame.
 *
 * Attributes: those of parts/plot-view.js; z-label; log: lines at even ratios, not at even distances;
 * areas: the numbers are kinds of ground, not heights (JSON: [{"value": 1, "label": "…",
 * "glyph": "∪", "token": "correct"}, …], or empty for the sign of the curvature: 1, 0, −1);
 * sculptable: dragging the pointer asks for another ground.
 *
 * Data in: `show({x, y, z, key, title})`, `paths`, `arrows`, `marks`; the arrays are kept, not copied.
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

import { element, setText } from "../core/dom.js";
import { tokens } from "../core/tokens.js";
import { AreaMap } from "./parts/area-map.js";
import { colourScale, placeOn, rowsOf } from "./parts/ground-colours.js";
import { drawArrows, drawBalls, drawMarks, drawPaths } from "./parts/plane-marks.js";
import { groundSummary, levelsWords, nearest, pointName, sheetOf } from "./parts/ground-words.js";
import { levelsOf } from "./parts/levels.js";
import { PathKey } from "./parts/path-key.js";
import { PlotNote, problem } from "./parts/plot-note.js";
import { PlotScale } from "./parts/plot-scale.js";
import { PlotView } from "./parts/plot-view.js";
import { plotly } from "./parts/plotly.js";
import { beforePicture } from "./parts/screen.js";
import { Stroke } from "./parts/stroke.js";

const NOTHING = -1;
/** Rows that PgUp and PgDn move. */
const PAGE = 5;
const CONFIG = { staticPlot: true, displayModeBar: false };
/** No room round the lines: the axes are ours. */
const BARE = { l: 0, r: 0, t: 0, b: 0, pad: 0 };

export class ContourView extends PlotView {
  /** @override */
  static observedAttributes = [...PlotView.observedAttributes, "z-label", "log", "areas"];

  /** @type {Ground | null} */
  ground = null;
  /** @type {readonly Path[]} */
  walked = [];
  /** @type {readonly Arrow[]} */
  pointers = [];
  /** @type {readonly Mark[]} */
  signs = [];
  /** @type {Levels} */
  levels = levelsOf([], false);
  /** @override */
  whole = true;
  /** @override */
  seen = false;
  /** Plotly's. */
  groundBox = element("div", { class: "ground-lines", "aria-hidden": "true" });
  note = new PlotNote();
  scale = new PlotScale();
  key = new PathKey(this.legend);
  areas = new AreaMap();
  stroke = new Stroke(this);
  /** Whether Plotly has yet to draw what is shown. */
  stale = false;
  busy = false;
  visited = false;
  readRow = NOTHING;
  readColumn = NOTHING;

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.box.classList.add("plot-box");
    this.box.prepend(this.areas.canvas, this.groundBox);
    this.box.append(this.note.element);
    const foot = element("div", { class: "ground-foot" }, this.legend, this.areas.key, this.scale.element);
    this.box.after(foot);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    const { groundBox } = this;
    if (groundBox.firstChild) void plotly().then((library) => library.purge(groundBox));
    this.stale = true;
  }

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this;
    this.stroke.listen(signal);
    beforePicture(async () => {
      await this.drawGround();
      return () => {};
    }, signal);
    box.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    box.addEventListener("pointerleave", () => this.read(NOTHING, NOTHING), { signal });
    box.addEventListener("click", (event) => this.onClick(event), { signal });
    box.addEventListener("keydown", (event) => this.onKey(event), { signal, capture: true });
  }

  /** What things are called. @override */
  get names() {
    const tensor = (this.dataset.tensor ?? "").split(".").pop() ?? "";
    return { ...super.names, label: this.label, z: this.getAttribute("z-label") ?? (tensor || "value") };
  }

  /** @override */
  readAttributes() {
    this.areas.read(this.getAttribute("areas"));
    this.relevel();
    super.readAttributes();
    this.writeTitle();
  }

  writeTitle() {
    const title = this.ground?.title;
    setText(this.nameText, title ? `${this.label}: ${title}` : this.label);
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
    const { x, y } = ground;
    this.bounds = { x: [x[0], x[x.length - 1]], y: [y[0], y[y.length - 1]] };
    this.writeTitle();
    this.relevel();
    this.arrange();
    this.refresh();
  }

  /** @param {readonly Path[]} paths */
  paths(paths) {
    this.walked = paths;
    this.key.show(paths);
    this.refresh();
  }

  /** @param {readonly Arrow[]} arrows */
  arrows(arrows) {
    this.pointers = arrows;
    this.refresh();
  }

  /** @param {readonly Mark[]} marks */
  marks(marks) {
    this.signs = marks;
    this.refresh();
  }

  relevel() {
    if (this.ground) this.levels = levelsOf(this.ground.z, this.hasAttribute("log"));
  }

  /** @override */
  arrange() {
    super.arrange();
    const { ground, box, frame, areas } = this;
    if (!this.life || !this.ready || !ground) return;
    const sides = {
      left: frame.left,
      top: frame.top,
      width: frame.right - frame.left,
      height: frame.bottom - frame.top,
    };
    for (const [name, px] of Object.entries(sides)) box.style.setProperty(`--ground-${name}`, `${px}px`);
    if (areas.on) areas.show(ground, frame);
    this.scale.show(areas.on ? null : this.levels, this.names.z, levelsWords(this.levels));
    this.groundBox.hidden = areas.on;
    this.stale = true;
    void this.drawGround();
  }

  /** @override @param {boolean} seen */
  onSeen(seen) {
    super.onSeen(seen);
    if (seen) void this.drawGround();
  }

  /** Whether the ground that was shown stands there. */
  get drawn() {
    return this.areas.on || (!this.stale && !this.busy);
  }

  /** Have Plotly draw the lines, if they are other than those that stand there. */
  async drawGround() {
    if (!this.seen || !this.stale || this.busy || !this.ready || !this.ground || this.areas.on) return;
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

  /** What Plotly is told. @param {Ground} ground */
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

  /** @override */
  paint() {
    const { frame, ground } = this;
    frame.context.clearRect(0, 0, frame.width, frame.height);
    frame.drawWords();
    if (!ground) return;
    drawPaths(frame, this.walked);
    drawArrows(frame, this.pointers);
    drawBalls(frame, this.walked);
    drawMarks(frame, this.signs);
    this.stroke.draw(frame);
    this.drawReading(ground);
  }

  /** The grid's place that is read. @param {Ground} ground */
  drawReading({ x, y }) {
    if (this.readRow === NOTHING) return;
    const { context } = this.frame;
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
    this.refresh();
  }

  /** @param {number} row @param {number} column */
  nameOf(row, column) {
    const { ground, areas, names } = this;
    if (!ground || row === NOTHING) return "no values yet";
    if (areas.on) return areas.pointName(ground, names, row, column);
    return pointName(ground, names, row, column);
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    const [x, y] = [this.across(event), this.down(event)];
    const { ground, frame } = this;
    if (!ground || !frame.holds(x, y)) this.read(NOTHING, NOTHING);
    else this.read(nearest(ground.y, frame.fromY(y)), nearest(ground.x, frame.fromX(x)));
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const [x, y] = [this.across(event), this.down(event)];
    const { ground, frame } = this;
    if (!ground || !frame.holds(x, y) || this.stroke.took) return;
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
    const label = `${this.label}, ${this.nameOf(row, column)}`;
    const value = ground.z[row * ground.x.length + column];
    this.tell("cell-pick", { tensor, index: [row, column], value, label });
  }

  /** @override */
  sentence() {
    const { ground, names, walked, areas } = this;
    this.begin();
    return areas.on && ground ? areas.summary(ground, names) : groundSummary(ground, names, walked);
  }

  /** The cursor begins where the first path has come. */
  begin() {
    const { roving, ground, walked } = this;
    const last = (walked[0]?.x.length ?? 0) - 1;
    if (this.visited || !roving || roving.focused || !ground || last < 0) return;
    roving.row = ground.y.length - 1 - nearest(ground.y, walked[0].y[last]);
    roving.column = nearest(ground.x, walked[0].x[last]);
  }

  /** @override */
  sheets() {
    return this.ground ? [sheetOf(this.ground, this.names)] : [];
  }

  /** The uppermost row of the picture is the last of the grid. @override @returns {Cells} */
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
      press: (key, row, column) => this.stroke.key(key, upside(row), column),
      table: () => this.openTable(),
    };
  }
}

customElements.define("contour-view", ContourView);
