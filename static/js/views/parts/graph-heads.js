/**
 * The headings above a graph's columns; where the network can be edited, with the number of neurons
 * and the activation of each hidden layer, and buttons that add and take away layers.
 *
 * @import {GraphLayer, GraphPlan} from "./graph-plan.js"
 */

import { element } from "../../core/dom.js";

/** @typedef {{units: number, activation: string}} HiddenLayer */

/** CSS px that an editable column takes. */
const EDITABLE = 84;

export class GraphHeads {
  root = element("div", { class: "graph-heads" });
  /** @type {HTMLElement[]} */
  heads = [];
  /** The least from column to column, CSS px at the usual size of type. */
  least = 0;
  /** @private */ key = "";

  /** @param {(layers: HiddenLayer[]) => void} edit */
  constructor(edit) {
    this.edit = edit;
  }

  /**
   * @param {readonly GraphLayer[]} layers
   * @param {{most: number, units: number}} limits  most 0: nothing is edited
   */
  show(layers, { most, units }) {
    this.least = most > 0 ? EDITABLE : 0;
    const key = JSON.stringify([most, units, layers.map((one) => [one.heading, one.units, one.activation])]);
    if (key === this.key) return;
    this.key = key;
    this.heads = layers.map(({ heading }) => element("div", { class: "graph-head" }, element("p", {}, heading)));
    this.root.replaceChildren(...this.heads);
  }

  /** Stand above the columns; of narrow ones only every second, third, … has a heading. @param {GraphPlan} plan */
  place(plan) {
    const { heads } = this;
    const step = plan.x.length > 1 ? plan.x[1] - plan.x[0] : plan.width;
    for (const [i, head] of heads.entries()) {
      head.style.setProperty("--head-x", `${plan.x[i]}px`);
      head.style.setProperty("--head-width", `${step}px`);
      head.hidden = false;
    }
    const widest = Math.max(0, ...heads.map((head) => /** @type {HTMLElement} */ (head.firstElementChild).offsetWidth));
    const every = Math.ceil((widest + 6) / step);
    for (const [i, head] of heads.entries()) head.hidden = i % every !== 0;
  }
}
