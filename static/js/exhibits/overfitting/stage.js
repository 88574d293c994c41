/** What stands on the stage of "Learning by heart". */

/** @param {string} side @param {string} text */
const plane = (side, text) => `
  <figure class="overfit-figure">
    <plane-view data-tensor="${side}.regions.p" data-side="${side}" equal x-label="x1" y-label="x2"
      label="${text}"></plane-view>
  </figure>`;

/** @param {string} side @param {string} text */
const graph = (side, text) => `
  <figure class="overfit-figure" data-tensor="${side}.dense1.W">
    <figcaption data-drawn="${side}">${text}</figcaption>
    <graph-view data-side="${side}" height="300" label="${text}"></graph-view>
  </figure>`;

const SERIES = JSON.stringify([
  { name: "history.without_train", label: "1st, training", token: "series-5", dash: [5, 3] },
  { name: "history.without_valid", label: "1st, validation", token: "series-5", dash: [] },
  { name: "history.with_train", label: "2nd, training", token: "series-2", dash: [5, 3] },
  { name: "history.with_valid", label: "2nd, validation", token: "series-2", dash: [] },
]);

export const THINNED = 8;

const SMALL = Array.from(
  { length: THINNED },
  (_, i) => `<plane-view data-thinned="${i}" equal label="thinned ${i + 1}"></plane-view>`,
).join("");

export const STAGE = `
<div class="overfit">
  ${plane("without", "first network: nothing")}
  ${plane("with", "second network")}
  <section class="panel overfit-wide">
    <div class="notice overfit-early" data-early hidden>
      <p data-early-text></p>
      <div class="notice-actions">
        <button class="button button-primary button-small" type="button" data-early-back></button>
        <button class="button button-small" type="button" data-early-on>Go on all the same</button>
      </div>
    </div>
    <line-chart label="loss, without the penalty" x="history.step" low="0" switchable
      data-tensor="history.without_valid" series='${SERIES}'></line-chart>
    <p class="overfit-note overfit-best">
      <span>Least validation loss so far:</span>
      <button class="button button-small" type="button" data-best="without"></button>
      <button class="button button-small" type="button" data-best="with"></button>
    </p>
  </section>
  <section class="panel overfit-wide">
    <h2 class="panel-title">What is measured after each step</h2>
    <number-table data-measures label="what is measured after each step"></number-table>
    <p class="overfit-note">Training and validation loss are measured alike: by the whole network, on
      points that stay where they are, <em>without</em> the penalty. The gap is their difference.</p>
    <h2 class="panel-title">What the last step made smaller</h2>
    <number-table data-step label="what the last step made smaller"></number-table>
    <p class="overfit-note" data-step-note></p>
  </section>
  <section class="panel overfit-wide" data-thin hidden>
    <h2 class="panel-title">Eight of the networks that dropout trains, and their mean</h2>
    <div class="overfit-thin">
      ${SMALL}
      <plane-view data-tensor="thin.mean" data-mean equal label="their mean"></plane-view>
      <plane-view data-tensor="with.regions.p" data-whole equal label="the whole"></plane-view>
    </div>
    <p class="overfit-note">All eight use the same weights; each lacks other neurons, and what is left
      is scaled by 1 / (1 − p). In the whole network nothing is missing and nothing is scaled.</p>
  </section>
  ${graph("without", "first network, one training point in it")}
  ${graph("with", "second network, the same point in it")}
</div>`;
