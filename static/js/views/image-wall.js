/**
 * <image-wall label="misread digits">: small pictures with a caption each, as buttons. One tab
 * stop; the arrow keys, Home and End walk along the wall.
 *
 * Event: image-pick {place}, a picture was clicked or entered.
 *
 * @import {Tensor} from "../core/types.js"
 */

import { element } from "../core/dom.js";
import { NOUGHT, table } from "../core/palette.js";

/** @typedef {{button: HTMLButtonElement, picture: HTMLCanvasElement, caption: HTMLElement}} Picture */

export class ImageWall extends HTMLElement {
  /** @type {Picture[]} */
  #pictures = [];
  #list = element("ul", { class: "wall" });
  /** @type {ImageData | null} */
  #image = null;
  #current = 0;
  /** @type {AbortController | null} */
  #life = null;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.#list.setAttribute("aria-label", this.getAttribute("label") ?? "pictures");
    this.replaceChildren(this.#list);
    this.addEventListener("keydown", (event) => this.#walk(event), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  /**
   * Draw pictures.
   *
   * @param {Tensor | undefined} images  (pictures, 1, rows, columns), from 0 (paper) to 1 (ink)
   * @param {(place: number) => [caption: string, words: string]} name  of the picture at a place:
   *   what stands below it, and what a screen reader says
   */
  show(images, name) {
    if (!images) return;
    const [count, , rows, columns] = images.shape;
    this.#make(count);
    if (this.#image?.width !== columns || this.#image.height !== rows) {
      this.#image = new ImageData(columns, rows);
    }
    for (let place = 0; place < count; place++) {
      const { button, picture, caption } = this.#pictures[place];
      const [short, words] = name(place);
      caption.textContent = short;
      button.setAttribute("aria-label", words);
      this.#draw(picture, images.data, place * rows * columns);
    }
  }

  /** @param {number} count */
  #make(count) {
    while (this.#pictures.length > count) this.#pictures.pop()?.button.parentElement?.remove();
    while (this.#pictures.length < count) {
      const place = this.#pictures.length;
      const picture = element("canvas", { "aria-hidden": "true" });
      const caption = element("span", { class: "wall-caption" });
      const button = element("button", { class: "wall-image", type: "button" }, picture, caption);
      button.addEventListener("click", () => this.#pick(place));
      this.#list.append(element("li", {}, button));
      this.#pictures.push({ button, picture, caption });
    }
    this.#goTo(Math.min(this.#current, count - 1), false);
  }

  /**
   * @param {HTMLCanvasElement} picture
   * @param {ArrayLike<number>} data
   * @param {number} start
   */
  #draw(picture, data, start) {
    const image = this.#image;
    if (!image) return;
    if (picture.width !== image.width || picture.height !== image.height) {
      picture.width = image.width;
      picture.height = image.height;
    }
    const { pixels } = table("grey");
    const cells = new Uint32Array(image.data.buffer);
    for (let i = 0; i < cells.length; i++) {
      cells[i] = pixels[NOUGHT + Math.round(data[start + i] * NOUGHT)];
    }
    picture.getContext("2d")?.putImageData(image, 0, 0);
  }

  /** @param {number} place */
  #pick(place) {
    this.#goTo(place, false);
    this.dispatchEvent(new CustomEvent("image-pick", { bubbles: true, detail: { place } }));
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const last = this.#pictures.length - 1;
    const goal = {
      ArrowRight: this.#current + 1,
      ArrowDown: this.#current + 1,
      ArrowLeft: this.#current - 1,
      ArrowUp: this.#current - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    this.#goTo(Math.max(0, Math.min(last, goal)), true);
  }

  /**
   * @param {number} place
   * @param {boolean} focused
   */
  #goTo(place, focused) {
    this.#current = Math.max(0, place);
    for (const [i, { button }] of this.#pictures.entries()) {
      button.tabIndex = i === this.#current ? 0 : -1;
    }
    if (focused) this.#pictures[this.#current]?.button.focus();
  }
}

customElements.define("image-wall", ImageWall);
