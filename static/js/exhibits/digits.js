/**
 * The stage of "A network learns to read": the network from pixels to shares, the course of its
 * training, what it gets wrong, and a pad to draw on. Views only; every number is the engine's.
 *
 * @import {ExhibitModule, Frame} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { detail, element, one, setAttributes, setText } from "../core/dom.js";
import { percent } from "../core/format.js";
import { BarList } from "../views/bar-list.js";
import { DrawPad } from "../views/draw-pad.js";
import { ImageWall } from "../views/image-wall.js";
import { LineChart } from "../views/line-chart.js";
import { NetworkView } from "../views/network-view.js";
import { restoreDrawing, showDrawing, turnExample } from "../views/parts/subject.js";
import { TensorView } from "../views/tensor-view.js";

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

const STAGE = `
<network-view>
  <network-column heading="input" size="106">
    <tensor-view data-tensor="conv1.x" label="input" palette="grey" range="1" prefix="0"
      scale="off" axes="image,channel,row,column"></tensor-view>
    <p class="figure-note" data-subject></p>
    <div class="figure-tools" role="group" aria-label="Image on the stage">
      <button class="button button-small" type="button" data-turn="-1"
        aria-label="The image before">‹</button>
      <button class="button button-small" type="button" data-turn="1"
        aria-label="The next image">›</button>
    </div>
  </network-column>
  <network-column heading="filters" connect="all" weights="conv1.W">
    <tensor-view data-tensor="conv1.W" label="filters" selectable
      axes="filter,channel,row,column"></tensor-view>
    <figure class="biases">
      <tensor-view data-tensor="conv1.b" label="biases of the filters" orient="row" cell="5x10"
        scale="off" axes="filter"></tensor-view>
      <figcaption>biases</figcaption>
    </figure>
  </network-column>
  <network-column heading="feature maps" connect="one">
    <tensor-view data-tensor="act1.a" also="conv1.z" label="feature maps" prefix="0"
      axes="image,map,row,column"></tensor-view>
  </network-column>
  <network-column heading="pooled" connect="one">
    <tensor-view data-tensor="pool1.y" label="pooled maps" prefix="0"
      axes="image,map,row,column"></tensor-view>
  </network-column>
  <network-column heading="feature maps" connect="all" weights="conv2.W">
    <tensor-view data-tensor="act2.a" also="conv2.z" label="second feature maps" prefix="0"
      axes="image,map,row,column"></tensor-view>
    <figure class="biases">
      <tensor-view data-tensor="conv2.b" label="biases of the second filters" orient="row" cell="5x10"
        scale="off" axes="filter"></tensor-view>
      <figcaption>biases</figcaption>
    </figure>
  </network-column>
  <network-column heading="pooled" connect="one">
    <tensor-view data-tensor="pool2.y" label="second pooled maps" prefix="0"
      axes="image,map,row,column"></tensor-view>
  </network-column>
  <network-column heading="flatten" connect="flatten">
    <tensor-view data-tensor="flatten.y" also="dropout.y" label="flattened numbers" prefix="0" scale="off"
      axes="image,number"></tensor-view>
  </network-column>
  <network-column heading="scores" connect="all" weights="dense1.W">
    <tensor-view data-tensor="dense1.z" label="scores" prefix="0" scale="off"
      axes="image,digit@0"></tensor-view>
    <figure class="biases">
      <tensor-view data-tensor="dense1.b" label="biases of the scores" orient="row" cell="4x10"
        scale="off" axes="digit@0"></tensor-view>
      <figcaption>biases</figcaption>
    </figure>
  </network-column>
  <network-column heading="softmax" connect="all">
    <bar-list data-tensor="softmax.a" label="softmax" prefix="0"></bar-list>
  </network-column>
</network-view>

<div class="panels">
  <section class="panel">
    <line-chart label="loss" switchable x="history.step" low="0" data-tensor="history.loss" series='[
      {"name": "history.loss", "label": "minibatch", "token": "plot-noise", "dash": [],
        "weight": 0.5},
      {"name": "history.val_loss", "label": "validation", "token": "validation", "dash": []}
    ]'></line-chart>
  </section>
  <section class="panel">
    <line-chart label="accuracy" x="history.step" low="0" high="1" data-tensor="history.accuracy"
      series='[
      {"name": "history.accuracy", "label": "minibatch", "token": "plot-noise", "dash": [],
        "weight": 0.5},
      {"name": "history.val_accuracy", "label": "validation", "token": "correct", "dash": []}
    ]'></line-chart>
  </section>
  <section class="panel">
    <h2 class="panel-title">Try your own</h2>
    <draw-pad label="your digit" rows="32" columns="32"></draw-pad>
  </section>
  <section class="panel">
    <h2 class="panel-title">What excites filter <span data-chosen></span> most</h2>
    <tensor-view data-tensor="patches.x" label="the patches that excite the filter most"
      palette="grey" range="1" columns="9" cell="8" scale="off"
      axes="patch,channel,row,column"></tensor-view>
    <h3 class="panel-title">Gradient of the filters</h3>
    <tensor-view data-tensor="conv1.dW" label="gradient of the filters" palette="gradient" range="follow"
      columns="8" cell="8" axes="filter,channel,row,column"></tensor-view>
  </section>
</div>

<details class="more-panels">
  <summary>What is still misread, and all other weights</summary>
  <div class="panels">
  <section class="panel">
    <h2 class="panel-title" data-misread></h2>
    <image-wall label="misread digits"></image-wall>
  </section>
  <section class="panel">
    <h2 class="panel-title">Which digit (row) is read as which (column)</h2>
    <div class="labelled">
      <ol class="labels-across" aria-hidden="true"></ol>
      <ol class="labels-down" aria-hidden="true"></ol>
      <tensor-view data-tensor="confusion" label="confusion table" palette="sequential" cell="26"
        axes="digit@0,answer@0"></tensor-view>
    </div>
  </section>
  <section class="panel">
    <h2 class="panel-title">Filters of the second convolution: a row each, with a tile for every
      map it looks at</h2>
    <tensor-view data-tensor="conv2.W" label="second filters" cell="6"
      axes="filter,map,row,column"></tensor-view>
  </section>
  <section class="panel">
    <h2 class="panel-title">Dense weights: a row for each digit, a column for each flattened
      number</h2>
    <tensor-view data-tensor="dense1.W" label="dense weights" cell="5x20"
      axes="digit@0,number"></tensor-view>
  </section>
  </div>
</details>`;

/** A patch's side, CSS px. */
const PATCH = 24;

