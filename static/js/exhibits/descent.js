/**
 * The stage of "Gradient descent": one of three, whichever the mode asks for. What a mode shows is
 * loaded when it is first shown. Views only.
 *
 * @import {ExhibitModule} from "../core/types.js"
 */

import { ModeStage } from "../views/parts/mode-stage.js";

/** Each mode's stage, by an array that only its frames have. */
const MODES = [
  { array: "curve.J", load: () => import("./descent/one.js") },
  { array: "pair", load: () => import("./descent/two.js") },
  { array: "walkers.J", load: () => import("./descent/samples.js") },
];

/** @type {ExhibitModule} */
const descent = {
  watch: null,

  mount(stage, page) {
    page.onEvent("stopped", ({ data }) => {
      if (data.moved) page.announce(`Stopped at step ${data.step}: the gradient is below the tolerance`);
    });
    return new ModeStage(stage, page, "descent", MODES);
  },
};

export default descent;
