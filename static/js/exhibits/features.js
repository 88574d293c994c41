/**
 * The stage of "Features": what a neuron sees, in two planes; or how many features there would be.
 * Each is loaded when it is first shown. Views only.
 *
 * @import {ExhibitModule} from "../core/types.js"
 */

import { ModeStage } from "../views/parts/mode-stage.js";

/** Each part, by an array that only its frames have. */
const MODES = [
  { array: "plane.u", load: () => import("./features/space.js") },
  { array: "count.terms", load: () => import("./features/terms.js") },
];

/** @type {ExhibitModule} */
const features = {
  watch: null,

  mount(stage, page) {
    return new ModeStage(stage, page, "features", MODES);
  },
};

export default features;