/** Where there is room beside the story, everything is shown. */
const ROOMY = "(width >= 52rem)";

/** @type {ExhibitModule} */
const digits = {
  watch: [
    ...["conv1.x", "conv1.W", "act1.a", "pool1.y", "act2.a", "pool2.y", "flatten.y"],
    ...["dense1.z", "softmax.a", "conv1.b", "conv2.b", "dense1.b"],
    ...["conv1.dW", "conv2.W", "dense1.W", "label", "patches.filter", "patches.x", "confusion"],
    ...["misread.x", "misread.label", "misread.said", "misread.example"],
    ...["history.step", "history.loss", "history.val_loss"],
    ...["history.accuracy", "history.val_accuracy"],
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #tensors;
  #network;
  #charts;
  #bars;
  #wall;
  #subject;
  #chosen;
  #misread;
  /** Which images hang on the wall, and what they were read as. */
  #hung = "";

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#tensors = [...stage.querySelectorAll("tensor-view")].filter((v) => v instanceof TensorView);
    this.#charts = [...stage.querySelectorAll("line-chart")].filter((v) => v instanceof LineChart);
    this.#network = one(stage, "network-view", NetworkView);
    this.#bars = one(stage, "bar-list", BarList);
    this.#wall = one(stage, "image-wall", ImageWall);
    this.#subject = one(stage, "[data-subject]", HTMLElement);
    this.#chosen = one(stage, "[data-chosen]", HTMLElement);
    this.#misread = one(stage, "[data-misread]", HTMLElement);
    one(stage, ".more-panels", HTMLDetailsElement).open = matchMedia(ROOMY).matches;
    for (const labels of stage.querySelectorAll(".labels-across, .labels-down")) {
      labels.append(...DIGITS.map((digit) => element("li", {}, digit)));
    }
    stage.addEventListener("tensor-shape", (event) => this.#arrange(event));
    stage.addEventListener("tile-pick", (event) => this.#look(event));
    stage.addEventListener("image-pick", (event) => this.#pickMisread(event));
    stage.addEventListener("drawn", (event) => showDrawing(page, event));
    page.onEvent("welcome", () => restoreDrawing(page, one(stage, "draw-pad", DrawPad)));
    stage.addEventListener("step-pick", (event) => page.seek(detail(event).step));
    for (const turn of stage.querySelectorAll("[data-turn]")) {
      const by = Number(turn.getAttribute("data-turn"));
      turn.addEventListener("click", () => this.#turn(by));
    }
  }

  /** @param {Frame} frame */
  paint(frame) {
    const { arrays, root } = frame;
    for (const view of this.#tensors) view.show(arrays.get(view.dataset.tensor ?? ""), root);
    this.#network.show(arrays);
    for (const chart of this.#charts) chart.show(frame);
    const label = arrays.get("label")?.data[0] ?? -1;
    this.#bars.show(arrays.get("softmax.a"), DIGITS, label);
    this.#name(label, frame);
    this.#hang(frame);
  }

  /**
   * Say what is on the stage.
   *
   * @param {number} label
   * @param {Frame} frame
   */
  #name(label, { arrays, scalars, moment }) {
    const { example } = this.#page.values;
    const filter = arrays.get("patches.filter")?.data[0] ?? 0;
    const which = moment ? `number ${moment.sample.number}` : `image ${example}`;
    setText(this.#subject, label < 0 ? "your drawing" : `a ${label}, ${which}`);
    setText(this.#chosen, String(filter + 1));
    setText(this.#misread, `Still misread: ${scalars.misread} (${percent(scalars.val_accuracy)} right)`);
    const filters = this.#tensors.find((view) => view.dataset.tensor === "conv1.W");
    if (filters?.getAttribute("selected") !== String(filter)) {
      filters?.setAttribute("selected", String(filter));
    }
  }

  /** @param {Frame} frame */
  #hang({ arrays, run }) {
    const examples = arrays.get("misread.example");
    const said = arrays.get("misread.said");
    const truth = arrays.get("misread.label");
    if (!examples || !said || !truth) return;
    const hung = `${run}:${examples.data.join()}:${said.data.join()}`;
    if (hung === this.#hung) return;
    this.#hung = hung;
    this.#wall.show(arrays.get("misread.x"), (place) => {
      const [is, read] = [truth.data[place], said.data[place]];
      return [`${is} → ${read}`, `a ${is}, read as ${read}: show it on the stage`];
    });
  }

  /**
   * Give each filter of the second convolution a row, with a tile for every map, and the patches
   * cells with which they fit beside each other.
   *
   * @param {Event} event
   */
  #arrange(event) {
    const view = event.target;
    if (!(view instanceof TensorView)) return;
    const { shape } = detail(event);
    if (view.dataset.tensor === "conv2.W") setAttributes(view, { columns: shape[1] });
    if (view.dataset.tensor === "patches.x") setAttributes(view, { cell: Math.floor(PATCH / shape[3]) });
  }

  /** @param {Event} event */
  #look(event) {
    const { tensor, tile } = detail(event);
    if (tensor === "conv1.W") this.#page.set({ filter: tile });
  }

  /** @param {Event} event */
  #pickMisread(event) {
    const examples = this.#page.frame?.arrays.get("misread.example");
    const example = examples?.data[detail(event).place];
    if (example !== undefined) this.#page.set({ example, shown: "example" });
  }

  /** @param {number} by */
  #turn(by) {
    if (this.#page.slow.moment) this.#page.slow.turnSample(by);
    else turnExample(this.#page, by);
  }

}

export default digits;
