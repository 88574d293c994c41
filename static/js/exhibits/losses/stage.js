/** What stands on the stage of "What a loss is". */

export const STAGE = `
<div class="losses">
  <section class="loss-wide panel" data-for="regression classification">
    <number-table data-balls label="the balls"></number-table>
    <p class="figure-note" data-said data-for="classification"></p>
    <div class="figure-tools">
      <button class="button button-small" type="button" data-release>Back to where it began</button>
    </div>
  </section>
  <figure class="loss-figure" data-for="regression">
    <plane-view data-tensor="linear.model" label="points and line" x-label="x" y-label="y"
      movable addable></plane-view>
  </figure>
  <figure class="loss-figure" data-for="regression">
    <contour-view data-model="linear" label="loss of the line" x-label="w"
      y-label="b"></contour-view>
  </figure>
  <figure class="loss-figure" data-for="classification">
    <contour-view data-model="mse" label="squared error" x-label="w" y-label="b"></contour-view>
  </figure>
  <figure class="loss-figure" data-for="classification">
    <contour-view data-model="ce" label="cross-entropy" x-label="w" y-label="b"></contour-view>
  </figure>
  <figure class="loss-figure" data-for="classification">
    <plane-view data-tensor="ce.model" label="points, and the probability of class 1" x-label="x"
      y-label="class y" movable addable></plane-view>
  </figure>
  <figure class="loss-figure" data-for="regression classification">
    <curve-view data-one label="what one point costs" x-label="score z" y-label="loss"></curve-view>
  </figure>
  <figure class="loss-figure" data-for="regression classification" data-surface>
    <surface-view label="the loss as a landscape" x-label="w" y-label="b" z-label="J"></surface-view>
  </figure>
  <section class="loss-wide panel" data-for="regression classification">
    <h2 class="panel-title">Which point costs how much</h2>
    <number-table data-points label="which point costs how much"></number-table>
  </section>

  <section class="panel" data-for="softmax">
    <h2 class="panel-title">The scores: drag them, or type</h2>
    <score-sliders label="scores" low="-10" high="10" step="0.1"></score-sliders>
  </section>
  <section class="panel" data-for="softmax">
    <h2 class="panel-title">The probabilities</h2>
    <bar-list data-tensor="softmax.p" label="probabilities" gradual></bar-list>
  </section>
  <section class="loss-wide panel" data-for="softmax">
    <h2 class="panel-title">Number by number: press Next step</h2>
    <number-table data-classes label="from scores to the gradient" gradual></number-table>
    <number-table data-whole label="the sum and the loss" gradual></number-table>
  </section>
  <figure class="loss-wide loss-figure" data-for="softmax">
    <curve-view data-surprise label="what it costs to have given p to the right class"
      x-label="p" y-label="−ln p"></curve-view>
  </figure>
</div>`;
