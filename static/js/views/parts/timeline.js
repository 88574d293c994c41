/** How long the timeline is, and where its ticks stand. */

const SHORTEST = 100;
const MOST_TICKS = 50;

/**
 * The step at the timeline's end: a finite run's length; else a round number beyond the furthest
 * step, so that the line grows in jumps and the knob moves in between.
 *
 * @param {number} head
 * @param {number | null} length
 */
export function niceEnd(head, length) {
  if (length !== null) return Math.max(length, 1);
  let end = SHORTEST;
  for (let i = 0; end < head; i++) end *= i % 3 === 1 ? 2.5 : 2; // 100, 200, 500, 1000, …
  return end;
}

/**
 * How many equal pieces the ticks cut a finite run into.
 *
 * @param {number | null} length
 */
export function tickCount(length) {
  let pieces = length ?? 1;
  for (const divisor of [5, 10, 50, 100, 500, 1000]) {
    if (pieces <= MOST_TICKS) break;
    pieces = Math.round((length ?? 1) / divisor);
  }
  return Math.max(1, pieces);
}
