/**
 * How many terms there are: counts by degree, their growth with the number of inputs, and the terms
 * themselves, written out one by one. Views only.
 *
 * @import {ExhibitView, Frame, Tensor} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { one, setText } from "../../core/dom.js";
import { count, significant } from "../../core/format.js";
import { CurveView } from "../../views/curve-view.js";
import { NumberTable } from "../../views/number-table.js";

const STAGE = `
<section class="panel">
  <h2 class="panel-title">How many terms</h2>
  <number-table data-counts label="how many terms"></number-table>
</section>
<figure class="feature-figure">
  <curve-view data-tensor="growth.log" label="terms, by the number of inputs"
    x-label="inputs n, as a power of ten" y-label="terms, as a power of ten"></curve-view>
</figure>
<section class="panel feature-wide">
  <h2 class="panel-title">Written out, one a step</h2>
  <p class="feature-said" data-said></p>
  <p class="feature-terms" data-terms></p>
</section>`;

/** The colours of the degrees' curves. */
const TOKENS = /** @type {const} */ (["series-1", "series-2", "series-3", "series-4", "series-5", "series-6"]);
const DIGITS = ["", "", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "¹⁰"];
/** The most terms that stand there; of more, the newest. */
const MOST = 300;

/** @param {HTMLElement} root @param {Page} page @returns {ExhibitView} */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const counts = one(root, "[data-counts]", NumberTable);
  const growth = one(root, "curve-view", CurveView);
  const said = one(root, "[data-said]", HTMLElement);
  const written = one(root, "[data-terms]", HTMLElement);
  let seq = -1;
  return {
    paint(frame) {
      if (seq === frame.seq) return;
      seq = frame.seq;
      paintCounts(frame, counts);
      paintGrowth(frame, growth);
      paintTerms(frame, said, written, page);
    },
  };
}

/** @param {Frame} frame @param {NumberTable} table */
function paintCounts({ arrays }, table) {
  const degrees = arrays.get("count.degree");
  if (!degrees) return;
  table.show(
    [
      { head: "exactly that degree", tensor: arrays.get("count.exact") },
      { head: "up to it, and 1", tensor: arrays.get("count.terms") },
      { head: "weights in MB", tensor: arrays.get("count.megabytes") },
    ],
    Array.from(degrees.data, (degree) => `degree ${degree}`),
  );
  table.choose((arrays.get("degree")?.data[0] ?? 0) - 1);
}

/** @param {Frame} frame @param {CurveView} view */
function paintGrowth({ arrays }, view) {
  const [x, log, here] = [arrays.get("growth.x"), arrays.get("growth.log"), arrays.get("growth.here")];
  if (!x || !log || !here) return;
  const [degrees, places] = log.shape;
  const curves = Array.from({ length: degrees }, (_, i) => ({
    token: TOKENS[i],
    x: x.data,
    y: log.data.subarray(i * places, (i + 1) * places),
    name: `degree ${i + 1}`,
    label: `degree ${i + 1}`,
  }));
  view.show({ curves, key: "growth" });
  view.marks([{ x: here.data[0], y: here.data[1], token: "focus", label: "here" }]);
}

/** @param {Frame} frame @param {HTMLElement} said @param {HTMLElement} written @param {Page} page */
function paintTerms({ arrays, step }, said, written, page) {
  const [terms, inputs] = [arrays.get("term.inputs"), arrays.get("inputs")];
  const [counts, exact] = [arrays.get("count.terms"), arrays.get("count.exact")];
  if (!terms || !inputs || !counts || !exact) return;
  const degree = Number(page.values.degree);
  const all = counts.data[degree - 1];
  const { length } = page;
  const few = length !== null && length < all ? ` This run writes the first ${count(length)}.` : "";
  setText(
    said,
    `Of ${count(inputs.data[0])} ${inputs.data[0] === 1 ? "input" : "inputs"} there are ${whole(all)} terms up to degree ${degree}, and ` +
      `${whole(exact.data[degree - 1])} of exactly degree ${degree}. ` +
      `${count(step)} of them are written out.${few}`,
  );
  const [rows] = terms.shape;
  const shown = [];
  for (let row = Math.max(0, rows - MOST); row < rows; row++) shown.push(termText(terms, row));
  setText(written, rows === 0 ? "Press Play, or One step forward." : `${rows > MOST ? "… + " : ""}${shown.join(" + ")}`);
}

/** A count; beyond what a number holds to the last digit, three digits. @param {number} n */
function whole(n) {
  return Number.isSafeInteger(n) ? count(n) : significant(n);
}

/** A term as one writes it: x1²x3. @param {Tensor} terms @param {number} row */
function termText({ data, shape }, row) {
  const factors = shape[1];
  let text = "";
  for (let i = 0; i < factors; ) {
    const input = data[row * factors + i];
    let times = 0;
    while (i < factors && data[row * factors + i] === input) [times, i] = [times + 1, i + 1];
    if (input > 0) text += `${text ? "·" : ""}x${input}${DIGITS[times]}`;
  }
  return text || "1";
}
