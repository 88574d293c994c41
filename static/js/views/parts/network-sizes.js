/**
 * How large the tiles of a network are, so that its columns fit a width and a height.
 */

/**
 * @typedef {object} ColumnSize
 * @property {number} least  width of what does not scale: the heading, bars; CSS px
 * @property {number} lead  more room before it than before others
 * @property {number} base  a tile's side at scale 1, CSS px; 0 where nothing scales
 * @property {number} rows  cells that a tile's side is to be a multiple of
 * @property {number} across  tiles beside each other
 * @property {number} down  tiles below each other
 *
 * @typedef {object} Room
 * @property {number} width  CSS px
 * @property {number} height
 * @property {number} gap  the least between two columns
 * @property {number} ratio  device pixels in a CSS pixel
 */

const BETWEEN = 6;
/** Both sides of a tile. */
export const BORDERS = 2;
const SMALLEST = 0.7;
const LARGEST = 2;
const STEPS = 26;

/**
 * The largest scale at which all columns fit.
 *
 * @param {readonly ColumnSize[]} columns
 * @param {Room} room
 * @returns {number}  0 when none does
 */
export function scaleFor(columns, room) {
  let scale = 0;
  for (let step = 0; step <= STEPS; step++) {
    const trial = SMALLEST + ((LARGEST - SMALLEST) * step) / STEPS;
    if (fits(columns, room, trial)) scale = trial;
  }
  return scale;
}

/**
 * A tile's side on the page: near what the scale asks for, and such that cells are equal.
 *
 * @param {ColumnSize} column
 * @param {number} scale
 * @param {number} ratio
 * @returns {number}  CSS px
 */
export function tileSide({ base, rows }, scale, ratio) {
  const wanted = base * scale * ratio;
  // cells of one or two pixels may differ by one, else tiles of 28 rows could only be 28 or 56
  const unit = wanted >= 3 * rows ? rows : Math.max(1, rows / 2);
  return (Math.max(1, Math.floor(wanted / unit)) * unit) / ratio;
}

/** @param {ColumnSize} column @param {number} scale @param {number} ratio */
export function heightOf(column, scale, ratio) {
  const side = tileSide(column, scale, ratio) + BORDERS;
  return column.down * side + (column.down - 1) * BETWEEN;
}

/** @param {readonly ColumnSize[]} columns @param {Room} room @param {number} scale */
function fits(columns, room, scale) {
  let width = room.gap * (columns.length - 1);
  for (const column of columns) {
    width += column.lead;
    if (column.base > 0) {
      if (heightOf(column, scale, room.ratio) > room.height) return false;
      const side = tileSide(column, scale, room.ratio) + BORDERS;
      width += Math.max(column.least, column.across * side + (column.across - 1) * BETWEEN);
    } else width += column.least;
  }
  return width <= room.width;
}
