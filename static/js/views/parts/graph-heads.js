/**
 * The headings above a graph's columns; where the network can be edited, with the number of neurons
 * and the activation of each hidden layer, and above them all the number of layers.
 *
 * @import {GraphLayer, GraphPlan} from "./graph-plan.js"
 */

import { button, element, setText } from "../../core/dom.js";
import { ACTIVATIONS } from "./layer-words.js";

/**
 * @typedef {{units: number, activation: string}} HiddenLayer
 *
 * @typedef {object} Head  of one column
 * @property {HTMLElement} root
 * @property {HTMLElement} title
 * @property {Stepper | null} units
 * @property {HTMLSelectElement | null} activation
 *
 * @typedef {object} Limits
 * @property {number} most  hidden layers; 0 where nothing is edited
 * @property {number} units  neurons of one
 */

/** CSS px that an editable column takes. */
const EDITABLE = 78;
const APART = 6;
const FRESH = { units: 3, activation: "tanh" };

/** A number with a button on either side. */
class Stepper {
  value = element("span", { class: "graph-count" });

  /**
   * @param {string} fewer  what the buttons do, for everyone
   * @param {string} more
   * @param {(by: number) => void} step
   */
  constructor(fewer, more, step) {
    this.fewer = button("−", { class: "button-small", title: fewer });
    this.more = button("+", { class: "button-small", title: more });
    this.fewer.setAttribute("aria-label", fewer);
    this.more.setAttribute("aria-label", more);
    this.fewer.addEventListener("click", () => step(-1));
    this.more.addEventListener("click", () => step(1));
    this.root = element("span", { class: "graph-stepper" }, this.fewer, this.value, this.more);
  }

  /** @param {number} value @param {number} low @param {number} high */
  show(value, low, high) {
    setText(this.value, String(value));
    this.fewer.disabled = value <= low;
    this.more.disabled = value >= high;
  }
}

export class GraphHeads {
  columns = element("div", { class: "graph-columns" });
  depth = new Stepper("One hidden layer fewer", "One hidden layer more", (by) => this.deepen(by));
  tools = element("div", { class: "graph-tools" }, element("span", {}, "hidden layers"), this.depth.root);
  root = element("div", { class: "graph-heads" }, this.tools, this.columns);
  /** @type {Head[]} */
  heads = [];
  /** The hidden layers, as they are wanted. @type {HiddenLayer[]} */
  hidden = [];
  /** @type {Limits} */
  limits = { most: 0, units: 0 };
  /** The least from column to column, CSS px at the usual size of type. */
  least = 0;
  /** @private */ built = "";

  /** @param {(layers: HiddenLayer[]) => void} edit */
  constructor(edit) {
    this.edit = edit;
  }

  /** @param {readonly GraphLayer[]} layers @param {Limits} limits */
  show(layers, limits) {
    this.limits = limits;
    const { most, units } = limits;
    this.least = most > 0 ? EDITABLE : 0;
    this.hidden = layers.slice(1, -1).map((one) => ({ units: one.units, activation: one.activation ?? "" }));
    const built = `${most > 0} ${layers.length}`;
    if (built !== this.built) this.build(layers, most > 0);
    this.built = built;
    this.tools.hidden = most === 0;
    this.depth.show(this.hidden.length, 0, most);
    for (const [i, head] of this.heads.entries()) {
      const { heading, units: now, activation = "" } = layers[i];
      setText(head.title, heading);
      head.units?.show(now, 1, units);
      if (head.activation) head.activation.value = activation;
      head.activation?.setAttribute("aria-label", `Activation of ${heading}`);
    }
  }

  /** @param {readonly GraphLayer[]} layers @param {boolean} editable */
  build(layers, editable) {
    this.heads = layers.map(({ heading }, i) => {
      const title = element("p");
      const root = element("div", { class: "graph-head" }, title);
      const hidden = editable && i > 0 && i < layers.length - 1;
      if (!hidden) return { root, title, units: null, activation: null };
      const [fewer, more] = [`One neuron fewer in ${heading}`, `One neuron more in ${heading}`];
      const units = new Stepper(fewer, more, (by) => this.change(i - 1, { by }));
      const options = Object.entries(ACTIVATIONS).map(([value, name]) => element("option", { value }, name));
      const activation = element("select", {}, ...options);
      activation.addEventListener("change", () => this.change(i - 1, { activation: activation.value }));
      root.append(units.root, element("span", { class: "picker" }, activation));
      return { root, title, units, activation };
    });
    this.columns.replaceChildren(...this.heads.map(({ root }) => root));
  }

  /** @param {number} layer @param {{by?: number, activation?: string}} change */
  change(layer, { by = 0, activation }) {
    const before = this.hidden[layer];
    const units = Math.min(this.limits.units, Math.max(1, before.units + by));
    this.hidden = this.hidden.with(layer, { units, activation: activation ?? before.activation });
    this.edit(this.hidden);
  }

  /** @param {number} by */
  deepen(by) {
    const { hidden } = this;
    const more = hidden.length < this.limits.most ? [...hidden, hidden.at(-1) ?? FRESH] : hidden;
    this.hidden = by > 0 ? more : hidden.slice(0, -1);
    this.edit(this.hidden);
  }

  /** Stand above the columns; of narrow ones only every second, third, … has a heading. @param {GraphPlan} plan */
  place(plan) {
    const { heads } = this;
    const step = plan.x.length > 1 ? plan.x[1] - plan.x[0] : plan.width;
    for (const [i, { root }] of heads.entries()) {
      root.style.setProperty("--head-x", `${plan.x[i]}px`);
      root.style.setProperty("--head-width", `${step}px`);
      root.hidden = false;
    }
    const widest = Math.max(0, ...heads.map(({ title }) => title.offsetWidth));
    const every = this.least > 0 ? 1 : Math.ceil((widest + APART) / step);
    for (const [i, { root }] of heads.entries()) root.hidden = i % every !== 0;
  }
}
