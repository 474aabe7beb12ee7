/** The edit list with undo and redo, and its saving on the server, from which a reload takes it again. */

import { saveEdit, Refusal } from "./api.js";

/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./raster.js").Raster} Raster */
/** @typedef {import("./api.js").Choices} Choices */

/** What has been done to the maps, and what has been undone. */
export class History {
  /**
   * @param {Raster} raster Holds what has been done.
   * @param {Operation[]} [undone] The next one last.
   */
  constructor(raster, undone = []) {
    this.raster = raster;
    this.undone = [...undone];
  }

  /**
   * Do something new; what was undone cannot be brought back any more.
   *
   * @param {Operation} operation
   * @throws {import("./maps.js").EditError} It cannot be carried out; nothing has changed.
   */
  act(operation) {
    this.raster.push(operation);
    this.undone = [];
  }

  /** @returns {boolean} Whether there was something to undo. */
  undo() {
    const last = this.raster.operations.at(-1);
    if (!last) return false;
    this.raster.pop();
    this.undone.push(last);
    return true;
  }

  /** @returns {boolean} Whether there was something to bring back. */
  redo() {
    const next = this.undone.at(-1);
    if (!next) return false;
    this.raster.push(next);
    this.undone.pop();
    return true;
  }
}

/** Saves a project's edit list after every change: one request at a time, always the newest state. */
export class Saver {
  /**
   * @param {string} project
   * @param {number} revision Of the list that was read.
   * @param {(error: Refusal) => void} failed
   */
  constructor(project, revision, failed) {
    this.project = project;
    this.revision = revision;
    this.failed = failed;
    /** @type {{operations: Operation[], undone: Operation[], choices: Choices} | null} */
    this.waiting = null;
    /** @type {Promise<void> | null} */
    this.running = null;
    this.stopped = false;
  }

  /**
   * @param {Operation[]} operations
   * @param {Operation[]} undone
   * @param {Choices} choices
   */
  save(operations, undone, choices) {
    this.waiting = { operations: [...operations], undone: [...undone], choices: { ...choices } };
    this.running ??= this.#run();
  }

  /** Wait until everything is saved. */
  async settled() {
    while (this.running) await this.running;
  }

  async #run() {
    // A breath, so that what changes in one go is saved in one go.
    await Promise.resolve();
    while (this.waiting && !this.stopped) {
      const state = this.waiting;
      this.waiting = null;
      try {
        const body = { revision: this.revision, ...state };
        // Browsers let only small requests outlive the page.
        const small = JSON.stringify(body).length < 60_000;
        this.revision = (await saveEdit(this.project, body, small)).revision;
      } catch (error) {
        this.stopped = error instanceof Refusal && error.status === 409;
        this.waiting ??= this.stopped ? null : state;
        this.failed(/** @type {Refusal} */ (error));
        break;
      }
    }
    this.running = null;
  }
}
