/**
 * Where a surface is looked at from, and how it turns. Places are in units of the scene's box.
 */

/**
 * @typedef {{x: number, y: number, z: number}} Point
 * @typedef {{eye: Point, center: Point, up: Point}} Camera
 */

/** From the front, a little from the right and from above: the plane's x runs right, its y away. */
export const FRONT = { eye: { x: 0.7, y: -1.5, z: 1.4 }, center: { x: 0, y: 0, z: -0.16 }, up: { x: 0, y: 0, z: 1 } };

/** Degrees: from straight above everything would lie the other way round in a moment. */
const STEEPEST = 85;
const FLATTEST = -20;
const NEAREST = 0.8;
const FARTHEST = 5;

/** @param {Camera} camera */
function polar({ eye, center }) {
  const x = eye.x - center.x;
  const y = eye.y - center.y;
  const z = eye.z - center.z;
  const far = Math.hypot(x, y, z);
  return { far, round: Math.atan2(y, x), height: Math.asin(z / far) };
}

/** @param {Camera} camera @param {number} far @param {number} round @param {number} height @returns {Camera} */
function seen({ center, up }, far, round, height) {
  const flat = far * Math.cos(height);
  return {
    eye: {
      x: center.x + flat * Math.cos(round),
      y: center.y + flat * Math.sin(round),
      z: center.z + far * Math.sin(height),
    },
    center,
    up,
  };
}

/**
 * @param {Camera} camera
 * @param {number} right  degrees that the eye goes round, to the right
 * @param {number} up  degrees that it rises
 * @returns {Camera}
 */
export function turned(camera, right, up) {
  const { far, round, height } = polar(camera);
  const steep = Math.max(FLATTEST, Math.min(STEEPEST, degrees(height) + up));
  return seen(camera, far, round + radians(right), radians(steep));
}

/**
 * @param {Camera} camera
 * @param {number} factor  below 1: nearer
 * @returns {Camera}
 */
export function moved(camera, factor) {
  const { far, round, height } = polar(camera);
  return seen(camera, Math.max(NEAREST, Math.min(FARTHEST, far * factor)), round, height);
}

/** @param {number} angle */
function degrees(angle) {
  return (angle * 180) / Math.PI;
}

/** @param {number} angle */
function radians(angle) {
  return (angle * Math.PI) / 180;
}
