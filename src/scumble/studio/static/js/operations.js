/** What every operation of an edit list does to the maps: the same as the classes of scumble/edit. */

import { drawnRegion, strokeRegion } from "./drawing.js";
import { EditError, classIdOf, newInstanceId, select } from "./maps.js";
import { moved } from "./moving.js";
import { paintPart, removePart } from "./parts.js";
import { merged, split } from "./regrouping.js";
import { decodeMask } from "./runs.js";
import { dilated, extended, filledWithBackground } from "./surroundings.js";

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./types.js").Style} Style */

/**
 * @typedef {object} Outcome What an operation changes.
 * @property {Uint8Array} mask Pixels that are to be generated now; with `erase`, that no longer are. It encloses
 *   what changes, or nothing is generated at all.
 * @property {boolean} [erase]
 * @property {Uint8Array} [changed] Pixels whose label and instance change.
 * @property {(index: number) => number} [label] The new label of a changed pixel.
 * @property {(index: number) => number} [instance]
 * @property {(index: number) => number} [part] 255 (unknown) if absent.
 * @property {[number, Style][]} [styles]
 * @property {Maps} [grown] The maps on a larger canvas, on which all this happens.
 */

export const DEFAULT_GROW = 5;

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {Maps} first The maps before the edit.
 * @returns {Outcome}
 * @throws {EditError} It cannot be carried out.
 */
export function carryOut(operation, maps, space, first) {
  const { selector = "", style } = operation;
  switch (operation.operation) {
    case "brush":
    case "polygon":
    case "rectangle":
    case "fill":
      return drawn(operation, drawnRegion(operation, maps, space), maps, space);
    case "paint":
    case "free_mask":
      return drawn(operation, decodeMask(sized(operation, maps)), maps, space);
    case "box":
      return box(operation, maps, space);
    case "erase":
      return erased(operation, maps, first);
    case "remove": {
      const selected = select(maps, space, selector);
      const { source } = filledWithBackground(maps, space, selected);
      const mask = dilated(selected, operation.grow ?? DEFAULT_GROW, maps.width, maps.height);
      const label = (/** @type {number} */ k) => maps.labels[source[k]];
      return { mask, changed: selected, label, instance: (k) => maps.instances[source[k]] };
    }
    case "restyle": {
      const mask = select(maps, space, selector);
      const ids = new Set(style ? maps.instances.filter((_, k) => mask[k]) : []);
      return { mask, styles: [...ids].map((id) => [id, /** @type {Style} */ (style)]) };
    }
    case "move":
      return moved(operation, maps, space);
    case "merge":
      return merged(operation, maps, space);
    case "split":
      return split(operation, maps, space);
    case "extend":
      return extend(operation, maps, space);
    case "remove_part":
      return removePart(operation, maps, space);
    case "paint_part":
      return paintPart(operation, decodeMask(sized(operation, maps)), maps, space);
  }
  throw new EditError(`There is no operation ${operation.operation}.`);
}

/**
 * @param {Operation} operation
 * @param {Maps} maps
 */
function sized(operation, maps) {
  const mask = operation.mask;
  if (!mask || mask.size[0] !== maps.height || mask.size[1] !== maps.width) {
    throw new EditError("The mask does not have the size of the picture.");
  }
  return mask;
}

/**
 * A region painted as a new instance, as part of one, or only generated.
 *
 * @param {Operation} operation
 * @param {Uint8Array} region
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
function drawn(operation, region, maps, space) {
  if (!region.includes(1)) throw new EditError("This covers no pixel of the picture.");
  const { class_name: name, instance, style } = operation;
  if (name === undefined) return { mask: region };
  const classId = classIdOf(space, name);
  const id = instance ?? newInstanceId(maps, space, classId);
  if (instance !== undefined && !maps.instances.some((value, k) => value === id && maps.labels[k] === classId)) {
    throw new EditError(`There is no ${name} with the id ${id}.`);
  }
  return {
    mask: region,
    changed: region,
    label: () => classId,
    instance: () => id,
    styles: style ? [[id, style]] : [],
  };
}

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
function box(operation, maps, space) {
  const { x0 = 0, y0 = 0, x1 = 0, y1 = 0 } = operation;
  if (!(x0 >= 0 && x0 < x1 && x1 <= maps.width && y0 >= 0 && y0 < y1 && y1 <= maps.height)) {
    throw new EditError("The box is empty or not inside the picture.");
  }
  const mask = new Uint8Array(maps.labels.length);
  const painted = new Uint8Array(maps.labels.length);
  const outline = operation.outline && decodeMask(operation.outline);
  for (let y = y0; y < y1; y++) {
    mask.fill(1, y * maps.width + x0, y * maps.width + x1);
    for (let x = x0; x < x1; x++) {
      painted[y * maps.width + x] = outline ? outline[(y - y0) * (x1 - x0) + (x - x0)] : 1;
    }
  }
  return { ...drawn(operation, painted, maps, space), mask };
}

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {Maps} first
 * @returns {Outcome}
 */
function erased(operation, maps, first) {
  const region = strokeRegion(operation.points ?? [], operation.radius ?? 0, maps.width, maps.height);
  const [left, top] = maps.offset;
  /** @param {number} k */
  const then = (k) => (Math.floor(k / maps.width) - top) * first.width + (k % maps.width) - left;
  for (let y = 0; y < maps.height; y++) {
    const row = region.subarray(y * maps.width, (y + 1) * maps.width);
    if (y < top || y >= top + first.height) row.fill(0);
    row.fill(0, 0, left);
    row.fill(0, left + first.width);
  }
  if (!region.includes(1)) throw new EditError("This covers no pixel of the first picture.");
  return {
    mask: region,
    erase: true,
    changed: region,
    label: (k) => first.labels[then(k)],
    instance: (k) => first.instances[then(k)],
    part: (k) => (first.parts ? first.parts[then(k)] : 255),
  };
}

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
function extend(operation, maps, space) {
  const { grown, region } = extended(operation, maps, space);
  return { ...drawn(operation, region, grown, space), grown };
}
