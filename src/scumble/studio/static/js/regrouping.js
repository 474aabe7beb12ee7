/** Merging and splitting objects, as in scumble/edit/regroup.py. */

import { flood } from "./drawing.js";
import { strokeRegion } from "./geometry.js";
import { EditError, boundsOf, classIdOf, newInstanceIds, select } from "./maps.js";
import { nearestChosen } from "./nearest.js";

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./operations.js").Outcome} Outcome */

export const DEFAULT_RADIUS = 1;

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
export function merged(operation, maps, space) {
  const target = countable(operation.target ?? "", maps, space);
  const other = countable(operation.other ?? "", maps, space);
  if (target.classId !== other.classId) throw new EditError("Only objects of one class can be merged.");
  if (target.id === other.id) throw new EditError("This is the same object; choose another one.");
  return regrouped(maps, other.selected, () => target.id);
}

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
export function split(operation, maps, space) {
  const { target = "", points = [], radius = DEFAULT_RADIUS } = operation;
  const { selected, id, classId } = countable(target, maps, space);
  const [left, top, right, bottom] = /** @type {[number, number, number, number]} */ (boundsOf(selected, maps.width));
  const [width, height] = [right - left, bottom - top];
  const window = (/** @type {Uint8Array} */ region) => {
    const part = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const start = (y + top) * maps.width + left;
      part.set(region.subarray(start, start + width), y * width);
    }
    return part;
  };
  const stroke = window(strokeRegion(points, radius, maps.width, maps.height));
  const inside = window(selected);
  const areas = [0];
  const pieces = piecesBeside(stroke, inside, width, height, areas);
  if (areas.length < 3) throw new EditError(`The line does not part ${target}; draw it from border to border.`);
  const order = areas.map((_, piece) => piece).slice(1).sort((a, b) => areas[b] - areas[a] || a - b);
  const ids = [id, ...newInstanceIds(maps, space, classId, order.length - 1)];
  const idOfPiece = new Int32Array(areas.length);
  order.forEach((piece, rank) => (idOfPiece[piece] = ids[rank]));
  const source = nearestChosen(Uint8Array.from(pieces, (piece) => (piece ? 1 : 0)), width, height);
  return regrouped(maps, selected, (k) => {
    const [x, y] = [(k % maps.width) - left, Math.floor(k / maps.width) - top];
    return idOfPiece[pieces[source[y * width + x]]];
  });
}

/**
 * The pieces of an object that a stroke touches, numbered from 1 as the stroke touches them row by row.
 *
 * @param {Uint8Array} stroke
 * @param {Uint8Array} inside 1 for the object.
 * @param {number} width
 * @param {number} height
 * @param {number[]} areas Gets the number of pixels of each piece.
 * @returns {Int32Array} The piece of each pixel, 0 for none.
 */
function piecesBeside(stroke, inside, width, height, areas) {
  const pieces = new Int32Array(width * height);
  const beside = (/** @type {number} */ x, /** @type {number} */ y) => {
    for (let row = Math.max(y - 1, 0); row <= Math.min(y + 1, height - 1); row++) {
      for (let column = Math.max(x - 1, 0); column <= Math.min(x + 1, width - 1); column++) {
        if (stroke[row * width + column]) return true;
      }
    }
    return false;
  };
  const take = (/** @type {number} */ k) => {
    if (!inside[k] || stroke[k] || pieces[k]) return false;
    pieces[k] = areas.length - 1;
    areas[areas.length - 1] += 1;
    return true;
  };
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k++) {
      if (!inside[k] || stroke[k] || pieces[k] || !beside(x, y)) continue;
      areas.push(0);
      flood(k, width, height, true, take);
    }
  }
  return pieces;
}

/**
 * The one object that a selector means.
 *
 * @param {string} selector
 * @param {Maps} maps
 * @param {LabelSpace} space
 */
function countable(selector, maps, space) {
  const selected = select(maps, space, selector);
  const id = maps.instances[selected.indexOf(1)];
  if (maps.instances.some((value, k) => selected[k] === 1 && value !== id)) {
    throw new EditError(`${selector} means several instances; choose one.`);
  }
  const classId = classIdOf(space, selector.split("#")[0]);
  if (!space.classes[classId].thing || id < space.classes.length) {
    throw new EditError(`Choose a single object; ${space.classes[classId].name} is none.`);
  }
  return { selected, id, classId };
}

/**
 * @param {Maps} maps
 * @param {Uint8Array} changed
 * @param {(k: number) => number} instance
 * @returns {Outcome}
 */
function regrouped(maps, changed, instance) {
  const { labels, parts } = maps;
  return {
    mask: new Uint8Array(labels.length),
    changed,
    label: (k) => labels[k],
    instance,
    part: (k) => (parts ? parts[k] : 255),
  };
}
