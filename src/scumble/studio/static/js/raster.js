/**
 * The maps that an edit list makes of a picture, kept up to date while operations come and go.
 *
 * Each operation leaves behind what it overwrote, so that undoing it is quick; where that has been forgotten, the
 * list is carried out again from the beginning.
 */

import { EditError, boundsOf, instanceTable, mapsChanged } from "./maps.js";
import { carryOut } from "./operations.js";

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./types.js").Style} Style */
/** @typedef {[number, number, number, number]} Box */

/**
 * @typedef {object} Patch What an operation overwrote.
 * @property {Maps | null} whole All of it, where the canvas grew.
 * @property {Box} box
 * @property {Int32Array} labels
 * @property {Int32Array} instances
 * @property {Uint8Array} mask
 * @property {Uint8Array | null} parts
 * @property {Map<number, Style>} styles
 * @property {Set<number>} lost
 */

const PART_OPERATIONS = ["remove_part", "paint_part"];
const PATCH_BYTES = 256 * 1024 * 1024;

/**
 * Maps before any edit.
 *
 * @param {number} width
 * @param {number} height
 * @param {Int32Array} labels
 * @param {Int32Array} instances
 * @param {Uint8Array | null} [parts]
 * @returns {Maps}
 */
export function firstMaps(width, height, labels, instances, parts = null) {
  const mask = new Uint8Array(width * height);
  return { width, height, labels, instances, mask, parts, offset: [0, 0], styles: new Map() };
}

/** A picture's maps under an edit list. */
export class Raster {
  /**
   * @param {LabelSpace} space
   * @param {Maps} first Stays as it is.
   */
  constructor(space, first) {
    this.space = space;
    this.first = first;
    this.maps = copyOf(first);
    /** @type {Operation[]} */
    this.operations = [];
    /** @type {(Patch | null)[]} */
    this.patches = [];
    /** @type {Set<number>} Ids that some object had and lost, so that a new one may have got them. */
    this.lost = new Set();
    /** @type {{parts: Uint8Array, after: string} | null} Parts of objects, and the list for which they hold. */
    this.inferred = null;
  }

  /** How many operations come before the first that changes parts. */
  get drawn() {
    const first = this.operations.findIndex((entry) => PART_OPERATIONS.includes(entry.operation));
    return first < 0 ? this.operations.length : first;
  }

  /**
   * Tell which parts the objects have; they hold until something else is drawn.
   *
   * @param {Uint8Array} parts Of the map before the first operation that changes parts.
   */
  knowParts(parts) {
    this.inferred = { parts, after: JSON.stringify(this.operations.slice(0, this.drawn)) };
    this.replace(this.operations);
  }

  /** Take over the inferred parts where they hold. */
  #recallParts() {
    if (this.inferred && !this.maps.parts && JSON.stringify(this.operations) === this.inferred.after) {
      this.maps.parts = this.inferred.parts.slice();
    }
  }

  /**
   * Carry out one more operation.
   *
   * @param {Operation} operation
   * @throws {import("./maps.js").EditError} It cannot be carried out; nothing has changed.
   */
  push(operation) {
    const ofParts = PART_OPERATIONS.includes(operation.operation);
    if (this.inferred && !ofParts && this.drawn < this.operations.length) {
      throw new EditError("Parts are changed last; undo that to draw again.");
    }
    const outcome = carryOut(operation, this.maps, this.space, this.first);
    const whole = outcome.grown ? this.maps : null;
    const here = (/** @type {number} */ id) => this.maps.instances.includes(id);
    const absent = outcome.erase ? [...this.lost].filter((id) => !here(id)) : [];
    if (outcome.grown) this.maps = outcome.grown;
    // What else is drawn makes the inferred parts void.
    if (this.inferred && !ofParts) this.maps.parts = null;
    const patch = takePatch(this.maps, this.space, outcome, whole, this.lost);
    mapsChanged(this.maps);
    this.operations.push(operation);
    this.patches.push(patch);
    const gone = distinct(patch.instances).filter((id) => !here(id));
    // What the eraser brings back is the object itself.
    const back = absent.filter(here);
    if (gone.length + back.length > 0) this.lost = new Set([...this.lost, ...gone].filter((id) => !back.includes(id)));
    const styles = new Map([...patch.styles, ...(outcome.styles ?? [])]);
    const present = styles.size > 0 ? new Set(instanceTable(this.maps, this.space).map((row) => row.id)) : null;
    this.maps.styles = new Map([...styles].filter(([id]) => present?.has(id)));
    this.#recallParts();
    this.#forget();
  }

  /** Take back the last operation, and return it; undefined if there is none. */
  pop() {
    const patch = this.patches.pop();
    const last = this.operations.pop();
    if (patch === undefined) return last;
    if (patch) this.lost = patch.lost;
    if (patch === null) this.replace(this.operations);
    else if (patch.whole) this.maps = patch.whole;
    else putBack(this.maps, patch);
    this.#recallParts();
    mapsChanged(this.maps);
    return last;
  }

  /**
   * Carry out another list.
   *
   * @param {Operation[]} operations
   */
  replace(operations) {
    const list = [...operations];
    this.maps = copyOf(this.first);
    this.operations = [];
    this.patches = [];
    this.lost = new Set();
    this.#recallParts();
    for (const operation of list) this.push(operation);
  }

  /** Keep the memory of patches within bounds; the oldest go first. */
  #forget() {
    let bytes = 0;
    for (let k = this.patches.length - 1; k >= 0; k--) {
      const patch = this.patches[k];
      if (patch === null) return;
      bytes += 10 * (patch.whole ? patch.whole.labels.length : patch.labels.length);
      if (bytes > PATCH_BYTES && k < this.patches.length - 1) this.patches[k] = null;
    }
  }
}

