/**
 * The stage of "Convolution, one number at a time": the picture, the kernel, the map that comes of
 * them, the products of one window; or the search for a kernel. Views only; every number on it is
 * the engine's.
 *
 * Longer than other files: an exhibit is one file, and this one has two stages and four panels.
 *
 * @import {ExhibitModule, Frame, RunEvent, Tensor, Value} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { base64Numbers } from "../core/base64.js";
import { one, setText } from "../core/dom.js";
import { count, significant } from "../core/format.js";
import { tokens } from "../core/tokens.js";
import "../views/draw-pad.js";
import { LineChart } from "../views/line-chart.js";
import { WindowFrame } from "../views/parts/window-frame.js";
import { PictureView } from "../views/picture-view.js";
import { PredictQuestion } from "../views/predict-question.js";
import { TensorView } from "../views/tensor-view.js";

const STAGE = `
<div class="stage-modes" role="group" aria-label="What happens">
  <button class="button button-small" type="button" data-mode="slide">The window slides</button>
  <button class="button button-small" type="button" data-mode="learn">The kernel is learned</button>
</div>

<div data-part="slide">
  <div class="operation">
    <figure class="operand">
      <figcaption>image <var data-tensor="x">x</var> · <span data-text="x"></span></figcaption>
      <tensor-view data-tensor="x" data-view="x" label="image" scale="off"
        editable="1 -1000 1000"></tensor-view>
      <p class="figure-note" data-text="around"></p>
      <button class="button button-small button-quiet" type="button" data-do="restore" hidden>Undo
        all changes</button>
    </figure>
    <span class="operator" aria-hidden="true">∗</span>
    <figure class="operand">
      <figcaption>kernel <var data-tensor="k">k</var> · <span data-text="k"></span></figcaption>
      <tensor-view data-tensor="k" data-view="k" label="kernel" scale="off"
        editable="0.5 -1000 1000"></tensor-view>
      <div class="turned" data-part="turned">
        <figcaption>turned by 180°</figcaption>
        <tensor-view data-tensor="k.turned" data-view="turned" label="kernel, turned"
          scale="off"></tensor-view>
      </div>
    </figure>
    <span class="operator" aria-hidden="true">=</span>
    <figure class="operand">
      <figcaption>feature map <var data-tensor="y">y</var>
        <span data-part="shape">· <span data-text="y"></span></span></figcaption>
      <tensor-view data-tensor="y" data-view="y" label="feature map" scale="off" gradual
        selectable></tensor-view>
      <predict-question question="shape" data-part="cover">
        <p>Which shape will the feature map have?</p>
        <label>rows <input type="number" min="1" max="99" step="1"></label>
        <label>columns <input type="number" min="1" max="99" step="1"></label>
      </predict-question>
      <button class="button button-small button-quiet" type="button" data-do="cover"
        aria-pressed="false">Type the shape before I look</button>
    </figure>
  </div>
  <p class="stage-line" data-text="formula"></p>
  <p class="stage-line stage-aside" data-text="never"></p>

  <section class="product-card" aria-label="One window">
    <figure class="operand">
      <figcaption>window × kernel, <span data-text="count"></span> products</figcaption>
      <tensor-view data-tensor="products" data-view="products" label="products"
        scale="off"></tensor-view>
    </figure>
    <span class="operator" aria-hidden="true">→ Σ →</span>
    <figure class="operand" data-part="sums">
      <figcaption>one sum a channel</figcaption>
      <tensor-view data-tensor="sums" data-view="sums" label="sums of the channels" scale="off"
        axes="channel"></tensor-view>
    </figure>
    <span class="operator" aria-hidden="true" data-part="second-sum">→ Σ →</span>
    <span class="operator" data-part="bias"><span data-text="bias"></span> →</span>
    <button class="sum" type="button" data-do="why" data-tensor="y"
      title="Why this number?"><span data-text="value"></span></button>
  </section>
  <p class="stage-line stage-aside" data-text="covers"></p>

  <div class="panels">
    <section class="panel panel-wide" data-part="photo">
      <h2 class="panel-title">The whole picture, filtered as you change the kernel</h2>
      <div class="photo-pair">
        <picture-view data-tensor="photo" label="the whole picture"></picture-view>
        <tensor-view data-tensor="photo.y" data-view="photo.y" label="the filtered picture"
          palette="light" range="255" cell="1" scale="off"></tensor-view>
      </div>
      <p class="figure-note" data-text="photo"></p>
    </section>
    <section class="panel">
      <h2 class="panel-title">How much there is to learn</h2>
      <dl class="counted">
        <dt>this convolution</dt><dd data-text="parameters"></dd>
        <dt>a dense layer with the same inputs and outputs</dt><dd data-text="dense"></dd>
        <dt data-part="photo-dense">the same for the whole picture</dt>
        <dd data-part="photo-dense" data-text="photo-dense"></dd>
      </dl>
    </section>
    <section class="panel">
      <h2 class="panel-title">Your own picture</h2>
      <draw-pad label="your drawing" rows="16" columns="16"></draw-pad>
      <div data-part="input"></div>
    </section>
    <section class="panel panel-wide">
      <h2 class="panel-title">Cross-correlation and true convolution of the image with two
        kernels</h2>
      <div class="flips">
        <figure class="operand"><figcaption>kernels</figcaption>
          <tensor-view data-tensor="flip.k" label="two kernels" columns="1" cell="26"
            scale="off" axes="kernel,row,column"></tensor-view></figure>
        <figure class="operand"><figcaption>as they are: cross-correlation</figcaption>
          <tensor-view data-tensor="flip.correlation" label="cross-correlations" columns="1"
            scale="off" axes="kernel,row,column"></tensor-view></figure>
        <figure class="operand"><figcaption>turned by 180°</figcaption>
          <tensor-view data-tensor="flip.turned" label="two kernels, turned" columns="1" cell="26"
            scale="off" axes="kernel,row,column"></tensor-view></figure>
        <figure class="operand"><figcaption>turned: convolution</figcaption>
          <tensor-view data-tensor="flip.convolution" label="convolutions" columns="1"
            scale="off" axes="kernel,row,column"></tensor-view></figure>
      </div>
    </section>
  </div>
</div>

<div data-part="learn">
  <div class="operation">
    <figure class="operand"><figcaption>image · <span data-text="conv1.x"></span></figcaption>
      <tensor-view data-tensor="conv1.x" data-view="conv1.x" label="image" scale="off" prefix="0,0"
        axes="image,channel,row,column"></tensor-view></figure>
    <span class="operator" aria-hidden="true">∗</span>
    <figure class="operand"><figcaption>kernel, learned</figcaption>
      <tensor-view data-tensor="conv1.W" data-view="conv1.W" label="learned kernel" prefix="0,0"
        scale="off" axes="filter,channel,row,column"></tensor-view></figure>
    <span class="operator" aria-hidden="true">=</span>
    <figure class="operand"><figcaption>what it makes</figcaption>
      <tensor-view data-tensor="conv1.z" data-view="conv1.z" label="what the kernel makes"
        scale="off" prefix="0,0" axes="image,filter,row,column"></tensor-view></figure>
    <span class="operator" aria-hidden="true">≈</span>
    <figure class="operand"><figcaption>what it should make</figcaption>
      <tensor-view data-tensor="target" data-view="target" label="target" scale="off"></tensor-view>
    </figure>
  </div>
  <p class="stage-line" data-text="found"></p>
  <div class="panels">
    <section class="panel panel-wide">
      <line-chart label="loss" switchable x="history.step" low="0" data-tensor="history.loss"
        series='[{"name": "history.loss", "label": "loss", "token": "training", "dash": []}]'>
      </line-chart>
    </section>
    <section class="panel">
      <h2 class="panel-title">Gradient of the weights, of the last step</h2>
      <tensor-view data-tensor="conv1.dW" label="gradient of the kernel" palette="gradient"
        range="follow" cell="38" prefix="0,0" axes="filter,channel,row,column"></tensor-view>
    </section>
    <section class="panel">
      <h2 class="panel-title">The kernel that made the target: the search does not see it</h2>
      <tensor-view data-tensor="teacher" label="kernel to find" cell="38"></tensor-view>
    </section>
  </div>
</div>`;

/** Steps per second at which each mode is played at first. */
const RATES = { slide: 4, learn: 60 };

