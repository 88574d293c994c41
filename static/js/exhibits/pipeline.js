/**
 * The stage of "From pixels to an answer": the network as one drawing that can be zoomed, what the
 * picked number has seen and can change, and its layers in a table that can be changed.
 *
 * @import {ExhibitModule, Frame, ServerError, Tensor} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {LayerWords} from "../views/parts/layer-words.js"
 */

import { detail, one, setText } from "../core/dom.js";
import { indexed, percent, significant } from "../core/format.js";
import { BarList } from "../views/bar-list.js";
import { LayerTable } from "../views/layer-table.js";
import { NetworkColumn, NetworkView } from "../views/network-view.js";
import { connectionOf, headingOf, readLine } from "../views/parts/layer-words.js";
import { Zoom } from "../views/parts/zoom.js";
import { TensorView } from "../views/tensor-view.js";

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

const STAGE = `
<div class="drawing">
  <div class="drawing-tools">
    <p class="drawing-subject" data-subject></p>
    <div class="figure-tools" role="group" aria-label="Picture on the stage">
      <button class="button button-small" type="button" data-turn="-1"
        aria-label="The picture before">‹</button>
      <button class="button button-small" type="button" data-turn="1"
        aria-label="The next picture">›</button>
    </div>
    <div class="figure-tools" role="group" aria-label="Zoom">
      <button class="button button-small" type="button" data-zoom="-1"
        aria-label="Smaller">−</button>
      <button class="button button-small" type="button" data-zoom="0">Fit</button>
      <button class="button button-small" type="button" data-zoom="1" aria-label="Larger">+</button>
    </div>
  </div>
  <div data-network></div>
  <p class="worked-note" data-look aria-live="off"></p>
</div>
<section class="panel">
  <h2 class="panel-title">Layers: change one, add one with +, take one out with ×. Everything
    behind it follows.</h2>
  <layer-table data-tensor="layers.counts"></layer-table>
</section>`;

/** The side of the input at scale 1, CSS px: it is the picture that everything is about. */
const INPUT = "74";

/** What comes beside the signals. */
const BESIDE = /^(layers|lit|history)\.|^label$/;