/**
 * @param {Maps} maps
 * @returns {Maps}
 */
function copyOf(maps) {
  return {
    ...maps,
    labels: maps.labels.slice(),
    instances: maps.instances.slice(),
    mask: maps.mask.slice(),
    parts: maps.parts && maps.parts.slice(),
    styles: new Map(maps.styles),
  };
}

/**
 * Write an outcome into the maps, and keep what was there.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {import("./operations.js").Outcome} outcome
 * @param {Maps | null} whole
 * @param {Set<number>} lost
 * @returns {Patch}
 */
function takePatch(maps, space, outcome, whole, lost) {
  const { mask, changed, label, instance, part } = outcome;
  const box = /** @type {Box} */ (boundsOf(mask, maps.width) ?? (changed && boundsOf(changed, maps.width)));
  const patch = {
    whole,
    box,
    labels: cut(maps.labels, box, maps.width),
    instances: cut(maps.instances, box, maps.width),
    mask: cut(maps.mask, box, maps.width),
    parts: maps.parts && cut(maps.parts, box, maps.width),
    styles: maps.styles,
    lost,
  };
  for (let y = box[1]; y < box[3]; y++) {
    for (let k = y * maps.width + box[0]; k < y * maps.width + box[2]; k++) {
      if (mask[k]) maps.mask[k] = outcome.erase ? 0 : 1;
    }
  }
  if (changed && label && instance) write(maps, box, changed, label, instance, part ?? (() => 255));
  return patch;
}

/**
 * @param {Maps} maps
 * @param {Box} box
 * @param {Uint8Array} changed
 * @param {(k: number) => number} label
 * @param {(k: number) => number} instance
 * @param {(k: number) => number} part
 */
function write(maps, box, changed, label, instance, part) {
  // Read everything before anything is written: pixels may take their values from each other.
  const width = box[2] - box[0];
  const values = new Int32Array(3 * width * (box[3] - box[1]));
  const visit = (/** @type {(k: number, n: number) => void} */ action) => {
    for (let y = box[1], n = 0; y < box[3]; y++) {
      for (let k = y * maps.width + box[0]; k < y * maps.width + box[2]; k++, n += 3) {
        if (changed[k]) action(k, n);
      }
    }
  };
  visit((k, n) => {
    values[n] = label(k);
    values[n + 1] = instance(k);
    if (maps.parts) values[n + 2] = part(k);
  });
  visit((k, n) => {
    maps.labels[k] = values[n];
    maps.instances[k] = values[n + 1];
    if (maps.parts) maps.parts[k] = values[n + 2];
  });
}

/** @param {Int32Array} ids */
function distinct(ids) {
  // Neighbours are mostly the same, and sets are slow.
  return [...new Set(ids.filter((id, k) => k === 0 || id !== ids[k - 1]))];
}

/**
 * @template {Int32Array | Uint8Array} T
 * @param {T} values
 * @param {Box} box
 * @param {number} width
 * @returns {T}
 */
function cut(values, [left, top, right, bottom], width) {
  const kind = /** @type {new (length: number) => T} */ (values.constructor);
  const result = new kind((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++) {
    result.set(values.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  }
  return result;
}

/**
 * @param {Maps} maps
 * @param {Patch} patch
 */
function putBack(maps, patch) {
  const [left, top, right, bottom] = patch.box;
  const across = right - left;
  for (let y = top; y < bottom; y++) {
    const [from, to, place] = [(y - top) * across, (y - top + 1) * across, y * maps.width + left];
    maps.labels.set(patch.labels.subarray(from, to), place);
    maps.instances.set(patch.instances.subarray(from, to), place);
    maps.mask.set(patch.mask.subarray(from, to), place);
    if (maps.parts && patch.parts) maps.parts.set(patch.parts.subarray(from, to), place);
  }
  if (!patch.parts) maps.parts = null;
  maps.styles = patch.styles;
}
