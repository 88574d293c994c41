/**
 * The stage of "How weights begin": the signal on its way through the layers of one of six networks
 * and the gradient on its way back, or its neurons; below, how all six learn. Views only.
 *
 * @import {ExhibitModule, Frame, RunEvent, Tensor} from "../core/types.js"
 * @import {Page} from "../core/page.js"
 * @import {Column} from "../views/number-table.js"
 * @import {Neurons} from "./initialization/neurons.js"
 */

import "../views/line-chart.js";

import { button, detail, one, setAttributes, setText } from "../core/dom.js";
import { significant } from "../core/format.js";
import { HistogramRows } from "../views/histogram-rows.js";
import { LineChart } from "../views/line-chart.js";
import { NumberTable } from "../views/number-table.js";
import { SCALES, STAGE, WAYS } from "./initialization/words.js";

const ROWS = WAYS.map(({ label, token }) => ({ head: label, token }));

/** @type {ExhibitModule} */
const initialization = {
  watch: null,

  mount(stage, page) {
    stage.innerHTML = STAGE;
    return new Stage(stage, page);
  },
};

/** Keeps the views in step with the frames and tells the page what is done to them. */
class Stage {
  #page;
  #parts;
  #forward;
  #backward;
  #chart;
  #each;
  #factors;
  #says;
  #ways;
  #scales;
  #room;
  /** What shows the neurons, once it is loaded. @type {Neurons | null} */
  #neurons = null;
  #loading = false;
  #seq = -1;
  #shown = "";
  /** The rows' names, kept while there are as many. @type {string[]} */
  #names = [];
  /** The same, as short as they are drawn. @type {string[]} */
  #labels = [];

