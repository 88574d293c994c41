/**
 * Two networks, ReLU and leaky ReLU: how many units of each layer are silent, which ones, and whether
 * a gradient still reaches them.
 *
 * @import {Frame, Tensor} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 */

import { one, setText } from "../../core/dom.js";
import { GraphView } from "../../views/graph-view.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { PlaneView } from "../../views/plane-view.js";
import { NONE } from "./names.js";
import { hiddenColumn, INPUTS, outputColumn } from "./graphs.js";
import { Points } from "./planes.js";

const NETWORKS = /** @type {const} */ ([
  { name: "relu", label: "ReLU", token: "series-2" },
  { name: "leaky_relu", label: "leaky ReLU", token: "series-4" },
]);
const LAYERS = [1, 2];

const SERIES = JSON.stringify(
  NETWORKS.flatMap(({ name, label, token }) =>
    LAYERS.map((layer) => ({
      name: `history.silent_${name}_${layer}`,
      label: `${label}, layer ${layer}`,
      token,
      dash: layer === 1 ? [] : [5, 3],
    })),
  ),
);

const COLUMNS = NETWORKS.map(
  ({ name, label }) => `
  <section class="activation-column">
    <section class="panel">
      <h2 class="panel-title">${label}: the network, and what it makes of the first point</h2>
      <graph-view data-graph="${name}" label="the network with ${label}" height="300"></graph-view>
    </section>
    <figure class="activation-plot">
      <plane-view data-tensor="${name}.regions.p" data-network="${name}" label="${label}" equal></plane-view>
    </figure>
    ${LAYERS.map(
      (layer) => `
    <section class="panel">
      <h2 class="panel-title">${label}, hidden layer ${layer}</h2>
      <number-table data-units="${name} ${layer}" label="${label}, hidden layer ${layer}" gradual></number-table>
    </section>`,
    ).join("")}
  </section>`,
).join("");

const STAGE = `
<p class="activation-says" data-says></p>
<div class="panels panels-wide">
  <section class="panel">
    <h2 class="panel-title">Units that get a positive sum from no point</h2>
    <number-table data-part="counts" label="silent units"></number-table>
    <p class="figure-note">A silent ReLU is dead: its slope is 0 at every point. A leaky one is only quiet.</p>
  </section>
  <section class="panel">
    <line-chart label="silent units" x="history.step" low="0" high="8" data-tensor="relu.silent"
      series='${SERIES}'></line-chart>
  </section>
</div>
<div class="activation-pair">${COLUMNS}</div>`;

/**
 * @param {HTMLElement} root
 * @param {Page} page
 */
export function mount(root, page) {
  root.innerHTML = STAGE;
  const stage = new DyingStage(root, page);
  return { paint: (/** @type {Frame} */ frame) => stage.paint(frame) };
}

class DyingStage {
  #planes;
  #graphs;
  #units;
  #counts;
  #chart;
  #says;
  #page;
  #points = new Points();
  #seq = -1;
  #ended = false;

  /** @param {HTMLElement} root @param {Page} page */
  constructor(root, page) {
    this.#page = page;
    this.#planes = NETWORKS.map(({ name }) => one(root, `[data-network="${name}"]`, PlaneView));
    this.#graphs = NETWORKS.map(({ name }) => one(root, `[data-graph="${name}"]`, GraphView));
    this.#units = NETWORKS.flatMap(({ name }) =>
      LAYERS.map((layer) => ({ name, layer, table: one(root, `[data-units="${name} ${layer}"]`, NumberTable) })),
    );
    this.#counts = one(root, "[data-part='counts']", NumberTable);
    this.#chart = one(root, "line-chart", LineChart);
    this.#says = one(root, "[data-says]", HTMLElement);
    root.addEventListener("step-pick", (event) => {
      page.seek(/** @type {CustomEvent} */ (event).detail.step);
    });
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#points.take(frame);
    for (const [k, { name }] of NETWORKS.entries()) this.#points.show(this.#planes[k], frame, name);
    for (const [k, { name }] of NETWORKS.entries()) this.#connect(this.#graphs[k], frame, name);
    this.#list(frame);
    setText(this.#says, deathWords(frame));
    this.#tellOfTheEnd(frame);
  }

  /** Tell once when nothing can move any more. @param {Frame} frame */
  #tellOfTheEnd({ arrays, step }) {
    const ended = LAYERS.some((layer) => arrays.get(`relu.alive${layer}`)?.data.every((alive) => alive === 0));
    if (ended && !this.#ended) this.#page.announce(`Step ${step}: a whole layer of ReLUs is dead`);
    this.#ended = ended;
  }

  /**
   * The network as it sees the first point; what is dead is dashed.
   *
   * @param {GraphView} graph
   * @param {Frame} frame
   * @param {string} name
   */
  #connect(graph, { arrays, run }, name) {
    const hidden = LAYERS.map((layer) => hiddenColumn(name, layer, arrays));
    graph.shape([{ ...INPUTS, a: "data.x" }, ...hidden, outputColumn(name, LAYERS.length + 1, "softmax.a")], name);
    const alive = LAYERS.map((layer) => [`${name}.act${layer}.a`, arrays.get(`${name}.alive${layer}`)]);
    // a leaky unit is never quite silent: its lines still carry something
    if (name === "relu") graph.crossed(new Map(/** @type {[string, Tensor][]} */ (alive.filter(([, mask]) => mask))));
    graph.show(arrays, run);
  }

  /** @param {Frame} frame */
  #list({ arrays }) {
    const of = (/** @type {string} */ name) => arrays.get(name);
    this.#counts.show(
      [
        ...LAYERS.map((layer, i) => ({
          head: `layer ${layer}`,
          tensor: NETWORKS.map(({ name }) => of(`${name}.silent`)),
          at: () => [i],
        })),
        { head: "loss", tensor: NETWORKS.map(({ name }) => of(`${name}.loss`)), at: () => [] },
      ],
      NETWORKS.map(({ label, token }) => ({ head: label, token })),
    );
    for (const { name, layer, table } of this.#units) {
      const count = of(`${name}.silent${layer}`)?.data.length ?? 0;
      table.show(
        [
          { head: "greatest z", tensor: of(`${name}.greatest${layer}`) },
          { head: "silent", tensor: of(`${name}.silent${layer}`) },
          { head: "gradient", tensor: of(`${name}.pull${layer}`) },
        ],
        Array.from({ length: count }, (_, unit) => `unit ${unit}`),
      );
    }
  }
}

/** What has died, and whether anything can still move. @param {Frame} frame */
function deathWords({ arrays }) {
  const [first, second] = arrays.get("relu.silent")?.data ?? NONE;
  const units = (arrays.get("relu.silent1")?.data.length ?? 0) || 1;
  if (first === undefined) return "";
  const told = `Of ${units} ReLUs in each hidden layer, ${first} of the first and ${second} of the second are dead.`;
  if (first === units || second === units) {
    return (
      `${told} A whole layer says 0 to every point: no gradient gets through it, and the network gives ` +
      "the same answer to all of them, for ever."
    );
  }
  return first + second === 0 ? "Every ReLU gets a positive sum from some point: none is dead." : told;
}
