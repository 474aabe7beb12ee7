/** Reading all of a project from the server. */

import * as api from "./api.js";
import { hiddenCanvas } from "./dom.js";
import { History } from "./history.js";
import { Raster, firstMaps } from "./raster.js";

/**
 * Read a project, and carry out its edit list.
 *
 * @param {string} id
 */
export async function load(id) {
  const project = await api.readProject(id);
  const { width, height, maps, edit, label_space } = project;
  const read = async (/** @type {"labels" | "instances"} */ which) =>
    maps ? idsOf(await api.readMap(id, which, maps)) : new Int32Array(width * height);
  const [photo, labels, instances] = await Promise.all([api.readPhoto(id), read("labels"), read("instances")]);
  const raster = new Raster(label_space, firstMaps(width, height, labels, instances));
  return { project, photo, history: new History(raster, edit.operations, edit.undone) };
}

/**
 * Ids that were sent as colours.
 *
 * @param {ImageBitmap} bitmap
 */
export function idsOf(bitmap) {
  const { context } = hiddenCanvas(bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  const bytes = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  const ids = new Int32Array(bitmap.width * bitmap.height);
  for (let k = 0; k < ids.length; k++) ids[k] = (bytes[4 * k] << 16) | (bytes[4 * k + 1] << 8) | bytes[4 * k + 2];
  return ids;
}
