/** Numbers for the views, and a list of what they told: `window.heard`. */

import "/static/js/views/bar-list.js";
import "/static/js/views/curve-view.js";
import "/static/js/views/draw-pad.js";
import "/static/js/views/line-chart.js";
import "/static/js/views/network-view.js";
import "/static/js/views/plane-view.js";
import "/static/js/views/tensor-view.js";
import { refreshTokens } from "/static/js/core/tokens.js";

const DIGITS = Array.from("0123456789");
const POINTS = 100;
const POINTED = ["place-pick", "point-pick", "point-move", "point-add", "point-remove"];

const find = (name) => document.querySelector(`[data-tensor="${name}"]`);

function tensor(name, shape, at) {
  const length = shape.reduce((all, n) => all * n, 1);
  return { name, dtype: "<f4", shape, data: Float32Array.from({ length }, (_, i) => at(i)) };
}

window.heard = [];
for (const name of ["cell-pick", "cell-edit", "tile-pick", "cell-hover", "step-pick", "drawn", ...POINTED]) {
  document.addEventListener(name, ({ detail }) => window.heard.push({ name, detail }));
}
document.addEventListener("keydown", ({ key }) => window.heard.push({ name: "page-key", detail: { key } }));

window.show = (name, shape, at) => find(name).show(tensor(name, shape, at), 1);

window.answer = (label) => {
  const shares = tensor("softmax.a", [1, 10], (i) => [0.01, 0, 0.02, 0.91, 0, 0.02, 0, 0.01, 0.02, 0.01][i]);
  find("softmax.a").show(shares, DIGITS, label);
};

window.setTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
  refreshTokens();
};

const arrays = new Map([
  ["history.step", tensor("history.step", [POINTS], (i) => 3 * i)],
  ["history.loss", tensor("history.loss", [POINTS], (i) => 2.5 * 0.99 ** i)],
  ["history.val_loss", tensor("history.val_loss", [POINTS], (i) => (i % 10 ? NaN : 0.1 + 2.5 * 0.99 ** i))],
]);

window.rewind = (step, scalars) =>
  document.querySelector("line-chart").show({ run: 1, step, head: 3 * (POINTS - 1), arrays, scalars });

/** How solid the training line is at a step: the strongest alpha in its column of pixels. */
window.alphaAt = (step) => {
  const { painter, lines } = document.querySelector("line-chart");
  const x = Math.round(painter.toX(lines.x, step) * devicePixelRatio) + 4;
  const y = painter.toY(lines.y, 2.5 * 0.99 ** (step / 3)) * devicePixelRatio;
  const copy = new OffscreenCanvas(1, 7).getContext("2d", { willReadFrequently: true });
  copy.drawImage(painter.canvas, -x, 3 - Math.round(y));
  const { data } = copy.getImageData(0, 0, 1, 7);
  return Math.max(...[0, 1, 2, 3, 4, 5, 6].map((i) => data[4 * i + 3]));
};

/** How often a view's pixels were put on its canvas. */
const counts = new WeakMap();
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...of) {
  counts.set(this.canvas, (counts.get(this.canvas) ?? 0) + 1);
  return put.apply(this, of);
};
window.paints = (name) => counts.get(find(name).querySelector("canvas")) ?? 0;

window.show("conv1.W", [4, 1, 3, 3], (i) => -0.5 + i / 35);
window.show("k", [3, 3], (i) => 0.1 * i);
window.answer(3);
window.rewind(3 * (POINTS - 1));
window.show("x", [1, 1, 8, 8], (i) => (i % 9) / 8);
window.show("a", [1, 4, 4, 4], (i) => Math.max(0, Math.sin(i)));
window.show("p", [1, 4, 2, 2], (i) => Math.max(0, Math.sin(4 * i)));
window.show("f", [1, 16], (i) => Math.max(0, Math.sin(4 * i)));
find("s").show(tensor("s", [1, 10], (i) => (i === 3 ? 0.91 : 0.01)), DIGITS, 3);
window.show("w", [2, 2], (i) => i - 1);
window.show("y", [2, 3], (i) => (i < 4 ? i : NaN));
window.show("far", [16, 16], (i) => Math.sin(i / 9));

/** A bowl, a ball in it, the tangent there and the next step. */
const places = Float32Array.from({ length: 81 }, (_, i) => -2 + i / 20);
const curveView = document.querySelector("curve-view");
const bowl = { name: "curve.J", token: "accent", label: "w\u00b2", x: places, y: places.map((w) => w * w) };
const wave = { token: "series-3", label: "sin 3w", dash: [5, 3], x: places, y: places.map((w) => Math.sin(3 * w)) };
window.ball = (w) => {
  curveView.show({ curves: [bowl, wave], key: 1 });
  curveView.marks([{ x: w, y: w * w, token: "ink", label: "ball" }]);
  curveView.path({ token: "ink-soft", x: [-1.8, -1.4, w], y: [3.24, 1.96, w * w] });
  curveView.lines([
    { x1: w - 1, y1: w * w - 2 * w, x2: w + 1, y2: w * w + 2 * w, token: "gradient", label: "slope" },
    { x1: w, y1: 0.2, x2: w - 0.6 * w, y2: 0.2, token: "correct", label: "step", arrow: true },
  ]);
};
window.ball(1.2);

/** Points of two classes, and what a model makes of the plane. */
const [plane, kinds] = document.querySelectorAll("plane-view");
const side = (n, from, to) => Float32Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
window.points = { x: [-1, -0.5, 0.4, 1], y: [-1, 0.6, -0.2, 1], classes: [0, 0, 1, 1] };
window.showPoints = (points = window.points) =>
  plane.show({ points, classNames: ["no", "yes"], bounds: { x: [-2, 2], y: [-2, 2] } });
window.showRegions = (n, slope = 2) => {
  const [x, y] = [side(n, -2, 2), side(n, -2, 2)];
  const values = Float32Array.from({ length: n * n }, (_, i) => 1 / (1 + Math.exp(-slope * (x[i % n] + y[Math.floor(i / n)]))));
  plane.regions({ x, y, values, kind: "probability", label: "the probability of yes" });
};
window.showPoints();
window.showRegions(41);
plane.lines([{ x1: -2, y1: 2, x2: 2, y2: -2, token: "ink", label: "boundary" }]);
plane.arrows([{ x: 0.4, y: -0.2, dx: -0.3, dy: -0.3, token: "gradient", label: "dw" }]);

const grid = side(30, 0, 8);
kinds.show({
  points: Array.from({ length: 24 }, (_, i) => ({ x: 1.2 * (i % 6) + 1, y: 1 + (i % 4) * 0.4 + (i % 3), class: i % 6 })),
  classNames: ["setosa", "versicolor", "virginica", "four", "five", "six"],
  key: 1,
});
kinds.regions({
  x: grid, y: side(20, 0, 5), kind: "class", label: "what the network says",
  values: Int32Array.from({ length: 600 }, (_, i) => Math.floor(((i % 30) + Math.floor(i / 30)) / 9) % 6),
});

document.body.setAttribute("data-shown", "");
