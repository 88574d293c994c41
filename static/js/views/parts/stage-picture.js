/**
 * The stage as a picture: one SVG that any program can open, and a PNG drawn from it.
 *
 * What is on the stage is drawn anew as plain SVG: a box for each element's ground and border, each
 * line of text where it stands, each canvas as the image it shows. An SVG with the page's HTML in it
 * would be shorter to write, but most programs show nothing of that, and its fonts would flow anew.
 *
 * @import {Page} from "../../core/page.js"
 * @import {Taken} from "../../core/files.js"
 */

import { count } from "../../core/format.js";
import { prepareAll, seeAll } from "./screen.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 24;
const HEAD = 40;
const PNG_SCALE = 2;
/** What of a drawing's style the page's sheets give, and the SVG must say itself. */
const PAINT = [
  ...["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity"],
  ...["stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "visibility"],
];
/** What can only be pressed; buttons that are numbers of a table stay. */
const LEFT_OUT = ".table-button, .button";
/** A shadow that is none, but a ring inside the box. */
const RING = /^(rgb.*?\)) 0px 0px 0px ([\d.]+)px inset$/;
const COLOUR = /(?:rgba?|color|oklab|oklch|color-mix)\([^()]*\)|#[\da-f]+/gi;
const FONT = ["font-family", "font-size", "font-weight", "font-style"];

/**
 * @param {Page} page
 * @param {"svg" | "png"} kind
 * @returns {Promise<Taken>}
 * @throws {Error}  when the browser cannot draw it
 */
export async function pictureOfStage(page, kind) {
  const stage = document.querySelector("[data-stage]");
  if (!(stage instanceof HTMLElement)) throw new Error("stage: expected one on the page, found none");
  const rest = seeAll();
  page.invalidate();
  const undo = await prepareAll();
  await nextPaint();
  const drawing = new Drawing(stage, document.body.dataset.title ?? "", subtitle(page));
  undo();
  rest();
  const name = `${page.slug}-step${page.step}.${kind}`;
  const text = new XMLSerializer().serializeToString(drawing.svg);
  const svg = new Blob([text], { type: "image/svg+xml" });
  return { name, blob: kind === "svg" ? svg : await rasterize(text, drawing.width, drawing.height) };
}

/** @param {Page} page */
function subtitle({ step, seed }) {
  return `step ${count(step)}` + (seed === null ? "" : ` · seed ${seed}`);
}

/** The frame after the next one: what was asked to be painted is painted. */
function nextPaint() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}

/**
 * @param {string} svg
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Blob>}
 */
async function rasterize(svg, width, height) {
  const image = new Image();
  // as data, not as a blob's address: then no browser takes the canvas for one of another site
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * PNG_SCALE);
  canvas.height = Math.round(height * PNG_SCALE);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("canvas: expected one to draw on, this browser gives none");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("png: the picture is too large")))),
  );
}

class Drawing {
  /** @type {Element} where what is drawn goes */
  #into;
  #left;
  #top;
  #measure = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );

  /**
   * @param {HTMLElement} stage
   * @param {string} title
   * @param {string} moment  which one it shows
   */
  constructor(stage, title, moment) {
    const box = stage.getBoundingClientRect();
    this.width = Math.ceil(box.width + 2 * MARGIN);
    this.height = Math.ceil(box.height + HEAD + 2 * MARGIN);
    this.#left = box.left - MARGIN;
    this.#top = box.top - MARGIN - HEAD;
    const { width, height } = this;
    this.svg = made("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    this.#into = this.svg;
    const style = getComputedStyle(document.body);
    this.svg.append(made("rect", { width, height, fill: style.backgroundColor }));
    this.#heading(title, style, MARGIN, 17, 650, "start");
    this.#heading(moment, style, width - MARGIN, 14, 400, "end");
    this.#children(stage);
  }

  /**
   * @param {string} text
   * @param {CSSStyleDeclaration} style
   * @param {number} x
   * @param {number} size
   * @param {number} weight
   * @param {"start" | "end"} anchor
   */
  #heading(text, style, x, size, weight, anchor) {
    const line = made("text", { x, y: MARGIN + 16, fill: style.color, "text-anchor": anchor });
    line.setAttribute("font-family", style.fontFamily);
    line.setAttribute("font-size", String(size));
    line.setAttribute("font-weight", String(weight));
    line.textContent = text;
    this.svg.append(line);
  }

