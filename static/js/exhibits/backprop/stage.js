/** What stands on the stage of backprop. */

export const STAGE = `
<div class="backprop">
  <div class="backprop-top">
    <figure class="backprop-network">
      <graph-view label="the network" editable="4 8" height="372"></graph-view>
      <div class="backprop-switch" role="group" aria-label="What the lines show" data-switch="edges"></div>
    </figure>
    <figure class="backprop-data">
      <plane-view label="the data" x-label="x₁" y-label="x₂"></plane-view>
      <div class="figure-tools" role="group" aria-label="Example on the stage">
        <button class="button button-small" type="button" data-turn="-1"
          aria-label="The example before">‹</button>
        <p class="figure-note" data-example></p>
        <button class="button button-small" type="button" data-turn="1"
          aria-label="The next example">›</button>
        <data-button></data-button>
      </div>
      <number-table label="what the example says" data-said></number-table>
    </figure>
  </div>
  <div class="backprop-below">
  <div class="backprop-switch" role="group" aria-label="Below the network" data-switch="shown"></div>
  <section class="backprop-panel" data-panel="sheet">
    <layer-sheet label="a layer as matrices"></layer-sheet>
  </section>
  <section class="backprop-panel" data-panel="paths">
    <h2 class="panel-title" data-paths-title></h2>
    <div class="backprop-scroll"><number-table label="paths to the loss" data-paths></number-table></div>
    <div class="backprop-together">
      <div class="backprop-switch" role="group" aria-label="The paths together" data-switch="together"></div>
      <number-table label="the paths together" data-together></number-table>
    </div>
  </section>
  <section class="backprop-panel" data-panel="sums">
    <h2 class="panel-title" data-sums-title></h2>
    <div class="backprop-scroll"><number-table label="each example's part" data-each></number-table></div>
    <div class="backprop-scroll"><number-table label="the minibatch together" data-mean></number-table></div>
  </section>
  <section class="backprop-panel" data-panel="curve">
    <line-chart label="loss" switchable x="history.step" low="0" data-tensor="history.loss" series='[
      {"name": "history.loss", "label": "minibatch", "token": "plot-noise", "dash": [], "weight": 0.5},
      {"name": "history.val_loss", "label": "validation", "token": "validation", "dash": []}
    ]'></line-chart>
  </section>
  </div>
</div>`;
