/**
 * The binary frame of the wire protocol, read without copying (its twin is `app/wire.py`).
 *
 * `u32` little-endian length of the header; the header, UTF-8 JSON, padded with spaces to a
 * multiple of 8; then the arrays, each padded to a multiple of 8.
 *
 * @import {Frame, Tensor, TypedArray} from "./types.js"
 */

const ALIGNMENT = 8;

/**
 * The element types on the wire. Typed arrays use the machine's byte order; every machine that
 * runs a browser today is little-endian, as the wire is.
 *
 * @type {Record<string, {new (buffer: ArrayBuffer, offset: number, length: number): TypedArray,
 *   BYTES_PER_ELEMENT: number}>}
 */
const ELEMENTS = { "<f4": Float32Array, "<f8": Float64Array, "<i4": Int32Array, "|u1": Uint8Array };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A message that breaks the protocol; the text names the thing, the rule and the value. */
export class WireError extends Error {}

/**
 * Read a frame.
 *
 * @param {ArrayBuffer} message
 * @returns {Frame}  its tensors are views over `message`
 * @throws {WireError}
 */
export function decode(message) {
  if (message.byteLength < 4) {
    throw new WireError(`frame: expected at least 4 bytes, got ${message.byteLength}`);
  }
  const length = new DataView(message).getUint32(0, true);
  if (4 + length > message.byteLength) {
    throw new WireError(`header: expected ${length} bytes, got ${message.byteLength - 4}`);
  }
  const header = readHeader(new Uint8Array(message, 4, length));
  const start = Math.ceil((4 + length) / ALIGNMENT) * ALIGNMENT;
  /** @type {Map<string, Tensor>} */
  const arrays = new Map();
  for (const entry of header.arrays) {
    arrays.set(entry.name, readTensor(message, start, entry));
  }
  return {
    run: header.run,
    root: header.root ?? header.run,
    seq: header.seq,
    step: header.step,
    head: header.head ?? header.step,
    playing: header.playing,
    scalars: header.scalars,
    moment: header.moment ?? null,
    arrays,
  };
}

/**
 * @param {Uint8Array} bytes
 * @returns {any}  a header with the fields that every frame has
 */
function readHeader(bytes) {
  let header;
  try {
    header = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw new WireError(`header: expected UTF-8 JSON (${error})`);
  }
  if (header?.kind !== "frame") {
    throw new WireError(`header: expected kind "frame", got ${JSON.stringify(header?.kind)}`);
  }
  for (const field of ["run", "seq", "step"]) {
    if (!Number.isInteger(header[field])) {
      throw new WireError(`${field}: expected a whole number, got ${JSON.stringify(header[field])}`);
    }
  }
  if (typeof header.scalars !== "object" || header.scalars === null) {
    throw new WireError(`scalars: expected an object, got ${JSON.stringify(header.scalars)}`);
  }
  if (!Array.isArray(header.arrays)) {
    throw new WireError(`arrays: expected a list, got ${JSON.stringify(header.arrays)}`);
  }
  return header;
}

/**
 * @param {ArrayBuffer} message
 * @param {number} start  of the first array
 * @param {{name: string, dtype: string, shape: number[], offset: number, bytes: number}} entry
 * @returns {Tensor}
 */
function readTensor(message, start, { name, dtype, shape, offset, bytes }) {
  const Elements = ELEMENTS[dtype];
  if (!Elements) {
    const known = Object.keys(ELEMENTS).join(", ");
    throw new WireError(`${name}: expected a dtype of ${known}, got ${JSON.stringify(dtype)}`);
  }
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new WireError(`${name}: expected a shape of whole numbers, got ${JSON.stringify(shape)}`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * Elements.BYTES_PER_ELEMENT !== bytes) {
    throw new WireError(
      `${name}: shape ${shape.join("×")} of ${dtype} needs ` +
        `${count * Elements.BYTES_PER_ELEMENT} bytes, the header says ${bytes}`,
    );
  }
  if (!Number.isInteger(offset) || offset < 0 || offset % ALIGNMENT !== 0) {
    throw new WireError(`${name}: expected an offset in multiples of ${ALIGNMENT}, got ${offset}`);
  }
  if (start + offset + bytes > message.byteLength) {
    throw new WireError(
      `${name}: ends at byte ${start + offset + bytes} of a message of ${message.byteLength}`,
    );
  }
  return { name, dtype, shape, data: new Elements(message, start + offset, count) };
}
