/** Has pictures painted: a preview after every change, the full picture on a pause or on demand. */

import * as api from "./api.js";

/** @typedef {import("./session.js").Session} Session */

const BREATH = 120;
const PAUSE = 1500;

export class Painter extends EventTarget {
  /** @param {Session} session */
  constructor(session) {
    super();
    this.session = session;
    /** Whether pictures are painted without being asked for. */
    this.live = true;
    /** @type {api.Job | null} What is being worked on, other than previews. */
    this.job = null;
    /** Whether `job` was asked for by nobody. */
    this.automatic = false;
    this.previewing = false;
    /** What would have been painted when the project was opened. */
    this.opened = "";
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {string[]} */
    this.passing = [];
    session.addEventListener("maps", () => this.schedule());
    session.addEventListener("choices", () => this.schedule());
    session.addEventListener("project", () => {
      this.passing = [];
      this.opened = this.wanted;
      void this.#showLast();
    });
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
    if (this.automatic && this.job && this.#working !== this.wanted) this.cancel();
    this.timer = setTimeout(() => void (session.synthesis ? this.#paintOnPause() : this.#preview()), BREATH);
  }

  #done = "";
  #working = "";
  /** @type {Set<string>} Jobs that were cancelled here; they may still report progress. */
  #unwanted = new Set();

  async #preview() {
    const { session } = this;
    if (this.previewing || !session.project || !this.possible) return;
    this.previewing = true;
    const [wanted, change] = [this.wanted, session.change];
    const project = session.project.id;
    const offset = session.maps.offset;
    try {
      const { operations } = session.raster;
      const checkpoint = session.checkpoint?.name ?? null;
      const request = { kind: "preview", checkpoint, operations, seed: session.choices.seed };
      const job = await this.#follow(project, request, () => {});
      const newer = change >= (session.picture?.change ?? 0) && this.#done !== wanted;
      if (job.state === "done" && session.project?.id === project && newer) {
        const bitmap = await api.readResult(job.results[0]);
        session.picture = {
          id: null, bitmap, offset, seed: session.choices.seed, checkpoint: checkpoint ?? "", change,
        };
        session.emit("picture");
      }
    } catch (error) {
      session.say(/** @type {Error} */ (error).message);
    } finally {
      this.previewing = false;
    }
    clearTimeout(this.timer);
    if (this.wanted !== wanted) this.timer = setTimeout(() => void this.#preview(), BREATH);
    else this.timer = setTimeout(() => void this.#paintOnPause(), PAUSE);
  }

  /** After a reload, show what was painted of the present edit. */
  async #showLast() {
    const { session, opened } = this;
    const last = session.results.at(-1);
    if (!last) return;
    const details = await api.resultDetails(last.id).catch(() => null);
    const same = JSON.stringify(details?.operations) === JSON.stringify(session.raster.operations);
    if (!details || !same || this.wanted !== opened || !this.possible) return;
    this.#done = this.wanted;
    clearTimeout(this.timer);
    await this.show(details, session.change).catch(() => {});
  }

  async #paintOnPause() {
    const { session } = this;
    // Looking at a project again does not add to its pictures.
    if (this.wanted === this.opened && session.results.length > 0) return;
    if (this.live && this.possible && this.#done !== this.wanted && !this.job) await this.paint(true);
  }

  /**
   * Paint the full picture, as many samples as chosen.
   *
   * @param {boolean} [automatic]
   */
  async paint(automatic = false) {
    const { session } = this;
    if (!session.project || !this.possible) {
      return session.say(session.checkpoint ? "Change something first." : "No checkpoint here fits this project.");
    }
    if (this.job) await this.cancel();
    clearTimeout(this.timer);
    this.automatic = automatic;
    const [project, wanted, change] = [session.project.id, this.wanted, session.change];
    this.#working = wanted;
    const request = {
      kind: session.synthesis ? "synthesize" : "edit",
      checkpoint: session.checkpoint?.name ?? null,
      operations: session.raster.operations,
      samples: session.choices.samples,
      seed: session.choices.seed,
    };
    try {
      const job = await this.#follow(project, request, (now) => {
        if (!this.#unwanted.has(now.id)) this.#tell(now);
      });
      if (this.job?.id === job.id) this.#tell(null);
      if (job.state === "done" && session.project?.id === project) {
        this.#done = wanted;
        await this.#keep(job, change, automatic);
      }
    } catch (error) {
      this.#tell(null);
      session.say(/** @type {Error} */ (error).message);
    }
    if (this.wanted !== wanted) this.schedule();
  }

  /** Give up what is being painted. */
  async cancel() {
    const job = this.job;
    if (!job) return;
    this.#unwanted.add(job.id);
    this.#tell(null);
    await api.cancelJob(job.id).catch(() => {});
  }

  /**
   * The same edit by another checkpoint.
   *
   * @param {string} checkpoint
   * @returns {Promise<api.Result | null>}
   */
  async paintWith(checkpoint) {
    const { session } = this;
    if (!session.project) return null;
    const kind = session.synthesis ? "synthesize" : "edit";
    const { operations } = session.raster;
    const request = { kind, checkpoint, operations, seed: session.choices.seed };
    const job = await this.#follow(session.project.id, request, () => {});
    return job.state === "done" ? api.resultDetails(job.results[0]) : null;
  }

  /**
   * @param {string} project
   * @param {api.JobRequest} request
   * @param {(job: api.Job) => void} changed
   */
  async #follow(project, request, changed) {
    const created = await api.createJob(project, request);
    changed(created);
    const job = await api.followJob(created.id, (now) => {
      if (now.state !== "cancelled") changed(now);
    });
    if (job.state === "failed") throw new Error(job.error ?? "The picture could not be painted.");
    for (const note of job.notes) this.session.say(note);
    return job;
  }

  /** @param {api.Job | null} job */
  #tell(job) {
    this.job = job;
    this.dispatchEvent(new Event("job"));
  }

  /**
   * @param {api.Job} job
   * @param {number} change
   * @param {boolean} automatic
   */
  async #keep(job, change, automatic) {
    const { session } = this;
    const results = await Promise.all(job.results.map((id) => api.resultDetails(id)));
    const replaced = this.passing;
    this.passing = automatic ? job.results : [];
    session.results = [...session.results.filter((result) => !replaced.includes(result.id)), ...results];
    // Pictures that nobody asked for make room for the next ones.
    for (const id of replaced) void api.deleteResult(id).catch(() => {});
    if (session.change === change) await this.show(results[0], change);
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
    const bitmap = await api.readResult(result.id);
    const { id, offset, seed, checkpoint } = result;
    session.picture = { id, bitmap, offset, seed, checkpoint, change };
    session.emit("picture");
  }
}
