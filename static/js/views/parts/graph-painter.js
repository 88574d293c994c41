/**
 * Paints a graph: edges, neurons with their numbers, biases, names. Nothing is allocated in a paint.
 *
 * @import {Colour} from "../../core/tokens.js"
 * @import {GraphLights} from "./graph-lights.js"
 * @import {GraphNumbers} from "./graph-numbers.js"
 * @import {GraphPictures} from "./graph-pictures.js"
 * @import {GraphPlan} from "./graph-plan.js"
 */

import { cssOf, entry, table } from "../../core/palette.js";
import { tokens } from "../../core/tokens.js";
import { cellText } from "./numbers.js";

/** The thinnest edge, CSS px. */
const THIN = 0.7;
/** How faint an edge may become. */
const FAINT = 0.4;
/** What is left of an edge beside those that are lit. */
const DIM = 0.3;
/** A negative number's edge. */
const DASH = [5, 3.5];
const DROPPED = [3, 3];
/** @type {number[]} */
const SOLID = [];
/** The side of a bias' square. */
const SQUARE = 8;
/** Neurons of one strand lie on each other like cards. */
const CARD = 2.5;
const MOST_CARDS = 4;
const NAME_GAP = 7;
/** The type of names. */
const SIZE = 12;
/** Which colours stand for a sign, by what the edges show. */
/** @type {Readonly<Record<string, readonly [above: Colour, below: Colour]>>} */
const SIGNS = {
  W: ["positive", "negative"],
  dW: ["gradient", "gradient-negative"],
  update: ["correct", "correct"],
  none: ["hairline-strong", "hairline-strong"],
};