  /** @param {Element} parent */
  #children(parent) {
    for (const node of parent.childNodes) {
      if (node instanceof Element) this.#element(node);
      else if (node instanceof Text) this.#text(node, getComputedStyle(parent));
    }
  }

  /** @param {Element} node */
  #element(node) {
    if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
    if (node.matches(LEFT_OUT)) return;
    const style = getComputedStyle(node);
    if (style.clipPath.startsWith("inset(50%")) return; // for those who listen instead of looking
    const box = node.getBoundingClientRect();
    const outside = this.#into;
    if (style.opacity !== "1") this.#group({ opacity: style.opacity });
    if (box.width > 0 && box.height > 0) this.#box(box, style);
    if (style.overflowX !== "visible") this.#clip(box);
    if (node instanceof HTMLCanvasElement) this.#canvas(node, box);
    else if (node instanceof SVGSVGElement) this.#svg(node, box);
    else if (node instanceof HTMLSelectElement) this.#label(node.selectedOptions[0]?.text, box, style);
    else if (node instanceof HTMLInputElement) this.#input(node, box, style);
    else {
      this.#before(node, box);
      this.#children(node);
    }
    this.#into = outside;
  }

  /** @param {Record<string, string>} attributes */
  #group(attributes) {
    const group = made("g", attributes);
    this.#into.append(group);
    this.#into = group;
  }

  /** @param {DOMRect} box */
  #clip(box) {
    const id = `clip-${this.svg.getElementsByTagName("clipPath").length}`;
    const path = made("clipPath", { id });
    path.append(made("rect", this.#place(box)));
    this.#into.append(path);
    this.#group({ "clip-path": `url(#${id})` });
  }

  /** @param {DOMRect} box */
  #place({ left, top, width, height }) {
    return { x: round(left - this.#left), y: round(top - this.#top), width: round(width), height: round(height) };
  }

  /**
   * An element's ground and border.
   *
   * @param {DOMRect} box
   * @param {CSSStyleDeclaration} style
   */
  #box(box, style) {
    const edge = parseFloat(style.borderTopWidth);
    const { borderTopStyle: kind, borderTopWidth: wide } = style;
    const even = style.borderBottomWidth === wide && style.borderLeftWidth === wide;
    const bordered = even && edge > 0 && kind !== "none" && !isClear(style.borderTopColor);
    const outlined = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) > 0;
    const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
    const ground = this.#gradient(style.backgroundImage) ?? style.backgroundColor;
    if (bordered || !isClear(ground)) {
      this.#rect(box, bordered ? -edge / 2 : 0, radius, {
        fill: isClear(ground) ? "none" : ground,
        ...(bordered ? { stroke: style.borderTopColor, "stroke-width": edge } : {}),
        ...(kind === "dashed" ? { "stroke-dasharray": `${3 * edge} ${2 * edge}` } : {}),
      });
    }
    if (!even) this.#edges(box, style);
    const ring = RING.exec(style.boxShadow);
    if (ring) {
      const [, stroke, width] = ring;
      this.#rect(box, -Number(width) / 2, radius, { fill: "none", stroke, "stroke-width": width });
    }
    if (outlined) {
      const width = parseFloat(style.outlineWidth);
      this.#rect(box, parseFloat(style.outlineOffset) + width / 2, radius, {
        fill: "none",
        stroke: style.outlineColor,
        "stroke-width": width,
      });
    }
  }

  /**
   * A ground that goes evenly from colour to colour, from left to right: a tensor's scale.
   *
   * @param {string} image  the computed `background-image`
   * @returns {string | null}  null for any other ground
   */
  #gradient(image) {
    if (!image.startsWith("linear-gradient(90deg")) return null;
    const colours = image.match(COLOUR) ?? [];
    const id = `scale-${this.svg.getElementsByTagName("linearGradient").length}`;
    const scale = made("linearGradient", { id });
    for (const [at, colour] of colours.entries()) {
      scale.append(made("stop", { offset: at / (colours.length - 1), "stop-color": colour }));
    }
    this.#into.append(scale);
    return `url(#${id})`;
  }

  /**
   * @param {DOMRect} box
   * @param {number} grow  on each side
   * @param {number} radius
   * @param {Record<string, string | number>} paint
   */
  #rect(box, grow, radius, paint) {
    const place = this.#place(
      new DOMRect(box.left - grow, box.top - grow, box.width + 2 * grow, box.height + 2 * grow),
    );
    if (place.width < 0 || place.height < 0) return;
    this.#into.append(made("rect", { ...place, rx: round(radius), ...paint }));
  }

  /**
   * Borders that are not the same all round.
   *
   * @param {DOMRect} box
   * @param {CSSStyleDeclaration} style
   */
  #edges({ left, top, right, bottom }, style) {
    const sides = /** @type {const} */ ([
      ["Top", left, top, right, top],
      ["Bottom", left, bottom, right, bottom],
      ["Left", left, top, left, bottom],
      ["Right", right, top, right, bottom],
    ]);
    for (const [side, x1, y1, x2, y2] of sides) {
      const width = parseFloat(style[`border${side}Width`]);
      if (!width || style[`border${side}Style`] === "none") continue;
      const from = { x1: round(x1 - this.#left), y1: round(y1 - this.#top) };
      const to = { x2: round(x2 - this.#left), y2: round(y2 - this.#top) };
      const paint = { stroke: style[`border${side}Color`], "stroke-width": width };
      this.#into.append(made("line", { ...from, ...to, ...paint }));
    }
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {DOMRect} box
   */
  #canvas(canvas, box) {
    if (canvas.width === 0 || canvas.height === 0) return;
    this.#into.append(made("image", { ...this.#place(box), href: canvas.toDataURL() }));
  }

  /**
   * @param {SVGSVGElement} svg
   * @param {DOMRect} box
   */
  #svg(svg, box) {
    const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
    const pairs = [svg, ...svg.querySelectorAll("*")].map((one) => getComputedStyle(one));
    for (const [at, one] of [copy, ...copy.querySelectorAll("*")].entries()) {
      for (const name of PAINT) one.setAttribute(name, pairs[at].getPropertyValue(name));
      if (one instanceof SVGTextElement) fontOf(one, pairs[at]);
      one.removeAttribute("class");
    }
    for (const use of copy.querySelectorAll("use")) {
      const symbol = document.querySelector(use.getAttribute("href") || "none");
      if (!symbol) continue;
      const view = symbol.getAttribute("viewBox");
      if (view) copy.setAttribute("viewBox", view);
      use.replaceWith(...[...symbol.children].map((part) => lined(part)));
    }
    for (const [name, value] of Object.entries(this.#place(box))) copy.setAttribute(name, String(value));
    this.#into.append(copy);
  }

  /**
   * @param {HTMLInputElement} input
   * @param {DOMRect} box
   * @param {CSSStyleDeclaration} style
   */
  #input(input, box, style) {
    if (input.type === "text" || input.type === "number") this.#label(input.value, box, style);
  }

  /**
   * The text of a control, which is no text of the page.
   *
   * @param {string | undefined} text
   * @param {DOMRect} box
   * @param {CSSStyleDeclaration} style
   */
  #label(text, box, style) {
    const indent = parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
    if (text) this.#line(text, box.left + indent, box.top + box.height / 2, 0, style);
  }

  /**
   * What a style sheet puts before an element: a tick, a mark.
   *
   * @param {Element} node
   * @param {DOMRect} box
   */
  #before(node, box) {
    const style = getComputedStyle(node, "::before");
    const mark = /^"(.+)"$/.exec(style.content)?.[1];
    if (mark) this.#line(mark, box.left, box.top + box.height / 2, 0, style);
  }

  /**
   * A text of the page, line by line as it was broken.
   *
   * @param {Text} node
   * @param {CSSStyleDeclaration} style  of the element that it is in
   */
  #text(node, style) {
    if (!node.data.trim()) return;
    const range = document.createRange();
    /** @type {{text: string, box: DOMRect} | null} */
    let line = null;
    let blanks = "";
    for (let at = 0; at < node.length; at++) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getClientRects()[0];
      if (!box || box.width === 0) continue;
      if (!node.data[at].trim()) {
        blanks += " "; // wanted only if something follows on the same line
      } else if (line && Math.abs(line.box.top - box.top) < 1) {
        line.text += blanks + node.data[at];
        line.box.width = box.right - line.box.left;
        blanks = "";
      } else {
        if (line) this.#finish(line, style);
        line = { text: node.data[at], box: DOMRect.fromRect(box) };
        blanks = "";
      }
    }
    if (line) this.#finish(line, style);
  }

  /**
   * @param {{text: string, box: DOMRect}} line
   * @param {CSSStyleDeclaration} style
   */
  #finish({ text, box }, style) {
    this.#line(text, box.left, box.top + box.height / 2, box.width, style);
  }

  /**
   * @param {string} text
   * @param {number} left
   * @param {number} middle
   * @param {number} width  that it takes; 0 if nobody knows
   * @param {CSSStyleDeclaration} style
   */
  #line(text, left, middle, width, style) {
    const upper = style.textTransform === "uppercase";
    this.#measure.font = FONT.toReversed().map((name) => style.getPropertyValue(name)).join(" ");
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = this.#measure.measureText("x");
    const line = made("text", {
      x: round(left - this.#left),
      y: round(middle - this.#top + (up - down) / 2),
      fill: style.color,
      // where the font is another one, the text still takes the place it has here
      ...(width ? { textLength: round(width), lengthAdjust: "spacingAndGlyphs" } : {}),
    });
    line.setAttribute("xml:space", "preserve");
    fontOf(line, style);
    line.textContent = upper ? text.toUpperCase() : text;
    this.#into.append(line);
  }
}

/**
 * @param {Element} text
 * @param {CSSStyleDeclaration} style
 */
function fontOf(text, style) {
  for (const name of FONT) text.setAttribute(name, style.getPropertyValue(name));
}

/**
 * A part of an icon; the page's sheet says which of them are lines.
 *
 * @param {Element} part
 */
function lined(part) {
  const copy = /** @type {Element} */ (part.cloneNode(true));
  const style = getComputedStyle(part);
  for (const name of ["fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"]) {
    copy.setAttribute(name, style.getPropertyValue(name));
  }
  copy.removeAttribute("class");
  return copy;
}

/** @param {string} colour */
function isClear(colour) {
  return colour === "transparent" || /^rgba\(.*, 0\)$/.test(colour);
}

/** @param {number} x */
function round(x) {
  return Math.round(x * 100) / 100;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function made(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