/** @type {ExhibitModule} */
const pipeline = {
  watch: null,

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #host;
  #table;
  #texts;
  #buttons;
  /** @type {NetworkView | null} */
  #network = null;
  /** By signal. @type {(TensorView | BarList)[]} */
  #figures = [];
  /** What the drawing was built for. */
  #built = "";
  /** The line of the network that is drawn. */
  #line = "";
  #seq = -1;

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#host = one(stage, "[data-network]", HTMLElement);
    this.#table = one(stage, "layer-table", LayerTable);
    this.#texts = {
      subject: one(stage, "[data-subject]", HTMLElement),
      look: one(stage, "[data-look]", HTMLElement),
    };
    stage.addEventListener("cell-pick", (event) => this.#look(event));
    stage.addEventListener("layers-change", (event) => page.set({ layers: detail(event).line }));
    stage.addEventListener("zoom-change", (event) => this.#zoomed(event));
    page.onEvent("error", (error) => this.#refused(error));
    for (const turn of stage.querySelectorAll("[data-turn]")) {
      const by = Number(turn.getAttribute("data-turn"));
      turn.addEventListener("click", () => this.#turn(by));
    }
    this.#buttons = [...stage.querySelectorAll("[data-zoom]")].filter((b) => b instanceof HTMLButtonElement);
    for (const button of this.#buttons) {
      const by = Number(button.dataset.zoom);
      button.addEventListener("click", () => this.#zoom(by));
    }
  }

  /** @param {Frame} frame */
  paint(frame) {
    const signals = signalsOf(frame);
    const words = readLine(String(this.#page.values.layers));
    // the settings come before the first frame of their run: till then all stays as it was
    if (signals.length !== words.length + 1) return;
    this.#build(frame.root, signals, words);
    const label = frame.arrays.get("label")?.data[0] ?? -1;
    for (const [at, figure] of this.#figures.entries()) {
      if (figure instanceof TensorView) figure.show(signals[at], frame.root);
      else figure.show(signals[at], DIGITS, label);
    }
    this.#network?.show(frame.arrays);
    const sizes = signals.map(sizeOf);
    this.#table.show(this.#line, frame.arrays.get("layers.counts"), sizes);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    this.#light(frame, signals);
    const { val_accuracy: right } = frame.scalars;
    const is = `A ${label}, picture ${this.#page.values.example}`;
    setText(this.#texts.subject, `${is} · reads ${percent(right)} of the validation pictures`);
  }

  /**
   * Draw the network anew when it is another.
   *
   * @param {number} root  which reset it came from
   * @param {Tensor[]} signals
   * @param {LayerWords[]} layers
   */
  #build(root, signals, layers) {
    const built = `${root} ${signals.map(({ name }) => name).join()}`;
    if (built === this.#built) return;
    this.#built = built;
    this.#line = String(this.#page.values.layers);
    const columns = signals.map((signal, at) => columnOf(signal, layers[at - 1]));
    const network = view(NetworkView, { zoomable: "" }, ...columns);
    const zoom = this.#network?.zoom?.value ?? 1;
    this.#host.replaceChildren(network);
    this.#network = network;
    network.zoom = new Zoom(network, zoom);
    this.#figures = columns.map((column) => {
      const figure = column.querySelector("tensor-view, bar-list");
      if (figure instanceof TensorView || figure instanceof BarList) return figure;
      throw new Error("pipeline: expected a figure in each column");
    });
    this.#page.relink();
  }

  /**
   * Outline what the picked number has seen and can change.
   *
   * @param {Frame} frame
   * @param {Tensor[]} signals
   */
  #light({ arrays }, signals) {
    const [places, starts, counts] = ["lit.places", "lit.starts", "lit.count"].map((name) => arrays.get(name)?.data);
    const all = arrays.get("layers.counts");
    const signal = arrays.get("lit.signal")?.data[0] ?? -1;
    if (!places || !starts || !counts || !all) return;
    for (const [at, figure] of this.#figures.entries()) {
      figure.enclose(signal < 0 ? null : places.subarray(starts[at], starts[at + 1]));
    }
    if (signal < 0) {
      setText(this.#texts.look, "Pick any number: what it has seen of the picture, and what it can still change, is outlined.");
      return;
    }
    const [last, wide] = [signals.length - 1, all.shape[1]];
    const picked = signals[signal];
    const index = indexIn(picked.shape, places[starts[signal]]);
    const name = `${picked.name}${indexed(index)} = ${significant(picked.data[places[starts[signal]]])}`;
    const seen = `${counts[0]} of the picture's ${all.data[0]} pixels`;
    const reached = `${counts[last]} of the ${all.data[last * wide]} shares`;
    const made = signal === 0 ? "is a pixel" : `is made of ${seen}`;
    setText(this.#texts.look, `${name} ${made}, and can change ${reached}.`);
  }

  /** @param {Event} event */
  #look(event) {
    const { tensor, index } = detail(event);
    if (tensor !== "layers.counts") this.#page.act("look", { tensor, index });
  }

  /** @param {ServerError} error */
  #refused({ field, text }) {
    if (field === "layers") this.#table.reject(text.replace(/^layers: /, ""));
  }

  /** @param {number} by */
  #turn(by) {
    const control = this.#page.controls.find(({ name }) => name === "example");
    if (control?.kind !== "slider") return;
    const count = control.high + 1;
    this.#page.set({ example: (Number(this.#page.values.example) + by + count) % count });
  }

  /** @param {number} by */
  #zoom(by) {
    const zoom = this.#network?.zoom;
    if (by === 0) zoom?.to(1);
    else zoom?.by(by > 0 ? 1 : -1, this.#subject());
  }

  /** Where the picked number stands in the window; without one, the input. */
  #subject() {
    const arrays = this.#page.frame?.arrays;
    const signal = arrays?.get("lit.signal")?.data[0] ?? -1;
    const figure = this.#figures[Math.max(0, signal)];
    const { left, top, width, height } = figure.box.getBoundingClientRect();
    const middle = { x: left + width / 2, y: top + height / 2 };
    const geometry = figure instanceof TensorView ? figure.map.geometry : null;
    const start = arrays?.get("lit.starts")?.data[signal];
    if (!geometry || start === undefined) return middle;
    const cell = arrays?.get("lit.places")?.data[start] ?? 0;
    const box = geometry.cellOnPage(cell, { x: 0, y: 0, width: 0, height: 0 });
    return { x: left + box.x + box.width / 2, y: top + box.y + box.height / 2 };
  }

  /** @param {Event} event */
  #zoomed(event) {
    const { zoom, most } = detail(event);
    for (const button of this.#buttons) {
      const by = Number(button.dataset.zoom);
      const ends = by > 0 ? zoom >= most : zoom <= 1;
      button.setAttribute("aria-disabled", String(ends));
    }
  }
}

/** The tensors that go from layer to layer, in order. @param {Frame} frame */
function signalsOf({ arrays }) {
  return [...arrays.values()].filter(({ name }) => !BESIDE.test(name));
}

/**
 * @param {Tensor} signal
 * @param {LayerWords | undefined} layer  none for the input
 */
function columnOf(signal, layer) {
  /** @type {Record<string, string>} */
  const head = layer
    ? { heading: headingOf(layer), connect: connectionOf(layer), link: layer.values.over ?? "0" }
    : { heading: "input", size: INPUT };
  const picture = signal.shape.length === 4;
  const shared = { "data-tensor": signal.name, label: signal.name, prefix: "0" };
  if (layer?.kind === "softmax") {
    return view(NetworkColumn, head, view(BarList, shared));
  }
  const axes = picture ? "image,map,row,column" : `image,${layer?.kind === "dense" ? "unit@0" : "number"}`;
  /** @type {Record<string, string>} */
  const look = layer ? {} : { palette: "grey", range: "1" };
  const figure = view(TensorView, { ...shared, ...look, axes, scale: "off" });
  return view(NetworkColumn, head, figure);
}

/**
 * @template {HTMLElement} T
 * @param {new () => T} View
 * @param {Record<string, string>} attributes
 * @param {...HTMLElement} children
 * @returns {T}
 */
function view(View, attributes, ...children) {
  const made = new View();
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @param {Tensor} signal */
function sizeOf({ shape }) {
  return shape.length === 4 ? `${shape[1]} · ${shape[2]}×${shape[3]}` : String(shape[1]);
}

/**
 * An element's index, one number per axis.
 *
 * @param {readonly number[]} shape
 * @param {number} place
 */
function indexIn(shape, place) {
  const index = [];
  let rest = place;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

export default pipeline;
