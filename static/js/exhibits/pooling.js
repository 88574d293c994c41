/**
 * The stage of "Pooling, one window at a time": the map, its window and the pooled map; below them
 * the gradient on its way back; then a moved map, and what pooling saves. Views only.
 *
 * @import {ExhibitModule, Frame, Tensor} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 */

import { detail, one, setText } from "../core/dom.js";
import { percent, significant } from "../core/format.js";
import { CountTable } from "../views/count-table.js";
import { TensorView } from "../views/tensor-view.js";

const AXES = `prefix="0,0" axes="map,channel,row,column"`;

const STAGE = `
<div class="worked">
  <figure class="worked-figure">
    <figcaption><span>input</span> <span data-size="pool.x"></span></figcaption>
    <tensor-view data-tensor="pool.x" label="input" ${AXES} scale="off" cell="44"
      editable="1 -999 999"></tensor-view>
  </figure>
  <figure class="worked-figure worked-card">
    <figcaption>window <span data-window></span></figcaption>
    <div class="worked-sum">
      <tensor-view data-tensor="window" label="window" axes="row,column" scale="off"
        cell="44"></tensor-view>
      <span class="worked-sign" data-sign></span>
      <output class="worked-result" data-result></output>
    </div>
    <p class="figure-note" data-ties></p>
  </figure>
  <figure class="worked-figure">
    <figcaption><span>pooled</span> <span data-size="pool.y"></span></figcaption>
    <tensor-view data-tensor="pool.y" label="pooled map" ${AXES} scale="off" cell="44"
      gradual></tensor-view>
  </figure>

  <figure class="worked-figure">
    <figcaption>gradient of the input</figcaption>
    <tensor-view data-tensor="pool.dx" label="gradient of the input" palette="gradient" ${AXES}
      scale="off" cell="44"></tensor-view>
  </figure>
  <figure class="worked-figure worked-card">
    <figcaption data-followed></figcaption>
    <div class="worked-sum">
      <span class="worked-sign worked-back" aria-hidden="true">←</span>
      <tensor-view data-tensor="part.dx" label="what one gradient gives to each cell"
        palette="gradient" ${AXES} scale="off" cell="27"></tensor-view>
      <span class="worked-sign worked-back" aria-hidden="true">←</span>
    </div>
    <p class="figure-note" data-flow></p>
  </figure>
  <figure class="worked-figure">
    <figcaption>gradient from above</figcaption>
    <tensor-view data-tensor="pool.dy" label="gradient from above" palette="gradient" ${AXES}
      scale="off" cell="44" editable="1 -999 999"></tensor-view>
  </figure>
</div>

<div class="panels panels-uneven">
  <section class="panel">
    <h2 class="panel-title">The input moves: <span data-move></span></h2>
    <div class="worked-pair">
      <tensor-view data-tensor="moved.x" label="moved input" ${AXES} scale="off"
        cell="26"></tensor-view>
      <span class="worked-sign" aria-hidden="true">→</span>
      <tensor-view data-tensor="moved.y" label="pooled after the move" ${AXES} scale="off"
        cell="26"></tensor-view>
    </div>
    <div class="moves" role="group" aria-label="Move the input">
        <button class="button button-small" type="button" data-step="down -1" aria-label="Move up">↑</button>
        <button class="button button-small" type="button" data-step="right -1" aria-label="Move left">←</button>
        <button class="button button-small" type="button" data-step="right 1" aria-label="Move right">→</button>
        <button class="button button-small" type="button" data-step="down 1" aria-label="Move down">↓</button>
    </div>
    <p class="worked-note" data-same></p>
  </section>
  <section class="panel">
    <h2 class="panel-title">What the next layers count</h2>
    <count-table data-tensor="next.counts" label="what the next layers count" across='[
      "without", "pooled"]' down='[
      "numbers handed on", "numbers after a 3×3 convolution, 8 filters",
      "products in that convolution", "its parameters",
      "parameters of a dense layer, 10 units"]' turned></count-table>
  </section>
</div>`;

/** The side of a cell in CSS px by the columns of the map. */
const SIDES = [
  { upTo: 5, side: 44 },
  { upTo: 6, side: 38 },
  { upTo: 99, side: 31 },
];

/** What shares a colour scale. */
const SCALES = [
  ["pool.x", "window", "pool.y", "moved.x", "moved.y"],
  ["pool.dy", "part.dx", "pool.dx"],
];

