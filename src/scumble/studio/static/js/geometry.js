/**
 * Which pixels strokes and polygons cover, in exact whole numbers: the same as scumble/edit/geometry.py.
 *
 * Whole numbers are exact below 2^53, which the bounds of coordinates (65,535) and radii (512) ensure.
 */

export const LARGEST_COORDINATE = 65535;
export const LARGEST_RADIUS = 512;
export const MAX_POINTS = 10000;

/** @typedef {[number, number]} Point */

/**
 * The pixels whose centre is within a distance of a polyline.
 *
 * @param {Point[]} points At least one.
 * @param {number} radius
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} 1 for the covered pixels.
 */
export function strokeRegion(points, radius, width, height) {
  const region = new Uint8Array(width * height);
  for (let k = 0; k < Math.max(points.length - 1, 1); k++) {
    const start = points[k];
    const end = points[k + 1] ?? start;
    const top = Math.max(Math.min(start[1], end[1]) - radius, 0);
    const bottom = Math.min(Math.max(start[1], end[1]) + radius, height - 1);
    for (let row = top; row <= bottom; row++) {
      const [first, last] = segmentRun(row, start, end, radius);
      const from = Math.max(first, 0);
      const to = Math.min(last, width - 1);
      if (from <= to) region.fill(1, row * width + from, row * width + to + 1);
    }
  }
  return region;
}

/**
 * The pixels whose centre is inside a closed polygon, by the even-odd rule.
 *
 * @param {Point[]} points
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} 1 for the covered pixels.
 */
export function polygonRegion(points, width, height) {
  const crossings = new Int32Array((width + 1) * height);
  points.forEach((point, k) => {
    const next = points[(k + 1) % points.length];
    const [[x0, y0], [x1, y1]] = point[1] <= next[1] ? [point, next] : [next, point];
    for (let row = Math.max(y0, 0); row < Math.min(y1, height); row++) {
      const column = -floorDivide(x0 * (y0 - y1) - (row - y0) * (x1 - x0), y1 - y0);
      crossings[row * (width + 1) + Math.min(Math.max(column, 0), width)] += 1;
    }
  });
  const region = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    let count = 0;
    for (let x = 0; x < width; x++) {
      count += crossings[row * (width + 1) + x];
      region[row * width + x] = count % 2;
    }
  }
  return region;
}

/**
 * First and last column that a thick segment covers in a row; the last is smaller where it covers none.
 *
 * @param {number} row
 * @param {Point} start
 * @param {Point} end
 * @param {number} radius
 * @returns {[number, number]}
 */
function segmentRun(row, start, end, radius) {
  let first = Infinity;
  let last = -Infinity;
  for (const center of [start, end]) {
    const square = radius * radius - (row - center[1]) ** 2;
    if (square >= 0) {
      const half = squareRoot(square);
      first = Math.min(first, center[0] - half);
      last = Math.max(last, center[0] + half);
    }
  }
  const across = end[0] - start[0];
  const down = end[1] - start[1];
  const square = across * across + down * down;
  if (square > 0) {
    const y = row - start[1];
    const reach = squareRoot(radius * radius * square);
    const band = strip(-down, across * y, -reach, reach);
    const between = strip(across, down * y, 0, square);
    const from = start[0] + Math.max(band[0], between[0]);
    const to = start[0] + Math.min(band[1], between[1]);
    if (from <= to) {
      first = Math.min(first, from);
      last = Math.max(last, to);
    }
  }
  return [first, last];
}

/**
 * The columns x with low <= factor * x + offset <= high.
 *
 * @param {number} factor
 * @param {number} offset
 * @param {number} low
 * @param {number} high
 * @returns {[number, number]}
 */
function strip(factor, offset, low, high) {
  if (factor === 0) return low <= offset && offset <= high ? [-Infinity, Infinity] : [Infinity, -Infinity];
  if (factor < 0) return strip(-factor, -offset, -high, -low);
  return [-floorDivide(offset - low, factor), floorDivide(high - offset, factor)];
}

/**
 * The quotient rounded down.
 *
 * @param {number} dividend
 * @param {number} divisor Above 0.
 */
export function floorDivide(dividend, divisor) {
  return Math.floor(dividend / divisor);
}

/**
 * The root rounded down, exactly.
 *
 * @param {number} square 0 .. 2^53.
 */
function squareRoot(square) {
  const root = Math.floor(Math.sqrt(square));
  return root * root > square ? root - 1 : root;
}
