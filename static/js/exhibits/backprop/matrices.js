/**
 * The matrices of a layer below the network: which sheet a moment of a step is about. Loaded when
 * they are first shown.
 *
 * @import {Frame, Moment} from "../../core/types.js"
 * @import {Direction} from "../../views/layer-sheet.js"
 * @import {GraphLayer} from "../../views/parts/graph-plan.js"
 * @import {Page} from "../../core/page.js"
 * @import {Pointed} from "../../views/parts/graph-lights.js"
 */

import { one } from "../../core/dom.js";
import { LayerSheet } from "../../views/layer-sheet.js";
import { gradient } from "./layers.js";

/** Which way the lines' numbers go. @type {Readonly<Record<string, Direction>>} */
const DIRECTIONS = { W: "forward", dW: "backward", update: "update" };

/** @param {ParentNode} root  where the sheet stands @param {Page} page */
export function openMatrices(root, page) {
  const sheet = one(root, "layer-sheet", LayerSheet);
  sheet.connect(page);
  return new Matrices(sheet);
}

export class Matrices {
  #sheet;
  #about = "";
  /** The moment that is shown. */
  #at = "";

  /** @param {LayerSheet} sheet */
  constructor(sheet) {
    this.#sheet = sheet;
  }

  /** @param {Frame} frame @param {readonly GraphLayer[]} layers */
  show({ arrays, run, step, moment }, layers) {
    const sheet = this.#sheet;
    const dense = layers.slice(1).map(({ W = "", heading }) => ({ layer: W.replace(".W", ""), heading }));
    sheet.layers(dense, JSON.stringify(layers));
    const at = moment ? `${step} ${moment.index}` : "";
    // inside a step the sheet is the minibatch's, else the example's
    if (Boolean(at) !== Boolean(this.#at)) sheet.refresh();
    if (moment && at !== this.#at) {
      const found = sheetOf(moment, layers);
      if (found) sheet.choose(dense[found.layer - 1].layer, found.direction);
    }
    this.#at = at;
    sheet.mark(moment ? moment.tensors : []);
    sheet.show(arrays, run, step);
  }

  /**
   * What the lines show is what the matrices show, and of the layer that is looked at.
   *
   * @param {string} edges  the control
   * @param {number} layer  counted from 1
   */
  follow(edges, layer) {
    const about = `${edges} ${layer}`;
    if (about === this.#about) return;
    this.#about = about;
    this.#sheet.choose(`dense${layer}`, DIRECTIONS[edges] ?? "forward");
  }

  /** Light what is pointed at anywhere. @param {Pointed | null} pointed */
  light(pointed) {
    this.#sheet.light(pointed);
  }

  /** The layer that a number belongs to comes below. @param {string} tensor @param {readonly GraphLayer[]} layers */
  turnTo(tensor, layers) {
    const own = layers.find(({ a, z, b, W }) => W && [a, z, b, W].includes(plain(tensor)));
    if (own?.W) this.#sheet.choose(own.W.replace(".W", ""), this.#sheet.direction);
  }
}

/**
 * The sheet that a moment is a line of.
 *
 * @param {Moment} moment
 * @param {readonly GraphLayer[]} layers
 * @returns {{layer: number, direction: Direction} | null}
 */
function sheetOf({ phase, tensors }, layers) {
  const [made = ""] = tensors;
  if (phase !== "forward" && phase !== "backward" && phase !== "update") return null;
  const layer = layers.findIndex(({ a, z, b, W }) => {
    const own = [a, z, b, W].filter((name) => name !== undefined);
    return own.includes(made) || own.map(gradient).includes(made);
  });
  if (layer < 1) return null;
  // what a layer hands back is made by the next one, but for the last: that one has it from the loss
  const handed = phase === "backward" && gradient(layers[layer].a) === made && layer + 1 < layers.length;
  return { layer: handed ? layer + 1 : layer, direction: phase };
}

/** A tensor's own name, whatever is told of it. @param {string} tensor */
const plain = (tensor) => tensor.replace(/^stage\./, "").replace(/\.update$/, "").replace(/\.d(?=\w+$)/, ".");
