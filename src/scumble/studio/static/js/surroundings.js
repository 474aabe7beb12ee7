/** What goes on around a region: background behind objects, grown masks, larger canvases. */

import { EditError, boundsOf } from "./maps.js";
import { nearestChosen } from "./nearest.js";

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */

const MAX_PIXELS = 64_000_000;
const UNKNOWN_PART = 255;

/**
 * From which pixel the background continues at each pixel: stuff that counts and is not selected.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {Uint8Array} selected
 * @returns {{source: Int32Array}} Indices of the nearest background.
 */
export function filledWithBackground(maps, space, selected) {
  const counts = space.classes.map((c) => (c.thing || c.dont_care ? 0 : 1));
  const background = new Uint8Array(maps.labels.length);
  for (let k = 0; k < background.length; k++) background[k] = selected[k] ? 0 : counts[maps.labels[k]];
  if (!background.includes(1)) throw new EditError("There is no background to continue where this was.");
  return { source: nearestChosen(background, maps.width, maps.height) };
}

/**
 * The pixels within a distance of a region that is not empty.
 *
 * @param {Uint8Array} region
 * @param {number} radius
 * @param {number} width
 * @param {number} height
 */
export function dilated(region, radius, width, height) {
  const bounds = /** @type {[number, number, number, number]} */ (boundsOf(region, width));
  const [left, top] = [Math.max(bounds[0] - radius, 0), Math.max(bounds[1] - radius, 0)];
  const [right, bottom] = [Math.min(bounds[2] + radius, width), Math.min(bounds[3] + radius, height)];
  const across = right - left;
  const window = new Uint8Array(across * (bottom - top));
  for (let y = top; y < bottom; y++) {
    window.set(region.subarray(y * width + left, y * width + right), (y - top) * across);
  }
  const nearest = nearestChosen(window, across, bottom - top);
  const grown = region.slice();
  for (let k = 0; k < window.length; k++) {
    const [x, y] = [k % across, Math.floor(k / across)];
    const away = (x - (nearest[k] % across)) ** 2 + (y - Math.floor(nearest[k] / across)) ** 2;
    if (away <= radius * radius) grown[(y + top) * width + x + left] = 1;
  }
  return grown;
}

/**
 * The maps on a larger canvas: their border goes on, but what is countable does not.
 *
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {{grown: Maps, region: Uint8Array}} The new maps, and 1 for the new pixels.
 */
export function extended(operation, maps, space) {
  const { left = 0, top = 0, right = 0, bottom = 0 } = operation;
  const width = left + maps.width + right;
  const height = top + maps.height + bottom;
  if (width * height > MAX_PIXELS) throw new EditError("The picture would be too large.");
  const size = width * height;
  /** @type {Maps} */
  const grown = {
    width,
    height,
    labels: new Int32Array(size),
    instances: new Int32Array(size),
    mask: new Uint8Array(size),
    parts: maps.parts && new Uint8Array(size).fill(UNKNOWN_PART),
    offset: [maps.offset[0] + left, maps.offset[1] + top],
    styles: new Map(maps.styles),
  };
  const region = new Uint8Array(size);
  for (let y = 0, k = 0; y < height; y++) {
    const row = Math.min(Math.max(y - top, 0), maps.height - 1);
    for (let x = 0; x < width; x++, k++) {
      const column = Math.min(Math.max(x - left, 0), maps.width - 1);
      const from = row * maps.width + column;
      grown.labels[k] = maps.labels[from];
      grown.instances[k] = maps.instances[from];
      if (row === y - top && column === x - left) {
        grown.mask[k] = maps.mask[from];
        if (grown.parts && maps.parts) grown.parts[k] = maps.parts[from];
      } else {
        region[k] = 1;
      }
    }
  }
  endThings(grown, region, space);
  return { grown, region };
}

/**
 * @param {Maps} grown
 * @param {Uint8Array} region
 * @param {LabelSpace} space
 */
function endThings(grown, region, space) {
  const stuff = Uint8Array.from(grown.labels, (label) => (space.classes[label].thing ? 0 : 1));
  if (!stuff.includes(1)) return;
  const source = nearestChosen(stuff, grown.width, grown.height);
  for (let k = 0; k < region.length; k++) {
    if (region[k] && !stuff[k]) {
      grown.labels[k] = grown.labels[source[k]];
      grown.instances[k] = grown.instances[source[k]];
    }
  }
}
