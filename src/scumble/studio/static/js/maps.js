/** Questions to label and instance maps: the same answers as scumble/scene.py gives. */

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Instance} Instance */

/** Why an operation cannot be carried out; the message is for the user. */
export class EditError extends Error {}

const INSTANCES_PER_CLASS = 1000;

/**
 * The id of a class, its name in any case.
 *
 * @param {LabelSpace} space
 * @param {string} name
 */
export function classIdOf(space, name) {
  const found = space.classes.find((c) => c.name.toLowerCase() === name.toLowerCase());
  if (!found) throw new EditError(`There is no class ${name}.`);
  return found.id;
}

/** @type {WeakMap<Int32Array, Instance[]>} */
const tables = new WeakMap();

/**
 * Forget what is known of maps, because they changed in place.
 *
 * @param {Maps} maps
 */
export function mapsChanged(maps) {
  tables.delete(maps.instances);
}

/**
 * All instances (stuff regions too), by id.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @returns {Instance[]}
 */
export function instanceTable(maps, space) {
  const known = tables.get(maps.instances);
  if (known) return known;
  const { width, height, labels, instances } = maps;
  const classes = space.classes.length;
  let id = -1;
  /** @type {{counts: Int32Array, box: [number, number, number, number]}} */
  let entry = { counts: new Int32Array(0), box: [0, 0, 0, 0] };
  /** @type {Map<number, typeof entry>} */
  const found = new Map();
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k++) {
      if (instances[k] !== id) {
        id = instances[k];
        entry = found.get(id) ?? { counts: new Int32Array(classes), box: [x, y, x + 1, y + 1] };
        found.set(id, entry);
      }
      entry.counts[labels[k]] += 1;
      if (x < entry.box[0]) entry.box[0] = x;
      if (x >= entry.box[2]) entry.box[2] = x + 1;
      if (y >= entry.box[3]) entry.box[3] = y + 1;
    }
  }
  const table = [...found].map(([key, { counts, box }]) => ({
    id: key,
    classId: counts.indexOf(counts.reduce((a, b) => Math.max(a, b))),
    area: counts.reduce((a, b) => a + b),
    box,
  }));
  table.sort((a, b) => a.id - b.id);
  tables.set(maps.instances, table);
  return table;
}

/**
 * The instances of a class, the largest first: `car#0`, `car#1`, ...
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {number} classId
 */
export function instancesOfClass(maps, space, classId) {
  const rows = instanceTable(maps, space).filter((row) => row.classId === classId);
  return rows.sort((a, b) => b.area - a.area || a.id - b.id);
}

/**
 * The selector that means one instance.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {number} id
 * @returns {string | null} Null if there is none of this id.
 */
export function selectorOf(maps, space, id) {
  const row = instanceTable(maps, space).find((candidate) => candidate.id === id);
  if (!row) return null;
  const rank = instancesOfClass(maps, space, row.classId).findIndex((candidate) => candidate.id === id);
  return `${space.classes[row.classId].name}#${rank}`;
}

/**
 * The pixels that a selector such as `car` or `car#0` means.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {string} selector
 * @returns {Uint8Array}
 */
export function select(maps, space, selector) {
  const [name, ...rest] = selector.split("#");
  const classId = classIdOf(space, name);
  const region = new Uint8Array(maps.labels.length);
  if (!maps.labels.includes(classId)) throw new EditError(`There is no ${name} here.`);
  if (rest.length === 0) {
    for (let k = 0; k < region.length; k++) region[k] = maps.labels[k] === classId ? 1 : 0;
    return region;
  }
  const number = rest.join("#");
  const found = instancesOfClass(maps, space, classId)[/^[0-9]{1,9}$/.test(number) ? Number(number) : -1];
  if (!found) throw new EditError(`There is no ${selector} here.`);
  for (let k = 0; k < region.length; k++) region[k] = maps.instances[k] === found.id ? 1 : 0;
  return region;
}

/**
 * An unused id for a thing; for stuff the class id.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {number} classId
 */
export function newInstanceId(maps, space, classId) {
  return space.classes[classId].thing ? newInstanceIds(maps, space, classId, 1)[0] : classId;
}

/**
 * The smallest unused ids for things of a class.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 * @param {number} classId
 * @param {number} count
 */
export function newInstanceIds(maps, space, classId, count) {
  const used = new Set(instanceTable(maps, space).map((row) => row.id));
  const end = (classId + 1) * INSTANCES_PER_CLASS;
  /** @type {number[]} */
  const found = [];
  for (let id = Math.max(classId * INSTANCES_PER_CLASS, space.classes.length); id < end; id++) {
    if (found.length === count) break;
    if (!used.has(id)) found.push(id);
  }
  if (found.length === count) return found;
  throw new EditError(`There are too many instances of ${space.classes[classId].name} to add ${count}.`);
}

/**
 * The smallest rectangle around a region: left, top, and behind right and bottom.
 *
 * @param {Uint8Array} region
 * @param {number} width
 * @returns {[number, number, number, number] | null} Null if the region is empty.
 */
export function boundsOf(region, width) {
  const first = region.indexOf(1);
  if (first < 0) return null;
  const top = Math.floor(first / width);
  const bottom = Math.floor(region.lastIndexOf(1) / width) + 1;
  let left = width;
  let right = 0;
  for (let y = top; y < bottom; y++) {
    const row = region.subarray(y * width, (y + 1) * width);
    const from = row.indexOf(1);
    if (from < 0) continue;
    left = Math.min(left, from);
    right = Math.max(right, row.lastIndexOf(1) + 1);
  }
  return [left, top, right, bottom];
}