  /**
   * @param {HTMLElement} stage
   * @param {Page} page
   */
  constructor(stage, page) {
    this.#page = page;
    this.#parts = [...stage.querySelectorAll("[data-for]")];
    this.#forward = one(stage, "[data-forward]", HistogramRows);
    this.#backward = one(stage, "[data-backward]", HistogramRows);
    this.#chart = one(stage, "line-chart", LineChart);
    this.#each = one(stage, "[data-each]", NumberTable);
    this.#factors = {
      forward: one(stage, "[data-factors='forward']", NumberTable),
      backward: one(stage, "[data-factors='backward']", NumberTable),
    };
    this.#says = one(stage, "[data-says]", HTMLElement);
    this.#room = one(stage, "[data-neurons]", HTMLElement);
    this.#ways = choices(one(stage, "[data-ways]", HTMLElement), WAYS, (initializer) => page.set({ initializer }));
    this.#scales = choices(one(stage, "[data-scales]", HTMLElement), SCALES, (scale) => page.set({ scale }));
    stage.addEventListener("step-pick", (event) => page.seek(detail(event).step));
  }

  /** @param {Frame} frame */
  paint(frame) {
    this.#chart.show(frame);
    if (this.#page.values.show === "neurons") this.#neurons?.show(frame);
    if (this.#seq === frame.seq) return;
    this.#seq = frame.seq;
    const { values } = this.#page;
    this.#enter(String(values.show));
    press(this.#ways, String(values.initializer));
    press(this.#scales, String(values.scale));
    this.#say(frame);
    this.#paintEach(frame);
    if (values.show === "signal") this.#paintSignal(frame);
  }

  /** A network stopped learning. @param {RunEvent} event */
  event({ name, data }) {
    if (name === "edited") this.#neurons?.pushed(data);
    if (name !== "stopped") return;
    this.#page.announce(`${data.label} stopped at step ${data.step}: ${data.tensor} is no longer finite.`);
  }

  /** @param {string} shown */
  #enter(shown) {
    if (shown === "neurons" && !this.#loading) {
      this.#loading = true;
      void this.#load();
    }
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const part of this.#parts) part.toggleAttribute("hidden", part.getAttribute("data-for") !== shown);
  }

  /** Load what draws neurons: it is not needed to read the page. */
  async #load() {
    const { Neurons } = await import("./initialization/neurons.js");
    this.#neurons = new Neurons(this.#room, this.#page);
    this.#seq = -1;
    this.#page.invalidate();
    this.#page.relink();
  }

  /** @param {Frame} frame */
  #paintSignal({ arrays }) {
    const sizes = arrays.get("forward.size");
    if (!sizes) return;
    const names = this.#namesFor(sizes.data.length);
    const powers = this.#page.values.scale === "sizes";
    const labels = this.#labels;
    this.#forward.show({
      names,
      labels,
      counts: arrays.get("hist.a.counts"),
      edges: arrays.get("hist.a.edges"),
      from: 1,
      token: "series-2",
      powers,
      sides: [
        { head: "size", tensor: sizes, from: 0, characters: 8, curve: true },
        { head: "factor", tensor: arrays.get("forward.factor"), from: 1, characters: 6 },
      ],
    });
    this.#backward.show({
      names,
      labels,
      counts: arrays.get("hist.dz.counts"),
      edges: arrays.get("hist.dz.edges"),
      from: 1,
      token: "gradient",
      powers,
      sides: [
        { head: "size", tensor: arrays.get("backward.size"), from: 1, characters: 8, curve: true },
        { head: "factor", tensor: arrays.get("backward.factor"), from: 1, characters: 6 },
      ],
    });
    this.#paintTables(arrays, names);
  }

  /** @param {Frame} frame */
  #paintEach({ arrays }) {
    this.#each.show(
      [
        { head: "loss", tensor: arrays.get("each.loss") },
        { head: "stopped at step", tensor: arrays.get("each.stopped") },
      ],
      ROWS,
    );
    this.#each.choose(WAYS.findIndex(({ name }) => name === this.#page.values.initializer));
  }

  /** @param {Map<string, Tensor>} arrays @param {string[]} names */
  #paintTables(arrays, names) {
    /** @param {string} head @param {string} tensor @returns {Column} */
    const column = (head, tensor) => ({ head, tensor: arrays.get(tensor) });
    this.#factors.forward.show(
      [
        column("expected", "forward.predicted"),
        column("weights", "forward.through"),
        column("activation", "forward.kept"),
        { ...column("spread", "forward.spread"), at: (row) => [row + 1] },
      ],
      names.slice(1, -1),
    );
    this.#factors.backward.show(
      [
        column("expected", "backward.predicted"),
        column("Wᵀ", "backward.through"),
        column("slopes", "backward.kept"),
        column("‖dW‖", "norm.dW"),
      ],
      names.slice(1),
    );
  }

  /** @param {Frame} frame */
  #say({ arrays, step }) {
    const way = WAYS.findIndex(({ name }) => name === this.#page.values.initializer);
    const loss = arrays.get("each.loss")?.data[way] ?? NaN;
    const stopped = arrays.get("each.stopped")?.data[way] ?? NaN;
    const told = `“${WAYS[way]?.label}” after ${step} ${step === 1 ? "step" : "steps"}: loss ${significant(loss)}.`;
    const ended = Number.isNaN(stopped) ? "" : ` Its numbers stopped being finite at step ${stopped}; it stays as it was.`;
    setText(this.#says, told + ended);
  }

  /** @param {number} sizes  of the input and of the hidden layers */
  #namesFor(sizes) {
    if (this.#names.length !== sizes + 1) {
      const layers = Array.from({ length: sizes }, (_, i) => `layer ${i + 1}`);
      this.#names = ["input", ...layers];
      this.#labels = ["input", ...layers.map((_, i) => String(i + 1))];
    }
    return this.#names;
  }
}

/**
 * Fill a group with a button for each choice.
 *
 * @param {HTMLElement} group
 * @param {readonly {name: string, label: string}[]} of
 * @param {(name: string) => void} choose
 */
function choices(group, of, choose) {
  const made = of.map(({ name, label }) => {
    const choice = button(label, { class: "button-small" });
    choice.dataset.choice = name;
    choice.addEventListener("click", () => choose(name));
    return choice;
  });
  group.append(...made);
  return made;
}

/** @param {readonly HTMLButtonElement[]} buttons @param {string} name */
function press(buttons, name) {
  for (const choice of buttons) {
    setAttributes(choice, { "aria-pressed": String(choice.dataset.choice === name) });
  }
}

export default initialization;