/** @type {ExhibitModule} */
const pooling = {
  watch: [
    ...["pool.x", "pool.y", "pool.dy", "pool.dx", "part.dx"],
    ...["window", "window.cells", "window.won", "window.out", "followed", "covered"],
    ...["moved.x", "moved.y", "moved.same", "moved.share", "next.counts"],
  ],

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #views;
  #counts;
  #texts;
  /** @type {Map<string, TensorView>} */
  #byName = new Map();
  #root = -1;
  /** What is outlined follows from this. */
  #drawn = -1;

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#views = [...stage.querySelectorAll("tensor-view")].filter((v) => v instanceof TensorView);
    for (const view of this.#views) this.#byName.set(view.dataset.tensor ?? "", view);
    this.#counts = one(stage, "count-table", CountTable);
    const text = (/** @type {string} */ name) => one(stage, `[data-${name}]`, HTMLElement);
    this.#texts = {
      x: one(stage, "[data-size='pool.x']", HTMLElement),
      y: one(stage, "[data-size='pool.y']", HTMLElement),
      window: text("window"),
      sign: text("sign"),
      result: text("result"),
      ties: text("ties"),
      followed: text("followed"),
      flow: text("flow"),
      move: text("move"),
      same: text("same"),
    };
    stage.addEventListener("tensor-shape", (event) => this.#fit(event));
    stage.addEventListener("cell-pick", (event) => this.#follow(event));
    stage.addEventListener("cell-edit", (event) => this.#edit(event));
    for (const button of stage.querySelectorAll("[data-step]")) {
      const [control, by] = (button.getAttribute("data-step") ?? "").split(" ");
      button.addEventListener("click", () => this.#move(control, Number(by)));
    }
  }

  /** @param {Frame} frame */
  paint(frame) {
    const { arrays, root } = frame;
    if (root !== this.#root) this.#begin(root);
    // a mean has decimals, and the numbers after it need none again: as if the run were another
    const scale = 2 * root + (this.#isMax ? 1 : 0);
    for (const view of this.#views) view.show(arrays.get(view.dataset.tensor ?? ""), scale);
    this.#shareScales();
    this.#counts.show(arrays.get("next.counts"));
    if (this.#drawn === frame.seq) return;
    this.#drawn = frame.seq;
    this.#outline(frame);
    this.#tellForward(frame);
    this.#tellBackward(frame);
    this.#tellMove(frame);
  }

  /** Another run has another map: its own scales, and paper and ink for a digit. @param {number} root */
  #begin(root) {
    this.#root = root;
    const digit = this.#page.values.input === "digit";
    for (const name of SCALES.flat()) this.#byName.get(name)?.setAttribute("range", "0");
    for (const name of SCALES[0]) {
      this.#byName.get(name)?.setAttribute("palette", digit ? "grey" : "diverging");
    }
  }

  /** The same number has the same colour wherever it stands. */
  #shareScales() {
    for (const names of SCALES) {
      let limit = 0;
      for (const name of names) limit = Math.max(limit, this.#byName.get(name)?.map.range.limit ?? 0);
      for (const name of names) {
        const view = this.#byName.get(name);
        if (view && view.map.range.limit < limit) view.setAttribute("range", String(limit));
      }
    }
  }

  /** @param {Frame} frame */
  #outline({ arrays }) {
    const data = (/** @type {string} */ name) => arrays.get(name)?.data ?? null;
    const won = data("window.won");
    const cells = data("window.cells");
    const map = this.#byName.get("pool.x");
    map?.touch(cells);
    map?.mark(won);
    map?.shade(places(arrays.get("covered"), isNothing));
    this.#byName.get("window")?.mark(won && cells && inside(won, cells));
    this.#byName.get("pool.y")?.touch(data("window.out"));
    this.#byName.get("pool.dy")?.touch(data("followed"));
    const given = places(arrays.get("part.dx"), isSomething);
    this.#byName.get("part.dx")?.touch(given);
    this.#byName.get("pool.dx")?.touch(given);
    this.#byName.get("moved.y")?.touch(places(arrays.get("moved.same"), isNothing));
  }

  /** @param {Frame} frame */
  #tellForward({ arrays, step }) {
    const { x, y, window: number, sign, result, ties } = this.#texts;
    setText(x, this.#byName.get("pool.x")?.shapeLine ?? "");
    setText(y, this.#byName.get("pool.y")?.shapeLine ?? "");
    const pooled = arrays.get("pool.y");
    const out = arrays.get("window.out")?.data[0] ?? 0;
    if (!pooled) return;
    setText(number, `${out + 1} of ${pooled.data.length}`);
    setText(sign, this.#isMax ? "→ max →" : "→ mean →");
    setText(result, step === 0 ? "?" : significant(pooled.data[out]));
    const won = arrays.get("window.won")?.data.length ?? 0;
    setText(ties, this.#isMax ? tiesInWords(won) : "every cell counts the same");
  }

  /** @param {Frame} frame */
  #tellBackward({ arrays }) {
    const [dy, part, cells] = ["pool.dy", "part.dx", "followed"].map((name) => arrays.get(name));
    if (!dy || !part || !cells) return;
    const from = cells.data[0];
    const { followed, flow } = this.#texts;
    setText(followed, `where the ${significant(dy.data[from])} of ${placeIn(dy, from)} goes`);
    const given = places(part, isSomething);
    if (given.length === 0) setText(flow, "a gradient of 0 gives nothing to anyone");
    else if (this.#isMax) setText(flow, `all of it to ${placeIn(part, given[0])}, which won`);
    else setText(flow, `${significant(part.data[given[0]])} to each of ${given.length} cells`);
  }

  /** @param {Frame} frame */
  #tellMove({ arrays, scalars }) {
    const { move, same } = this.#texts;
    const share = arrays.get("moved.share")?.data;
    const cells = arrays.get("moved.y")?.data.length;
    const numbers = arrays.get("moved.x")?.data.length;
    if (!share) return;
    const { right, down } = this.#page.values;
    setText(move, directionInWords(Number(right), Number(down)));
    const pooled = `${scalars.same} of ${cells} pooled numbers stayed the same (${percent(share[0])})`;
    setText(same, `${pooled}; of the input's own, ${scalars.kept} of ${numbers} (${percent(share[1])}).`);
  }

  get #isMax() {
    return this.#page.values.kind === "max_pool2d";
  }

  /** Large maps get smaller cells, so that all that belongs together is seen at once. @param {Event} event */
  #fit(event) {
    const { target } = event;
    if (!(target instanceof TensorView) || target.dataset.tensor !== "pool.x") return;
    const columns = detail(event).shape[3];
    const side = SIDES.find(({ upTo }) => columns <= upTo)?.side ?? 31;
    for (const name of ["pool.x", "pool.y", "pool.dx", "pool.dy", "window"]) {
      this.#byName.get(name)?.setAttribute("cell", String(side));
    }
  }

  /** @param {Event} event */
  #follow(event) {
    const { tensor, index } = detail(event);
    const shape = this.#byName.get("pool.dy")?.tensor?.shape;
    if (tensor === "pool.dy" && shape) this.#page.set({ followed: index[2] * shape[3] + index[3] });
  }

  /** @param {Event} event */
  #edit(event) {
    const { tensor, index, value } = detail(event);
    const edited = this.#byName.get(tensor)?.tensor;
    if (!edited) return;
    const [, , rows, columns] = edited.shape;
    const cells = Array.from(edited.data);
    cells[index[2] * columns + index[3]] = value;
    if (tensor === "pool.x") {
      this.#page.act("cells", { input: this.#page.values.input, cells });
    } else {
      this.#page.act("gradient", { rows, columns, cells });
      this.#page.set({ upstream: "own" });
    }
  }

  /** @param {string} control @param {number} by */
  #move(control, by) {
    const declared = this.#page.controls.find(({ name }) => name === control);
    if (declared?.kind !== "slider") return;
    const value = Number(this.#page.values[control]) + by;
    this.#page.set({ [control]: Math.min(declared.high, Math.max(declared.low, value)) });
  }
}

/**
 * The places of a tensor's data that hold what is looked for.
 *
 * @param {Tensor | undefined} tensor
 * @param {(value: number) => boolean} wanted
 */
function places(tensor, wanted) {
  const found = [];
  const count = tensor?.data.length ?? 0;
  for (let i = 0; tensor && i < count; i++) if (wanted(tensor.data[i])) found.push(i);
  return found;
}

/** @param {number} value */
const isSomething = (value) => value !== 0;

/** @param {number} value */
const isNothing = (value) => value === 0;

/**
 * Where cells of the map stand among those of the window.
 *
 * @param {ArrayLike<number>} wanted
 * @param {ArrayLike<number>} cells
 */
function inside(wanted, cells) {
  const all = Array.from(cells);
  return Array.from(wanted, (place) => all.indexOf(place));
}

/** @param {Tensor} tensor @param {number} at */
function placeIn({ shape }, at) {
  const columns = shape[3];
  return `row ${Math.floor(at / columns) + 1}, column ${(at % columns) + 1}`;
}

/** @param {number} won */
function tiesInWords(won) {
  if (won < 2) return "◤ the winner";
  return `${won} cells are as great; ◤ the first in row order wins`;
}

/** @param {number} right @param {number} down */
function directionInWords(right, down) {
  const across = right === 0 ? "" : `${steps(right)} ${right > 0 ? "right" : "left"}`;
  const along = down === 0 ? "" : `${steps(down)} ${down > 0 ? "down" : "up"}`;
  return [across, along].filter(Boolean).join(", ") || "not at all";
}

/** @param {number} by */
function steps(by) {
  return Math.abs(by) === 1 ? "1 cell" : `${Math.abs(by)} cells`;
}

export default pooling;
