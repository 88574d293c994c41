/** Networks for the graphs, and a list of what they told: `window.heard`. */

import "/static/js/views/graph-view.js";
import { LayerSheet } from "/static/js/views/layer-sheet.js";
import { refreshTokens } from "/static/js/core/tokens.js";

window.heard = [];
for (const name of ["cell-pick", "cell-hover", "network-edit"]) {
  document.addEventListener(name, ({ detail }) => window.heard.push({ name, detail }));
}
document.addEventListener("keydown", ({ key }) => window.heard.push({ name: "page-key", detail: { key } }));

window.setTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
  refreshTokens();
};

window.tensor = (name, shape, at) => {
  const length = shape.reduce((all, n) => all * n, 1);
  return { name, dtype: "<f4", shape, data: Float32Array.from({ length }, (_, i) => at(i)) };
};

/** Layers of so many units, and numbers for them. */
window.network = (sizes, phase = 0) => {
  const arrays = new Map();
  const put = (name, shape, at) => arrays.set(name, window.tensor(name, shape, at));
  const layers = sizes.map((units, i) => {
    const last = i === sizes.length - 1;
    if (i === 0) {
      put("dense1.x", [1, units], (k) => Math.sin(k + 1 + phase));
      return { heading: "inputs", units, a: "dense1.x", names: Array.from({ length: units }, (_, k) => `x${k + 1}`) };
    }
    const a = last ? "sigmoid.a" : `act${i}.a`;
    const [W, b, z] = [`dense${i}.W`, `dense${i}.b`, `dense${i}.z`];
    put(W, [units, sizes[i - 1]], (k) => 1.5 * Math.sin(7 * k + i + phase));
    put(`dense${i}.dW`, [units, sizes[i - 1]], (k) => 0.01 * Math.cos(5 * k + i + phase));
    put(b, [units], (k) => 0.6 * Math.cos(3 * k + i + phase));
    put(`dense${i}.db`, [units], (k) => 0.01 * Math.cos(3 * k + i));
    put(a, [1, units], (k) => Math.tanh(Math.sin(2 * k + i + phase)));
    const named = last ? { names: ["p"], heading: "output" } : { heading: `hidden ${i}`, activation: "tanh" };
    return { units, W, b, z, a, ...named };
  });
  return { layers, arrays };
};

const SIZES = { spiral: [2, 8, 8, 1], roomy: [2, 2, 1], deep: [2, ...new Array(20).fill(8), 3] };
window.views = Object.fromEntries(Object.keys(SIZES).map((id) => [id, document.getElementById(id)]));
window.arrays = window.network(SIZES.spiral).arrays;

/** All as at first. */
window.begin = () => {
  document.activeElement?.blur();
  for (const [id, sizes] of Object.entries(SIZES)) {
    const view = window.views[id];
    const { layers, arrays } = window.network(sizes);
    view.edges("W");
    view.flow(null);
    view.light(null);
    view.shape(layers, (window.begun = (window.begun ?? 0) + 1));
    view.show(arrays, window.begun);
  }
};
window.begin();

/** A layer's sheet, with what an engine answered and its numbers. */
window.openSheet = ({ sheets, arrays }) => {
  const told = new Map();
  const page = {
    frame: {},
    playing: false,
    onEvent: (name, then) => told.set(name, then),
    act: (name, { layer, direction }) => {
      queueMicrotask(() => told.get(name)({ data: sheets[`${layer} ${direction}`] }));
      return true;
    },
    relink() {},
  };
  window.sheetArrays = new Map(
    Object.entries(arrays).map(([name, [shape, data]]) => [
      name,
      { name, dtype: "<f8", shape, data: Float64Array.from(data) },
    ]),
  );
  window.sheet = new LayerSheet();
  document.querySelector("main").append(window.sheet);
  window.sheet.connect(page);
  const heads = ["dense1", "dense2"].map((layer, i) => ({ layer, heading: `layer ${i + 1}` }));
  window.sheet.layers(heads, "one");
  window.sheet.show(window.sheetArrays, 1, 0);
};

document.body.setAttribute("data-shown", "");
