/**
 * The neurons of the network on the stage: the drawing, where those that are the same are one
 * strand; how alike every two of a layer are; what has moved; and the push that parts them.
 *
 * @import {Frame, Tensor} from "../../core/types.js"
 * @import {Page} from "../../core/page.js"
 * @import {GraphLayer} from "../../views/parts/graph-plan.js"
 */

import { one, setAttributes, setText } from "../../core/dom.js";
import { significant } from "../../core/format.js";
import { GraphView } from "../../views/graph-view.js";
import { LineChart } from "../../views/line-chart.js";
import { NumberTable } from "../../views/number-table.js";
import { TensorView } from "../../views/tensor-view.js";
import { series, WAYS } from "./words.js";

/** What a neuron takes of the drawing, CSS px. */
const HEIGHT = 60;
/** What is added to a weight. */
const PUSH = 0.001;
/** Of a neuron of the first layer: its weights and its bias. */
const INPUTS = 2;

const ROOM = `
<section class="panel begin-wide" data-drawing>
  <h2 class="panel-title">The network, with the first sample</h2>
  <graph-view label="the network"></graph-view>
</section>
<section class="panel begin-wide begin-push" data-nudge>
  <p class="worked-note" data-strands></p>
  <button class="button button-small" type="button" data-push>Add ${PUSH} to one weight</button>
  <p class="worked-note" data-pushed></p>
</section>
<section class="panel">
  <h2 class="panel-title" data-alike>How alike the neurons are</h2>
  <tensor-view data-tensor="similarity" label="similarity" axes="layer,neuron,neuron" prefix="0"
    cell="34" range="1"></tensor-view>
</section>
<section class="panel">
  <line-chart label="similarity of the least alike neurons" x="history.step" low="-1" high="1"
    data-tensor="history.alike_constant" series='${series("alike")}'></line-chart>
</section>
<section class="panel begin-wide" data-moved>
  <h2 class="panel-title">Layer by layer</h2>
  <number-table label="how alike the neurons are, and what has moved"></number-table>
</section>`;

export class Neurons {
  #page;
  #drawing;
  #graph;
  #strands;
  #pushed;
  #alike;
  #similarity;
  #table;
  #chart;
  #seq = -1;

  /**
   * @param {HTMLElement} room
   * @param {Page} page
   */
  constructor(room, page) {
    this.#page = page;
    room.innerHTML = ROOM;
    this.#drawing = one(room, "[data-drawing]", HTMLElement);
    this.#graph = one(room, "graph-view", GraphView);
    this.#strands = one(room, "[data-strands]", HTMLElement);
    this.#pushed = one(room, "[data-pushed]", HTMLElement);
    this.#alike = one(room, "[data-alike]", HTMLElement);
    this.#similarity = one(room, "tensor-view", TensorView);
    this.#table = one(room, "number-table", NumberTable);
    this.#chart = one(room, "line-chart", LineChart);
    one(room, "[data-push]", HTMLElement).addEventListener("click", () => this.#push());
  }

  /** @param {Frame} frame */
  show(frame) {
    const { arrays, run, seq } = frame;
    this.#chart.show(frame);
    const alike = arrays.get("similarity");
    if (!alike || seq === this.#seq) return;
    this.#seq = seq;
    const hidden = alike.shape[0];
    this.#paintGraph(arrays, run, hidden);
    const layer = Math.min(Number(this.#page.values.layer), hidden);
    setText(this.#alike, `How alike the neurons of layer ${layer} are`);
    setAttributes(this.#similarity, { prefix: layer - 1, cell: alike.shape[1] > 8 ? 14 : 34 });
    this.#similarity.show(alike);
    this.#paintTable(arrays, hidden);
  }

  /** @param {Map<string, Tensor>} arrays @param {number} run @param {number} hidden */
  #paintGraph(arrays, run, hidden) {
    const width = arrays.get("strands.act1")?.data.length ?? 0;
    const groups = new Map();
    let strands = 0;
    for (let n = 1; n <= hidden; n++) {
      const group = arrays.get(`strands.act${n}`);
      if (!group) continue;
      groups.set(`act${n}.a`, group.data);
      strands += new Set(group.data).size;
    }
    setText(this.#strands, strandWords(hidden * width, strands));
    const drawn = arrays.has("act1.a");
    this.#drawing.hidden = !drawn;
    if (!drawn) return;
    setAttributes(this.#graph, { height: HEIGHT * Math.max(4, width) });
    this.#graph.shape(layersOf(hidden, width), `${hidden} ${width}`);
    this.#graph.strands(groups);
    this.#graph.show(arrays, run);
  }

  /** @param {Map<string, Tensor>} arrays @param {number} hidden */
  #paintTable(arrays, hidden) {
    const moved = (/** @type {string} */ short, /** @type {number} */ column) => ({
      tensor: arrays.get(`moved.${short}`),
      at: (/** @type {number} */ row) => [row, column],
    });
    this.#table.show(
      [
        { head: "least similarity", tensor: arrays.get("similarity.least") },
        { head: "largest difference", tensor: arrays.get("similarity.apart") },
        { head: "weights moved", ...moved("W", 0) },
        { head: "of", ...moved("W", 1) },
        { head: "biases moved", ...moved("b", 0) },
        { head: "of", ...moved("b", 1) },
      ],
      Array.from({ length: hidden + 1 }, (_, i) => (i < hidden ? `layer ${i + 1}` : "the last one")),
    );
  }

  /** Push a neuron of the first layer that has a twin: another number of each, so that no two are alike. */
  #push() {
    const network = String(this.#page.values.initializer);
    const group = [...(this.#page.frame?.arrays.get("strands.act1")?.data ?? [])];
    const unit = Math.max(0, group.findIndex((strand, i) => group.indexOf(strand, i + 1) > 0));
    const number = unit % (INPUTS + 1);
    const place =
      number < INPUTS
        ? { tensor: "dense1.W", index: [unit, number] }
        : { tensor: "dense1.b", index: [unit] };
    this.#page.act("perturb", { network, ...place, by: PUSH });
  }

  /**
   * A weight was pushed.
   *
   * @param {Record<string, any>} told
   */
  pushed({ network, tensor, index, before, value }) {
    const label = WAYS.find(({ name }) => name === network)?.label ?? network;
    const text = `${tensor}[${index}] of “${label}” was ${significant(before)}, and is ${significant(value)} now.`;
    setText(this.#pushed, text);
    this.#page.announce(text);
  }
}

/** @param {number} neurons @param {number} strands */
function strandWords(neurons, strands) {
  if (strands === neurons) return `${neurons} hidden neurons, all of them different.`;
  const told = `${strands} ${strands === 1 ? "strand" : "strands"}`;
  return `${neurons} hidden neurons in ${told}: those of one strand are the same to the last bit.`;
}

/**
 * @param {number} hidden
 * @param {number} units
 * @returns {GraphLayer[]}
 */
function layersOf(hidden, units) {
  const named = Array.from({ length: hidden }, (_, i) => ({
    heading: `layer ${i + 1}`,
    units,
    W: `dense${i + 1}.W`,
    b: `dense${i + 1}.b`,
    z: `dense${i + 1}.z`,
    a: `act${i + 1}.a`,
  }));
  const last = `dense${hidden + 1}`;
  const output = { heading: "output", units: 1, W: `${last}.W`, b: `${last}.b`, z: `${last}.z`, a: "sigmoid.a" };
  return [{ heading: "input", units: 2, names: ["x₁", "x₂"], a: "dense1.x" }, ...named, output];
}
