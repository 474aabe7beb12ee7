/** Moving, scaling and copying objects, as in scumble/edit/instances.py. */

import { floorDivide } from "./geometry.js";
import { EditError, boundsOf, newInstanceId, select } from "./maps.js";
import { DEFAULT_GROW } from "./operations.js";
import { dilated, filledWithBackground } from "./surroundings.js";

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./operations.js").Outcome} Outcome */

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
export function moved(operation, maps, space) {
  const { selector = "", copy = false, grow = DEFAULT_GROW, style } = operation;
  const { width, height } = maps;
  const selected = select(maps, space, selector);
  const first = selected.indexOf(1);
  if (maps.instances.some((id, k) => selected[k] === 1 && id !== maps.instances[first])) {
    throw new EditError(`${selector} means several instances; choose one.`);
  }
  const { target, source } = movedRegion(operation, selected, width, height);
  if (!target.includes(1)) throw new EditError(`${selector} would leave the picture.`);
  const hole = !copy && selected.some((value, k) => value === 1 && target[k] === 0);
  const behind = hole ? filledWithBackground(maps, space, selected).source : source;
  const id = copy ? newInstanceId(maps, space, majority(maps, selected, space)) : maps.instances[first];
  const changed = target.slice();
  if (!copy) selected.forEach((value, k) => (changed[k] |= value));
  return {
    mask: dilated(changed, grow, width, height),
    changed,
    label: (k) => maps.labels[target[k] ? source[k] : behind[k]],
    instance: (k) => (target[k] ? id : maps.instances[behind[k]]),
    styles: style ? [[id, style]] : [],
  };
}

/**
 * Where an object comes to lie, and from which pixel each pixel there is taken.
 *
 * @param {Operation} operation
 * @param {Uint8Array} selected Not empty.
 * @param {number} width
 * @param {number} height
 */
export function movedRegion(operation, selected, width, height) {
  const { dx = 0, dy = 0, percent = 100 } = operation;
  const box = /** @type {[number, number, number, number]} */ (boundsOf(selected, width));
  const columns = scaled(box[0], box[2], dx, percent, width);
  const rows = scaled(box[1], box[3], dy, percent, height);
  const target = new Uint8Array(selected.length);
  const source = new Int32Array(selected.length);
  for (let y = 0; y < height; y++) {
    if (rows[y] < 0) continue;
    for (let x = 0; x < width; x++) {
      if (columns[x] < 0) continue;
      const from = rows[y] * width + columns[x];
      target[y * width + x] = selected[from];
      source[y * width + x] = from;
    }
  }
  return { target, source };
}

/**
 * The column (or row) that each one is taken from; -1 outside the object's rectangle.
 *
 * @param {number} start
 * @param {number} stop
 * @param {number} shift
 * @param {number} percent
 * @param {number} size
 */
function scaled(start, stop, shift, percent, size) {
  const before = stop - start;
  const after = Math.max(1, floorDivide(before * percent + 50, 100));
  const corner = start + shift + floorDivide(before - after, 2);
  return Int32Array.from({ length: size }, (_, k) => {
    const place = k - corner;
    return place >= 0 && place < after ? start + floorDivide((2 * place + 1) * before, 2 * after) : -1;
  });
}

/**
 * The class of most selected pixels, the smaller id of two.
 *
 * @param {Maps} maps
 * @param {Uint8Array} selected
 * @param {LabelSpace} space
 */
function majority(maps, selected, space) {
  const counts = new Int32Array(space.classes.length);
  selected.forEach((value, k) => (counts[maps.labels[k]] += value));
  return counts.indexOf(counts.reduce((a, b) => Math.max(a, b)));
}
