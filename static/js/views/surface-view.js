/**
 * <surface-view label="J" x-label="w1" y-label="w2" z-label="J" data-tensor="surface.J">
 *
 * A ground as a surface that can be turned, with the paths that were walked down it. Plotly draws it
 * by WebGL; where there is none, or where it is taken away, the same ground is shown as contours.
 *
 * Attributes: label; x-label, y-label, z-label; log: heights are drawn as powers of ten.
 *
 * Dragging turns it (a finger: to the sides), and so do the buttons below it. The camera stays where it was put, whatever is
 * shown. Only one surface of a page is drawn at a time. While no height is known it is hidden (data-empty).
 *
 * Event: place-pick {x, y, scene}, a click on the surface.
 *
 * @import {Camera} from "./parts/camera.js"
 * @import {ContourView} from "./contour-view.js"
 * @import {Ground} from "./parts/ground-words.js"
 * @import {Path} from "./parts/plane-marks.js"
 * @import {Plot} from "./parts/plotly.js"
 * @import {Scene} from "./parts/surface-figure.js"
 */

import "./contour-view.js";

import { button, element, setAttributes, setText, uniqueId } from "../core/dom.js";
import { FRONT, moved, turned } from "./parts/camera.js";
import { groundSummary, isKnown, levelsWords, nearest, pointName, sheetOf } from "./parts/ground-words.js";
import { later } from "./parts/later.js";
import { levelsOf } from "./parts/levels.js";
import { dashOf } from "./parts/plane-marks.js";
import { PathKey } from "./parts/path-key.js";
import { PlotNote, problem } from "./parts/plot-note.js";
import { PlotScale } from "./parts/plot-scale.js";
import { cameraOf, hasWebGL, plotly } from "./parts/plotly.js";
import { beforePicture, onScreenChange, whenSeen } from "./parts/screen.js";
import {
  isStacked, layoutOf, pathPlaces, pathTraces, sceneName, sceneOf, surfaceTrace,
} from "./parts/surface-figure.js";
import { openTables, tableButton } from "./parts/table-dialog.js";

/** ms from one update of the paths to the next: one takes some 60 ms where WebGL is software. */
const PAUSE = 200;
/** CSS px that a click may tremble. */
const STILL = 4;
/** More pixels than this for one of CSS are drawn for nobody. */
const DENSEST = 2;
const ANGLE = 15;

/** Buttons: sign, name, what it does to the camera. @type {readonly [string, string, (camera: Camera) => Camera][]} */
const TURNS = [
  ["←", "turn to the left", (camera) => turned(camera, -ANGLE, 0)],
  ["→", "turn to the right", (camera) => turned(camera, ANGLE, 0)],
  ["↑", "look from higher up", (camera) => turned(camera, 0, ANGLE)],
  ["↓", "look from lower down", (camera) => turned(camera, 0, -ANGLE)],
  ["+", "nearer", (camera) => moved(camera, 0.85)],
  ["−", "farther away", (camera) => moved(camera, 1 / 0.85)],
];

/** The one surface of the page that WebGL draws. @type {SurfaceView | null} */
let holder = null;

export class SurfaceView extends HTMLElement {
  static observedAttributes = ["label", "x-label", "y-label", "z-label", "log"];

