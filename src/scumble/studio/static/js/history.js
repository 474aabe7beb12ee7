/** The edit list with undo and redo. */

import { EditError } from "./maps.js";

/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./raster.js").Raster} Raster */

/** What has been done to the maps, and what has been undone. */
export class History {
  /**
   * @param {Raster} raster Holds what has been done.
   * @param {Operation[]} [operations] A saved list, which is carried out as far as possible.
   * @param {Operation[]} [undone] The next one last.
   */
  constructor(raster, operations = [], undone = []) {
    this.raster = raster;
    /** The end of the list, if it cannot be carried out: parts of objects are inferred, not saved. */
    this.kept = [...operations];
    /** Why that is so. */
    this.obstacle = "";
    this.undone = [...undone];
    this.resume();
  }

  /** The whole list, to be saved and painted. */
  get operations() {
    return [...this.raster.operations, ...this.kept];
  }

  /** Carry out what was kept, as far as possible. */
  resume() {
    try {
      for (; this.kept.length > 0; this.kept.shift()) this.raster.push(this.kept[0]);
      this.obstacle = "";
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.obstacle = `The end of the edit list cannot be carried out. ${error.message} Undo it to draw again.`;
    }
  }

  /**
   * Do something new; what was undone cannot be brought back any more.
   *
   * @param {Operation} operation
   * @throws {EditError} It cannot be carried out; nothing has changed.
   */
  act(operation) {
    if (this.kept.length > 0) throw new EditError(this.obstacle);
    this.raster.push(operation);
    this.undone = [];
  }

  /** @returns {boolean} Whether there was something to undo. */
  undo() {
    const last = this.kept.pop() ?? this.raster.pop();
    if (!last) return false;
    this.undone.push(last);
    return true;
  }

  /**
   * @returns {boolean} Whether there was something to bring back.
   * @throws {EditError} It cannot be carried out; nothing has changed.
   */
  redo() {
    const next = this.undone.at(-1);
    if (!next) return false;
    if (this.kept.length > 0) this.kept.push(next);
    else this.raster.push(next);
    this.undone.pop();
    return true;
  }
}
