/** What is being worked on: a project, its maps under the edit list, and the user's choices. */

import * as api from "./api.js";
import { hiddenCanvas } from "./dom.js";
import { History, Saver } from "./history.js";
import { EditError, instanceTable, selectorOf } from "./maps.js";
import { Raster, firstMaps } from "./raster.js";

/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./types.js").Style} Style */
/** @typedef {import("./types.js").LabelSpace} LabelSpace */

/**
 * @typedef {object} Shown A picture that has been painted.
 * @property {string | null} id Of the result; null for a preview.
 * @property {ImageBitmap} bitmap
 * @property {[number, number]} offset Place of the photo in it.
 * @property {number} seed
 * @property {string} checkpoint
 * @property {number} change Number of the change that it shows.
 */

/**
 * Tells with events what changes: `project`, `maps`, `selection`, `choices`, `picture`, `results`, `message`.
 */
export class Session extends EventTarget {
  constructor() {
    super();
    /** @type {api.Checkpoint[]} */
    this.checkpoints = [];
    /** @type {api.Project | null} */
    this.project = null;
    /** @type {LabelSpace} */
    this.space = { name: "", classes: [] };
    this.history = new History(new Raster(this.space, firstMaps(1, 1, new Int32Array(1), new Int32Array(1))));
    /** @type {Saver | null} */
    this.saver = null;
    /** @type {ImageBitmap | null} */
    this.photo = null;
    /** @type {number | null} */
    this.selected = null;
    /** @type {number | null} */
    this.hovered = null;
    this.tool = "select";
    this.radius = 12;
    /** @type {number | null} Null paints anew without changing the map. */
    this.classId = 0;
    this.grow = true;
    /** Number of the part that the part brush paints. */
    this.part = 1;
    /** @type {import("./types.js").Mode | null} */
    this.mode = null;
    /** @type {{checkpoint: string | null, samples: number, seed: number}} */
    this.choices = { checkpoint: null, samples: 1, seed: 0 };
    /** @type {Shown | null} */
    this.picture = null;
    /** @type {api.Result[]} */
    this.results = [];
    /** Counts what changes the picture, so that old answers are known as such. */
    this.change = 0;
    /** @type {Map<number, Style>} Own looks of objects of the photo, by instance. */
    this.ownLooks = new Map();
    this.message = "";
  }

  get raster() {
    return this.history.raster;
  }

  get maps() {
    return this.history.raster.maps;
  }

  get synthesis() {
    return this.project !== null && !this.project.photo;
  }

  /** Whether there are maps to draw on. */
  get ready() {
    return this.project !== null && this.project.maps > 0;
  }

  /** Checkpoints that can do what the project needs. */
  get fitting() {
    const need = this.synthesis ? "synthesize" : "edit";
    return this.checkpoints.filter((c) => c.can.includes(need) && this.fits(c));
  }

  /** @param {api.Checkpoint} checkpoint */
  fits(checkpoint) {
    return JSON.stringify(checkpoint.label_space) === JSON.stringify(this.space);
  }

  get checkpoint() {
    return this.fitting.find((c) => c.name === this.choices.checkpoint) ?? this.fitting[0] ?? null;
  }

  /** @param {string} name */
  emit(name) {
    this.dispatchEvent(new Event(name));
  }

  /** @param {string} text */
  say(text) {
    this.message = text;
    this.emit("message");
  }

  /**
   * Work on a project.
   *
   * @param {api.Project} project
   */
  async open(project) {
    await this.saver?.settled();
    this.project = project;
    this.space = project.label_space;
    this.photo = await api.readPhoto(project.id);
    this.saver = new Saver(project.id, project.edit.revision, (error) => {
      const stale = error.status === 409;
      this.say(stale ? "This project was changed in another tab; reload the page to go on." : error.message);
    });
    this.choices = { ...project.edit.choices };
    this.selected = this.hovered = this.mode = null;
    this.ownLooks.clear();
    this.results = project.results.filter((result) => result.kind !== "parts");
    this.picture = null;
    const road = this.space.classes.findIndex((c) => !c.thing && !c.dont_care);
    this.classId = Math.max(road, 0);
    await this.loadMaps();
    this.emit("project");
    this.emit("choices");
    this.emit("maps");
    this.emit("selection");
    this.emit("results");
    this.emit("picture");
  }