  /** @type {readonly Ground[]} */
  grounds = [];
  /** @type {readonly Scene[]} */
  scenes = [];
  /** @type {readonly Path[]} */
  walked = [];
  /** @type {Camera} */
  camera = FRONT;
  nameText = element("span");
  readText = element("span", { class: "chart-read" });
  box = element("div", { class: "plot-box surface-box" });
  /** Plotly's. */
  groundBox = element("div", { class: "surface-ground" });
  titles = element("div", { class: "surface-titles", "aria-hidden": "true" });
  contours = element("div", { class: "surface-contours", hidden: true });
  turns = element("div", { class: "surface-turns", role: "group" });
  note = new PlotNote();
  scale = new PlotScale();
  legend = element("div", { class: "plane-legend" });
  key = new PathKey(this.legend);
  said = element("p", { class: "said", id: uniqueId("surface-view") });
  /** @type {AbortController | null} */
  life = null;
  seen = false;
  /** Whether a person is turning it: Plotly would put the camera back. */
  held = false;
  /** What Plotly has yet to draw: everything, or the paths alone. */
  staleGround = false;
  stalePaths = false;
  /** Names and strokes of the paths that are drawn. */
  drawnPaths = "";
  busy = false;
  /** Of its grounds no height is known. */
  empty = false;
  timer = 0;
  updated = 0;
  /** WebGL was taken away. */
  lost = false;
  /** @type {{x: number, y: number, scene: number} | null} under the pointer */
  pointed = null;
  pressed = { x: 0, y: 0 };
  /** What the finger on it does. @type {"" | "yes" | "no"} */
  scrolls = "";
  turning = false;
  /** The scene that was turned by hand. */
  turned = 0;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    const opener = tableButton(this.names.label, () => this.openTable(), signal);
    opener.tabIndex = 0;
    const head = element("div", { class: "chart-head" }, this.nameText, this.readText, opener);
    this.turns.replaceChildren(...this.turners(signal));
    this.box.replaceChildren(this.groundBox, this.titles);
    setAttributes(this.box, { role: "img", "aria-describedby": this.said.id });
    const foot = element("div", { class: "ground-foot" }, this.turns, this.legend, this.scale.element);
    this.replaceChildren(head, this.note.element, this.box, this.contours, foot, this.said);
    this.listen(signal);
    this.staleGround = true;
    this.readAttributes();
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
    clearTimeout(this.timer);
    this.release();
  }

  attributeChangedCallback() {
    if (this.life) this.readAttributes();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { box } = this;
    box.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    for (const name of ["pointerup", "pointercancel", "blur"]) {
      window.addEventListener(name, () => this.onUp(), { signal });
    }
    box.addEventListener("touchmove", (event) => this.onTouch(event), { signal, capture: true, passive: true });
    box.addEventListener("click", (event) => this.onClick(event), { signal });
    box.addEventListener("pointerleave", () => this.read(null), { signal });
    // neither of them bubbles
    box.addEventListener("webglcontextlost", (event) => this.onLost(event), { signal, capture: true });
    box.addEventListener("webglcontextrestored", () => this.revive(), { signal, capture: true });
    this.contours.addEventListener("place-pick", (event) => this.onContourPick(event), { signal });
    onScreenChange(() => this.arrange(), signal);
    beforePicture(() => this.still(), signal);
    whenSeen(this, (seen) => this.onSeen(seen), signal);
    const observer = new ResizeObserver(() => this.arrange());
    observer.observe(box);
    signal.addEventListener("abort", () => observer.disconnect(), { once: true });
  }

  /** @param {AbortSignal} signal */
  turners(signal) {
    const reset = button("reset view", { class: "button-small" });
    reset.addEventListener("click", () => this.look(FRONT), { signal });
    const others = TURNS.map(([sign, name, change]) => {
      const made = button(sign, { class: "button-small", title: name });
      made.setAttribute("aria-label", name);
      made.addEventListener("click", () => this.look(change(this.camera)), { signal });
      return made;
    });
    return [...others, reset];
  }

  /** What things are called. */
  get names() {
    const of = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
      this.getAttribute(name) ?? otherwise;
    const tensor = (this.dataset.tensor ?? "").split(".").pop() ?? "";
    return {
      label: of("label", "surface"),
      x: of("x-label", "x"),
      y: of("y-label", "y"),
      z: of("z-label", tensor || "value"),
    };
  }

  readAttributes() {
    const { label } = this.names;
    setText(this.nameText, label);
    this.box.setAttribute("aria-label", label);
    this.turns.setAttribute("aria-label", `Turn ${label}`);
    this.prepare();
  }

  /**
   * Show a ground, or two side by side; with the same keys as before, what is shown stays.
   *
   * @param {Ground | readonly Ground[]} given
   */
  show(given) {
    const grounds = /** @type {readonly Ground[]} */ (Array.isArray(given) ? given : [given]);
    const same =
      grounds.length === this.grounds.length &&
      grounds.every(({ key, x }, i) => {
        const before = this.grounds[i];
        return before.key === key && before.x.length === x.length;
      });
    if (same) return;
    this.grounds = grounds;
    this.prepare();
  }

  /** @param {readonly Path[]} paths */
  paths(paths) {
    this.walked = paths;
    this.key.show(paths);
    this.stalePaths = true;
    if (!this.contours.hidden) this.showContours();
    this.schedule();
    later(this.describe);
  }

  /** Work out what is to be drawn of the grounds. */
  prepare() {
    const log = this.hasAttribute("log");
    this.empty = this.grounds.length > 0 && !this.grounds.some(isKnown);
    this.toggleAttribute("data-empty", this.empty);
    this.scenes = this.grounds.map((ground) => sceneOf(ground, levelsOf(ground.z, log), log));
    const titles = this.grounds.map(({ title }) => title ?? "");
    this.titles.replaceChildren(...titles.filter(Boolean).map((title) => element("span", {}, title)));
    this.arrange();
    later(this.describe);
  }

  /** Everything is to be drawn anew: other numbers, another size, other colours. */
  arrange() {
    this.staleGround = true;
    const [first] = this.scenes;
    setAttributes(this.box, {
      "data-scenes": this.scenes.length,
      "data-stacked": isStacked(this.scenes.length, this.box.clientWidth),
    });
    if (first) {
      const alone = this.scenes.length === 1 && this.contours.hidden;
      this.scale.show(alone ? first.levels : null, this.names.z, levelsWords(first.levels));
    }
    if (!this.contours.hidden) this.showContours();
    this.schedule(true);
  }

  /** Whether all that was shown stands there. */
  get drawn() {
    return this.empty || !this.contours.hidden || (!this.staleGround && !this.stalePaths && !this.busy);
  }

  /** @param {boolean} seen */
  onSeen(seen) {
    this.seen = seen;
    if (seen) this.schedule(true);
  }

  /** Draw soon, or as soon as there may be another update. @param {boolean} [now] */
  schedule(now = false) {
    if (!this.life || !this.seen || this.held || this.empty || this.scenes.length === 0) return;
    const wait = now ? 0 : Math.max(0, this.updated + PAUSE - performance.now());
    if (this.timer && !now) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.update();
    }, wait);
  }

  /** Draw what has changed. */
  async update() {
    if (this.busy || !this.life || this.held || this.empty || this.box.clientWidth === 0) return;
    const hindrance = this.hindrance();
    if (hindrance) {
      this.fallBack(...hindrance);
      return;
    }
    holder = this;
    this.busy = true;
    try {
      const library = await plotly();
      while (this.life && !this.held && !this.lost && (this.staleGround || this.stalePaths)) {
        await this.draw(library);
      }
      if (!this.lost) this.comeBack();
    } catch (error) {
      this.staleGround = true;
      this.note.say(`The surface could not be drawn (${problem(error)}).`, "Try again", () =>
        this.schedule(true),
      );
    } finally {
      this.busy = false;
      this.updated = performance.now();
    }
  }

  /** @param {import("./parts/plotly.js").Plotly} library */
  async draw(library) {
    const { scenes, walked, groundBox, box } = this;
    const drawn = walked.map((path, i) => `${path.name} ${path.token} ${dashOf(path, i)} ${path.scene}`).join();
    if (this.staleGround || drawn !== this.drawnPaths) {
      this.staleGround = false;
      this.stalePaths = false;
      this.drawnPaths = drawn;
      const size = parseFloat(getComputedStyle(box).fontSize);
      const { clientWidth: width, clientHeight: height } = box;
      // what it told last may be a frame older than what stands there
      if (!this.turning) this.camera = cameraOf(groundBox, sceneName(this.turned)) ?? this.camera;
      const layout = layoutOf(scenes, this.names, { width, height, size, camera: this.camera });
      const traces = [
        ...scenes.map(surfaceTrace),
        ...walked.flatMap((path, i) => pathTraces(path, i, scenes)),
      ];
      const first = !groundBox.firstChild;
      const plot = await library.react(groundBox, traces, layout, {
        displayModeBar: false,
        scrollZoom: false,
        plotGlPixelRatio: Math.min(DENSEST, devicePixelRatio),
      });
      if (first) this.follow(plot);
      return;
    }
    this.stalePaths = false;
    if (walked.length === 0) return;
    const places = walked.flatMap((path) => {
      const { line, ball } = pathPlaces(path, scenes);
      return [line, ball];
    });
    const changes = { x: places.map(({ x }) => x), y: places.map(({ y }) => y), z: places.map(({ z }) => z) };
    await library.restyle(groundBox, changes, places.map((_, i) => scenes.length + i));
  }

  /** A copy on a plain canvas: what WebGL has drawn cannot be read afterwards. */
  async still() {
    if (this.seen) await this.update();
    const { groundBox, box } = this;
    if (!this.contours.hidden || !groundBox.firstChild) return () => {};
    const { clientWidth: width, clientHeight: height } = box;
    const library = await plotly();
    const image = new Image();
    image.src = await library.toImage(groundBox, { format: "png", width, height, scale: DENSEST });
    await image.decode();
    const canvas = element("canvas", { class: "surface-ground", "aria-hidden": "true" });
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    box.append(canvas);
    return () => canvas.remove();
  }

  /** Hear what Plotly tells. @param {Plot} plot */
  follow(plot) {
    plot.on("plotly_hover", ({ points }) => this.read(points[0]));
    plot.on("plotly_unhover", () => this.read(null));
    plot.on("plotly_relayouting", (about) => this.onCamera(about));
    // told of what is done here, too, when it is done
    plot.on("plotly_relayout", (about) => this.turning || this.onCamera(about));
  }

  /** Somebody has turned one scene: the other one turns with it. @param {Record<string, Camera>} about */
  onCamera(about) {
    this.turned = "scene2.camera" in about ? 1 : 0;
    const camera = about[`${sceneName(this.turned)}.camera`];
    if (!camera) return;
    this.camera = { eye: camera.eye, center: camera.center, up: camera.up };
    if (this.scenes.length > 1) void this.turn();
  }

  /** @param {Camera} camera */
  look(camera) {
    this.camera = camera;
    void this.turn();
  }

  /** Put the cameras of all scenes where this one is; what comes meanwhile is done afterwards. */
  async turn() {
    if (this.turning || !this.groundBox.firstChild || this.lost) return;
    this.turning = true;
    const library = await plotly();
    /** @type {Camera | null} */
    let put = null;
    while (put !== this.camera && this.groundBox.firstChild) {
      put = this.camera;
      /** @type {Record<string, Camera>} */
      const cameras = {};
      for (const i of this.scenes.keys()) {
        // the one in hand is turned by Plotly: told as well, it would turn twice
        if (!this.held || i !== this.turned) cameras[`${sceneName(i)}.camera`] = put;
      }
      await library.relayout(this.groundBox, cameras);
    }
    this.turning = false;
  }

  /** What keeps the surface from being drawn: a sentence, and what may help. @returns {[string, string, () => void] | null} */
  hindrance() {
    if (!hasWebGL()) {
      return ["This browser draws nothing in three dimensions (WebGL is off): here are the contours.", "", () => {}];
    }
    if (this.lost) {
      return ["The browser has taken the surface's memory away: here are the contours.", "Draw the surface again", () => this.revive()];
    }
    if (holder && holder !== this) {
      return ["One surface of a page is drawn at a time: here are the contours.", "Draw this one", () => this.claim()];
    }
    return null;
  }

  /** @param {string} text @param {string} name @param {() => void} help */
  fallBack(text, name, help) {
    this.note.say(text, name, help);
    this.box.hidden = true;
    this.turns.hidden = true;
    this.scale.element.hidden = true;
    this.contours.hidden = false;
    this.showContours();
  }

  comeBack() {
    this.note.clear();
    if (this.contours.hidden) return;
    this.contours.hidden = true;
    this.contours.replaceChildren();
    this.turns.hidden = false;
    this.scale.element.hidden = this.scenes.length > 1;
  }

  /** The same ground as contours. */
  showContours() {
    const { contours, names } = this;
    while (contours.children.length > this.grounds.length) contours.lastElementChild?.remove();
    for (const [i, ground] of this.grounds.entries()) {
      const view = /** @type {ContourView} */ (
        contours.children[i] ?? contours.appendChild(document.createElement("contour-view"))
      );
      setAttributes(view, {
        label: names.label,
        "x-label": names.x,
        "y-label": names.y,
        "z-label": names.z,
        log: this.hasAttribute("log"),
        "data-tensor": this.dataset.tensor,
      });
      view.show(ground);
      view.paths(this.walked.filter(({ scene }) => (scene ?? 0) === i));
    }
  }

  /** Take the page's one surface from the view that has it. */
  claim() {
    const other = holder;
    other?.release();
    holder = this;
    this.box.hidden = false;
    this.schedule(true);
    other?.schedule(true);
  }

  /** Give back what WebGL holds. */
  release() {
    if (holder === this) holder = null;
    this.renew();
  }

  /** A fresh place for Plotly; what stood in the old one is given up. */
  renew() {
    const old = this.groundBox;
    if (!old.firstChild) return;
    this.groundBox = element("div", { class: "surface-ground" });
    old.replaceWith(this.groundBox);
    void plotly().then((library) => library.purge(old));
    this.staleGround = true;
  }

  /** @param {Event} event */
  onLost(event) {
    event.preventDefault(); // or it would never be given back
    this.lost = true;
    this.schedule(true);
  }

  /** Draw in a fresh place: the old one waits for its memory, and nothing is held there. */
  revive() {
    if (!this.lost) return;
    this.lost = false;
    this.box.hidden = false;
    this.groundBox.replaceWith((this.groundBox = element("div", { class: "surface-ground" })));
    this.staleGround = true;
    this.schedule(true);
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    this.held = true;
    this.scrolls = "";
    this.pressed = { x: event.clientX, y: event.clientY };
  }

  /** A finger that goes up or down scrolls the page: Plotly would keep it. @param {TouchEvent} event */
  onTouch(event) {
    const { clientX, clientY } = event.changedTouches[0];
    const far = Math.max(Math.abs(clientX - this.pressed.x), Math.abs(clientY - this.pressed.y));
    if (!this.scrolls && far > STILL) {
      this.scrolls = Math.abs(clientX - this.pressed.x) > Math.abs(clientY - this.pressed.y) ? "no" : "yes";
    }
    if (this.scrolls !== "no") event.stopPropagation();
  }

  onUp() {
    if (!this.held) return;
    this.held = false;
    if (this.scenes.length > 1) {
      this.camera = { ...this.camera }; // now all are told, the one that was in hand, too
      void this.turn();
    }
    if (this.staleGround || this.stalePaths) this.schedule();
  }

  /** @param {MouseEvent} event */
  onClick({ clientX, clientY }) {
    const { pressed, pointed } = this;
    if (!pointed || Math.hypot(clientX - pressed.x, clientY - pressed.y) > STILL) return;
    this.dispatchEvent(new CustomEvent("place-pick", { bubbles: true, detail: { ...pointed } }));
  }

  /** @param {Event} event */
  onContourPick(event) {
    event.stopPropagation();
    const { x, y } = /** @type {CustomEvent} */ (event).detail;
    const scene = [...this.contours.children].indexOf(/** @type {Element} */ (event.target));
    this.dispatchEvent(new CustomEvent("place-pick", { bubbles: true, detail: { x, y, scene } }));
  }

  /** Read the number under the pointer. @param {{x: number, y: number, curveNumber: number} | null} point */
  read(point) {
    const scene = point?.curveNumber ?? 0;
    const ground = this.grounds[scene];
    this.pointed = point && ground ? { x: point.x, y: point.y, scene } : null;
    const text = this.pointed
      ? pointName(ground, this.names, nearest(ground.y, this.pointed.y), nearest(ground.x, this.pointed.x))
      : "";
    setText(this.readText, text);
  }

  /** Bring the words up to date. */
  describe = () => {
    if (!this.life) return;
    const { names, walked, grounds } = this;
    const told = grounds.map((ground, i) =>
      groundSummary(ground, names, walked.filter(({ scene }) => (scene ?? 0) === i)),
    );
    setText(this.said, told.length > 0 ? told.join(" ") : groundSummary(null, names, walked));
  };

  openTable() {
    this.describe();
    const sheets = this.grounds.map((ground) => sheetOf(ground, this.names));
    openTables(this.names.label, this.said.textContent ?? "", sheets);
  }
}

customElements.define("surface-view", SurfaceView);
