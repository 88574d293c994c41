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

import { base64Numbers, numbersOf } from "../core/base64.js";
import { detail, one, setAttributes, setText } from "../core/dom.js";
import { count, significant } from "../core/format.js";
import { tokens } from "../core/tokens.js";
import { DrawPad } from "../views/draw-pad.js";
import { KernelSearch } from "../views/kernel-search.js";
import { WindowFrame } from "../views/parts/window-frame.js";
import {
  cellSide,
  neverReached,
  paddingText,
  productCaptions,
  shapeText,
  sizeFormula,
  windowPlace,
} from "../views/parts/window-words.js";
import { PredictQuestion } from "../views/predict-question.js";
import { TensorView } from "../views/tensor-view.js";
import { WholePicture } from "../views/whole-picture.js";

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
      <tensor-view data-tensor="k" data-view="k" label="kernel" scale="off" range="2"
        editable="0.5 -1000 1000"></tensor-view>
      <div class="turned" data-part="turned">
        <p class="figure-note">turned by 180°</p>
        <tensor-view data-tensor="k.turned" data-view="turned" label="kernel, turned"
          scale="off" range="2"></tensor-view>
      </div>
    </figure>
    <span class="operator" aria-hidden="true">=</span>
    <figure class="operand">
      <figcaption>feature map <var data-tensor="y">y</var>
        <span data-part="shape">· <span data-text="y"></span></span></figcaption>
      <div data-part="map"><tensor-view data-tensor="y" data-view="y" label="feature map" scale="off"
        gradual></tensor-view></div>
      <predict-question question="shape" data-part="cover">
        <p>Which shape will the feature map have?</p>
        <label>rows <input type="number" min="1" max="99" step="1"></label>
        <label>columns <input type="number" min="1" max="99" step="1"></label>
      </predict-question>
      <button class="button button-small button-quiet" type="button" data-do="cover"
        aria-pressed="false">Type its shape first</button>
    </figure>
  </div>
  <p class="stage-line" data-part="formula" data-text="formula"></p>
  <p class="stage-line stage-aside" data-text="never"></p>

  <whole-picture class="panel"></whole-picture>

  <section class="product-card" aria-label="One window">
    <figure class="operand">
      <figcaption>window × kernel, <span data-text="count"></span> products</figcaption>
      <tensor-view data-tensor="products" data-view="products" label="products"
        scale="off" range="2"></tensor-view>
    </figure>
    <span class="operator" aria-hidden="true">→ Σ →</span>
    <figure class="operand" data-part="sums">
      <figcaption>one sum a channel</figcaption>
      <tensor-view data-tensor="sums" data-view="sums" label="sums of the channels" scale="off"
        axes="channel" cell="56x32"></tensor-view>
    </figure>
    <span class="operator" aria-hidden="true" data-part="sums">→ Σ →</span>
    <span class="operator" data-part="bias"><span data-text="bias"></span> →</span>
    <button class="sum" type="button" data-do="why" data-tensor="y"
      title="Why this number?"><span class="visually-hidden">the sum, and why: </span><span
      data-text="value"></span></button>
  </section>
  <p class="stage-line stage-aside" data-text="covers"></p>

  <div class="panels">
    <section class="panel panel-wide">
      <h2 class="panel-title">How much there is to learn</h2>
      <dl class="counted">
        <div><dt>this convolution</dt><dd data-text="parameters"></dd></div>
        <div><dt>a dense layer with the same inputs and outputs</dt><dd data-text="dense"></dd></div>
        <div data-part="photo-dense"><dt>a dense layer for the whole picture</dt>
          <dd data-text="photo-dense"></dd></div>
      </dl>
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
            class="flipped" scale="off" axes="kernel,row,column"></tensor-view></figure>
        <figure class="operand"><figcaption>turned by 180°</figcaption>
          <tensor-view data-tensor="flip.turned" label="two kernels, turned" columns="1" cell="26"
            scale="off" axes="kernel,row,column"></tensor-view></figure>
        <figure class="operand"><figcaption>turned: convolution</figcaption>
          <tensor-view data-tensor="flip.convolution" label="convolutions" columns="1"
            class="flipped" scale="off" axes="kernel,row,column"></tensor-view></figure>
      </div>
    </section>
  </div>
</div>

<kernel-search></kernel-search>

