/**
 * <plane-view label="the data" x-label="x1" y-label="x2" equal movable addable>
 *
 * The plane of the data: points of classes (a glyph and a colour each) or of values, what a model
 * makes of the plane as an image, its lines and curves, small arrows. Attributes: those of
 * parts/plot-view.js;
 *   movable  a point is dragged; or chosen by the arrow keys, and moved by Shift and an arrow, or
 *            by the number fields below
 *   addable  a click on an empty place asks for a point there, as does the key + beside the chosen
 *            point; Delete asks to take the chosen one away
 *
 * Data in: `show({points, bounds, key})`: points are {x, y, classes} or {x, y, values} or a list of
 * {x, y, class}, {x, y, value}; `classNames` names the classes. Without `bounds` the axes hold all
 * points, and are laid out anew when the key is another one. `regions`, `lines`, `curves`, `arrows`.
 * The arrays are kept, not copied; painting allocates nothing.
 *
 * Events: point-pick {index, x, y}; point-move {index, x, y, done}, at most once in an animation
 * frame; point-add {x, y}; point-remove {index}; place-pick {x, y}: a click on an empty place where
 * none is added.
 *
 * @import {Colour} from "../core/tokens.js"
 * @import {Bounds} from "./parts/plot-view.js"
 * @import {Arrow, Curve, Line} from "./parts/plot-marks.js"
 * @import {Points} from "./parts/plane-points.js"
 * @import {Regions} from "./parts/region-image.js"
 * @import {Cells} from "./parts/roving.js"
 */

import { setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { PlanePoints } from "./parts/plane-points.js";
import { PlotDrag } from "./parts/plot-drag.js";
import { roomy } from "./parts/plot-frame.js";
import { drawArrow, drawCurve, drawLine, glyphOf, glyphPath } from "./parts/plot-marks.js";
import { PlotView, writeLegend } from "./parts/plot-view.js";
import { curveWords, lineWords, placeWords, pointsWords } from "./parts/plot-words.js";
import { PointFields } from "./parts/point-fields.js";
import { RegionImage } from "./parts/region-image.js";

const NOTHING = -1;
const ROOM = 0.08;
/** CSS px about a point in which a pointer, or a finger, means it. */
export const NEAR = 12;
export const NEAR_FINGER = 24;
/** Of an axis: how far a point moves with one key. */
export const STRIDE = 1 / 40;
/** @type {Readonly<Record<string, readonly [number, number]>>} */
export const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export class PlaneView extends PlotView {
  /** @override */
  static observedAttributes = [...PlotView.observedAttributes, "movable", "addable"];

  points = new PlanePoints();
  image = new RegionImage();
  /** @type {Regions | null} */
  ground = null;
  /** @type {readonly Line[]} */
  segments = [];
  /** @type {readonly Curve[]} */
  models = [];
  /** @type {readonly Arrow[]} */
  small = [];
  /** @type {unknown} */
  key = undefined;
  /** The point that the fields are about. */
  chosen = NOTHING;
  /** What the legend names. @type {(string | undefined)[]} */
  named = [];
  held = NOTHING;
  fields = new PointFields((x, y) => this.move(this.chosen, x, y, true));

  /**
   * @param {object} picture
   * @param {Points} picture.points
   * @param {Bounds} [picture.bounds]
   * @param {unknown} [picture.key]
   * @param {readonly string[]} [picture.classNames]
   * @param {readonly Colour[]} [picture.classTokens]  the classes' colours
   */
  show({ points, bounds, key, classNames, classTokens }) {
    const anew = key !== this.key;
    this.key = key;
    this.points.take(points, classNames, classTokens);
    this.fit(anew, bounds);
    if (this.chosen >= this.points.count) this.choose(NOTHING);
    else this.showFields();
    this.writeLegend();
    this.refresh();
  }

  /** What a model makes of each place. @param {Regions | null} ground */
  regions(ground) {
    this.ground = ground;
    if (ground) this.image.take(ground);
    this.writeLegend();
    this.refresh();
  }

  /** A model's lines, residuals. @param {readonly Line[]} segments */
  lines(segments) {
    this.segments = segments;
    this.writeLegend();
    this.refresh();
  }

  /** A model's curves, over samples. @param {readonly Curve[]} models */
  curves(models) {
    this.models = models;
    this.writeLegend();
    this.refresh();
  }

  /** @param {readonly Arrow[]} small */
  arrows(small) {
    this.small = small;
    this.refresh();
  }

  /** Choose a point, or none (−1). @param {number} index */
  choose(index) {
    if (index === this.chosen) return;
    this.chosen = index;
    this.showFields();
    this.refresh();
  }

  /** @param {boolean} anew @param {Bounds} [fixed] */
  fit(anew, fixed) {
    if (fixed) return this.span(fixed.x, fixed.y);
    const { points, bounds } = this;
    // while a point is held, the axes must not run away under it
    if ((!anew && points.within(bounds)) || this.held !== NOTHING) return;
    const { x, y } = points.ends();
    this.span(roomy(x[0], x[1], ROOM), roomy(y[0], y[1], ROOM));
  }

  /** Name in the legend what has a name, if it has another one than before. */
  writeLegend() {
    if (!this.legendIsStale()) return;
    const { points, models, segments, ground } = this;
    /** @type {import("./parts/plot-view.js").Key[]} */
    const entries = points.classNames.map((label, i) => {
      const token = points.classTokens[i % points.classTokens.length];
      return { token, label, glyph: glyphPath(glyphOf(i)) };
    });
    for (const { label, token, dash } of models) if (label) entries.push({ token, label, dash });
    for (const { label, key = label, token, dash } of segments) {
      if (key) entries.push({ token, label: key, dash });
    }
    // a class has its glyph in the legend already
    if (ground?.label && ground.kind !== "class") entries.push({ token: "", label: ground.label });
    writeLegend(this.legend, entries);
  }

  /** Whether any name differs from those at the last call; allocates nothing. */
  legendIsStale() {
    const { points, models, segments, ground, named } = this;
    const count = points.classNames.length;
    let stale = false;
    let at = 0;
    for (let i = 0; i < count; i++) stale = put(named, at++, points.classNames[i]) || stale;
    for (let i = 0; i < models.length; i++) stale = put(named, at++, models[i].label) || stale;
    for (let i = 0; i < segments.length; i++) {
      stale = put(named, at++, segments[i].key ?? segments[i].label) || stale;
    }
    stale = put(named, at++, ground?.label) || stale;
    stale ||= at !== named.length;
    named.length = at;
    return stale;
  }

  /** @override */
  arrange() {
    this.image.recolour(this.points.classTokens);
    if (this.ground) this.image.take(this.ground);
    super.arrange();
  }

  /** @override */
  paint() {
    const { frame, ground, segments, models, small, points } = this;
    frame.drawGrid();
    frame.clip();
    if (ground) this.image.draw(frame, ground);
    for (let i = 0; i < models.length; i++) drawCurve(frame, models[i]);
    for (let i = 0; i < segments.length; i++) drawLine(frame, segments[i]);
    frame.release();
    points.draw(frame, this.chosen);
    for (let i = 0; i < small.length; i++) drawArrow(frame, small[i]);
    frame.drawWords();
  }

  /** @override @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this;
    const drag = new PlotDrag(this, {
      grips: (x, y, touch) => this.grip(x, y, touch),
      drag: (x, y, done) => this.onDrag(x, y, done),
    });
    drag.listen(signal);
    this.fields.listen(signal);
    this.append(this.fields.root);
    box.addEventListener("pointermove", (event) => this.onPointer(event), { signal });
    box.addEventListener("pointerleave", () => setText(this.readText, ""), { signal });
    box.addEventListener("click", (event) => drag.click(event, () => this.onClick(event)), { signal });
    box.addEventListener("keydown", (event) => this.onKey(event), { signal });
  }

  /** @override */
  readAttributes() {
    super.readAttributes();
    this.showFields();
  }

  showFields() {
    const { points, chosen, fields, frame, names } = this;
    const shown = chosen !== NOTHING && this.hasAttribute("movable");
    fields.root.hidden = !shown;
    if (!shown) return;
    const { x, y } = frame;
    fields.show(`point ${chosen + 1}`, names, points.x(chosen), points.y(chosen), [x.low, x.high], [y.low, y.high]);
  }

  /** @param {number} x @param {number} y @param {boolean} touch */
  grip(x, y, touch) {
    if (!this.hasAttribute("movable")) return false;
    this.held = this.points.near(this.frame, x, y, touch ? NEAR_FINGER : NEAR);
    return this.held !== NOTHING;
  }

  /** @param {number} x @param {number} y @param {boolean} done */
  onDrag(x, y, done) {
    const { held, frame } = this;
    if (done) this.held = NOTHING;
    this.choose(held);
    this.move(held, frame.fromX(x), frame.fromY(y), done);
  }

  /**
   * Put a point elsewhere and tell it; until it comes back from where the data is, it is drawn there.
   *
   * @param {number} index
   * @param {number} x
   * @param {number} y
   * @param {boolean} done
   */
  move(index, x, y, done) {
    if (index < 0 || index >= this.points.count) return;
    this.points.hold(index, x, y, done, () => this.refresh());
    this.showFields();
    this.refresh();
    this.tell("point-move", { index, x, y, done });
  }

  /** @param {PointerEvent} event */
  onPointer(event) {
    const { frame, names, points } = this;
    const [x, y] = [this.across(event), this.down(event)];
    const index = points.near(frame, x, y, NEAR);
    if (index !== NOTHING) setText(this.readText, this.nameOf(index));
    else setText(this.readText, frame.holds(x, y) ? placeWords(frame.fromX(x), frame.fromY(y), names) : "");
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    this.held = NOTHING;
    const { frame, points } = this;
    const [x, y] = [this.across(event), this.down(event)];
    const finger = /** @type {PointerEvent} */ (event).pointerType === "touch";
    const index = points.near(frame, x, y, finger ? NEAR_FINGER : NEAR);
    if (index !== NOTHING) {
      this.roving?.go(0, index);
      this.pick(index);
    } else if (frame.holds(x, y)) {
      const place = { x: frame.fromX(x), y: frame.fromY(y) };
      this.tell(this.hasAttribute("addable") ? "point-add" : "place-pick", place);
    }
  }

  /** @param {number} index */
  pick(index) {
    this.choose(index);
    this.tell("point-pick", { index, x: this.points.x(index), y: this.points.y(index) });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const index = this.roving?.column ?? NOTHING;
    if (!this.roving?.focused || index >= this.points.count || event.ctrlKey || event.altKey) return;
    const { frame, points } = this;
    const { x, y } = frame;
    const arrow = event.shiftKey ? ARROWS[event.key] : undefined;
    if (arrow && this.hasAttribute("movable")) {
      this.choose(index);
      const toX = points.x(index) + arrow[0] * STRIDE * (x.high - x.low);
      const toY = points.y(index) + arrow[1] * STRIDE * (y.high - y.low);
      this.move(index, clamp(toX, x.low, x.high), clamp(toY, y.low, y.high), true);
      this.roving.refresh();
    } else if (event.key === "Delete" && this.hasAttribute("addable")) this.tell("point-remove", { index });
    else if (event.key === "+" && this.hasAttribute("addable")) {
      const beside = clamp(points.x(index) + 2 * STRIDE * (x.high - x.low), x.low, x.high);
      this.tell("point-add", { x: beside, y: points.y(index) });
    } else return;
    // the page's own keys (Shift and an arrow take ten steps) are for when no point has the focus
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} index */
  nameOf(index) {
    const { points, names } = this;
    const called = points.nameOf(index);
    return `${called}: ${placeWords(points.x(index), points.y(index), names)}`;
  }

  /** @override */
  sentence() {
    const { points, segments, models, ground, names, label } = this;
    const { data, classNames } = points;
    const told = [pointsWords(data.x, data.y, data.classes, classNames, names)];
    told.push(...models.filter((one) => one.label ?? one.name).map((curve) => curveWords(curve, names)));
    told.push(...segments.filter((line) => line.label).map((line) => lineWords(line, names)));
    if (ground?.label) told.push(`in colours behind them, ${ground.label}`);
    const keys = this.hasAttribute("movable") ? " Shift and an arrow key move the chosen point." : "";
    return `${label}: ${told.join("; ")}.${keys}`;
  }

  /** @override */
  sheets() {
    const { points, ground, names } = this;
    const { data } = points;
    const columns = [names.x, names.y, ...(data.values ? ["value"] : [])];
    const sheets = [
      {
        caption: "points",
        corner: "point",
        rows: Array.from(data.x, (_, i) => points.nameOf(i)),
        columns,
        value: (/** @type {number} */ row, /** @type {number} */ column) =>
          column === 2 ? data.values?.[row] : column === 0 ? points.x(row) : points.y(row),
      },
    ];
    if (ground) {
      sheets.push({
        caption: ground.label ?? "regions",
        corner: `${names.y} \\ ${names.x}`,
        rows: Array.from(ground.y, significant),
        columns: Array.from(ground.x, significant),
        value: (row, column) => {
          const value = ground.values[row * ground.x.length + column];
          return Number.isNaN(value) ? undefined : value;
        },
      });
    }
    return sheets;
  }

  /** @override One row: each point a cell. @returns {Cells} */
  cells() {
    const { points } = this;
    return {
      rows: 1,
      get columns() {
        return points.count;
      },
      page: 1,
      has: (row, column) => row === 0 && column >= 0 && column < points.count,
      name: (_row, column) => (column < points.count ? this.nameOf(column) : "no points yet"),
      box: (_row, column, out) => points.box(this.frame, column, out),
      pick: (_row, column) => column < points.count && this.pick(column),
      enter: (_row, column) => column < points.count && this.choose(column),
      leave: () => {},
      table: () => this.openTable(),
    };
  }
}

/**
 * Keep a text at a place of a list.
 *
 * @param {(string | undefined)[]} list
 * @param {number} at
 * @param {string | undefined} text
 * @returns {boolean}  whether another one was there
 */
function put(list, at, text) {
  const other = at >= list.length || list[at] !== text;
  if (other) list[at] = text;
  return other;
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

customElements.define("plane-view", PlaneView);
