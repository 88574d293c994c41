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
