/** Masks as the lengths of their runs, as in scumble/run_lengths.py. */

/** @typedef {import("./types.js").RunLengths} RunLengths */

/**
 * A mask as its size and the lengths of its runs; the first run is of zeros, perhaps none.
 *
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 * @returns {RunLengths}
 */
export function encodeMask(mask, width, height) {
  /** @type {number[]} */
  const runs = [];
  let value = 0;
  let start = 0;
  for (let k = 0; k < mask.length; k++) {
    if (mask[k] !== value) {
      runs.push(k - start);
      value = mask[k];
      start = k;
    }
  }
  runs.push(mask.length - start);
  return { size: [height, width], runs };
}

/**
 * The mask that was written.
 *
 * @param {RunLengths} written
 * @returns {Uint8Array}
 */
export function decodeMask(written) {
  const mask = new Uint8Array(written.size[0] * written.size[1]);
  let place = 0;
  written.runs.forEach((length, k) => {
    if (k % 2 === 1) mask.fill(1, place, place + length);
    place += length;
  });
  return mask;
}
