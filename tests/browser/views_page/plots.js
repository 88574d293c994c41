/** Grounds for the plots, and a list of what they told: `window.heard`. */

import "/static/js/views/contour-view.js";
import "/static/js/views/surface-view.js";
import { refreshTokens } from "/static/js/core/tokens.js";

window.heard = [];
for (const name of ["place-pick", "cell-pick", "stroke"]) {
  document.addEventListener(name, ({ detail }) => window.heard.push({ name, detail }));
}

/** A function of two variables over a grid. */
function ground(key, f, { x: [x0, x1], y: [y0, y1], n = 41, title } = {}) {
  const along = (from, to) => Float32Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
  const x = along(x0, x1);
  const y = along(y0, y1);
  const z = Float32Array.from({ length: n * n }, (_, i) => f(x[i % n], y[Math.floor(i / n)]));
  return { x, y, z, key, title };
}

const bowl = (x, y) => 0.5 * (x * x + 3 * y * y);
const rosenbrock = (x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
const SQUARE = { x: [-2, 2], y: [-2, 2] };

/** Gradient descent on the bowl, some steps of it. */
function descent(steps, rate) {
  const path = { x: [-1.6], y: [1.4], z: [bowl(-1.6, 1.4)] };
  for (let i = 0; i < steps; i++) {
    const x = path.x[i] * (1 - rate);
    const y = path.y[i] * (1 - 3 * rate);
    path.x.push(x);
    path.y.push(y);
    path.z.push(bowl(x, y));
  }
  return path;
}

const find = (name) => document.querySelector(name);
const views = () => [find("surface-view"), find("contour-view[equal]")];

window.bowl = (scale = 1) => {
  for (const view of views()) view.show(ground(`bowl ${scale}`, (x, y) => scale * bowl(x, y), SQUARE));
};
window.two = () => {
  const { x, y } = SQUARE;
  find("surface-view").show([
    ground("one", bowl, { x, y, n: 21, title: "mean squared error" }),
    ground("other", (a, b) => Math.sin(2 * a) * Math.cos(b), { x, y, n: 21, title: "cross-entropy" }),
  ]);
};
/** A ground of which no height is known, or one beside the bowl. */
window.unknown = (beside = false) => {
  const unknown = ground("unknown", () => NaN, SQUARE);
  find("surface-view").show(beside ? [ground("bowl", bowl, SQUARE), unknown] : unknown);
};
window.walk = (steps) => {
  const paths = [
    { name: "slow", token: "series-2", ...descent(steps, 0.1) },
    { name: "fast", token: "series-3", ...descent(steps, 0.6) },
  ];
  for (const view of views()) view.paths(paths);
  const { x, y } = paths[0];
  const end = { x: x[steps], y: y[steps] };
  views()[1].arrows([{ ...end, dx: -end.x * 0.8, dy: -3 * end.y * 0.3, token: "correct", label: "−η·dw" }]);
  views()[1].marks([{ x: 1, y: -1, glyph: "×", token: "ink", label: "a mark" }]);
};
window.setTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
  refreshTokens();
};

window.bowl();
window.walk(6);
find("[data-tensor='valley.J']").show(ground("valley", rosenbrock, { x: [-2, 2], y: [-1, 3] }));
find("[data-tensor='valley.J']").paths([
  { name: "a walk", token: "series-2", x: [-1.5, -0.5, 0.2, 3.4], y: [2, 0.4, 0.1, 2], z: [6, 4, 1, 1] },
]);
find("[data-tensor='signs']").show(
  ground("signs", (x, y) => Math.sign(Math.round(1.5 * Math.sin(x) * Math.cos(y))), { x: [-3, 3], y: [-2, 2] }),
);
document.body.setAttribute("data-shown", "");
