/**
 * Where a key takes the roving cell of a grid.
 */

/**
 * @typedef {object} Grid
 * @property {number} rows
 * @property {number} columns
 * @property {(row: number, column: number) => boolean} has
 * @property {(row: number, column: number) => boolean} [passes]  an arrow passes over this cell
 * @property {number} page  rows that PageUp and PageDown move
 *
 * @typedef {[row: number, column: number]} Place
 */

/** @type {Readonly<Record<string, Place>>} */
const ARROWS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * @param {Grid} grid
 * @param {number} row
 * @param {number} column
 * @param {string} key  as in `KeyboardEvent.key`
 * @param {boolean} whole  Ctrl is held: Home and End go to the first or last cell of all
 * @returns {Place | null}  null when the key is not one of movement
 */
export function move(grid, row, column, key, whole) {
  const arrow = ARROWS[key];
  if (arrow) return along(grid, row, column, arrow);
  if (key === "PageUp") return nearest(grid, Math.max(0, row - grid.page), column);
  if (key === "PageDown") return nearest(grid, Math.min(grid.rows - 1, row + grid.page), column);
  if (key === "Home") return whole ? [0, 0] : [row, 0];
  if (key === "End") return nearest(grid, whole ? grid.rows - 1 : row, grid.columns - 1);
  return null;
}

/** @param {Grid} grid @param {number} row @param {number} column @param {Place} arrow @returns {Place} */
function along(grid, row, column, [down, right]) {
  const toRow = row + down;
  let toColumn = column + right;
  while (right !== 0 && grid.has(toRow, toColumn) && grid.passes?.(toRow, toColumn)) toColumn += right;
  return grid.has(toRow, toColumn) ? [toRow, toColumn] : [row, column];
}

/**
 * The last cell of a row that is no further than a column.
 *
 * @param {Grid} grid
 * @param {number} row
 * @param {number} column
 * @returns {Place}
 */
function nearest(grid, row, column) {
  let to = column;
  while (to > 0 && !grid.has(row, to)) to -= 1;
  return [row, to];
}