/** The most CSS px of a cell, and of all rows of a picture. */
const CELL = 38;
const HIGHEST = 270;
const HIGHEST_PLANES = 480;
const GAP = 6;

/** How the numbers of each input are coloured: as ink, as light, or by their sign. */
const PALETTES = {
  ...{ figure: "diverging", greys: "light", colours: "light", digit: "grey", drawing: "grey" },
  ...{ scene: "light", photo: "light" },
};
const RANGES = { greys: 128, scene: 255, photo: 255, digit: 1, drawing: 1 };

/** @type {ExhibitModule} */
const convolution = {
  watch: [
    ...["x", "x.padded", "k", "k.turned", "b", "window", "places", "products", "sums", "y"],
    ...["visits", "photo", "photo.y"],
    ...["flip.k", "flip.turned", "flip.correlation", "flip.convolution"],
    ...["conv1.x", "conv1.W", "conv1.z", "conv1.dW", "target", "teacher"],
    ...["history.step", "history.loss"],
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #stage;
  #page;
  #chart;
  #picture;
  #question;
  #window;
  /** @type {TensorView[]} */
  #views;
  /** @type {Map<string, HTMLElement>} */
  #texts = new Map();
  /** @type {Map<string, HTMLElement[]>} */
  #parts = new Map();
  /** What the layout was made for. */
  #laid = "";
  #width = 0;
  #mode = "";
  /** The step that the card shows. */
  #step = -1;
  /** Whether the map is to be covered until its shape is typed, and for which one it was. */
  #covering = false;
  #guessed = "";
  #geometry = "";
  /** @type {Tensor | null} */
  #shownPhoto = null;

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#stage = stage;
    this.#page = page;
    this.#chart = one(stage, "line-chart", LineChart);
    this.#picture = one(stage, "picture-view", PictureView);
    this.#question = one(stage, "predict-question", PredictQuestion);
    this.#views = [...stage.querySelectorAll("tensor-view")].filter((v) => v instanceof TensorView);
    for (const each of stage.querySelectorAll("[data-text]")) {
      if (each instanceof HTMLElement) this.#texts.set(each.dataset.text ?? "", each);
    }
    for (const each of stage.querySelectorAll("[data-part]")) {
      const name = each.getAttribute("data-part") ?? "";
      if (each instanceof HTMLElement) this.#parts.set(name, [...(this.#parts.get(name) ?? []), each]);
    }
    this.#window = new WindowFrame(this.#view("x"));
    this.#question.connect(page);
    this.#listen();
    new ResizeObserver(() => this.#resized()).observe(stage);
    void this.#offerInput();
  }

  #listen() {
    const stage = this.#stage;
    for (const button of stage.querySelectorAll("[data-mode]")) {
      const mode = button.getAttribute("data-mode") ?? "";
      button.addEventListener("click", () => this.#page.set({ mode }));
    }
    stage.addEventListener("cell-edit", (event) => this.#edit(event));
    stage.addEventListener("tile-pick", (event) => this.#lookAt(event));
    stage.addEventListener("place-pick", (event) => this.#goTo(event));
    stage.addEventListener("drawn", (event) => this.#draw(event));
    stage.addEventListener("picture-taken", (event) => this.#take(event));
    stage.addEventListener("step-pick", (event) => this.#page.seek(detail(event).step));
    this.#button("restore").addEventListener("click", () => this.#restore());
    this.#button("cover").addEventListener("click", () => this.#cover(!this.#covering));
    this.#button("why").addEventListener("click", () => this.#why());
  }

  /** The file and camera inputs come when all else is there: the first view does without. */
  async #offerInput() {
    await import("../views/picture-input.js");
    this.#parts.get("input")?.[0].append(document.createElement("picture-input"));
  }

  /** @param {Frame} frame */
  paint(frame) {
    const learning = size(frame.arrays.get("conv1.W")) > 0;
    this.#show("slide", !learning);
    this.#show("learn", learning);
    this.#setMode(learning ? "learn" : "slide");
    this.#layOut(frame);
    for (const view of this.#views) {
      const tensor = frame.arrays.get(view.dataset.tensor ?? "");
      if (tensor && size(tensor) > 0) view.show(tensor, frame.run);
    }
    if (learning) this.#paintSearch(frame);
    else this.#paintWindow(frame);
  }

  /** @param {RunEvent} event */
  event(event) {
    if (event.name === "judged" && event.data.question === "shape") {
      this.#guessed = this.#geometry;
      this.#page.invalidate();
    } else if (event.name === "found") {
      this.#page.announce(`The kernel is found at step ${event.data.step}.`);
    }
  }

  /** @param {string} mode */
  #setMode(mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    for (const button of this.#stage.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-mode") === mode));
    }
    this.#page.setRate(mode === "learn" ? RATES.learn : RATES.slide);
  }

  /** @param {Frame} frame */
  #paintWindow({ arrays, scalars, step }) {
    const image = this.#view("x");
    const channels = scalars.channels;
    const known = scalars.value !== undefined;
    this.#window.show(arrays.get("places")?.data ?? null, channels);
    image.shade(zeros(arrays.get("visits"), channels));
    const at = scalars.looked_at * scalars.out_rows * scalars.out_columns + scalars.position;
    this.#view("y").touch(known ? [at] : null);
    this.#view("products").caption(this.#captions(arrays));
    this.#write("value", known ? significant(scalars.value) : "?");
    this.#write("bias", `${scalars.bias < 0 ? "" : "+"}${significant(scalars.bias)}`);
    this.#show("bias", scalars.bias !== 0);
    this.#show("sums", channels > 1);
    this.#show("second-sum", channels > 1);
    this.#write("covers", covers(scalars, known));
    this.#button("restore").hidden = scalars.edited !== 1;
    this.#paintPhoto(arrays, scalars);
    this.#drop(step);
  }

  /**
   * Lay out the stage for what is on it now; only when that has changed.
   *
   * @param {Frame} frame
   */
  #layOut({ arrays, scalars, run }) {
    const shapes = ["x.padded", "k", "y", "conv1.x", "conv1.W"].map((name) => arrays.get(name)?.shape);
    const { input, flip, filter, filters } = this.#page.values;
    const { greatest, stride, extent, parameters, above, left, photo_dense_parameters } = scalars;
    const laid = [...shapes, run, this.#width, input, flip, filter, filters, this.#mode, greatest];
    const key = [...laid, stride, extent, parameters, above, left, photo_dense_parameters].join();
    this.#geometry = [shapes.slice(0, 2), stride, extent, above, left].join();
    this.#hideMap();
    if (key === this.#laid || !this.#width) return;
    this.#laid = key;
    if (this.#mode === "learn") this.#layOutSearch(arrays);
    else this.#layOutWindow(scalars);
  }

  /** @param {Record<string, number>} scalars */
  #layOutWindow(scalars) {
    const { input, flip } = this.#page.values;
    const { above, below, left, right, in_rows, in_columns, channels, filters } = scalars;
    const { out_rows, out_columns, looked_at } = scalars;
    const [rows, columns] = [in_rows + above + below, in_columns + left + right];
    const padded = rows > in_rows || columns > in_columns;
    const image = this.#view("x");
    const room = this.#width < 560 ? this.#width - 16 : 0.38 * this.#width;
    const high = channels > 1 ? HIGHEST_PLANES / channels : HIGHEST;
    const cell = cellSize(room / columns, high / rows);
    set(image, "data-tensor", padded ? "x.padded" : "x");
    set(image, "palette", lookUp(PALETTES, input) ?? "diverging");
    set(image, "range", String(lookUp(RANGES, input) ?? 0));
    set(image, "axes", channels > 1 ? "channel,row,column" : "row,column");
    set(image, "cell", String(cell));
    set(image, "columns", "1");
    image.frame(padded ? { row: above, column: left, rows: in_rows, columns: in_columns } : null);
    this.#layOutKernels(scalars, rows * cell);
    const map = this.#view("y");
    const across = filters > 1 ? 2 : 1;
    const wide = (this.#width < 560 ? this.#width - 16 : 0.34 * this.#width) - (across - 1) * GAP;
    const mapCell = cellSize(wide / across / out_columns, HIGHEST / Math.ceil(filters / 2) / out_rows);
    set(map, "cell", String(Math.min(cell < 12 ? 12 : cell, mapCell)));
    set(map, "columns", String(across));
    set(map, "range", String(scalars.greatest));
    set(map, "axes", filters > 1 ? "filter,row,column" : "row,column");
    toggle(map, "selectable", filters > 1);
    toggle(map, "selected", filters > 1, String(looked_at));
    this.#show("turned", flip === true);
    this.#writeSizes(scalars, padded);
    for (const name of ["flip.correlation", "flip.convolution"]) {
      const view = this.#stage.querySelector(`[data-tensor="${name}"]`);
      if (view) set(view, "cell", String(cellSize(150 / in_columns, 150 / in_rows)));
    }
  }

  /**
   * @param {Record<string, number>} scalars
   * @param {number} plane  height of a channel of the picture, CSS px
   */
  #layOutKernels({ channels, filters, size: side, looked_at }, plane) {
    const cell = cellSize(150 / side, 150 / side);
    const sliceCell = channels > 1 ? Math.min(cell, Math.floor(plane / side)) : cell;
    const axes = `${filters > 1 ? "filter," : ""}${channels > 1 ? "channel," : ""}row,column`;
    for (const name of ["k", "turned"]) {
      const view = this.#view(name);
      set(view, "axes", axes);
      set(view, "cell", String(sliceCell));
      set(view, "columns", "1");
      toggle(view, "prefix", filters > 1, String(looked_at));
      // each slice stands beside the channel that it is laid on
      view.fit(channels > 1 ? { gap: plane + GAP - sliceCell * side } : {});
    }
    const products = this.#view("products");
    set(products, "axes", channels > 1 ? "channel,row,column" : "row,column");
    set(products, "cell", String(cellSize(channels > 1 ? 120 / side : 180 / side, 180 / side, 56)));
    set(products, "columns", String(channels));
  }

  /**
   * @param {Record<string, number>} scalars
   * @param {boolean} padded
   */
  #writeSizes(scalars, padded) {
    const { in_rows, in_columns, channels, filters, size: side, out_rows, out_columns } = scalars;
    const { above, below, left, right, extent, stride, never } = scalars;
    this.#write("x", `${channels > 1 ? `${channels} · ` : ""}${in_rows}×${in_columns}`);
    const slices = [filters, channels].filter((n) => n > 1).map((n) => `${n} · `);
    this.#write("k", `${slices.join("")}${side}×${side}`);
    this.#write("y", `${filters > 1 ? `${filters} · ` : ""}${out_rows}×${out_columns}`);
    this.#write("count", String(channels * side * side));
    const rows = sizeLine("rows", in_rows, above + below, extent, stride, out_rows);
    const columns = sizeLine("columns", in_columns, left + right, extent, stride, out_columns);
    const both = rows.slice("rows".length) === columns.slice("columns".length);
    this.#write("formula", both ? `rows and ${columns}` : `${rows}   ${columns}`);
    const around = `above ${above}, below ${below}, left ${left}, right ${right}`;
    this.#write("around", padded ? `in its padding: ${around}` : "");
    const cells = never === 1 ? "1 cell is" : `${count(never)} cells are`;
    this.#write("never", never > 0 ? `${cells} never reached by the window (hatched).` : "");
    this.#writeCounts(scalars);
  }

  /** @param {Record<string, number>} scalars */
  #writeCounts(scalars) {
    const { parameters, dense_parameters: dense, photo_dense_parameters: whole } = scalars;
    this.#write("parameters", `${count(parameters)} parameters`);
    this.#write("dense", `${count(dense)} parameters`);
    this.#show("photo-dense", whole !== undefined);
    if (whole !== undefined) this.#write("photo-dense", `${count(whole)} parameters`);
  }

  /**
   * @param {Frame["arrays"]} arrays
   * @param {Record<string, number>} scalars
   */
  #paintPhoto(arrays, scalars) {
    const photo = arrays.get("photo");
    const there = size(photo) > 0;
    this.#show("photo", there);
    if (!photo || !there) return;
    if (!sameNumbers(photo, this.#shownPhoto)) this.#picture.show(photo);
    this.#shownPhoto = photo;
    const { top_row, left_column, in_rows, in_columns, extent } = scalars;
    const [high, wide] = [extent / in_rows, extent / in_columns];
    this.#picture.mark(top_row / in_rows, left_column / in_columns, high, wide);
    const { photo_scale: scale, photo_middle: middle } = scalars;
    const scaled = scale === 1 ? "" : ` ÷ ${significant(scale)}`;
    this.#write("photo", `right: sum${scaled}${middle ? ` + ${middle}` : ""}, from 0 to 255`);
  }

  /** @param {Frame} frame */
  #paintSearch(frame) {
    this.#chart.show(frame);
    const { loss, distance, windows, weights } = frame.scalars;
    const parts = [`furthest weight off by ${significant(distance)}`];
    if (loss !== undefined) parts.unshift(`loss ${significant(loss)}`);
    if (distance < 0.01) parts.push("✓ found");
    if (windows < weights) {
      parts.push(`${windows} windows for ${weights} weights: more than one kernel does it`);
    }
    this.#write("found", parts.join(" · "));
  }

  /** @param {Frame["arrays"]} arrays */
  #layOutSearch(arrays) {
    const input = arrays.get("conv1.x");
    const target = arrays.get("target");
    const kernel = arrays.get("conv1.W");
    if (!input || !target || !kernel) return;
    const [rows, columns] = input.shape.slice(2);
    const narrow = this.#width < 560;
    const image = this.#view("conv1.x");
    set(image, "palette", lookUp(PALETTES, this.#page.values.input) ?? "grey");
    set(image, "range", "1");
    const room = narrow ? this.#width - 16 : 0.24 * this.#width;
    set(image, "cell", String(cellSize(room / columns, HIGHEST / rows)));
    for (const name of ["conv1.z", "target"]) {
      set(this.#view(name), "cell", String(cellSize(room / target.shape[1], HIGHEST / target.shape[0])));
    }
    const side = kernel.shape[2];
    set(this.#view("conv1.W"), "cell", String(cellSize(120 / side, 120 / side)));
    this.#write("conv1.x", `${rows}×${columns}`);
  }

  /**
   * What stands in the cells of the products: pixel · weight.
   *
   * @param {Frame["arrays"]} arrays
   * @returns {string[] | null}
   */
  #captions(arrays) {
    const pixels = arrays.get("window");
    const weights = arrays.get(this.#page.values.flip === true ? "k.turned" : "k");
    if (!pixels || !weights) return null;
    const prefix = Number(this.#view("k").getAttribute("prefix") ?? 0);
    const first = prefix * pixels.data.length;
    return Array.from(pixels.data, (pixel, i) => `${inBrackets(pixel)}·${inBrackets(weights.data[first + i])}`);
  }

  /** The products and their sum drop into place. @param {number} step */
  #drop(step) {
    if (step === this.#step) return;
    const first = this.#step < 0;
    this.#step = step;
    const duration = tokens().quick;
    if (first || duration === 0 || (this.#page.playing && (this.#page.rate ?? Infinity) > 6)) return;
    const from = [{ translate: "0 -0.5rem", opacity: 0.4 }, { translate: "0 0", opacity: 1 }];
    this.#view("products").animate(from, { duration, easing: "ease-out" });
    const delay = duration;
    this.#button("why").animate(from, { duration, delay, fill: "backwards", easing: "ease-out" });
  }

  #resized() {
    const { clientWidth } = this.#stage;
    if (clientWidth === this.#width) return;
    this.#width = clientWidth;
    this.#page.invalidate();
  }

  /** @param {boolean} on */
  #cover(on) {
    this.#covering = on;
    this.#button("cover").setAttribute("aria-pressed", String(on));
    this.#guessed = "";
    this.#page.invalidate();
  }

  /** Cover the map and what gives its shape away, until a guess has been judged. */
  #hideMap() {
    const hidden = this.#covering && this.#guessed !== this.#geometry;
    this.#show("cover", this.#covering);
    this.#show("shape", !hidden);
    this.#view("y").hidden = hidden;
    const formula = this.#texts.get("formula");
    if (formula) formula.hidden = hidden;
  }

  /** @param {Event} event */
  #edit(event) {
    const { tensor, index, value } = detail(event);
    if (tensor === "k") this.#editKernel(index, value);
    else if (tensor === "x" || tensor === "x.padded") this.#editPicture(tensor, index, value);
  }

  /**
   * @param {number[]} index
   * @param {number} value
   */
  #editKernel(index, value) {
    const frame = this.#page.frame;
    const kernel = frame?.arrays.get("k");
    if (!frame || !kernel) return;
    const { filters, channels, size: side } = frame.scalars;
    const weights = Array.from(kernel.data);
    weights[flat(kernel.shape, index)] = value;
    this.#page.act("kernel", { filters, channels, size: side, weights });
    this.#page.set(changed(this.#page.values, { kernel: "own", kernel_size: side }));
  }

  /**
   * @param {string} tensor
   * @param {number[]} index
   * @param {number} value
   */
  #editPicture(tensor, index, value) {
    const frame = this.#page.frame;
    const picture = frame?.arrays.get("x");
    if (!frame || !picture) return;
    const { channels, in_rows: rows, in_columns: columns, above, left } = frame.scalars;
    const place = [...index];
    if (tensor === "x.padded") {
      place[place.length - 2] -= above;
      place[place.length - 1] -= left;
    }
    if (place.some((at, axis) => at < 0 || at >= picture.shape[axis])) {
      this.#write("around", "The padding follows a rule; only the picture inside can be changed.");
      return;
    }
    const pixels = Float32Array.from(picture.data);
    pixels[flat(picture.shape, place)] = value;
    const { input } = this.#page.values;
    const sent = { input, channels, rows, columns, pixels: base64Numbers(pixels) };
    this.#page.act("picture", sent);
  }

  #restore() {
    this.#page.act("picture", { input: this.#page.values.input });
  }

  /** @param {Event} event */
  #lookAt(event) {
    const { tensor, tile } = detail(event);
    if (tensor === "y") this.#page.set({ filter: tile + 1 });
  }

  /** Take the window to where the whole picture was clicked. @param {Event} event */
  #goTo(event) {
    const { row, column } = detail(event);
    const scalars = this.#page.frame?.scalars;
    if (!scalars) return;
    const down = Math.min(scalars.out_rows - 1, Math.floor(row * scalars.out_rows));
    const right = Math.min(scalars.out_columns - 1, Math.floor(column * scalars.out_columns));
    this.#page.seek(down * scalars.out_columns + right + 1);
  }

  /** @param {Event} event */
  #draw(event) {
    const { pixels, rows, columns } = detail(event);
    const sent = { input: "drawing", channels: 1, rows, columns, pixels: base64Numbers(pixels) };
    this.#page.act("picture", sent);
    this.#page.set(changed(this.#page.values, { input: "drawing" }));
  }

  /** @param {Event} event */
  #take(event) {
    this.#page.act("photo", detail(event));
    this.#page.set(changed(this.#page.values, { input: "photo" }));
  }

  /** Open the ledger of the number that the window has made. */
  #why() {
    const view = this.#view("y");
    const cell = view.map.touched?.[0];
    if (cell !== undefined) view.pick(cell);
  }

  /** @param {string} name  as in `data-view` @returns {TensorView} */
  #view(name) {
    const found = this.#views.find((view) => view.dataset.view === name);
    if (!found) throw new Error(`convolution: expected a view ${name}`);
    return found;
  }

  /** @param {string} name @returns {HTMLButtonElement} */
  #button(name) {
    return one(this.#stage, `[data-do="${name}"]`, HTMLButtonElement);
  }

  /** @param {string} name @param {string} text */
  #write(name, text) {
    const node = this.#texts.get(name);
    if (node) setText(node, text);
  }

  /** @param {string} name @param {boolean} shown */
  #show(name, shown) {
    for (const part of this.#parts.get(name) ?? []) if (part.hidden === shown) part.hidden = !shown;
  }
}