export class GraphPainter {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {GraphPlan} plan
   * @param {GraphNumbers} numbers
   * @param {GraphLights} lights
   * @param {GraphPictures} pictures
   */
  constructor(canvas, plan, numbers, lights, pictures) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("graph-view: this browser gives no 2-D canvas");
    this.canvas = canvas;
    this.context = context;
    this.plan = plan;
    this.numbers = numbers;
    this.lights = lights;
    this.pictures = pictures;
    /** Which units are left out, by layer; 0 where one is. @type {(ArrayLike<number> | null)[]} */
    this.masks = [];
    /** How many cards lie under a unit, and which of them it is. */
    this.cards = new Uint8Array(0);
    /** The colours of the scale, as CSS has them. @type {string[]} */
    this.fills = [];
    this.scale = table("diverging");
    /** What the drawing stands on. */
    this.ground = "";
    /** How much of their ink the edges being drawn have. */
    this.share = 1;
    this.nameFont = "";
    this.edgeFont = "";
    this.neuronFont = "";
  }

  /** Fit the canvas to the plan, and look up the theme's colours and faces. */
  prepare() {
    const { canvas, context, plan } = this;
    const ratio = devicePixelRatio;
    canvas.width = Math.max(1, Math.round(plan.width * ratio));
    canvas.height = Math.max(1, Math.round(plan.height * ratio));
    canvas.style.width = `${plan.width}px`;
    canvas.style.height = `${plan.height}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.scale = table("diverging");
    this.fills = Array.from(this.scale.pixels, cssOf);
    this.ground = groundOf(canvas);
    this.write();
  }

  /** The faces, once it is known which numbers fit. */
  write() {
    const { plan, numbers } = this;
    const { fontMono, fontText } = tokens();
    this.nameFont = `${SIZE * plan.zoom}px ${fontText}`;
    this.edgeFont = `${numbers.besideEdge?.size ?? SIZE}px ${fontMono}`;
    this.neuronFont = `${numbers.inNeuron?.size ?? SIZE}px ${fontMono}`;
  }

  /** How wide a name is. @param {string} text */
  nameWidth(text) {
    this.context.font = this.nameFont || `${SIZE * this.plan.zoom}px ${tokens().fontText}`;
    return this.context.measureText(text).width + NAME_GAP;
  }

  paint() {
    const { context, plan } = this;
    const { layers } = plan;
    context.clearRect(0, 0, plan.width, plan.height);
    context.lineCap = "butt";
    for (let i = 1; i < layers.length; i++) this.drawEdges(i);
    for (let i = 1; i < layers.length; i++) this.drawLitEdges(i);
    context.globalAlpha = 1;
    context.setLineDash(SOLID);
    for (let i = 1; i < layers.length; i++) if (plan.labels[i] > 0) this.drawEdgeNumbers(i);
    for (let i = 0; i < layers.length; i++) {
      for (let u = layers[i].units - 1; u >= 0; u--) this.drawNeuron(i, u);
      if (layers[i].b) for (let u = 0; u < layers[i].units; u++) this.drawBias(i, u);
    }
    this.drawNames();
  }

  /** Whether a unit is left out. @param {number} layer @param {number} unit */
  dropped(layer, unit) {
    return this.masks[layer]?.[unit] === 0;
  }

  /** @param {number} layer */
  drawEdges(layer) {
    const { plan, numbers } = this;
    const { units } = plan.layers[layer];
    const before = plan.layers[layer - 1].units;
    if (!plan.layers[layer].W) return;
    const tensor = numbers.kind === "none" ? null : numbers.W[layer];
    this.share = this.lights.anyEdge(layer) ? DIM : 1;
    for (let from = 0; from < before; from++) {
      if (this.dropped(layer - 1, from)) continue;
      for (let to = 0; to < units; to++) {
        if (this.dropped(layer, to)) continue;
        this.drawEdge(layer, from, to, tensor ? tensor.data[to * before + from] : NaN, tensor !== null);
      }
    }
  }

  /**
   * @param {number} layer
   * @param {number} from
   * @param {number} to
   * @param {number} value
   * @param {boolean} known
   */
  drawEdge(layer, from, to, value, known) {
    const { context, numbers } = this;
    const { colour } = tokens();
    const size = Math.min(1, Math.abs(value) / numbers.edges.limit);
    const lost = Number.isNaN(size);
    const [above, below] = SIGNS[numbers.kind];
    context.strokeStyle = colour[!known || value === 0 ? "hairline-strong" : lost ? "wrong" : value < 0 ? below : above];
    context.globalAlpha = this.share * (lost ? 1 : FAINT + (1 - FAINT) * size);
    context.lineWidth = this.widthOf(lost ? 0 : size);
    context.setLineDash(value < 0 ? DASH : SOLID);
    this.line(layer, from, to);
  }

  /** How thick an edge is. @param {number} size  of its number, as a share of the scale */
  widthOf(size) {
    const { zoom, thick } = this.plan;
    return THIN * zoom + (thick - THIN * zoom) * size;
  }

  /** From one neuron's rim to the other's. @param {number} layer @param {number} from @param {number} to */
  line(layer, from, to) {
    const { context, plan } = this;
    context.beginPath();
    context.moveTo(plan.x[layer - 1] + plan.radius * 0.9, plan.yOf(layer - 1, from));
    context.lineTo(plan.x[layer] - plan.radius * 0.9, plan.yOf(layer, to));
    context.stroke();
  }

  /** Outline the edges that are lit, and draw them again on top. @param {number} layer */
  drawLitEdges(layer) {
    const { context, plan, numbers, lights } = this;
    const { layers } = plan;
    if (!layers[layer].W || !lights.anyEdge(layer)) return;
    const before = layers[layer - 1].units;
    const tensor = numbers.W[layer];
    const { colour } = tokens();
    this.share = 1;
    for (let from = 0; from < before; from++) {
      for (let to = 0; to < layers[layer].units; to++) {
        if (!lights.edge(layer, from, to) || this.dropped(layer - 1, from) || this.dropped(layer, to)) continue;
        const value = tensor ? tensor.data[to * before + from] : NaN;
        const size = Math.min(1, Math.abs(value) / numbers.edges.limit) || 0;
        context.globalAlpha = 1;
        context.setLineDash(SOLID);
        context.strokeStyle = colour.focus;
        context.lineWidth = this.widthOf(size) + 3.5 * plan.zoom;
        this.line(layer, from, to);
        context.strokeStyle = this.ground;
        context.lineWidth = this.widthOf(size) + 0.8 * plan.zoom;
        this.line(layer, from, to);
        this.drawEdge(layer, from, to, value, tensor !== null);
        if (lights.flowing) this.drawArrow(layer, from, to);
      }
    }
  }

  /** Which way the signal goes. @param {number} layer @param {number} from @param {number} to */
  drawArrow(layer, from, to) {
    const { context, plan, lights } = this;
    const x0 = plan.x[layer - 1] + plan.radius;
    const x1 = plan.x[layer] - plan.radius;
    const y0 = plan.yOf(layer - 1, from);
    const y1 = plan.yOf(layer, to);
    const turn = lights.backwards ? -1 : 1;
    const at = lights.along;
    const long = Math.hypot(x1 - x0, y1 - y0) || 1;
    const [dx, dy] = [(turn * (x1 - x0)) / long, (turn * (y1 - y0)) / long];
    const [x, y] = [x0 + (x1 - x0) * at, y0 + (y1 - y0) * at];
    const side = 5 * plan.zoom;
    context.globalAlpha = 1;
    context.fillStyle = tokens().colour.focus;
    context.beginPath();
    context.moveTo(x + dx * side * 1.6, y + dy * side * 1.6);
    context.lineTo(x - dy * side - dx * side * 0.6, y + dx * side - dy * side * 0.6);
    context.lineTo(x + dy * side - dx * side * 0.6, y - dx * side - dy * side * 0.6);
    context.fill();
  }

  /** @param {number} layer */
  drawEdgeNumbers(layer) {
    const { context, plan, numbers } = this;
    const { layers } = plan;
    const tensor = numbers.W[layer];
    const style = numbers.besideEdge;
    if (!tensor || !style) return;
    const { colour } = tokens();
    const at = plan.labels[layer];
    const before = layers[layer - 1].units;
    const x = plan.x[layer - 1] + (plan.x[layer] - plan.x[layer - 1]) * at;
    context.font = this.edgeFont;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let from = 0; from < before; from++) {
      for (let to = 0; to < layers[layer].units; to++) {
        const value = tensor.data[to * before + from];
        if (this.dropped(layer - 1, from) || this.dropped(layer, to)) continue;
        const y0 = plan.yOf(layer - 1, from);
        this.label(Number.isFinite(value) ? cellText(value, style) : "NaN", x, y0 + (plan.yOf(layer, to) - y0) * at, colour.ink);
      }
    }
  }

  /** Words that what lies under them does not disturb. @param {string} text @param {number} x @param {number} y @param {string} ink */
  label(text, x, y, ink) {
    const { context } = this;
    context.strokeStyle = this.ground;
    context.lineWidth = 4 * this.plan.zoom;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
    context.fillStyle = ink;
    context.fillText(text, x, y);
  }

  /** @param {number} layer @param {number} unit */
  drawNeuron(layer, unit) {
    const { context, plan, numbers, pictures } = this;
    const { colour, focusStroke } = tokens();
    const { radius, zoom } = plan;
    const [x, y] = [plan.x[layer] + this.cardOf(layer, unit), plan.yOf(layer, unit)];
    const tensor = numbers.a[layer];
    const value = tensor ? tensor.data[unit] : NaN;
    const finite = Number.isFinite(value);
    const place = finite ? entry(value, numbers.neurons.limit) : 0;
    const out = this.dropped(layer, unit);
    const tiled = !out && pictures.has(layer);
    context.setLineDash(out ? DROPPED : SOLID);
    this.shape(x, y, radius, tiled);
    context.fillStyle = out || !tensor ? this.ground : finite ? this.fills[place] : colour.sunken;
    context.fill();
    if (tiled) pictures.draw(context, layer, unit, x, y, radius);
    context.strokeStyle = colour[tensor && !finite ? "wrong" : "hairline-strong"];
    context.lineWidth = zoom;
    this.shape(x, y, radius, tiled);
    context.stroke();
    context.setLineDash(SOLID);
    if (this.lights.neuron(layer, unit)) {
      context.strokeStyle = colour.focus;
      context.lineWidth = focusStroke * 1.25;
      this.shape(x, y, radius + focusStroke, tiled);
      context.stroke();
    }
    const style = numbers.inNeuron;
    if (!tensor || out || !style) return;
    context.font = this.neuronFont;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const text = finite ? cellText(value, style) : "NaN";
    const ink = finite ? this.scale.inkColours[this.scale.inks[place]] : colour.wrong;
    if (tiled) this.label(text, x, y + radius * 0.62, colour.ink);
    else {
      context.fillStyle = ink;
      context.fillText(text, x, y);
    }
  }

  /** @param {number} x @param {number} y @param {number} radius @param {boolean} tiled */
  shape(x, y, radius, tiled) {
    const { context } = this;
    context.beginPath();
    if (tiled) context.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, 6);
    else context.arc(x, y, radius, 0, 2 * Math.PI);
  }

  /** How far a neuron of a strand lies aside. @param {number} layer @param {number} unit */
  cardOf(layer, unit) {
    return CARD * Math.min(this.cards[this.plan.first[layer] + unit] ?? 0, MOST_CARDS);
  }

  /** @param {number} layer @param {number} unit */
  drawBias(layer, unit) {
    const { context, plan, numbers, lights } = this;
    const { colour } = tokens();
    const { zoom, small } = plan;
    const tensor = numbers.kind === "none" ? null : numbers.b[layer];
    // under a card it would say what the card on top says
    if (this.dropped(layer, unit) || this.cards[plan.first[layer] + unit] > 0) return;
    const value = tensor ? tensor.data[unit] : NaN;
    const finite = Number.isFinite(value);
    const side = (small ? 5 : SQUARE) * zoom;
    const x = plan.biasX(layer);
    const y = plan.biasY(layer, unit);
    const [above, below] = SIGNS[numbers.kind];
    const sign = colour[!tensor || value === 0 ? "hairline-strong" : !finite ? "wrong" : value < 0 ? below : above];
    context.globalAlpha = 1;
    context.strokeStyle = sign;
    context.lineWidth = 1.3 * zoom;
    // a negative number's is hollow, as its edge would be dashed
    context.fillStyle = value > 0 ? sign : this.ground;
    context.fillRect(x, y - side / 2, side, side);
    context.strokeRect(x, y - side / 2, side, side);
    if (lights.bias(layer, unit)) {
      context.strokeStyle = colour.focus;
      context.lineWidth = tokens().focusStroke;
      context.strokeRect(x - 3, y - side / 2 - 3, small ? side + 6 : 52 * zoom, side + 6);
    }
    const style = numbers.besideEdge;
    if (small || !tensor || !style) return;
    context.font = this.edgeFont;
    context.textAlign = "left";
    context.textBaseline = "middle";
    this.label(finite ? cellText(value, style) : "NaN", x + side + 4 * zoom, y, colour["ink-soft"]);
  }

  /** The names of the inputs and of the outputs, beside them. */
  drawNames() {
    const { context, plan } = this;
    const { layers, radius } = plan;
    context.font = this.nameFont;
    context.fillStyle = tokens().colour.ink;
    context.textBaseline = "middle";
    for (let i = 0; i < layers.length; i++) {
      const { names, units } = layers[i];
      if (!names || (i > 0 && i < layers.length - 1)) continue;
      const before = i === 0;
      context.textAlign = before ? "right" : "left";
      const x = plan.x[i] + (before ? -1 : 1) * (radius + NAME_GAP);
      for (let u = 0; u < units; u++) if (names[u]) context.fillText(names[u], x, plan.yOf(i, u));
    }
  }
}

/** The colour that is seen behind an element. @param {HTMLElement} element */
function groundOf(element) {
  for (let at = /** @type {HTMLElement | null} */ (element); at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (backgroundColor !== "rgba(0, 0, 0, 0)") return backgroundColor;
  }
  return tokens().colour.paper;
}
