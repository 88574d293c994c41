/** Bytes as text, for the messages that carry a picture. */

/** Characters that are put together at once: more arguments than this overflow the stack. */
const CHUNK = 8192;

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}

/**
 * The numbers that `base64Numbers` wrote.
 *
 * @param {string} text
 * @returns {Float32Array}
 */
export function numbersOf(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getFloat32(4 * i, true));
}

/**
 * Numbers as little-endian float32.
 *
 * @param {ArrayLike<number>} numbers
 * @returns {string}
 */
export function base64Numbers(numbers) {
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  for (let i = 0; i < numbers.length; i++) bytes.setFloat32(4 * i, numbers[i], true);
  return base64(new Uint8Array(bytes.buffer));
}
