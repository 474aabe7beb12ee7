/** Operations on the parts of objects, as in scumble/edit/parts.py. */

import { EditError, select } from "./maps.js";
import { nearestChosen } from "./nearest.js";

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./operations.js").Outcome} Outcome */

const UNKNOWN_PART = 255;

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
export function removePart(operation, maps, space) {
  const { selected, parts } = objects(operation, maps, space);
  const number = operation.part ?? 0;
  const changed = parts.slice();
  const touched = new Set();
  selected.forEach((value, k) => value && parts[k] === number && touched.add(maps.instances[k]));
  if (touched.size === 0) throw new EditError(`There is no part ${number} to remove.`);
  for (const id of touched) {
    const others = new Uint8Array(parts.length);
    for (let k = 0; k < parts.length; k++) {
      others[k] = selected[k] && maps.instances[k] === id && parts[k] !== number && parts[k] > 0 ? 1 : 0;
    }
    const source = others.includes(1) ? nearestChosen(others, maps.width, maps.height) : null;
    for (let k = 0; k < parts.length; k++) {
      if (selected[k] && maps.instances[k] === id && parts[k] === number) {
        changed[k] = source ? parts[source[k]] : 0;
      }
    }
  }
  return onlyParts(maps, selected, changed);
}

/**
 * @param {Operation} operation
 * @param {Uint8Array} region
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Outcome}
 */
export function paintPart(operation, region, maps, space) {
  const { selected, parts } = objects(operation, maps, space);
  const changed = parts.slice();
  const touched = new Set();
  for (let k = 0; k < parts.length; k++) {
    if (selected[k] && region[k]) {
      changed[k] = operation.part ?? 0;
      touched.add(maps.instances[k]);
    }
  }
  if (touched.size === 0) throw new EditError("This touches nothing of the object; paint on it.");
  const mask = selected.map((value, k) => (value && touched.has(maps.instances[k]) ? 1 : 0));
  return onlyParts(maps, mask, changed);
}

/**
 * @param {Operation} operation
 * @param {Maps} maps
 * @param {LabelSpace} space
 */
function objects(operation, maps, space) {
  const selected = select(maps, space, operation.selector ?? "");
  const parts = maps.parts;
  if (!parts || selected.some((value, k) => value === 1 && parts[k] === UNKNOWN_PART)) {
    throw new EditError("The parts of this object are not known.");
  }
  return { selected, parts };
}

/**
 * @param {Maps} maps
 * @param {Uint8Array} mask
 * @param {Uint8Array} parts
 * @returns {Outcome}
 */
function onlyParts(maps, mask, parts) {
  return {
    mask,
    changed: mask,
    label: (k) => maps.labels[k],
    instance: (k) => maps.instances[k],
    part: (k) => parts[k],
  };
}
