/** Having the parts of all objects inferred: one job at a time, always of the newest map. */

import * as api from "./api.js";
import { idsOf } from "./loading.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {{project: api.Project, job: string | null, list: string, found: Promise<boolean>}} Search */

export class PartsFinder {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** @type {Search | null} */
    this.search = null;
    for (const name of ["project", "maps"]) session.addEventListener(name, () => this.#dropOld());
  }

  /** The part of the edit list on which the parts depend. */
  get #drawn() {
    const { raster } = this.session;
    return raster.operations.slice(0, raster.drawn);
  }

  /**
   * Find out the parts of the objects, as the map will be then.
   *
   * @returns {Promise<boolean>} Whether they are known now.
   */
  find() {
    const { project } = this.session;
    if (!project) return Promise.resolve(false);
    if (this.search?.project !== project) {
      /** @type {Search} */
      const search = { project, job: null, list: "", found: Promise.resolve(false) };
      this.search = search;
      search.found = this.#run(search).finally(() => {
        if (this.search === search) this.search = null;
      });
    }
    return this.search.found;
  }

  /** @param {Search} search */
  async #run(search) {
    const { session } = this;
    try {
      while (session.project === search.project) {
        const { raster, partsCheckpoint } = session;
        if (raster.maps.parts) return true;
        if (!partsCheckpoint) return false;
        const parts = await this.#infer(search, partsCheckpoint);
        if (parts && this.#current(search)) raster.knowParts(parts);
      }
    } catch (error) {
      if (session.project === search.project) session.say(/** @type {Error} */ (error).message);
    }
    return false;
  }

  /**
   * @param {Search} search
   * @param {api.Checkpoint} checkpoint
   * @returns {Promise<Uint8Array | null>} Null if they are not wanted any more.
   */
  async #infer(search, checkpoint) {
    const operations = this.#drawn;
    search.list = JSON.stringify(operations);
    const request = { kind: "parts", checkpoint: checkpoint.name, operations };
    search.job = (await api.createJob(search.project.id, request)).id;
    this.#cancelOld(search);
    const job = await api.followJob(search.job, () => {});
    search.job = null;
    if (job.state === "cancelled") return null;
    if (job.state !== "done") throw new Error(job.error ?? "The parts could not be inferred.");
    try {
      // A grey picture: all three colours are the number of the part.
      return Uint8Array.from(idsOf(await api.readResult(job.results[0])), (id) => id & 255);
    } finally {
      void api.deleteResult(job.results[0]).catch(() => {});
    }
  }

  /** @param {Search} search */
  #current(search) {
    return this.session.project === search.project && search.list === JSON.stringify(this.#drawn);
  }

  #dropOld() {
    if (this.search) this.#cancelOld(this.search);
  }

  /** @param {Search} search */
  #cancelOld(search) {
    if (search.job && !this.#current(search)) void api.cancelJob(search.job).catch(() => {});
  }
}
