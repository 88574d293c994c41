/**
 * The stage of "A digit moves": the digit to take hold of, its maps and pooled maps beside those
 * before it moved, and what four networks make of it, here and all along the way. Views only;
 * every number is the engine's.
 *
 * @import {Control, ExhibitModule, Frame} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { detail, one, setAttributes, setText } from "../core/dom.js";
import { count, significant } from "../core/format.js";
import { DrawPad } from "../views/draw-pad.js";
import { LineChart } from "../views/line-chart.js";
import { MovePad } from "../views/move-pad.js";
import { ScoreTable } from "../views/score-table.js";
import { restoreDrawing, showDrawing, turnExample } from "../views/parts/subject.js";
import { TensorView } from "../views/tensor-view.js";

const NETWORKS = ["dense", "conv", "pool", "augmented"];
const LABELS = ["dense", "convolution", "+ pooling", "+ moved samples"];
const SHORT = ["dense", "conv.", "pooling", "moved"];
const DASHES = [[2, 3], [6, 3], [9, 3, 2, 3], []];

/** @param {(network: string) => string} array  @returns {string}  a line for each network */
const series = (array) =>
  JSON.stringify(
    NETWORKS.map((name, i) => ({
      name: array(name),
      label: SHORT[i],
      token: `series-${i + 1}`,
      dash: DASHES[i],
    })),
  );

const ROWS = JSON.stringify(LABELS.map((label, i) => ({ label, token: `series-${i + 1}` })));

const COLUMNS = JSON.stringify([
  { name: "confidence", label: "sure", as: "share" },
  { name: "answers", label: "answers", as: "name" },
  { name: "accuracy.still", label: "right, as written", as: "percent" },
  { name: "accuracy.moved", label: "right, moved", as: "percent" },
  { name: "parameters", label: "parameters", as: "count" },
]);

const STAGE = `
<div class="compare">
  <figure>
    <figcaption>the digit, moved</figcaption>
    <move-pad label="the digit" content="8">
      <tensor-view data-tensor="moved" label="the moved digit" palette="grey" range="1" prefix="0"
        cell="9" scale="off" numbers="off" axes="image,channel,row,column"></tensor-view>
    </move-pad>
    <p class="figure-note" data-subject></p>
    <div class="figure-tools" role="group" aria-label="Digit on the stage">
      <button class="button button-small" type="button" data-turn="-1"
        aria-label="The digit before">‹</button>
      <button class="button button-small" type="button" data-turn="1"
        aria-label="The next digit">›</button>
      <button class="button button-small" type="button" data-home>Put back</button>
    </div>
  </figure>
  <figure>
    <figcaption>its feature map</figcaption>
    <tensor-view data-tensor="pool.conv1.z" label="feature map of the moved digit" prefix="0,0"
      cell="9" range="1" numbers="off" scale="off" axes="image,map,row,column"></tensor-view>
  </figure>
  <span class="compare-sign" aria-hidden="true">−</span>
  <figure>
    <figcaption>the old map, moved</figcaption>
    <tensor-view data-tensor="carried" label="the old feature map, moved" prefix="0,0"
      cell="9" range="1" numbers="off" scale="off" axes="image,map,row,column"></tensor-view>
  </figure>
  <span class="compare-sign" aria-hidden="true">=</span>
  <figure>
    <figcaption>difference</figcaption>
    <tensor-view data-tensor="difference" label="difference of the maps" prefix="0,0"
      cell="9" range="1" numbers="off" scale="off" axes="image,map,row,column"></tensor-view>
    <p class="figure-note" data-off></p>
  </figure>
  <figure>
    <figcaption>filter <span data-chosen></span></figcaption>
    <tensor-view data-tensor="pool.conv1.W" label="filters" selectable columns="4" cell="9"
      numbers="off" scale="off" axes="filter,channel,row,column"></tensor-view>
  </figure>
  <figure>
    <figcaption>its pooled map</figcaption>
    <tensor-view data-tensor="pool.pool1.y" label="pooled map of the moved digit" prefix="0,0"
      cell="18" range="1" numbers="off" scale="off" axes="image,map,row,column"></tensor-view>
  </figure>
  <span class="compare-sign" aria-hidden="true">−</span>
  <figure>
    <figcaption>the old pooled map</figcaption>
    <tensor-view data-tensor="still.pool1.y" label="the old pooled map" prefix="0,0"
      cell="18" range="1" numbers="off" scale="off" axes="image,map,row,column"></tensor-view>
  </figure>
  <span class="compare-sign" aria-hidden="true">=</span>
  <figure>
    <figcaption>difference</figcaption>
    <tensor-view data-tensor="pooled.difference" label="difference of the pooled maps" prefix="0,0"
      cell="18" range="1" numbers="off" scale="off" axes="image,map,row,column"></tensor-view>
    <p class="figure-note" data-same></p>
  </figure>
</div>

<section class="panel panel-scores">
  <h2 class="panel-title" data-scores></h2>
  <score-table label="the four networks" rows='${ROWS}' columns='${COLUMNS}'></score-table>
</section>

<div class="panels panels-wide">
  <section class="panel">
    <line-chart label="how sure of this digit" x="curve.at" here="curve.here" low="0" high="1"
      data-tensor="curve.pool" series='${series((name) => `curve.${name}`)}'></line-chart>
  </section>
  <section class="panel">
    <line-chart label="how sure, mean" x="mean.at" here="curve.here" low="0" high="1"
      data-tensor="mean.pool" series='${series((name) => `mean.${name}`)}'></line-chart>
  </section>
  <section class="panel">
    <line-chart label="moved validation digits read right" x="history.step" low="0" high="1"
      data-tensor="history.moved_pool" series='${series((name) => `history.moved_${name}`)}'></line-chart>
  </section>
  <section class="panel">
    <h2 class="panel-title">Try your own</h2>
    <draw-pad label="your digit" rows="32" columns="32"></draw-pad>
    <label class="meant">meant to be a
      <span class="picker"><select data-meant></select></span></label>
  </section>
</div>`;

