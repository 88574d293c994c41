/**
 * <curve-view label="J over w" x-label="w" y-label="J">
 *
 * Functions of one variable, with balls that lie on them, tangents, arrows of steps and the path
 * that was walked. Attributes: those of parts/plot-view.js.
 *
 * Data in: `show({curves, key, bounds})`: the axes are laid out anew when the key is another one,
 * and grow when a curve leaves them; `bounds` {x: [low, high], y: [low, high]} fixes them.
 * `marks`, `lines`, `path`, `bands` (stretches of the x axis that are shaded). The arrays are kept,
 * not copied.
 *
 * Event: place-pick {x, done}: a click, Enter on a point of a curve, or a drag, at most once in an
 * animation frame; `done` is false while it goes on.
 *
 * @import {Bounds} from "./parts/plot-view.js"
 * @import {Curve, Line, Mark} from "./parts/plot-marks.js"
 * @import {Cells} from "./parts/roving.js"
 *
 * @typedef {object} Bands  stretches of the x axis, all of one meaning
 * @property {ArrayLike<number>} ends  where each begins and where it ends, one after the other
 * @property {string} label
 */

import { setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { tokens } from "../core/tokens.js";
import { PlotDrag } from "./parts/plot-drag.js";
import { roomy } from "./parts/plot-frame.js";
import { drawBall, drawCurve, drawLine, drawPath, nameBall } from "./parts/plot-marks.js";
import { PlotView, writeLegend } from "./parts/plot-view.js";
import { curveWords, ends, lineWords, markWords } from "./parts/plot-words.js";

const NOTHING = -1;
const ROOM = 0.06;
/** CSS px about a ball in which a finger takes hold of it instead of scrolling the page. */
const GRIP = 24;
/** Of the ring round the sample that has the focus, CSS px. */
const SIDE = 14;
/** How solid a shaded stretch is. */
const SHADE = 0.22;
const SQUARE = "M-1.2-1.2H1.2V1.2H-1.2Z";

export class CurveView extends PlotView {
  /** @type {readonly Curve[]} */
  curves = [];
  /** @type {readonly Line[]} */
  segments = [];
  /** @type {readonly Mark[]} */
  balls = [];
  /** @type {Curve | null} */
  walked = null;
  /** @type {Bands | null} */
  shaded = null;
  /** The sample that is read. */
  reading = NOTHING;
  /** @type {unknown} */
  key = undefined;

  /**
   * @param {object} picture
   * @param {readonly Curve[]} picture.curves
   * @param {unknown} [picture.key]
   * @param {Partial<Bounds>} [picture.bounds]
   */
  show({ curves, key, bounds }) {
    const anew = key !== this.key || curves.length !== this.curves.length;
    this.curves = curves;
    this.key = key;
    if (this.reading >= (curves[0]?.x.length ?? 0)) this.reading = NOTHING;
    this.fit(anew, bounds);
    this.writeNames();
    this.refresh();
  }

  /** Shade stretches of the x axis. @param {Bands | null} shaded */
  bands(shaded) {
    this.shaded = shaded;
    this.writeNames();
    this.refresh();
  }

  writeNames() {
    const { curves, shaded } = this;
    const band = shaded && shaded.ends.length > 0 ? [{ token: "plot-noise", label: shaded.label, glyph: SQUARE }] : [];
    writeLegend(this.legend, [...named(curves), ...band]);
  }

  /** @param {readonly Mark[]} balls */
  marks(balls) {
    this.balls = balls;
    this.refresh();
  }

  /** Tangents and arrows. @param {readonly Line[]} segments */
  lines(segments) {
    this.segments = segments;
    this.refresh();
  }

  /** Where it went. @param {Curve | null} walked */
  path(walked) {
    this.walked = walked;
    this.refresh();
  }

  /** @param {boolean} anew @param {Partial<Bounds>} [fixed] */
  fit(anew, fixed) {
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const { x, y } of this.curves) {
      const [fromX, toX] = ends(x);
      const [fromY, toY] = ends(y);
      [left, right] = [Math.min(left, fromX), Math.max(right, toX)];
      [low, high] = [Math.min(low, fromY), Math.max(high, toY)];
    }
    const { bounds } = this;
    const inside = left >= bounds.x[0] && right <= bounds.x[1] && low >= bounds.y[0] && high <= bounds.y[1];
    if (!anew && !fixed && inside) return;
    this.span(fixed?.x ?? roomy(left, right, 0), fixed?.y ?? roomy(low, high, ROOM));
  }

  /** @override */
  paint() {
    const { frame, curves, segments, balls, walked, reading } = this;
    frame.drawGrid();
    frame.clip();
    this.drawBands();
    for (let i = 0; i < curves.length; i++) drawCurve(frame, curves[i]);
    if (walked) drawPath(frame, walked);
    for (let i = 0; i < segments.length; i++) drawLine(frame, segments[i]);
    if (reading !== NOTHING) this.drawReading();
    frame.release();
    for (let i = 0; i < balls.length; i++) if (this.holds(balls[i])) drawBall(frame, balls[i]);
    for (let i = 0; i < balls.length; i++) if (this.holds(balls[i])) nameBall(frame, balls[i]);
    frame.drawWords();
  }

  /** Whether a ball lies within the axes. @param {{x: number, y: number}} ball */
  holds({ x, y }) {
    return this.frame.holds(this.frame.toX(x), this.frame.toY(y));
  }

  drawBands() {
    const { frame, shaded } = this;
    if (!shaded) return;
    const { context, top, bottom } = frame;
    context.fillStyle = tokens().colour["plot-noise"];
    context.globalAlpha = SHADE;
    for (let i = 0; i + 1 < shaded.ends.length; i += 2) {
      const from = frame.toX(shaded.ends[i]);
      context.fillRect(from, top, frame.toX(shaded.ends[i + 1]) - from, bottom - top);
    }
    context.globalAlpha = 1;
  }

  drawReading() {
    const { frame, curves, reading } = this;
    const { context, top, bottom } = frame;
    const { colour, stroke } = tokens();
    context.strokeStyle = colour.focus;
    context.lineWidth = stroke / 2;
    const at = Math.round(frame.toX(curves[0].x[reading])) + 0.5;
    frame.rule(at, top, at, bottom);
    for (let i = 0; i < curves.length; i++) {
      const y = curves[i].y[reading];
      if (y - y !== 0) continue;
      context.fillStyle = colour[curves[i].token];
      context.beginPath();
      context.arc(at, frame.toY(y), stroke * 1.6, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this;
    const pick = (/** @type {number} */ x, /** @type {number} */ _y, /** @type {boolean} */ done) =>
      this.tell("place-pick", { x: this.frame.fromX(x), done });
    const drag = new PlotDrag(this, { grips: (x, y, touch) => !touch || this.overBall(x, y), drag: pick });
    drag.listen(signal);
    box.addEventListener("pointermove", (event) => this.read(this.under(this.across(event))), { signal });
    box.addEventListener("pointerleave", () => this.read(NOTHING), { signal });
    box.addEventListener("click", (event) => drag.click(event, () => this.onClick(event)), { signal });
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const x = this.across(event);
    if (!this.frame.holds(x, this.down(event))) return;
    const sample = this.under(x);
    if (sample !== NOTHING) this.roving?.go(this.roving.row, sample);
    this.tell("place-pick", { x: this.frame.fromX(x), done: true });
  }

  /** @param {number} x  CSS px @param {number} y */
  overBall(x, y) {
    const { frame } = this;
    return this.balls.some((ball) => Math.hypot(frame.toX(ball.x) - x, frame.toY(ball.y) - y) < GRIP);
  }

  /** The sample nearest to a place. @param {number} x  CSS px */
  under(x) {
    const samples = this.curves[0]?.x ?? [];
    const at = this.frame.fromX(x);
    let found = NOTHING;
    for (let i = 0; i < samples.length; i++) {
      if (found === NOTHING || Math.abs(samples[i] - at) < Math.abs(samples[found] - at)) found = i;
    }
    return found;
  }

  /** @param {number} sample */
  read(sample) {
    if (sample === this.reading) return;
    this.reading = sample;
    setText(this.readText, sample === NOTHING ? "" : this.readingWords());
    this.refresh();
  }

  readingWords() {
    const { curves, reading, names } = this;
    const values = curves.map(({ y, label }) => `${label ?? names.y} ${significant(y[reading])}`);
    return `${names.x} ${significant(curves[0].x[reading])}: ${values.join(", ")}`;
  }

  /** @override */
  sentence() {
    const { curves, balls, segments, walked, names, label } = this;
    const told = curves.map((curve) => curveWords(curve, names));
    told.push(...balls.map((ball) => markWords(ball, names)));
    told.push(...segments.filter((line) => line.label).map((line) => lineWords(line, names)));
    if (walked && walked.x.length > 1) told.push(`a path of ${walked.x.length} places`);
    told.push(...this.bandWords());
    return `${label}: ${told.join("; ") || "no values yet"}.`;
  }

  bandWords() {
    const { names, shaded } = this;
    if (!shaded) return [];
    const { ends: at, label } = shaded;
    return Array.from({ length: at.length / 2 }, (_, i) => {
      return `shaded, ${label}: ${names.x} from ${significant(at[2 * i])} to ${significant(at[2 * i + 1])}`;
    });
  }

  /** @override */
  sheets() {
    const { curves, walked, names } = this;
    const places = curves[0]?.x ?? [];
    const sheets = [
      {
        caption: "",
        corner: names.x,
        rows: Array.from(places, significant),
        columns: curves.map(({ label, name }) => label ?? name ?? names.y),
        value: (/** @type {number} */ row, /** @type {number} */ column) => known(curves[column].y[row]),
      },
    ];
    if (walked && walked.x.length > 0) {
      sheets.push({
        caption: walked.label ?? "path",
        corner: "place",
        rows: Array.from(walked.x, (_, i) => String(i)),
        columns: [names.x, names.y],
        value: (row, column) => known((column === 0 ? walked.x : walked.y)[row]),
      });
    }
    return sheets;
  }

  /** @override A row for each curve, a column for each sample. @returns {Cells} */
  cells() {
    const view = this;
    return {
      get rows() {
        return view.curves.length;
      },
      get columns() {
        return view.curves[0]?.x.length ?? 0;
      },
      page: 1,
      has: (row, column) => column >= 0 && column < (this.curves[row]?.x.length ?? 0),
      passes: (row, column) => !Number.isFinite(this.curves[row]?.y[column]),
      name: (row, column) => this.nameOf(row, column),
      box: (row, column, out) => {
        const { frame } = this;
        const curve = this.curves[row];
        const y = curve?.y[column] ?? NaN;
        out.x = frame.toX(curve?.x[column] ?? 0) - SIDE / 2;
        out.y = Math.min(frame.bottom, Math.max(frame.top, frame.toY(Number.isFinite(y) ? y : 0))) - SIDE / 2;
        out.width = SIDE;
        out.height = SIDE;
        return out;
      },
      pick: (row, column) => this.tell("place-pick", { x: this.curves[row].x[column], done: true }),
      enter: (_row, column) => this.read(this.curves.length > 0 ? column : NOTHING),
      leave: () => this.read(NOTHING),
      table: () => this.openTable(),
    };
  }

  /** @param {number} row @param {number} column */
  nameOf(row, column) {
    const curve = this.curves[row];
    if (!curve) return "no values yet";
    const { names } = this;
    const called = curve.label ?? curve.name ?? names.y;
    return `${called} at ${names.x} = ${significant(curve.x[column])}: ${significant(curve.y[column])}`;
  }
}

/** @param {number} value */
function known(value) {
  return Number.isNaN(value) ? undefined : value;
}

/** The curves that have a name, for the legend. @param {readonly Curve[]} curves */
function named(curves) {
  return curves.flatMap(({ label, token, dash }) => (label ? [{ label, token, dash }] : []));
}

customElements.define("curve-view", CurveView);
