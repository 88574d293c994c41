/**
 * <picture-input>: a picture of one's own, from a file or from the camera.
 *
 * It is decoded and scaled here, in the browser: what leaves this element is at most 256 × 256
 * pixels. The camera is asked for only when somebody presses its button.
 *
 * Event: picture-taken {rows, columns, rgb}: red, green and blue of each pixel, as base64.
 */

import { base64 } from "../core/base64.js";
import { button, element, setText, uniqueId } from "../core/dom.js";

const MOST_PIXELS = 256;
const LEAST_PIXELS = 3;
const MOST_BYTES = 20 * 2 ** 20;
const KINDS = ["image/png", "image/jpeg", "image/webp"];
const RULE = "expected a picture as PNG, JPEG or WebP";

/** Why the camera did not open, by the name of the browser's error. */
const CAMERA_ERRORS = {
  NotAllowedError: "the browser was not allowed to use it; its address bar says how to allow it",
  NotFoundError: "there is none on this device",
  NotReadableError: "another program is using it",
};

export class PictureInput extends HTMLElement {
  file = element("input", { type: "file", accept: KINDS.join(","), id: uniqueId("file"), class: "visually-hidden" });
  cameraButton = button("Camera", { class: "button-small" });
  takeButton = button("Take the picture", { class: "button-small button-primary" });
  stopButton = button("Close the camera", { class: "button-small" });
  video = element("video", { muted: true, playsinline: true });
  live = element("div", { class: "picture-live", hidden: true });
  problem = element("p", { class: "control-problem", role: "alert", hidden: true });
  /** @type {MediaStream | null} */
  stream = null;
  /** @type {AbortController | null} */
  life = null;

  connectedCallback() {
    this.life = new AbortController();
    const { signal } = this.life;
    const label = element(
      "label",
      { for: this.file.id, class: "button button-small" },
      "Open a picture file",
    );
    this.live.replaceChildren(this.video, this.takeButton, this.stopButton);
    this.replaceChildren(this.file, label, this.cameraButton, this.live, this.problem);
    this.file.addEventListener("change", () => void this.readFile(), { signal });
    this.cameraButton.addEventListener("click", () => void this.openCamera(), { signal });
    this.takeButton.addEventListener("click", () => this.take(), { signal });
    this.stopButton.addEventListener("click", () => this.closeCamera(), { signal });
    this.addEventListener("dragover", (event) => event.preventDefault(), { signal });
    this.addEventListener("drop", (event) => this.onDrop(event), { signal });
    signal.addEventListener("abort", () => this.closeCamera(), { once: true });
  }

  disconnectedCallback() {
    this.life?.abort();
    this.life = null;
  }

  /** @param {DragEvent} event */
  onDrop(event) {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) void this.read(file);
  }

  async readFile() {
    const file = this.file.files?.[0];
    if (file) await this.read(file);
    this.file.value = ""; // the same file may be chosen again
  }

  /** @param {File} file */
  async read(file) {
    this.tell("");
    if (!KINDS.includes(file.type)) {
      return this.tell(`${file.name}: ${RULE}, got ${file.type || "a file of no known kind"}`);
    }
    if (file.size > MOST_BYTES) {
      const size = (file.size / 2 ** 20).toFixed(0);
      return this.tell(`${file.name}: expected at most 20 MB, got ${size} MB`);
    }
    try {
      const bitmap = await createImageBitmap(file);
      this.send(bitmap, bitmap.width, bitmap.height, file.name);
      bitmap.close();
    } catch {
      this.tell(`${file.name}: ${RULE}, but it cannot be read as one: it is damaged or cut short`);
    }
  }

  async openCamera() {
    this.tell("");
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotAllowedError");
      const video = { width: MOST_PIXELS, height: MOST_PIXELS };
      this.stream = await navigator.mediaDevices.getUserMedia({ video });
      this.video.srcObject = this.stream;
      await this.video.play();
      this.live.hidden = false;
      this.cameraButton.hidden = true;
      this.takeButton.focus();
    } catch (error) {
      this.closeCamera();
      const name = error instanceof DOMException ? error.name : "";
      const why = /** @type {Record<string, string>} */ (CAMERA_ERRORS)[name] ?? `${error}`;
      this.tell(`The camera cannot be used: ${why}.`);
    }
  }

  closeCamera() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.live.hidden = true;
    this.cameraButton.hidden = false;
  }

  take() {
    this.send(this.video, this.video.videoWidth, this.video.videoHeight, "The camera's picture");
    this.closeCamera();
    this.cameraButton.focus();
  }

  /**
   * Scale a picture and hand it on.
   *
   * @param {CanvasImageSource} source
   * @param {number} width
   * @param {number} height
   * @param {string} name
   */
  send(source, width, height, name) {
    const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
    const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
    if (Math.min(rows, columns) < LEAST_PIXELS) {
      const got = `${columns} × ${rows} after it was scaled to fit ${MOST_PIXELS} × ${MOST_PIXELS}`;
      return this.tell(`${name}: expected at least ${LEAST_PIXELS} pixels a side, got ${got}`);
    }
    const canvas = element("canvas", { width: columns, height: rows });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return this.tell("This browser gives no canvas to scale the picture on.");
    context.fillStyle = "#fff"; // under what is transparent
    context.fillRect(0, 0, columns, rows);
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, columns, rows);
    const { data } = context.getImageData(0, 0, columns, rows);
    const bytes = new Uint8Array(3 * rows * columns);
    for (let i = 0; i < rows * columns; i++) {
      bytes[3 * i] = data[4 * i];
      bytes[3 * i + 1] = data[4 * i + 1];
      bytes[3 * i + 2] = data[4 * i + 2];
    }
    const detail = { rows, columns, rgb: base64(bytes) };
    this.dispatchEvent(new CustomEvent("picture-taken", { bubbles: true, detail }));
  }

  /** @param {string} text  what went wrong; empty takes it back */
  tell(text) {
    setText(this.problem, text);
    this.problem.hidden = text === "";
  }
}

customElements.define("picture-input", PictureInput);
