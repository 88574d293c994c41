/** Numbers for the views, and a list of what they told: `window.heard`. */

import "/static/js/views/bar-list.js";
import "/static/js/views/draw-pad.js";
import "/static/js/views/line-chart.js";
import "/static/js/views/network-view.js";
import "/static/js/views/tensor-view.js";
import { refreshTokens } from "/static/js/core/tokens.js";

const DIGITS = Array.from("0123456789");
const POINTS = 100;

const find = (name) => document.querySelector(`[data-tensor="${name}"]`);

function tensor(name, shape, at) {
  const length = shape.reduce((all, n) => all * n, 1);
  return { name, dtype: "<f4", shape, data: Float32Array.from({ length }, (_, i) => at(i)) };
}

window.heard = [];
for (const name of ["cell-pick", "cell-edit", "tile-pick", "cell-hover", "step-pick", "drawn"]) {
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
document.body.setAttribute("data-shown", "");
