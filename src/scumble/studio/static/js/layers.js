/** Pictures of maps, which are laid over the photo: classes, mask, parts, outlines of objects. */

import { hiddenCanvas } from "./dom.js";

/** @typedef {import("./types.js").Maps} Maps */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */

const PART_COLORS = [0x000000, 0xe6194b, 0x3cb44b, 0x4363d8, 0xf58231, 0x911eb4, 0x42d4f4, 0xf032e6, 0xbfef45];

/**
 * A colour as canvases keep it: red, green, blue, alpha in the order of bytes.
 *
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 * @param {number} alpha
 */
export function packed(red, green, blue, alpha = 255) {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A layer of the size of the maps, one colour per pixel. */
export class Layer {
  constructor() {
    this.pixels = hiddenCanvas(1, 1);
    this.empty = true;
    /** What is shown, so that it need not be painted again. */
    this.shown = "";
  }

  /** Show nothing. */
  clear() {
    if (!this.empty) this.pixels.context.clearRect(0, 0, this.pixels.canvas.width, this.pixels.canvas.height);
    this.empty = true;
    this.shown = "";
  }

  /**
   * @param {Maps} maps
   * @param {(index: number) => number} color Packed; 0 shows nothing.
   * @param {[number, number, number, number]} [box] Where anything is shown: left, top, behind right and bottom.
   */
  paint(maps, color, box = [0, 0, maps.width, maps.height]) {
    const { canvas } = this.pixels;
    if (canvas.width !== maps.width || canvas.height !== maps.height) {
      this.pixels = hiddenCanvas(maps.width, maps.height);
    } else {
      this.clear();
    }
    const [left, top, right, bottom] = box;
    const image = this.pixels.context.createImageData(right - left, bottom - top);
    const colors = new Uint32Array(image.data.buffer);
    for (let y = top, n = 0; y < bottom; y++) {
      for (let k = y * maps.width + left; k < y * maps.width + right; k++, n++) colors[n] = color(k);
    }
    this.pixels.context.putImageData(image, left, top);
    this.empty = false;
  }
}

/**
 * Colours of classes.
 *
 * @param {Maps} maps
 * @param {LabelSpace} space
 */
export function labelColors(maps, space) {
  const table = Uint32Array.from(space.classes, (c) => packed(...c.color));
  return (/** @type {number} */ k) => table[maps.labels[k]];
}

/**
 * Stripes over what is to be generated.
 *
 * @param {Maps} maps
 */
export function maskColors(maps) {
  const { width, mask } = maps;
  const period = Math.max(4, Math.round(Math.max(width, maps.height) / 96));
  const light = packed(255, 255, 255, 150);
  const dark = packed(20, 20, 30, 110);
  return (/** @type {number} */ k) => {
    if (!mask[k]) return 0;
    return ((k % width) + Math.floor(k / width)) % (2 * period) < period ? light : dark;
  };
}

/**
 * Colours of parts of objects.
 *
 * @param {Maps} maps
 * @param {Uint8Array} parts
 */
export function partColors(maps, parts) {
  const table = PART_COLORS.map((c, n) => (n ? packed(c >> 16, (c >> 8) & 255, c & 255, 220) : 0));
  return (/** @type {number} */ k) => table[parts[k]] ?? 0;
}

/** @param {number} part */
export function partColor(part) {
  return `#${PART_COLORS[part].toString(16).padStart(6, "0")}`;
}

/**
 * The rim of one instance, white outside and dark inside, so that it shows on any ground.
 *
 * @param {Maps} maps
 * @param {number} id
 * @param {number} color Packed.
 */
export function outlineColors(maps, id, color) {
  const { width, height, instances } = maps;
  const thick = Math.max(1, Math.round(Math.max(width, height) / 400));
  return (/** @type {number} */ k) => {
    if (instances[k] !== id) return 0;
    const x = k % width;
    const y = Math.floor(k / width);
    for (let step = 1; step <= 2 * thick; step++) {
      const rim =
        x < step ||
        y < step ||
        x >= width - step ||
        y >= height - step ||
        instances[k - step] !== id ||
        instances[k + step] !== id ||
        instances[k - step * width] !== id ||
        instances[k + step * width] !== id;
      if (rim) return step <= thick ? color : packed(255, 255, 255, 200);
    }
    return 0;
  };
}
