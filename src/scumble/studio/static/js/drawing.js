/** The regions of drawing operations, as in scumble/edit/drawing.py. */

import { polygonRegion, strokeRegion } from "./geometry.js";
import { EditError } from "./maps.js";

export { strokeRegion };

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */

/**
 * @param {Operation} operation A brush, polygon, rectangle or fill.
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Uint8Array} 1 for the covered pixels, perhaps none.
 */
export function drawnRegion(operation, maps, space) {
  const { width, height } = maps;
  switch (operation.operation) {
    case "brush":
      return strokeRegion(operation.points ?? [], operation.radius ?? 0, width, height);
    case "polygon":
      return polygonRegion(operation.points ?? [], width, height);
    case "rectangle":
      return rectangleRegion(operation, width, height);
    default:
      return fillRegion(operation.x ?? 0, operation.y ?? 0, maps, space);
  }
}

/**
 * @param {Operation} operation
 * @param {number} width
 * @param {number} height
 */
function rectangleRegion(operation, width, height) {
  const { x0 = 0, y0 = 0, x1 = 0, y1 = 0 } = operation;
  const region = new Uint8Array(width * height);
  const [left, right] = [Math.max(x0, 0), Math.min(x1, width)];
  for (let y = Math.max(y0, 0); y < Math.min(y1, height); y++) {
    if (left < right) region.fill(1, y * width + left, y * width + right);
  }
  return region;
}

/**
 * The connected region of one class and, where the class is countable, of one instance.
 *
 * @param {number} x
 * @param {number} y
 * @param {Maps} maps
 * @param {LabelSpace} space
 */
function fillRegion(x, y, maps, space) {
  const { width, height, labels, instances } = maps;
  if (x < 0 || y < 0 || x >= width || y >= height) throw new EditError("A fill begins inside the picture.");
  const region = new Uint8Array(width * height);
  const start = y * width + x;
  const thing = space.classes[labels[start]].thing;
  flood(start, width, height, false, (k) => {
    if (region[k] || labels[k] !== labels[start] || (thing && instances[k] !== instances[start])) return false;
    region[k] = 1;
    return true;
  });
  return region;
}

/**
 * Visit the pixels that are connected with one.
 *
 * @param {number} start
 * @param {number} width
 * @param {number} height
 * @param {boolean} corners Whether pixels are connected over their corners, too.
 * @param {(k: number) => boolean} take Whether a pixel belongs to them and was not visited yet; notes that it is.
 */
export function flood(start, width, height, corners, take) {
  const waiting = take(start) ? [start] : [];
  while (waiting.length > 0) {
    const k = /** @type {number} */ (waiting.pop());
    const x = k % width;
    const far = corners ? 1 : 0;
    for (const row of [k - width, k, k + width]) {
      if (row < 0 || row >= width * height) continue;
      const reach = row === k ? 1 : far;
      for (let step = -Math.min(reach, x); step <= Math.min(reach, width - 1 - x); step++) {
        if (take(row + step)) waiting.push(row + step);
      }
    }
  }
}
