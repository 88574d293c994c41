/**
 * The tables behind a tensor: one for each tile.
 *
 * @import {Arrangement} from "./arrangement.js"
 * @import {Sheet} from "./table-dialog.js"
 */

import { placeOf, tileName } from "./words.js";

/**
 * @param {Arrangement} arrangement
 * @param {readonly string[]} axes
 * @param {ArrayLike<number>} data
 * @param {boolean} [gradual]  NaN is a number that is not there yet: its cell stays empty
 * @returns {Sheet[]}
 */
export function sheetsOf(arrangement, axes, data, gradual = false) {
  const { shape, held, start, count } = arrangement;
  if (shape.length - held < 2) return [vectorSheet(arrangement, axes, data)];
  const rowName = axes[axes.length - 2];
  const columnName = axes[axes.length - 1];
  const rows = Array.from({ length: arrangement.rows }, (_, i) => `${rowName} ${i + 1}`);
  const columns = Array.from({ length: arrangement.columns }, (_, i) => `${columnName} ${i + 1}`);
  return Array.from({ length: arrangement.tiles }, (_, tile) => ({
    caption: tileName(arrangement, axes, tile),
    corner: "",
    rows,
    columns,
    value: (row, column) => {
      const element = arrangement.inTile(tile, row, column);
      if (element >= start + count || (gradual && Number.isNaN(data[element]))) return undefined;
      return data[element];
    },
  }));
}

/**
 * @param {Arrangement} arrangement
 * @param {readonly string[]} axes
 * @param {ArrayLike<number>} data
 * @returns {Sheet}
 */
function vectorSheet(arrangement, axes, data) {
  const { start, count } = arrangement;
  return {
    caption: "",
    corner: "",
    rows: Array.from({ length: count }, (_, i) => placeOf(arrangement, axes, start + i)),
    columns: ["value"],
    value: (row) => data[start + row],
  };
}
