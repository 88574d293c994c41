/**
 * What a canvas must know of the screen: when its pixels or colours change, and whether it is seen.
 */

/** @type {Map<Element, (seen: boolean) => void>} */
const watchers = new Map();
/** @type {IntersectionObserver | null} */
let observer = null;
/** @type {Set<() => void>} */
const redrawn = new Set();
let listening = false;

/**
 * Call `draw` when the theme or the density of the screen's pixels changes.
 *
 * @param {() => void} draw
 * @param {AbortSignal} signal
 */
export function onScreenChange(draw, signal) {
  if (!listening) {
    listening = true;
    document.addEventListener("theme-change", redrawAll);
    watchDensity();
  }
  redrawn.add(draw);
  signal.addEventListener("abort", () => redrawn.delete(draw), { once: true });
}

/**
 * Tell a view whether it is on the screen, a little ahead of its coming into sight.
 *
 * @param {Element} element
 * @param {(seen: boolean) => void} tell
 * @param {AbortSignal} signal
 */
export function whenSeen(element, tell, signal) {
  observer ??= new IntersectionObserver(report, { rootMargin: "100px" });
  watchers.set(element, tell);
  observer.observe(element);
  const stop = () => {
    watchers.delete(element);
    observer?.unobserve(element);
  };
  signal.addEventListener("abort", stop, { once: true });
}

/** @param {IntersectionObserverEntry[]} entries */
function report(entries) {
  for (const entry of entries) watchers.get(entry.target)?.(entry.isIntersecting);
}

function redrawAll() {
  for (const draw of redrawn) draw();
}

/** A media query names one density, so each change asks for the next. */
function watchDensity() {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const changed = () => {
    redrawAll();
    watchDensity();
  };
  query.addEventListener("change", changed, { once: true });
}

/**
 * Have every view draw itself as if it were on the screen, for a picture of all of them. What they
 * draw is the next frame to be painted.
 *
 * @returns {() => void}  to be called afterwards: what is not seen rests again
 */
export function seeAll() {
  for (const tell of watchers.values()) tell(true);
  return () => {
    for (const element of watchers.keys()) {
      observer?.unobserve(element);
      observer?.observe(element); // reports anew what is seen
    }
  };
}

/** @type {Set<() => Promise<() => void>>} */
const preparations = new Set();

/**
 * Have something done before a picture of all views is taken, where painting takes longer than a
 * frame or leaves nothing that could be copied.
 *
 * @param {() => Promise<() => void>} prepare  gives what is to be done afterwards
 * @param {AbortSignal} signal
 */
export function beforePicture(prepare, signal) {
  preparations.add(prepare);
  signal.addEventListener("abort", () => preparations.delete(prepare), { once: true });
}

/** @returns {Promise<() => void>}  to be called afterwards */
export async function prepareAll() {
  const undo = await Promise.all(Array.from(preparations, (prepare) => prepare()));
  return () => {
    for (const each of undo) each();
  };
}
