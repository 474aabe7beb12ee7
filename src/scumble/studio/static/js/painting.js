/** Has pictures painted: a preview after every change, the full picture on a pause or on demand. */

import * as api from "./api.js";

/** @typedef {import("./session.js").Session} Session */

const BREATH = 120;
const PAUSE = 1500;

/**
 * @typedef {object} Work A picture that is being painted, other than previews.
 * @property {string} wanted What it shall show.
 * @property {number} change Number of the change that it shows.
 * @property {number} samples
 * @property {boolean} automatic Whether nobody has asked for it.
 * @property {boolean} cancelled
 * @property {api.Job | null} job Null until the server has answered.
 */

export class Painter extends EventTarget {
  /** @param {Session} session */
  constructor(session) {
    super();
    this.session = session;
    /** Whether pictures are painted without being asked for. */
    this.live = true;
    /** @type {Work | null} */
    this.work = null;
    this.previewing = false;
    /** What would have been painted when the project was opened. */
    this.opened = "";
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {string[]} */
    this.passing = [];
    session.addEventListener("maps", () => this.schedule());
    session.addEventListener("choices", () => this.schedule());
    session.addEventListener("project", () => this.#begin());
  }

  /** What is being worked on, other than previews. */
  get job() {
    return this.work?.job ?? null;
  }

  /** Whether there is something to paint. */
  get possible() {
    const { session } = this;
    if (!session.ready || !session.checkpoint) return false;
    return session.synthesis || session.maps.mask.includes(1);
  }

  /** Identifies what would be painted now. */
  get wanted() {
    const { session } = this;
    return `${session.change} ${session.checkpoint?.name} ${session.choices.seed}`;
  }

  /** What was asked for in another project goes on, but is not waited for here. */
  #begin() {
    clearTimeout(this.timer);
    if (this.work?.automatic) void this.cancel();
    this.#setWork(null);
    this.passing = [];
    this.opened = this.wanted;
    void this.#showLast();
  }

