/**
 * The stage of "Activations": one of several, whichever the mode asks for. What a mode shows is
 * loaded when it is first shown. Views only.
 *
 * @import {ExhibitModule} from "../core/types.js"
 */

import { learn } from "../core/names.js";
import { ModeStage } from "../views/parts/mode-stage.js";
import { words } from "./activations/words.js";

/** Each mode's stage, by an array that only its frames have. */
const MODES = [
  { array: "curve.z", load: () => import("./activations/functions.js") },
  { array: "score.loss", load: () => import("./activations/networks.js") },
  { array: "one.M", load: () => import("./activations/collapse.js") },
  { array: "relu.silent", load: () => import("./activations/dying.js") },
  { array: "logits", load: () => import("./activations/softmax.js") },
];

/** @type {ExhibitModule} */
const activations = {
  watch: null,

  mount(stage, page) {
    learn(words());
    return new ModeStage(stage, page, "activations", MODES);
  },
};

export default activations;
