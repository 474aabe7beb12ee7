/** What is being worked on: a project, its maps under the edit list, and the user's choices. */

import { History } from "./history.js";
import { PartsFinder } from "./inferring.js";
import { load } from "./loading.js";
import { EditError, instanceTable, selectorOf } from "./maps.js";
import { Raster, firstMaps } from "./raster.js";
import { Saver } from "./saver.js";

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
 * Tells with events what changes: `project`, `maps`, `selection`, `choices`, `picture`, `results`, `message`, `saving`.
 */
export class Session extends EventTarget {
  constructor() {
    super();
    /** @type {import("./api.js").Checkpoint[]} */
    this.checkpoints = [];
    /** @type {import("./api.js").Project | null} */
    this.project = null;
    /** @type {LabelSpace} */
    this.space = { name: "", classes: [] };
    this.history = nothing(this.space);
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
    /** @type {import("./api.js").Result[]} */
    this.results = [];
    /** Counts what changes the picture, so that old answers are known as such. */
    this.change = 0;
    /** @type {Map<number, Style>} Own looks of objects of the photo, by instance. */
    this.ownLooks = new Map();
    this.message = "";
    /** Counts the projects that were to be opened. */
    this.openings = 0;
    this.partsFinder = new PartsFinder(this);
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

  /** @param {import("./api.js").Checkpoint} checkpoint */
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
   * Work on a project. Until all of it has been read, the present one stays; of several that are opened at once, the
   * one that was chosen last comes.
   *
   * @param {{id: string} | Promise<{id: string}>} source Perhaps one that is just being made.
   * @returns {Promise<boolean>} Whether it is worked on now; if not, another one was chosen meanwhile.
   * @throws {Error} It cannot be read, or the present one cannot be saved, and is still there.
   */
  async open(source) {
    const opening = ++this.openings;
    const { id } = await source;
    for (;;) {
      await this.saver?.settled();
      const revision = this.saver?.revision;
      const loaded = await load(id);
      if (opening !== this.openings) return false;
      // What was done meanwhile is saved first, or read if it was done to the same project.
      if (this.saver?.busy || this.saver?.revision !== revision) continue;
      this.#take(loaded);
      return true;
    }
  }

  /** @param {Awaited<ReturnType<typeof load>>} loaded */
  #take({ project, photo, history }) {
    this.project = project;
    this.space = project.label_space;
    this.photo = photo;
    this.history = history;
    this.saver = new Saver(project.id, project.edit.revision, () => this.#told());
    this.choices = { ...project.edit.choices };
    this.results = project.results.filter((result) => result.kind !== "parts");
    const road = this.space.classes.findIndex((c) => !c.thing && !c.dont_care);
    this.classId = Math.max(road, 0);
    this.#afresh();
    if (history.kept.length > 0) void this.#inferKept(history);
  }

  /** @param {History} history */
  async #inferKept(history) {
    await this.inferParts();
    if (this.history === history && history.kept.length > 0) this.say(this.message || history.obstacle);
  }

  /** Work on nothing, because the project is no more. */
  close() {
    this.saver?.stop();
    this.saver = this.project = this.photo = null;
    this.history = nothing(this.space);
    this.results = [];
    this.#afresh();
  }

  /** Forget what concerned the last project, and show the present one. */
  #afresh() {
    this.selected = this.hovered = this.mode = this.picture = null;
    this.ownLooks.clear();
    this.message = "";
    this.change += 1;
    for (const name of ["project", "choices", "maps", "selection", "results", "picture", "saving"]) this.emit(name);
  }

  /** Whether the last changes are saved has changed. */
  #told() {
    this.say(this.saver?.problem || "Everything is saved again.");
    this.emit("saving");
  }

  /** The checkpoint that infers parts of objects, or null. */
  get partsCheckpoint() {
    return this.checkpoints.find((c) => c.can.includes("parts") && this.fits(c)) ?? null;
  }

  /**
   * Find out the parts of all objects, and do to them what had to wait for that.
   *
   * @returns {Promise<boolean>} Whether they are known now.
   */
  async inferParts() {
    const { history } = this;
    const known = await this.partsFinder.find();
    if (!known || this.history !== history) return false;
    history.resume();
    this.emit("maps");
    this.emit("selection");
    return true;
  }

  /**
   * Do something to the maps.
   *
   * @param {Operation} operation
   * @returns {boolean} Whether it could be done; if not, the user has been told why.
   */
  act(operation) {
    if (!this.ready) return false;
    return this.#attempt(() => {
      this.history.act(operation);
      this.#changed();
    });
  }

  undo() {
    if (this.history.undo()) this.#changed();
    else this.say("There is nothing to undo.");
  }

  redo() {
    this.#attempt(() => {
      if (this.history.redo()) this.#changed();
      else this.say("There is nothing to redo.");
    });
  }

  /**
   * @param {() => void} action
   * @returns {boolean} Whether it was possible; if not, the user has been told why.
   */
  #attempt(action) {
    try {
      action();
      return true;
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.say(error.message);
      return false;
    }
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
    this.saver?.save(this.history.operations, this.history.undone, this.choices);
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
   * Whether the photo shows the look of an object. A new one may have the id of one that was removed.
   *
   * @param {number} id
   */
  inPhoto(id) {
    const { first, lost } = this.raster;
    if (this.synthesis || id < this.space.classes.length || lost.has(id)) return false;
    return first.instances.includes(id);
  }
}

/** @param {LabelSpace} space */
function nothing(space) {
  return new History(new Raster(space, firstMaps(1, 1, new Int32Array(1), new Int32Array(1))));
}
