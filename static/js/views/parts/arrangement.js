/**
 * How a tensor lies on the page: the last two axes make a tile, the axes before them line the
 * tiles up. A vector is one column (or row) of cells, folded into strips when it is long.
 *
 * In all cases the elements run tile by tile, row by row, so a cell's place in the data is
 * `start + (tile · rows + row) · columns + column`.
 */

/**
 * @typedef {object} Options
 * @property {readonly number[]} [prefix]  indices of the leading axes that are held fixed
 * @property {number} [across]  tiles beside each other; 0 lets `fold` decide
 * @property {number} [fold]  with `across` 0: the most tiles below each other
 * @property {"column" | "row"} [orient]  how a vector runs
 * @property {number} [strip]  the most cells in one strip of a vector
 */

export class Arrangement {
  /**
   * @param {readonly number[]} shape
   * @param {Options} [options]
   */
  constructor(shape, { prefix = [], across = 0, fold = 8, orient = "column", strip = 0 } = {}) {
    const held = Math.min(prefix.length, shape.length);
    const free = shape.slice(held);
    /** The shape of the whole tensor. */
    this.shape = shape;
    /** How many leading axes are held fixed. */
    this.held = held;
    /** How many elements are shown. */
    this.count = product(free);
    /** Where in the data the first of them is. */
    this.start = prefix.slice(0, held).reduce((at, i, axis) => at * shape[axis] + i, 0) * this.count;
    const vector = free.length < 2;
    const length = free.length === 1 ? free[0] : 1;
    const strips = vector && strip > 0 ? Math.max(1, Math.ceil(length / strip)) : 1;
    const run = Math.ceil(length / strips);
    this.rows = vector ? (orient === "column" ? run : 1) : free[free.length - 2];
    this.columns = vector ? (orient === "column" ? 1 : run) : free[free.length - 1];
    this.tiles = vector ? strips : product(free.slice(0, -2));
    const wanted = across > 0 ? across : Math.ceil(this.tiles / fold);
    const beside = vector ? (orient === "column" ? strips : 1) : wanted;
    this.across = Math.max(1, Math.min(beside, this.tiles));
    this.down = Math.ceil(this.tiles / this.across);
    /** Rows and columns of cells over the whole view, as a reader of the page counts them. */
    this.gridRows = this.down * this.rows;
    this.gridColumns = this.across * this.columns;
  }

  /**
   * The element in a cell of the view.
   *
   * @param {number} gridRow
   * @param {number} gridColumn
   * @returns {number}  its place in the data, or −1 where the view has no cell
   */
  element(gridRow, gridColumn) {
    if (gridRow < 0 || gridColumn < 0) return -1;
    if (gridRow >= this.gridRows || gridColumn >= this.gridColumns) return -1;
    const tile =
      Math.floor(gridRow / this.rows) * this.across + Math.floor(gridColumn / this.columns);
    return this.inTile(tile, gridRow % this.rows, gridColumn % this.columns);
  }

  /**
   * @param {number} tile
   * @param {number} row
   * @param {number} column
   * @returns {number}  place in the data, or −1
   */
  inTile(tile, row, column) {
    if (tile < 0 || tile >= this.tiles) return -1;
    const place = (tile * this.rows + row) * this.columns + column;
    return place < this.count ? this.start + place : -1;
  }

  /** Whether the view shows this element. @param {number} element */
  shows(element) {
    return element >= this.start && element < this.start + this.count;
  }

  /** @param {number} element */
  tileOf(element) {
    return Math.floor((element - this.start) / (this.rows * this.columns));
  }

  /** @param {number} element */
  gridRowOf(element) {
    const row = Math.floor((element - this.start) / this.columns) % this.rows;
    return Math.floor(this.tileOf(element) / this.across) * this.rows + row;
  }

  /** @param {number} element */
  gridColumnOf(element) {
    const column = (element - this.start) % this.columns;
    return (this.tileOf(element) % this.across) * this.columns + column;
  }

  /**
   * The element's index in the whole tensor: one number per axis.
   *
   * @param {number} element
   * @returns {number[]}
   */
  index(element) {
    const index = new Array(this.shape.length);
    let rest = element;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % this.shape[axis];
      rest = Math.floor(rest / this.shape[axis]);
    }
    return index;
  }
}

/** @param {readonly number[]} one @param {readonly number[]} other */
export function sameShape(one, other) {
  if (one.length !== other.length) return false;
  for (let axis = 0; axis < one.length; axis++) if (one[axis] !== other[axis]) return false;
  return true;
}

/** @param {readonly number[]} numbers */
function product(numbers) {
  return numbers.reduce((all, n) => all * n, 1);
}