/**
 * The output size with its numbers: `rows: ⌊(7 + 0 − 3) / 1⌋ + 1 = 5`.
 *
 * @param {string} axis
 * @param {number} length
 * @param {number} padding
 * @param {number} extent
 * @param {number} stride
 * @param {number} windows
 */
function sizeLine(axis, length, padding, extent, stride, windows) {
  return `${axis}: ⌊(${length} + ${padding} − ${extent}) / ${stride}⌋ + 1 = ${windows}`;
}

/**
 * Where the window stands, counted from 1.
 *
 * @param {Record<string, number>} scalars
 * @param {boolean} known
 */
function covers({ top_row, left_column, extent, row, column }, known) {
  const [top, left] = [top_row + 1, left_column + 1];
  const rows = extent > 1 ? `rows ${top}–${top + extent - 1}` : `row ${top}`;
  const columns = extent > 1 ? `columns ${left}–${left + extent - 1}` : `column ${left}`;
  const made = known ? "has made" : "is about to make";
  return `This window covers ${rows} and ${columns}. It ${made} row ${row + 1}, column ${column + 1}.`;
}

/** Negative numbers in brackets, as in a product. @param {number} value */
function inBrackets(value) {
  return value < 0 ? `(${significant(value)})` : significant(value);
}

/**
 * The largest whole number of CSS px of a cell that fits both ways.
 *
 * @param {number} wide
 * @param {number} high
 * @param {number} [most]
 */
