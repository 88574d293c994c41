/**
 * Words about a picture, brought up to date once in a while: a frame must not wait for them.
 */

const PAUSE = 1000;

/** @type {Set<() => void>} */
const waiting = new Set();
let timer = 0;

/**
 * Call `update` within a second, however often it is asked for.
 *
 * @param {() => void} update  the same function each time
 */
export function later(update) {
  waiting.add(update);
  timer ||= window.setTimeout(run, PAUSE);
}

function run() {
  timer = 0;
  const updates = [...waiting];
  waiting.clear();
  for (const update of updates) update();
}
