/**
 * Tensors as the planes take them: the lines of a grid as one path, a picture with its bounds. The
 * arrays are kept from frame to frame.
 *
 * @import {Tensor} from "../../core/types.js"
 * @import {Curve} from "../../views/parts/plot-marks.js"
 * @import {Bounds} from "../../views/parts/plot-view.js"
 * @import {Regions} from "../../views/parts/region-image.js"
 */

const NONE = new Float32Array(0);

/** The lines of a grid, drawn as one path that breaks after each. */
export class Mesh {
  /** @type {Curve} */
  #curve = { token: "ink-soft", x: NONE, y: NONE, weight: 0.28 };
  #curves = [this.#curve];
  #points = { x: NONE, y: NONE, classes: /** @type {ArrayLike<number>} */ (NONE) };

  /**
   * The columns of the points.
   *
   * @param {Tensor} x  of shape (points, 2)
   * @param {Tensor} y
   */
  pairs({ data, shape }, y) {
    const points = this.#points;
    if (points.x.length !== shape[0]) {
      points.x = new Float32Array(shape[0]);
      points.y = new Float32Array(shape[0]);
    }
    for (let i = 0; i < shape[0]; i++) {
      points.x[i] = data[2 * i];
      points.y[i] = data[2 * i + 1];
    }
    points.classes = y.data;
    return points;
  }

  /**
   * @param {Tensor | undefined} places  of shape (lines · along, 2)
   * @param {Tensor | undefined} like  of shape (lines, along)
   */
  flat(places, like) {
    if (!places || !like) return [];
    const [lines, along] = like.shape;
    const [x, y] = this.#room(lines, along);
    for (let line = 0, from = 0, to = 0; line < lines; line++, to++) {
      for (let i = 0; i < along; i++, from += 2, to++) {
        x[to] = places.data[from];
        y[to] = places.data[from + 1];
      }
    }
    return this.#curves;
  }

  /**
   * @param {Tensor | undefined} u  of shape (lines, along)
   * @param {Tensor | undefined} v
   * @param {Bounds} [jump]  what is drawn; half of it from one place to the next is a jump, no line
   */
  lines(u, v, jump) {
    if (!u || !v) return [];
    const [lines, along] = u.shape;
    const [x, y] = this.#room(lines, along);
    const most = jump ? [halfOf(jump.x), halfOf(jump.y)] : [Infinity, Infinity];
    for (let line = 0, from = 0, to = 0; line < lines; line++, to++) {
      for (let i = 0; i < along; i++, from++, to++) {
        x[to] = u.data[from];
        y[to] = v.data[from];
        const jumps = i > 0 && (far(u.data, from) > most[0] || far(v.data, from) > most[1]);
        if (jumps) y[to] = NaN;
      }
    }
    return this.#curves;
  }

  /** @param {number} lines @param {number} along */
  #room(lines, along) {
    const size = lines * (along + 1);
    if (this.#curve.x.length !== size) {
      // what stays NaN between two lines breaks the path
      this.#curve.x = new Float32Array(size).fill(NaN);
      this.#curve.y = new Float32Array(size).fill(NaN);
    }
    return /** @type {[Float32Array, Float32Array]} */ ([this.#curve.x, this.#curve.y]);
  }
}

/** A curve of many short pieces, drawn as one path that breaks after each. */
export class Pieces {
  /** @type {Curve} */
  #curve;
  #curves;
  #x = NONE;
  #y = NONE;

  /** @param {Pick<Curve, "token" | "label">} look */
  constructor(look) {
    this.#curve = { ...look, x: NONE, y: NONE };
    this.#curves = [this.#curve];
  }

  /**
   * @param {Tensor | undefined} x  of shape (pieces, 2)
   * @param {Tensor | undefined} y
   */
  take(x, y) {
    const pieces = x?.shape[0] ?? 0;
    if (!x || !y || pieces === 0) return [];
    if (this.#x.length < 3 * pieces) {
      this.#x = new Float32Array(6 * pieces);
      this.#y = new Float32Array(6 * pieces);
    }
    this.#x.fill(NaN);
    this.#y.fill(NaN);
    for (let i = 0; i < pieces; i++) {
      for (let end = 0; end < 2; end++) {
        this.#x[3 * i + end] = x.data[2 * i + end];
        this.#y[3 * i + end] = y.data[2 * i + end];
      }
    }
    this.#curve.x = this.#x;
    this.#curve.y = this.#y;
    return this.#curves;
  }
}

/** @param {readonly [number, number]} span */
function halfOf([low, high]) {
  return (high - low) / 2;
}

/** How far a place is from the one before. @param {ArrayLike<number>} data @param {number} at */
function far(data, at) {
  return Math.abs(data[at] - data[at - 1]);
}

/** What a neuron says over a plane, and what is drawn of the plane. */
export class SpaceRegions {
  /** @type {{bounds: Bounds | undefined, regions: Regions | null}} */
  #shown = { bounds: undefined, regions: null };

  /**
   * @param {Map<string, Tensor>} arrays
   * @param {string} across
   * @param {string} up
   * @param {string} values
   */
  take(arrays, across, up, values) {
    const [x, y, p] = [arrays.get(across)?.data, arrays.get(up)?.data, arrays.get(values)?.data];
    const shown = this.#shown;
    if (!x || !y || !p) return shown;
    shown.bounds = { x: [x[0], x[x.length - 1]], y: [y[0], y[y.length - 1]] };
    shown.regions = { x, y, values: p, kind: "probability", label: "the probability of class 1" };
    return shown;
  }
}