/** Where two maps of the usual size do not fit beside each other. */
const NARROW = "(width < 24rem)";
const SMALLER = 8 / 9;

/** What a place along each kind of move is. @type {Readonly<Record<string, string>>} */
const QUANTITIES = { dx: "px to the right", dy: "px down", angle: "° clockwise", scale: "× as large" };

/** Whose picture is that of the filter that is looked at. */
const OF_THE_FILTER = ["pool.conv1.z", "pool.pool1.y", "still.pool1.y"];

/** @type {ExhibitModule} */
const invariance = {
  watch: [
    ...["digit", "moved", "pool.conv1.W", "pool.conv1.z", "pool.pool1.y", "still.pool1.y"],
    ...["carried", "difference", "pooled.difference"],
    ...["label", "confidence", "answers", "parameters", "accuracy.still", "accuracy.moved"],
    ...["curve.at", "curve.here", "curve.dense", "curve.conv", "curve.pool", "curve.augmented"],
    ...["mean.images", "mean.at", "mean.dense", "mean.conv", "mean.pool", "mean.augmented"],
    ...["history.step", "history.moved_dense", "history.moved_conv", "history.moved_pool"],
    "history.moved_augmented",
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    if (matchMedia(NARROW).matches) {
      for (const view of stage.querySelectorAll(".compare tensor-view")) {
        view.setAttribute("cell", String(Number(view.getAttribute("cell")) * SMALLER));
      }
    }
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #tensors;
  #charts;
  #pad;
  #scores;
  #notes;
  #meant;
  /** What the words on the stage were last written for. */
  #said = "";

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#tensors = [...stage.querySelectorAll("tensor-view")].filter((v) => v instanceof TensorView);
    this.#charts = [...stage.querySelectorAll("line-chart")].filter((v) => v instanceof LineChart);
    this.#pad = one(stage, "move-pad", MovePad);
    this.#scores = one(stage, "score-table", ScoreTable);
    const note = (/** @type {string} */ name) => one(stage, `[data-${name}]`, HTMLElement);
    this.#notes = {
      subject: note("subject"),
      off: note("off"),
      same: note("same"),
      chosen: note("chosen"),
      scores: note("scores"),
    };
    this.#meant = one(stage, "[data-meant]", HTMLSelectElement);
    this.#meant.addEventListener("change", () => page.set({ meant: Number(this.#meant.value) }));
    const drawing = one(stage, "draw-pad", DrawPad);
    page.onEvent("welcome", ({ controls }) => {
      this.#learn(controls);
      restoreDrawing(page, drawing);
    });
    stage.addEventListener("moved", (event) => page.set(detail(event)));
    stage.addEventListener("tile-pick", (event) => this.#look(event));
    stage.addEventListener("drawn", (event) => showDrawing(page, event));
    stage.addEventListener("step-pick", (event) => page.seek(detail(event).step));
    stage.addEventListener("place-pick", (event) => this.#go(event));
    one(stage, "[data-home]", HTMLElement).addEventListener("click", () => this.#pad.home());
    for (const turn of stage.querySelectorAll("[data-turn]")) {
      const by = Number(turn.getAttribute("data-turn"));
      turn.addEventListener("click", () => turnExample(page, by));
    }
  }

  /** Take the ranges from the controls. @param {Control[]} controls */
  #learn(controls) {
    this.#pad.limit(controls);
    const meant = controls.find(({ name }) => name === "meant");
    if (meant?.kind !== "slider") return;
    this.#meant.replaceChildren();
    for (let digit = meant.low; digit <= meant.high; digit++) this.#meant.add(new Option(`${digit}`));
  }

  /** @param {Frame} frame */
  paint(frame) {
    const { arrays, root } = frame;
    const { dx, dy, angle, scale, filter, axis } = this.#page.values;
    for (const view of this.#tensors) {
      const name = view.dataset.tensor ?? "";
      if (OF_THE_FILTER.includes(name)) setAttributes(view, { prefix: `0,${filter}` });
      if (name === "pool.conv1.W") setAttributes(view, { selected: String(filter) });
      view.show(arrays.get(name), root);
    }
    for (const chart of this.#charts) {
      if (chart.hasAttribute("here")) setAttributes(chart, { "x-label": QUANTITIES[String(axis)] });
      chart.show(frame);
    }
    this.#pad.show({ dx: Number(dx), dy: Number(dy), angle: Number(angle), scale: Number(scale) });
    const label = arrays.get("label")?.data[0];
    this.#scores.show(arrays, label);
    this.#say(frame, label);
  }

  /**
   * Say what is on the stage.
   *
   * @param {Frame} frame
   * @param {number | undefined} label
   */
  #say({ arrays, scalars }, label) {
    const { example, shown, filter, meant } = this.#page.values;
    const { off, pooled_cells: cells, pooled_same: same } = scalars;
    const { pooled_inked: inked, pooled_inked_same: kept } = scalars;
    const images = arrays.get("mean.images")?.data.length ?? 0;
    const key = [label, example, shown, filter, meant, off, same, inked, kept, images].join();
    if (key === this.#said) return;
    this.#said = key;
    const { subject, off: offNote, same: sameNote, chosen, scores } = this.#notes;
    const drawn = shown === "drawing";
    setText(subject, drawn ? `your drawing of a ${label}` : `a ${label}, image ${example}`);
    setText(offNote, off === 0 ? "exactly 0 everywhere" : `at most ${significant(off)}`);
    setText(sameNote, `${count(same)} of ${count(cells)} stay, ${kept} of the ${inked} that see ink`);
    setText(chosen, String(Number(filter) + 1));
    setText(scores, `How sure each network is that this is a ${label}, and what it answers`);
    this.#meant.value = String(meant);
    this.#scores.name(0, `sure it is a ${label}`);
    this.#charts[0].setAttribute("label", `how sure it is a ${label}: this digit`);
    this.#charts[1].setAttribute("label", `how sure: mean of ${images} digits`);
  }

  /** @param {Event} event */
  #look(event) {
    const { tensor, tile } = detail(event);
    if (tensor === "pool.conv1.W") this.#page.set({ filter: tile });
  }

  /** @param {Event} event */
  #go(event) {
    this.#page.set({ [String(this.#page.values.axis)]: detail(event).place });
  }

}

export default invariance;
