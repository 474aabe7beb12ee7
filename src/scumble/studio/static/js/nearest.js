/**
 * The nearest chosen pixel of every pixel, after Maurer, Qi and Raghavan, "A linear time algorithm for
 * computing exact Euclidean distance transforms of binary images in arbitrary dimensions" (2003).
 *
 * Where several are equally near it takes the one that scipy.ndimage.distance_transform_edt takes, so that maps
 * agree with those that Python makes.
 */

/**
 * @param {Uint8Array} chosen 1 for the pixels to be found, at least one.
 * @param {number} width
 * @param {number} height
 * @returns {Int32Array} Index of the nearest chosen pixel.
 */
export function nearestChosen(chosen, width, height) {
  const rowOf = nearestInColumn(chosen, width, height);
  const found = new Int32Array(width * height);
  const sites = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    const base = y * width;
    const last = sitesOfRow(rowOf, base, y, width, sites);
    let k = 0;
    for (let x = 0; x < width; x++) {
      while (k < last && squareTo(rowOf, base, y, x, sites[k]) > squareTo(rowOf, base, y, x, sites[k + 1])) k++;
      found[base + x] = rowOf[base + sites[k]] * width + sites[k];
    }
  }
  return found;
}

/**
 * Squared distance from a pixel to what `nearestInColumn` found in a column.
 *
 * @param {Int32Array} rowOf
 * @param {number} base
 * @param {number} y
 * @param {number} x
 * @param {number} column
 */
function squareTo(rowOf, base, y, x, column) {
  const down = rowOf[base + column] - y;
  return (column - x) * (column - x) + down * down;
}

/**
 * The columns whose nearest pixel is the nearest of some place of a row.
 *
 * @param {Int32Array} rowOf
 * @param {number} base
 * @param {number} y
 * @param {number} width
 * @param {Int32Array} sites The columns, in order.
 * @returns {number} Index of the last one.
 */
function sitesOfRow(rowOf, base, y, width, sites) {
  let last = -1;
  for (let x = 0; x < width; x++) {
    if (rowOf[base + x] < 0) continue;
    const w = (rowOf[base + x] - y) ** 2;
    while (last >= 1) {
      const a = sites[last] - sites[last - 1];
      const b = x - sites[last];
      const u = (rowOf[base + sites[last - 1]] - y) ** 2;
      const v = (rowOf[base + sites[last]] - y) ** 2;
      if ((a + b) * v - b * u - a * w - a * b * (a + b) <= 0) break;
      last--;
    }
    last++;
    sites[last] = x;
  }
  return last;
}

/**
 * Row of the nearest chosen pixel of the same column, the upper one of two; -1 where there is none.
 *
 * @param {Uint8Array} chosen
 * @param {number} width
 * @param {number} height
 */
function nearestInColumn(chosen, width, height) {
  const rowOf = new Int32Array(width * height);
  for (let x = 0; x < width; x++) {
    let above = -1;
    for (let y = 0; y < height; y++) {
      if (chosen[y * width + x]) above = y;
      rowOf[y * width + x] = above;
    }
    let below = -1;
    for (let y = height - 1; y >= 0; y--) {
      if (chosen[y * width + x]) below = y;
      const up = rowOf[y * width + x];
      if (below >= 0 && (up < 0 || below - y < y - up)) rowOf[y * width + x] = below;
    }
  }
  return rowOf;
}
