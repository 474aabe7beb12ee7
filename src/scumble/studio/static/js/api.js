/** The only module that talks to the server. */

/** @typedef {import("./types.js").LabelSpace} LabelSpace */
/** @typedef {import("./types.js").Operation} Operation */

/**
 * @typedef {object} Checkpoint
 * @property {string} name
 * @property {string} system
 * @property {LabelSpace} label_space
 * @property {string[]} can
 * @property {boolean} bank
 * @property {Record<string, string[]>} parts
 *
 * @typedef {{checkpoint: string | null, samples: number, seed: number}} Choices
 * @typedef {{revision: number, operations: Operation[], undone: Operation[], choices: Choices}} SavedEdit
 * @typedef {{id: string, width: number, height: number, labels: boolean}} Reference
 *
 * @typedef {object} Result
 * @property {string} id
 * @property {string} job
 * @property {string} kind
 * @property {number} seed
 * @property {number} seconds
 * @property {number} width
 * @property {number} height
 * @property {[number, number]} offset
 * @property {string} checkpoint
 *
 * @typedef {object} ProjectSummary
 * @property {string} id
 * @property {string} title
 * @property {number} created
 * @property {number} width
 * @property {number} height
 * @property {boolean} photo
 * @property {number} maps
 *
 * @typedef {ProjectSummary & {label_space: LabelSpace, edit: SavedEdit, references: Reference[], results: Result[]}} Project
 *
 * @typedef {object} Job
 * @property {string} id
 * @property {string} kind
 * @property {string} checkpoint
 * @property {string} state
 * @property {number} done
 * @property {number} total
 * @property {string[]} results
 * @property {string[]} notes
 * @property {string | null} error
 *
 * @typedef {object} JobRequest
 * @property {string} kind
 * @property {string | null} [checkpoint]
 * @property {Operation[]} [operations]
 * @property {number} [samples]
 * @property {number} [seed]
 */

/** What the server refused; the message is for the user. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
async function request(path, options) {
  let response;
  try {
    response = await fetch(`/api/${path}`, options);
  } catch {
    throw new Refusal("The studio does not answer; is it still running?", 0);
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  throw new Refusal(answer.detail ?? `The studio answered ${response.status}.`, response.status);
}

/**
 * @param {string} path
 * @param {string} method
 * @param {unknown} body
 * @param {boolean} [keepalive] Let it end even if the page is closed.
 */
async function send(path, method, body, keepalive = false) {
  const headers = { "content-type": "application/json" };
  const response = await request(path, { method, headers, body: JSON.stringify(body), keepalive });
  return response.json();
}

/**
 * @param {string} path
 * @param {Record<string, Blob | string>} fields
 */
async function upload(path, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return (await request(path, { method: "POST", body: form })).json();
}

/** @returns {Promise<Checkpoint[]>} */
export const listCheckpoints = async () => (await request("checkpoints")).json();

/** @returns {Promise<ProjectSummary[]>} */
export const listProjects = async () => (await request("projects")).json();

/**
 * @param {string} id
 * @returns {Promise<Project>}
 */
export const readProject = async (id) => (await request(`projects/${id}`)).json();

/** @param {string} id */
export const deleteProject = (id) => request(`projects/${id}`, { method: "DELETE" });

/**
 * @param {Record<string, Blob | string>} fields photo, labels, instances, label_space, title
 * @returns {Promise<Project>}
 */
export const createProject = (fields) => upload("projects", fields);

/**
 * @param {{width: number, height: number, label_space: string, title: string}} blank
 * @returns {Promise<Project>}
 */
export const createBlank = (blank) => send("projects/blank", "POST", blank);

/**
 * @param {Blob} archive
 * @returns {Promise<Project>}
 */
export const openArchive = (archive) => upload("projects/archive", { archive });

/**
 * @param {string} id
 * @returns {Promise<Blob>}
 */
export const readArchive = async (id) => (await request(`projects/${id}/archive`)).blob();

/**
 * @param {string} id
 * @returns {Promise<Blob>}
 */
export const readRecipe = async (id) => (await request(`projects/${id}/recipe`)).blob();

/**
 * @param {string} id
 * @returns {Promise<SavedEdit>}
 */
export const readEdit = async (id) => (await request(`projects/${id}/edit`)).json();

/**
 * @param {string} id
 * @param {SavedEdit} edit
 * @param {boolean} keepalive
 * @returns {Promise<SavedEdit>}
 */
export const saveEdit = (id, edit, keepalive) => send(`projects/${id}/edit`, "PUT", edit, keepalive);

/**
 * A picture as a bitmap, its colours as they are in the file.
 *
 * @param {string} path
 */
async function bitmap(path) {
  const blob = await (await request(path)).blob();
  return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}

/** @param {string} id */
export const readPhoto = (id) => bitmap(`projects/${id}/photo.png`);

/**
 * @param {string} id
 * @param {"labels" | "instances"} which
 * @param {number} maps Version of the maps, so that no cache answers with older ones.
 */
export const readMap = (id, which, maps) => bitmap(`projects/${id}/${which}.png?maps=${maps}`);

/** @param {string} id */
export const readResult = (id) => bitmap(`results/${id}.png`);

/** @param {string} id */
export const resultAddress = (id) => `/api/results/${id}.png`;

/**
 * @param {string} id
 * @returns {Promise<Blob>}
 */
export const readResultFile = async (id) => (await request(`results/${id}.png`)).blob();

/** @param {string} id */
export const deleteResult = (id) => request(`results/${id}`, { method: "DELETE" });

/**
 * @param {string} id
 * @returns {Promise<Result & {operations: Operation[]}>}
 */
export const resultDetails = async (id) => (await request(`results/${id}`)).json();

/**
 * @param {string} project
 * @param {string} reference
 */
export const referenceAddress = (project, reference) => `/api/projects/${project}/references/${reference}.png`;

/**
 * @param {string} project
 * @param {Blob} picture
 * @returns {Promise<Reference>}
 */
export const addReference = (project, picture) => upload(`projects/${project}/references`, { picture });

/**
 * @param {string} project
 * @param {number} instance Id in the first instance map.
 * @returns {Promise<Reference>}
 */
export const addInstanceAsReference = (project, instance) =>
  send(`projects/${project}/references/instance`, "POST", { instance });

/**
 * @param {string} project
 * @param {JobRequest} job
 * @returns {Promise<Job>}
 */
export const createJob = (project, job) => send(`projects/${project}/jobs`, "POST", job);

/** @param {string} id */
export const cancelJob = (id) => request(`jobs/${id}`, { method: "DELETE" });

/**
 * Follow a job to its end.
 *
 * @param {string} id
 * @param {(job: Job) => void} changed
 * @returns {Promise<Job>} The job when it has ended, however it did.
 */
export function followJob(id, changed) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`/api/jobs/${id}/events`);
    for (const name of ["queued", "progress", "preview", "done", "failed", "cancelled"]) {
      events.addEventListener(name, (event) => {
        const job = /** @type {Job} */ (JSON.parse(/** @type {MessageEvent} */ (event).data));
        changed(job);
        if (["done", "failed", "cancelled"].includes(name)) {
          events.close();
          resolve(job);
        }
      });
    }
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      reject(new Refusal("The studio does not tell how far the job is; is it still running?", 0));
    };
  });
}
