/**
 * Five networks that differ in their activation alone: what each makes of the plane, how well it does,
 * and how its loss went.
 *
 * @import {Frame} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { one } from "../../core/dom.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { PlaneView } from "../../views/plane-view.js";
import { ACTIVATIONS, ROWS, series } from "./names.js";
import { Points } from "./planes.js";

const PLANES = ACTIVATIONS.map(
  ({ name, label }) => `
  <figure class="activation-plot">
    <plane-view data-tensor="${name}.regions.p" data-network="${name}" label="${label}" equal></plane-view>
  </figure>`,
).join("");

const STAGE = `
<div class="activation-planes">
  ${PLANES}
  <section class="panel" data-part="scores">
    <h2 class="panel-title">Over all points</h2>
    <number-table label="how well each network does"></number-table>
  </section>
</div>
<div class="panels panels-wide">
  <section class="panel panel-wide">
    <line-chart label="loss over all points" x="history.step" data-tensor="score.loss" switchable low="0"
      series='${series((name) => `history.loss_${name}`)}'></line-chart>
  </section>
</div>`;

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const planes = ACTIVATIONS.map(({ name }) => one(root, `[data-network="${name}"]`, PlaneView));
  const table = one(root, "number-table", NumberTable);
  const chart = one(root, "line-chart", LineChart);
  const points = new Points();
  let seq = -1;
  root.addEventListener("step-pick", (event) => {
    page.seek(/** @type {CustomEvent} */ (event).detail.step);
  });
  return {
    /** @param {Frame} frame */
    paint(frame) {
      chart.show(frame);
      if (seq === frame.seq) return;
      seq = frame.seq;
      points.take(frame);
      for (const [k, { name }] of ACTIVATIONS.entries()) points.show(planes[k], frame, name);
      table.show(
        [
          { head: "loss", tensor: frame.arrays.get("score.loss") },
          { head: "told right", tensor: frame.arrays.get("score.right") },
        ],
        ROWS,
      );
    },
  };
}