<div class="panels">
  <section class="panel panel-wide">
    <h2 class="panel-title">Your own picture: drawn, from a file, or from the camera</h2>
    <div class="own-picture">
      <draw-pad label="your drawing" rows="16" columns="16"></draw-pad>
      <div data-part="input"></div>
    </div>
  </section>
</div>`;

/** Steps per second at which each mode is played at first. */
const RATES = { slide: 5, learn: 60 };
/** Faster than this the products do not drop: nobody could follow them. */
const FOLLOWED = 6;

/** On a page of usual size, the most CSS px of a cell, of a product, of a picture's rows, and of those of three channels. */
const CELL = 38;
const PRODUCT = 56;
const HIGHEST = 270;
const HIGHEST_OF_THREE = 480;
const KERNEL = 150;
const PRODUCTS = 190;
const FLIPPED = 150;
const GAP = 6;
/** A stage narrower than this has its figures below each other. */
const NARROW = 560;

/**
 * How the numbers of each input are coloured: by their sign, as ink, as light, or as the light of
 * three channels; and the least range of the colours.
 *
 * @type {Readonly<Record<string, {palette: string, range: number}>>}
 */
const LOOKS = {
  figure: { palette: "diverging", range: 2 },
  greys: { palette: "light", range: 128 },
  colours: { palette: "red green blue", range: 4 },
  digit: { palette: "grey", range: 16 },
  drawing: { palette: "grey", range: 1 },
  scene: { palette: "light", range: 255 },
  photo: { palette: "light", range: 255 },
};

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
  #search;
  #photo;
  #window;
  /** Those of the window that slides. @type {TensorView[]} */
  #views;
  /** @type {Map<string, HTMLElement>} */
  #texts = new Map();
  /** @type {Map<string, HTMLElement[]>} */
  #parts = new Map();
  #width = 0;
  #zoom = 1;
  #mode = "";
  #opened = false;
  /** What the layout was made for. */
  #laid = "";
  /** The step that the card shows. */
  #step = -1;
  /** What decides the map's shape, and for which of that it was typed. */
  #geometry = "";
  #typed = "";
  /** Whether the map is covered until its shape has been typed. */
  #covering = false;

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#stage = stage;
    this.#page = page;
    this.#search = one(stage, "kernel-search", KernelSearch);
    this.#photo = one(stage, "whole-picture", WholePicture);
    const sliding = one(stage, "[data-part=slide]", HTMLElement);
    this.#views = [...sliding.querySelectorAll("tensor-view")]
      .filter((view) => view instanceof TensorView)
      .filter((view) => !this.#photo.contains(view));
    for (const each of sliding.querySelectorAll("[data-text]")) {
      if (each instanceof HTMLElement) this.#texts.set(each.dataset.text ?? "", each);
    }
    for (const each of stage.querySelectorAll("[data-part]")) {
      const name = each.getAttribute("data-part") ?? "";
      const known = this.#parts.get(name) ?? [];
      if (each instanceof HTMLElement) this.#parts.set(name, [...known, each]);
    }
    this.#window = new WindowFrame(this.#view("x"));
    one(stage, "predict-question", PredictQuestion).connect(page);
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
    stage.addEventListener("cell-edit", (event) => this.#edit(detail(event)));
    stage.addEventListener("tile-pick", (event) => this.#lookAt(detail(event)));
    stage.addEventListener("place-pick", (event) => this.#goTo(detail(event)));
    stage.addEventListener("drawn", (event) => this.#draw(detail(event)));
    stage.addEventListener("picture-taken", (event) => this.#take(detail(event)));
    stage.addEventListener("step-pick", (event) => this.#page.seek(detail(event).step));
    this.#button("restore").addEventListener("click", () => this.#restore());
    this.#button("cover").addEventListener("click", () => this.#cover(!this.#covering));
    this.#button("why").addEventListener("click", () => this.#why());
  }

  /** Show what was drawn before the page was reloaded, or where its link was made. */
  #restoreDrawing() {
    const { input, pixels } = this.#page.looks.picture ?? {};
    const pad = one(this.#stage, "draw-pad", DrawPad);
    if (input !== "drawing" || typeof pixels !== "string" || !pad.ink.blank) return;
    const drawn = numbersOf(pixels);
    if (drawn.length === pad.ink.pixels.length) pad.load(drawn);
  }

  /** The file and the camera come when all else is there: the first view does without. */
  async #offerInput() {
    await import("../views/picture-input.js");
    this.#parts.get("input")?.[0].append(document.createElement("picture-input"));
  }

  /** @param {Frame} frame */
  paint(frame) {
    const learning = (frame.arrays.get("conv1.W")?.data.length ?? 0) > 0;
    this.#show("slide", !learning);
    this.#search.hidden = !learning;
    this.#setMode(learning ? "learn" : "slide");
    if (!this.#opened) this.#restoreDrawing();
    this.#opened = true;
    if (learning) this.#search.show(frame, this.#width, this.#look());
    else this.#paintWindow(frame);
  }

  /** @param {RunEvent} event */
  event(event) {
    if (event.name === "judged" && event.data.question === "shape") {
      this.#typed = this.#geometry;
      this.#page.invalidate();
    } else if (event.name === "found") {
      this.#page.announce(`The kernel is found at step ${event.data.step}.`);
    }
  }

  /** @param {keyof typeof RATES} mode */
  #setMode(mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    for (const button of this.#stage.querySelectorAll("[data-mode]")) {
      const on = button.getAttribute("data-mode") === mode;
      setAttributes(button, { "aria-pressed": String(on) });
    }
    this.#page.setRate(RATES[mode]);
  }

  /** @param {Frame} frame */
  #paintWindow(frame) {
    const { arrays, scalars, root, step } = frame;
    const { channels, looked_at, out_rows, out_columns, position, value, bias } = scalars;
    this.#layOut(frame);
    for (const view of this.#views) view.show(arrays.get(view.dataset.tensor ?? ""), root);
    this.#photo.show(frame);
    const image = this.#view("x");
    const weights = arrays.get(this.#page.values.flip === true ? "k.turned" : "k");
    const first = this.#firstWeight(scalars);
    this.#window.show(arrays.get("places")?.data ?? null, channels);
    image.shade(unvisited(arrays.get("visits"), channels));
    const here = looked_at * out_rows * out_columns + position;
    this.#view("y").touch(value === undefined ? null : [here]);
    this.#view("products").caption(productCaptions(arrays.get("window"), weights, first));
    this.#write("value", value === undefined ? "?" : significant(value));
    this.#write("bias", `${bias < 0 ? "" : "+ "}${significant(bias)}`);
    this.#show("bias", bias !== 0);
    this.#show("sums", channels > 1);
    this.#write("covers", windowPlace(scalars));
    this.#button("restore").hidden = scalars.edited !== 1;
    this.#drop(step);
  }

  /** Where the weights of the filter looked at begin. @param {Record<string, number>} scalars */
  #firstWeight({ looked_at, channels, size }) {
    return looked_at * channels * size * size;
  }

  get #narrow() {
    return this.#width < NARROW * this.#zoom;
  }

  /** How the numbers of the picture are coloured. */
  #look() {
    const { input, colour } = this.#page.values;
    const look = LOOKS[String(input)] ?? LOOKS.figure;
    const inColour = colour === true && look.range === LOOKS.photo.range;
    return inColour ? { ...look, palette: LOOKS.colours.palette } : look;
  }

  /**
   * Lay out the stage for what is on it now; only when that has changed.
   *
   * @param {Frame} frame
   */
  #layOut({ arrays, scalars, root }) {
    const { input, flip } = this.#page.values;
    const { in_rows, in_columns, above, left, extent, stride, out_rows, out_columns } = scalars;
    const { channels, filters, looked_at, size, greatest } = scalars;
    const zoom = tokens().rootSize / 16; // on a projector all is larger, or it could not be read
    const geometry = [in_rows, in_columns, above, left, extent, stride, out_rows, out_columns];
    this.#geometry = geometry.join();
    this.#hideMap();
    const counts = [channels, filters, looked_at, size, greatest];
    const key = [...geometry, ...counts, input, flip, root, this.#width, zoom].join();
    if (key === this.#laid || !this.#width) return;
    this.#laid = key;
    this.#zoom = zoom;
    const cell = this.#layOutImage(scalars);
    this.#layOutKernels(scalars, cell * (in_rows + above + scalars.below));
    this.#layOutMap(scalars, cell);
    this.#show("turned", flip === true);
    const side = zoom * FLIPPED;
    for (const view of this.#views) {
      const [, rows, columns] = arrays.get(view.dataset.tensor ?? "")?.shape ?? [];
      if (!view.classList.contains("flipped") || !rows) continue;
      setAttributes(view, { cell: cellSide(side, columns, side, rows, zoom * CELL) });
    }
    this.#writeSizes(scalars);
  }

  /**
   * @param {Record<string, number>} scalars
   * @returns {number}  the side of a cell, CSS px
   */
  #layOutImage({ in_rows, in_columns, above, below, left, right, channels }) {
    const [rows, columns] = [in_rows + above + below, in_columns + left + right];
    const padded = rows > in_rows || columns > in_columns;
    const room = this.#narrow ? this.#width - 16 : 0.38 * this.#width;
    const high = this.#zoom * (channels > 1 ? HIGHEST_OF_THREE / channels : HIGHEST);
    const cell = cellSide(room, columns, high, rows, CELL * this.#zoom);
    const image = this.#view("x");
    setAttributes(image, {
      ...this.#look(),
      ...{ "data-tensor": padded ? "x.padded" : "x", cell, columns: 1 },
      axes: channels > 1 ? "channel,row,column" : "row,column",
    });
    image.frame(padded ? { row: above, column: left, rows: in_rows, columns: in_columns } : null);
    this.#write("around", padded ? paddingText([above, below, left, right]) : "");
    return cell;
  }

  /**
   * @param {Record<string, number>} scalars
   * @param {number} plane  height of one channel of the picture, CSS px
   */
  #layOutKernels({ channels, filters, size, looked_at }, plane) {
    const most = this.#zoom * KERNEL;
    const cell = cellSide(most, size, channels > 1 ? plane : most, size, this.#zoom * CELL);
    const axes = `${filters > 1 ? "filter," : ""}${channels > 1 ? "channel," : ""}row,column`;
    const prefix = filters > 1 && looked_at;
    for (const name of ["k", "turned"]) {
      const view = this.#view(name);
      setAttributes(view, { axes, cell, columns: 1, prefix: filters > 1 ? String(prefix) : null });
      // each slice stands beside the channel that it is laid on
      view.fit(channels > 1 ? { gap: plane + GAP - cell * size } : {});
    }
    const high = this.#zoom * PRODUCTS;
    const wide = channels > 1 ? (0.62 * this.#width) / channels : high;
    setAttributes(this.#view("products"), {
      axes: channels > 1 ? "channel,row,column" : "row,column",
      cell: cellSide(wide, size, high, size, this.#zoom * PRODUCT),
      columns: this.#narrow ? 1 : channels,
    });
  }

  /**
   * @param {Record<string, number>} scalars
   * @param {number} side  of a cell of the image, CSS px
   */
  #layOutMap({ filters, channels, out_rows, out_columns, looked_at, greatest }, side) {
    const across = filters > 1 ? 2 : 1;
    const down = Math.ceil(filters / across);
    const room = this.#narrow ? this.#width - 16 : 0.34 * this.#width;
    const high = (this.#zoom * HIGHEST) / down;
    const wide = (room - GAP) / across;
    const own = cellSide(wide, out_columns, high, out_rows, this.#zoom * CELL);
    const alike = channels === 1 && filters === 1 && side > 12;
    setAttributes(this.#view("y"), {
      axes: filters > 1 ? "filter,row,column" : "row,column",
      cell: alike ? Math.min(own, side) : own,
      columns: across,
      range: greatest,
      selectable: filters > 1,
      selected: filters > 1 ? String(looked_at) : null,
    });
  }

  /** @param {Record<string, number>} scalars */
  #writeSizes(scalars) {
    const { in_rows, in_columns, channels, filters, size, out_rows, out_columns } = scalars;
    const { never, parameters, dense_parameters, photo_dense_parameters: whole } = scalars;
    this.#write("x", shapeText(channels, in_rows, in_columns));
    this.#write("k", shapeText(filters, channels, size, size));
    this.#write("y", shapeText(filters, out_rows, out_columns));
    this.#write("count", count(channels * size * size));
    this.#write("formula", sizeFormula(scalars));
    this.#write("never", neverReached(never));
    this.#write("parameters", `${count(parameters)} parameters`);
    this.#write("dense", `${count(dense_parameters)} parameters`);
    this.#show("photo-dense", whole !== undefined);
    if (whole !== undefined) this.#write("photo-dense", `${count(whole)} parameters`);
  }

  /** The products and their sum drop into place. @param {number} step */
  #drop(step) {
    const first = this.#step < 0;
    if (step === this.#step) return;
    this.#step = step;
    const duration = tokens().quick;
    const fast = this.#page.playing && (this.#page.rate ?? Infinity) > FOLLOWED;
    if (first || duration === 0 || fast) return;
    const keys = [{ translate: "0 -0.6rem" }, { translate: "0 0" }];
    this.#view("products").animate(keys, { duration, easing: "ease-out" });
    const later = { duration, delay: duration, fill: /** @type {FillMode} */ ("backwards") };
    this.#button("why").animate(keys, { ...later, easing: "ease-out" });
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
    setAttributes(this.#button("cover"), { "aria-pressed": String(on) });
    this.#typed = "";
    this.#page.invalidate();
  }

  /** Cover the map and what gives its shape away, until a shape has been typed and judged. */
  #hideMap() {
    const hidden = this.#covering && this.#typed !== this.#geometry;
    this.#show("cover", this.#covering);
    this.#show("shape", !hidden);
    this.#show("map", !hidden);
    this.#show("formula", !hidden);
  }

  /** @param {{tensor: string, index: number[], value: number}} edit */
  #edit({ tensor, index, value }) {
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
    const { filters, channels, size } = frame.scalars;
    const weights = Array.from(kernel.data);
    weights[placeIn(kernel.shape, index)] = value;
    this.#page.act("kernel", { filters, channels, size, weights });
    this.#set({ kernel: "own", kernel_size: size });
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
      this.#write("around", "The padding follows its rule: change the picture inside the line.");
      return;
    }
    const pixels = Float32Array.from(picture.data);
    pixels[placeIn(picture.shape, place)] = value;
    const { input } = this.#page.values;
    const sent = { input, channels, rows, columns, pixels: base64Numbers(pixels) };
    this.#page.act("picture", sent);
  }

  #restore() {
    this.#page.act("picture", { input: this.#page.values.input });
  }

  /** @param {{tensor: string, tile: number}} pick */
  #lookAt({ tensor, tile }) {
    if (tensor === "y") this.#set({ filter: tile + 1 });
  }

  /** Take the window to where the whole picture was clicked. @param {{row: number, column: number}} at */
  #goTo({ row, column }) {
    const scalars = this.#page.frame?.scalars;
    if (!scalars) return;
    const { out_rows, out_columns } = scalars;
    const down = Math.min(out_rows - 1, Math.floor(row * out_rows));
    const right = Math.min(out_columns - 1, Math.floor(column * out_columns));
    this.#page.seek(down * out_columns + right + 1);
  }

  /** @param {{pixels: number[], rows: number, columns: number}} drawing */
  #draw({ pixels, rows, columns }) {
    const input = "drawing";
    const sent = { input, channels: 1, rows, columns, pixels: base64Numbers(pixels) };
    this.#beginAgain();
    this.#page.act("picture", sent);
    this.#set({ input });
  }

  /** What a kernel is learned from can be changed at the first step only. */
  #beginAgain() {
    if (this.#mode === "learn" && this.#page.step > 0) this.#page.reset();
  }

  /** @param {Record<string, unknown>} picture */
  #take(picture) {
    this.#beginAgain();
    this.#page.act("photo", picture);
    this.#set({ input: "photo" });
  }

  /** Open the ledger of the number that the window has made. */
  #why() {
    const view = this.#view("y");
    const cell = view.map.touched?.[0];
    if (cell !== undefined) view.pick(cell);
  }

  /** Set those controls that are otherwise: one that is set anew may begin a new run. @param {Record<string, Value>} wanted */
  #set(wanted) {
    const { values } = this.#page;
    const other = Object.entries(wanted).filter(([name, value]) => values[name] !== value);
    if (other.length > 0) this.#page.set(Object.fromEntries(other));
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
 * The places of the cells that no window covers, in every channel.
 *
 * @param {Tensor | undefined} visits
 * @param {number} channels
 * @returns {number[] | null}
 */
function unvisited(visits, channels) {
  const each = visits?.data.length ?? 0;
  const places = [];
  for (let at = 0; at < channels * each; at++) if (visits?.data[at % each] === 0) places.push(at);
  return places.length > 0 ? places : null;
}

/** @param {readonly number[]} shape @param {readonly number[]} index */
function placeIn(shape, index) {
  return index.reduce((place, at, axis) => place * shape[axis] + at, 0);
}

export default convolution;