  /** Something has changed: have it painted soon. */
  schedule() {
    const { session } = this;
    clearTimeout(this.timer);
    if (!this.possible) {
      if (session.picture) {
        session.picture = null;
        session.emit("picture");
      }
      return;
    }
    if (!this.live || this.#done === this.wanted) return;
    if (this.work?.automatic && this.work.wanted !== this.wanted) void this.cancel();
    this.timer = setTimeout(() => void (session.synthesis ? this.#paintOnPause() : this.#preview()), BREATH);
  }

  #done = "";

  async #preview() {
    const { session } = this;
    const { project } = session;
    if (this.previewing || !project || !this.possible) return;
    this.previewing = true;
    const [wanted, change] = [this.wanted, session.change];
    const offset = session.maps.offset;
    try {
      const { operations } = session.history;
      const checkpoint = session.checkpoint?.name ?? "";
      const { seed } = session.choices;
      const job = await this.#follow(project, { kind: "preview", checkpoint, operations, seed }, () => {});
      const bitmap = job.state === "done" ? await api.readResult(job.results[0]) : null;
      const newer = change >= (session.picture?.change ?? 0) && this.#done !== wanted;
      if (bitmap && session.project === project && newer) {
        session.picture = { id: null, bitmap, offset, seed, checkpoint, change };
        session.emit("picture");
      }
    } catch (error) {
      if (session.project === project) session.say(/** @type {Error} */ (error).message);
    } finally {
      this.previewing = false;
    }
    if (this.wanted !== wanted) return this.schedule();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.#paintOnPause(), PAUSE);
  }

  /** After a reload, show what was painted of the present edit. */
  async #showLast() {
    const { session, opened } = this;
    const last = session.results.at(-1);
    if (!last) return;
    const details = await api.resultDetails(last.id).catch(() => null);
    const same = JSON.stringify(details?.operations) === JSON.stringify(session.history.operations);
    if (!details || !same || this.wanted !== opened || !this.possible) return;
    this.#done = this.wanted;
    clearTimeout(this.timer);
    await this.show(details, session.change).catch(() => {});
  }

  async #paintOnPause() {
    const { session } = this;
    // Looking at a project again does not add to its pictures.
    if (this.wanted === this.opened && session.results.length > 0) return;
    if (this.live && this.possible && this.#done !== this.wanted && !this.work) await this.paint(true);
  }

  /**
   * Paint the full picture, as many samples as chosen.
   *
   * @param {boolean} [automatic]
   */
  async paint(automatic = false) {
    const { session, wanted } = this;
    const { project, change } = session;
    if (!project || !this.possible) {
      return session.say(session.checkpoint ? "Change something first." : "No checkpoint here fits this project.");
    }
    const { samples, seed } = session.choices;
    if (this.work?.wanted === wanted && this.work.samples === samples) {
      // It is being painted already; now it is one to keep.
      this.work.automatic &&= automatic;
      return;
    }
    void this.cancel();
    clearTimeout(this.timer);
    /** @type {Work} */
    const work = { wanted, change, samples, automatic, cancelled: false, job: null };
    this.work = work;
    const kind = session.synthesis ? "synthesize" : "edit";
    const { operations } = session.history;
    const request = { kind, checkpoint: session.checkpoint?.name ?? null, operations, samples, seed };
    try {
      const job = await this.#follow(project, request, (now) => {
        if (work.cancelled && !work.job) void api.cancelJob(now.id).catch(() => {});
        work.job = now;
        if (this.work === work) this.#setWork(work);
      });
      if (this.work === work) this.#setWork(null);
      if (job.state === "done" && session.project === project) {
        this.#done = wanted;
        await this.#keep(project, job, work);
      }
    } catch (error) {
      if (this.work === work) this.#setWork(null);
      if (session.project === project) session.say(/** @type {Error} */ (error).message);
    }
    if (this.wanted !== wanted) this.schedule();
  }

  /** Give up what is being painted. */
  async cancel() {
    const { work } = this;
    if (!work) return;
    work.cancelled = true;
    this.#setWork(null);
    if (work.job) await api.cancelJob(work.job.id).catch(() => {});
  }

  /**
   * The same edit by another checkpoint.
   *
   * @param {string} checkpoint
   * @param {AbortSignal} signal
   * @returns {Promise<api.Result | null>} Null if it was not wanted any more.
   */
  async paintWith(checkpoint, signal) {
    const { session } = this;
    const { project } = session;
    if (!project || signal.aborted) return null;
    const kind = session.synthesis ? "synthesize" : "edit";
    const { operations } = session.history;
    const request = { kind, checkpoint, operations, seed: session.choices.seed };
    let id = "";
    const cancel = () => void (id && api.cancelJob(id).catch(() => {}));
    signal.addEventListener("abort", cancel);
    const job = await this.#follow(project, request, (now) => {
      id = now.id;
      if (signal.aborted) cancel();
    });
    return job.state === "done" ? api.resultDetails(job.results[0]) : null;
  }

  /**
   * @param {api.Project} project
   * @param {api.JobRequest} request
   * @param {(job: api.Job) => void} changed
   */
  async #follow(project, request, changed) {
    const created = await api.createJob(project.id, request);
    changed(created);
    const job = await api.followJob(created.id, (now) => {
      if (now.state !== "cancelled") changed(now);
    });
    if (job.state === "failed") throw new Error(job.error ?? "The picture could not be painted.");
    if (this.session.project === project) for (const note of job.notes) this.session.say(note);
    return job;
  }

  /** @param {Work | null} work */
  #setWork(work) {
    this.work = work;
    this.dispatchEvent(new Event("job"));
  }

  /**
   * @param {api.Project} project
   * @param {api.Job} job
   * @param {Work} work
   */
  async #keep(project, job, work) {
    const { session } = this;
    const results = await Promise.all(job.results.map((id) => api.resultDetails(id)));
    if (session.project !== project) return;
    const replaced = this.passing;
    this.passing = work.automatic ? job.results : [];
    session.results = [...session.results.filter((result) => !replaced.includes(result.id)), ...results];
    // Pictures that nobody asked for make room for the next ones.
    for (const id of replaced) void api.deleteResult(id).catch(() => {});
    if (session.change === work.change) await this.show(results[0], work.change);
    session.emit("results");
  }

  /**
   * Show a result.
   *
   * @param {api.Result} result
   * @param {number} change That it shows; another one than the present if it is older.
   */
  async show(result, change) {
    const { session } = this;
    const { project } = session;
    const bitmap = await api.readResult(result.id);
    if (session.project !== project) return;
    const { id, offset, seed, checkpoint } = result;
    session.picture = { id, bitmap, offset, seed, checkpoint, change };
    session.emit("picture");
  }

  /**
   * Delete a result.
   *
   * @param {api.Result} result
   */
  async remove(result) {
    const { session } = this;
    const { project } = session;
    try {
      await api.deleteResult(result.id);
    } catch (error) {
      if (/** @type {api.Refusal} */ (error).status !== 404) return session.say(/** @type {Error} */ (error).message);
    }
    if (session.project !== project) return;
    session.results = session.results.filter(({ id }) => id !== result.id);
    if (session.picture?.id === result.id) {
      session.picture = null;
      session.emit("picture");
    }
    session.emit("results");
  }
}
