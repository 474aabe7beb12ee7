/**
 * Types that several modules share. There is no code here.
 *
 * @typedef {{id: number, name: string, color: [number, number, number], thing: boolean, dont_care: boolean}} LabelClass
 * @typedef {{name: string, classes: LabelClass[]}} LabelSpace
 *
 * @typedef {object} Style Where the look of an instance comes from.
 * @property {string} path Id of a reference picture.
 * @property {string} [class_name]
 * @property {string} [labels]
 *
 * @typedef {{size: [number, number], runs: number[]}} RunLengths A mask as written: height and width, and runs.
 *
 * @typedef {object} Operation One entry of an edit list, as `scumble.edit` writes it.
 * @property {string} operation
 * @property {[number, number][]} [points]
 * @property {number} [radius]
 * @property {number} [x]
 * @property {number} [y]
 * @property {number} [x0]
 * @property {number} [y0]
 * @property {number} [x1]
 * @property {number} [y1]
 * @property {number} [left]
 * @property {number} [top]
 * @property {number} [right]
 * @property {number} [bottom]
 * @property {number} [dx]
 * @property {number} [dy]
 * @property {number} [percent]
 * @property {boolean} [copy]
 * @property {number} [grow]
 * @property {number} [part]
 * @property {number} [instance]
 * @property {string} [selector]
 * @property {string} [target]
 * @property {string} [other]
 * @property {string} [class_name]
 * @property {Style} [style]
 * @property {RunLengths} [mask]
 * @property {RunLengths} [outline]
 *
 * @typedef {object} Maps What is where in a picture, row by row.
 * @property {number} width
 * @property {number} height
 * @property {Int32Array} labels Class ids.
 * @property {Int32Array} instances
 * @property {Uint8Array} mask 1 for the pixels to generate.
 * @property {Uint8Array | null} parts Numbers of parts, 0 for none, 255 where unknown.
 * @property {[number, number]} offset Place of the first picture's upper left pixel.
 * @property {Map<number, Style>} styles Wanted looks by instance id.
 *
 * @typedef {"look" | "merge" | "split"} Mode What a click or drag on the picture is for, if not for the tool.
 *
 * @typedef {{id: number, classId: number, area: number, box: [number, number, number, number]}} Instance
 */
export {};