  /** Read the first maps and carry out the saved list. */
  async loadMaps() {
    if (!this.project) return;
    const { id, width, height, maps, edit } = this.project;
    const size = width * height;
    const read = (/** @type {"labels" | "instances"} */ which) =>
      api.readMap(id, which, maps).then((bitmap) => idsOf(bitmap));
    const [labels, instances] = maps
      ? await Promise.all([read("labels"), read("instances")])
      : [new Int32Array(size), new Int32Array(size)];
    this.history = new History(new Raster(this.space, firstMaps(width, height, labels, instances)));
    this.change += 1;
    const left = this.#carryOut(edit.operations);
    this.history.undone = [...edit.undone, ...left.toReversed()];
    // Parts are inferred, not saved; what changes them can be carried out after that.
    if (left.length > 0 && (await this.inferParts())) left.forEach(() => this.history.redo());
  }

  /**
   * Carry out a list as far as possible.
   *
   * @param {Operation[]} operations
   * @returns {Operation[]} The rest, which cannot be carried out.
   */
  #carryOut(operations) {
    for (const [k, operation] of operations.entries()) {
      try {
        this.raster.push(operation);
      } catch (error) {
        if (!(error instanceof EditError)) throw error;
        return operations.slice(k);
      }
    }
    return [];
  }

  /** The checkpoint that infers parts of objects, or null. */
  get partsCheckpoint() {
    return this.checkpoints.find((c) => c.can.includes("parts") && this.fits(c)) ?? null;
  }

  /**
   * Find out the parts of all objects.
   *
   * @returns {Promise<boolean>} Whether they are known now.
   */
  async inferParts() {
    const { project, raster, change, partsCheckpoint } = this;
    if (raster.maps.parts) return true;
    if (!project || !partsCheckpoint) return false;
    try {
      const operations = raster.operations.slice(0, raster.drawn);
      const request = { kind: "parts", checkpoint: partsCheckpoint.name, operations };
      const job = await api.followJob((await api.createJob(project.id, request)).id, () => {});
      if (job.state !== "done") throw new Error(job.error ?? "The parts could not be inferred.");
      const bitmap = await api.readResult(job.results[0]);
      void api.deleteResult(job.results[0]).catch(() => {});
      if (this.change !== change) return false;
      // A grey picture: all three colours are the number of the part.
      raster.knowParts(Uint8Array.from(idsOf(bitmap), (id) => id & 255));
      return true;
    } catch (error) {
      this.say(/** @type {Error} */ (error).message);
      return false;
    }
  }

  /**
   * Do something to the maps.
   *
   * @param {Operation} operation
   * @returns {boolean} Whether it could be done; if not, the user has been told why.
   */
  act(operation) {
    if (!this.ready) return false;
    try {
      this.history.act(operation);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.say(error.message);
      return false;
    }
    this.#changed();
    return true;
  }

  undo() {
    if (this.history.undo()) this.#changed();
    else this.say("There is nothing to undo.");
  }

  redo() {
    if (this.history.redo()) this.#changed();
    else this.say("There is nothing to redo.");
  }

  #changed() {
    this.change += 1;
    this.message = "";
    if (this.selected !== null && !this.row(this.selected)) this.select(null);
    this.hovered = null;
    this.save();
    this.emit("maps");
    this.emit("selection");
    this.emit("message");
  }

  save() {
    this.saver?.save(this.raster.operations, this.history.undone, this.choices);
  }

  /**
   * Change checkpoint, samples or seed.
   *
   * @param {Partial<{checkpoint: string | null, samples: number, seed: number}>} choices
   */
  choose(choices) {
    this.choices = { ...this.choices, ...choices };
    this.save();
    this.emit("choices");
  }

  /** @param {number | null} id */
  select(id) {
    this.selected = id;
    if (this.mode) this.enter(null);
    else this.emit("selection");
  }

  /**
   * Choose a tool.
   *
   * @param {string} tool
   */
  use(tool) {
    this.tool = tool;
    if (this.mode) this.enter(null);
    this.emit("choices");
  }

  /**
   * Let the next click or drag on the picture be for something else than the tool.
   *
   * @param {import("./types.js").Mode | null} mode Null for the tool again.
   */
  enter(mode) {
    this.mode = mode;
    this.message = "";
    this.emit("selection");
    this.emit("message");
  }

  /** @param {number} id */
  row(id) {
    return instanceTable(this.maps, this.space).find((row) => row.id === id) ?? null;
  }

  /** The selector of what is selected, or null. */
  get selector() {
    return this.selected === null ? null : selectorOf(this.maps, this.space, this.selected);
  }

  /**
   * The id of an object in the first map that is still where it was, so that the photo shows its look.
   *
   * @param {number} id
   */
  inPhoto(id) {
    return !this.synthesis && this.raster.first.instances.includes(id) && id >= this.space.classes.length;
  }
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