function cellSize(wide, high, most = CELL) {
  return Math.max(2, Math.floor(Math.min(wide, high, most)));
}

/**
 * The places of the cells that no window covers, in every channel.
 *
 * @param {Tensor | undefined} visits
 * @param {number} channels
 * @returns {number[] | null}
 */
function zeros(visits, channels) {
  if (!visits) return null;
  const places = [];
  for (let at = 0; at < channels * visits.data.length; at++) {
    if (visits.data[at % visits.data.length] === 0) places.push(at);
  }
  return places.length > 0 ? places : null;
}

/** @param {Tensor | undefined} tensor */
function size(tensor) {
  return tensor?.data.length ?? 0;
}

/** @param {Tensor} one @param {Tensor | null} other */
function sameNumbers(one, other) {
  if (other?.data.length !== one.data.length || other.shape.join() !== one.shape.join()) return false;
  for (let i = 0; i < one.data.length; i++) if (one.data[i] !== other.data[i]) return false;
  return true;
}

/** @param {readonly number[]} shape @param {readonly number[]} index */
function flat(shape, index) {
  return index.reduce((place, at, axis) => place * shape[axis] + at, 0);
}

/**
 * Those of the wanted values that are others than the present ones.
 *
 * @param {Record<string, Value>} present
 * @param {Record<string, Value>} wanted
 * @returns {Record<string, Value>}
 */
function changed(present, wanted) {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => present[name] !== value));
}

/**
 * @template T
 * @param {Readonly<Record<string, T>>} table
 * @param {Value} key
 * @returns {T | undefined}
 */
function lookUp(table, key) {
  return table[String(key)];
}

/** @param {Element} view @param {string} attribute @param {string} value */
function set(view, attribute, value) {
  if (view.getAttribute(attribute) !== value) view.setAttribute(attribute, value);
}

/** @param {Element} view @param {string} attribute @param {boolean} on @param {string} [value] */
function toggle(view, attribute, on, value = "") {
  if (on) set(view, attribute, value);
  else if (view.hasAttribute(attribute)) view.removeAttribute(attribute);
}

/** @param {Event} event */
const detail = (event) => /** @type {CustomEvent} */ (event).detail;

export default convolution;
