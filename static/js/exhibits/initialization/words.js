/**
 * What the networks are called, and how they are drawn.
 *
 * @import {Colour} from "../../core/tokens.js"
 */

/**
 * @typedef {object} Way  one way to begin
 * @property {string} name
 * @property {string} label
 * @property {Colour} token
 * @property {number[]} dash
 */

/** In the order of the engine's arrays. @type {readonly Way[]} */
export const WAYS = [
  { name: "zeros", label: "Zeros", token: "series-1", dash: [2, 3] },
  { name: "constant", label: "Constant", token: "series-6", dash: [7, 3] },
  { name: "small", label: "Too small", token: "series-5", dash: [5, 3] },
  { name: "large", label: "Too large", token: "series-3", dash: [7, 3, 1.5, 3] },
  { name: "xavier", label: "Xavier", token: "series-2", dash: [] },
  { name: "he", label: "He", token: "series-4", dash: [] },
];

/** What the histograms are drawn over. */
export const SCALES = [
  { name: "shared", label: "One scale" },
  { name: "own", label: "Each its own" },
  { name: "sizes", label: "Powers of ten" },
];

/** A curve for each way to begin. @param {string} scalar */
export const series = (scalar) =>
  JSON.stringify(
    WAYS.map(({ name, label, token, dash }) => ({ name: `history.${scalar}_${name}`, label, token, dash })),
  );

export const STAGE = `
<div class="begin">
  <div class="figure-tools begin-ways" role="group" aria-label="Network on the stage" data-ways></div>
  <p class="begin-says" data-says></p>
  <div class="begin-pair" data-for="signal">
    <section class="panel">
      <histogram-rows label="Forward ↓ the activations a" data-tensor="hist.a.counts"
        data-forward></histogram-rows>
    </section>
    <section class="panel">
      <histogram-rows label="Backward ↑ the gradients dz" data-tensor="hist.dz.counts"
        data-backward></histogram-rows>
    </section>
  </div>
  <div class="figure-tools begin-scales" data-for="signal" role="group" aria-label="Histograms"
    data-scales><span aria-hidden="true">Histograms:</span></div>
  <div class="begin-pair" data-for="neurons" data-neurons></div>
  <div class="begin-pair" data-for="signal">
    <section class="panel">
      <h2 class="panel-title">What makes the factors, forward</h2>
      <number-table data-factors="forward" label="what makes the factors, forward"
        gradual></number-table>
    </section>
    <section class="panel">
      <h2 class="panel-title">What makes the factors, backward</h2>
      <number-table data-factors="backward" label="what makes the factors, backward"
        gradual></number-table>
    </section>
  </div>
  <div class="begin-pair">
    <section class="panel">
      <line-chart label="loss of all six networks" x="history.step" y="log" high="2"
        switchable data-tensor="history.loss_he" series='${series("loss")}'></line-chart>
    </section>
    <section class="panel">
      <h2 class="panel-title">On the same 64 samples, now</h2>
      <number-table data-each label="all six networks now" gradual></number-table>
    </section>
  </div>
</div>`;
