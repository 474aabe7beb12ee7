/** Saving the edit list on the server, from which a reload takes it again. */

import { Refusal, readEdit, saveEdit } from "./api.js";

/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {import("./api.js").Choices} Choices */
/** @typedef {{operations: Operation[], undone: Operation[], choices: Choices}} State */

const RETRY = 3000;
const STALE = "This project was changed in another tab; reload the page to go on.";

/** Saves a project's edit list: one request at a time, always the newest state, again and again until it is saved. */
export class Saver {
  /**
   * @param {string} project
   * @param {number} revision Of the list that was read.
   * @param {() => void} told Called when `problem` changes.
   */
  constructor(project, revision, told) {
    this.project = project;
    this.revision = revision;
    this.told = told;
    /** @type {State | null} What is to be sent next. */
    this.waiting = null;
    /** @type {Promise<void> | null} */
    this.running = null;
    /** Why the newest state is not saved; empty if it is, or is just being saved. */
    this.problem = "";
    /** Whether nothing more is sent: it would overwrite what somebody else has done. */
    this.stopped = false;
    /** Whether what is being sent ends with the page. */
    this.large = false;
  }

  /** @type {number | undefined} */
  #timer = undefined;
  /** @type {State[]} Sent without an answer, so that they may have been saved or not. */
  #unanswered = [];

  /** Whether something is not saved yet. */
  get busy() {
    return this.waiting !== null || this.running !== null;
  }

  /** Whether something is lost if the page is closed now. */
  get atRisk() {
    return this.waiting !== null || this.large;
  }

  /**
   * @param {Operation[]} operations
   * @param {Operation[]} undone
   * @param {Choices} choices
   */
  save(operations, undone, choices) {
    this.waiting = { operations: [...operations], undone: [...undone], choices: { ...choices } };
    this.#begin();
  }

  /**
   * Wait until everything is saved.
   *
   * @throws {Error} It cannot be saved now.
   */
  async settled() {
    this.#begin();
    while (this.running) await this.running;
    if (this.waiting) throw new Error(`What was done last is not saved. ${this.problem}`);
  }

  /** Give up, because the project is no more. */
  stop() {
    this.stopped = true;
    this.waiting = null;
    clearTimeout(this.#timer);
  }

  #begin() {
    if (!this.waiting || this.stopped) return;
    clearTimeout(this.#timer);
    this.running ??= this.#run();
  }

  async #run() {
    // A breath, so that what changes in one go is saved in one go.
    await Promise.resolve();
    while (this.waiting && !this.stopped) {
      const state = this.waiting;
      this.waiting = null;
      try {
        await this.#send(state);
        this.#tell("");
      } catch (error) {
        this.waiting ??= state;
        const { message, status } = /** @type {Refusal} */ (error);
        this.stopped ||= status === 409;
        this.#tell(this.stopped ? STALE : message);
        if (!this.stopped) this.#timer = setTimeout(() => this.#begin(), RETRY);
        break;
      }
    }
    this.running = null;
  }

  /** @param {State} state */
  async #send(state) {
    const body = { revision: this.revision, ...state };
    // Browsers let only small requests outlive the page.
    this.large = JSON.stringify(body).length >= 60_000;
    try {
      this.revision = (await saveEdit(this.project, body, !this.large)).revision;
      this.#unanswered = [];
    } catch (error) {
      const status = error instanceof Refusal ? error.status : null;
      if (status === 0 && !this.#unanswered.includes(state)) this.#unanswered.push(state);
      if (status !== 409 || this.#unanswered.length === 0) throw error;
      const saved = await readEdit(this.project);
      // It was no other tab if what is there was sent from here.
      if (!this.#unanswered.some((sent) => covers(saved, sent))) throw error;
      this.revision = saved.revision;
      this.#unanswered = [];
      await this.#send(state);
    } finally {
      this.large = false;
    }
  }

  /** @param {string} problem */
  #tell(problem) {
    if (problem === this.problem) return;
    this.problem = problem;
    this.told();
  }
}

/**
 * Whether all that was sent is there; the server adds what may be left out.
 *
 * @param {any} there
 * @param {any} sent
 * @returns {boolean}
 */
function covers(there, sent) {
  if (typeof sent !== "object" || sent === null) return there === sent;
  if (typeof there !== "object" || there === null) return false;
  if (Array.isArray(sent) && there.length !== sent.length) return false;
  return Object.entries(sent).every(([key, value]) => covers(there[key], value));
}
