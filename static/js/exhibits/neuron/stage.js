/** What stands on the stage of "One neuron"; `data-for` says in which shows. */

/** @param {string} name @param {string} label */
const plane = (name, label) => `
  <figure class="neuron-figure" data-for="${name} two">
    <line-plane data-neuron="${name}" data-tensor="${name}.line" label="${label}" x-label="x1"
      y-label="x2" equal movable></line-plane>
  </figure>`;

export const STAGE = `
<div class="neuron">
  ${plane("perceptron", "perceptron: a step after the sum")}
  ${plane("logistic", "logistic: the sigmoid after the sum")}
  <section class="panel neuron-wide" data-for="two">
    <h2 class="panel-title">Both neurons; Δ is what their next step adds</h2>
    <number-table data-both label="both neurons"></number-table>
    <p class="neuron-said" data-said></p>
    <p class="neuron-note">Green arrows in the planes: what each point asks of w, at three tenths of its length.</p>
  </section>
  <section class="panel neuron-wide" data-for="two">
    <div class="neuron-charts">
      <line-chart label="points on the wrong side" x="history.step" low="0"
        data-tensor="history.perceptron_mistakes"
        series='[{"name": "history.perceptron_mistakes", "label": "perceptron", "token": "series-3"},
                 {"name": "history.logistic_mistakes", "label": "logistic", "token": "series-2"}]'></line-chart>
      <line-chart label="cross-entropy of the logistic neuron" x="history.step" low="0"
        data-tensor="history.logistic_loss"
        series='[{"name": "history.logistic_loss", "label": "logistic", "token": "series-2"}]'></line-chart>
    </div>
  </section>
  <div class="neuron-side">
    <section class="panel" data-for="perceptron logistic">
      <h2 class="panel-title" data-title>From the inputs to an answer</h2>
      <number-table data-inputs label="inputs, weights, products"></number-table>
      <number-table data-answer label="score and answer"></number-table>
      <p class="neuron-note" data-stopped hidden></p>
    </section>
    <section class="panel">
      <h2 class="panel-title">By hand: drag the line or the arrow's tip, or set the numbers</h2>
      <score-sliders data-theta label="weights and bias" each="" low="-10" high="10" step="0.1"></score-sliders>
      <score-sliders data-norm label="length of the weights" each="" low="0.1" high="10" step="0.1"></score-sliders>
      <div class="neuron-tools">
        <label>A click on the plane
          <span class="picker"><select data-adds>
            <option value="">chooses a point</option>
            <option value="0">adds one of class 0</option>
            <option value="1">adds one of class 1</option>
          </select></span></label>
        <span class="neuron-of">The chosen point:
          <button class="button button-small" type="button" data-turn>other class</button>
          <button class="button button-small" type="button" data-remove>take it away</button></span>
      </div>
    </section>
  </div>
  <figure class="neuron-figure neuron-wide" data-for="perceptron logistic">
    <curve-view data-across label="what it says on the way across the line"
      x-label="distance from the line" y-label="a"></curve-view>
  </figure>
  <section class="panel neuron-wide">
    <h2 class="panel-title">Point by point</h2>
    <number-table data-points label="point by point" gradual></number-table>
  </section>
</div>`;
