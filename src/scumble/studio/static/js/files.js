/** Opening and saving: photos, maps, projects, recipes. */

import * as api from "./api.js";
import { askTwice, byId, download, hiddenCanvas, make } from "./dom.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./view.js").View} View */

const LAST = "scumble-project";

export class Files {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.dialog = byId("start", HTMLDialogElement);
    this.error = byId("start-error", HTMLElement);
    const input = (/** @type {string} */ id, /** @type {(file: File) => Promise<void>} */ action) => {
      const element = byId(id, HTMLInputElement);
      element.addEventListener("change", () => {
        const file = element.files?.[0];
        element.value = "";
        if (file) void this.#try(() => action(file));
      });
    };
    input("photo-file", (file) => this.#photo(file));
    input("labels-file", (file) => this.#labels(file));
    input("archive-file", (file) => this.#archive(file));
    byId("blank-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#try(() => this.#blank());
    });
    this.#takeDrops();
  }

  /** Show how to begin. */
  async start() {
    this.error.textContent = "";
    if (!this.dialog.open) this.dialog.showModal();
    byId("start-close", HTMLButtonElement).hidden = this.session.project === null;
    const spaces = new Map(this.session.checkpoints.map((c) => [c.label_space.name, c.label_space.name]));
    byId("space", HTMLSelectElement).replaceChildren(...[...spaces.keys()].map((s) => make("option", { value: s }, s)));
    await this.#try(() => this.#list());
  }

  /** Go on with the project that the address or the last visit names. */
  async resume() {
    const id = location.hash.slice(1) || localStorage.getItem(LAST);
    if (!id) return this.start();
    try {
      await this.open({ id });
    } catch {
      localStorage.removeItem(LAST);
      await this.start();
    }
  }

  /** @param {{id: string} | Promise<{id: string}>} source */
  async open(source) {
    const { session } = this;
    if (!(await session.open(source)) || !session.project) return;
    const { id, maps } = session.project;
    localStorage.setItem(LAST, id);
    history.replaceState(null, "", `#${id}`);
    this.dialog.close();
    if (maps === 0) await this.label();
  }

  /** Propose a label map for the photo. */
  async label() {
    const { session } = this;
    const { project, openings } = session;
    if (!project) return;
    const labeler = session.checkpoints.find((c) => c.can.includes("label") && session.fits(c));
    if (!labeler) {
      return session.say("No labeler here knows these classes. Open the photo together with its label map.");
    }
    session.say("Finding out what is where ...");
    try {
      const { id } = await api.createJob(project.id, { kind: "label", checkpoint: labeler.name });
      const job = await api.followJob(id, () => {});
      if (job.state !== "done") throw new Error(job.error ?? "The photo was not labelled.");
      if (session.openings !== openings || !(await session.open(project))) return;
      session.say("This is what is where, as far as a small network can tell. Click an object, or paint.");
    } catch (error) {
      if (session.project === project) session.say(/** @type {Error} */ (error).message);
    }
  }

  /** @param {() => Promise<void>} action */
  async #try(action) {
    this.error.textContent = "";
    this.dialog.setAttribute("aria-busy", "true");
    try {
      await action();
    } catch (error) {
      this.error.textContent = /** @type {Error} */ (error).message;
      this.session.say(/** @type {Error} */ (error).message);
    }
    this.dialog.removeAttribute("aria-busy");
  }

  /** @param {File} photo */
  async #photo(photo) {
    const labels = byId("photo-labels", HTMLInputElement);
    const fields = { photo, title: titleOf(photo), label_space: byId("space", HTMLSelectElement).value };
    const map = labels.files?.[0];
    labels.value = "";
    await this.open(api.createProject(map ? { ...fields, labels: map } : fields));
  }

  /** @param {File} labels */
  async #labels(labels) {
    const label_space = byId("space", HTMLSelectElement).value;
    await this.open(api.createProject({ labels, title: titleOf(labels), label_space }));
  }

  /** @param {File} archive */
  async #archive(archive) {
    await this.open(api.openArchive(archive));
  }

  async #blank() {
    const number = (/** @type {string} */ id) => Math.floor(byId(id, HTMLInputElement).valueAsNumber);
    const label_space = byId("space", HTMLSelectElement).value;
    const blank = { width: number("blank-width"), height: number("blank-height"), label_space, title: "New map" };
    await this.open(api.createBlank(blank));
  }

  async #list() {
    const projects = await api.listProjects();
    const rows = projects.slice(0, 50).map((project) => {
      const name = project.title || "Untitled";
      const open = make("button", { type: "button", class: "plain" }, name);
      open.addEventListener("click", () => void this.#try(() => this.open(project)));
      const remove = make("button", { type: "button", "aria-label": `Delete ${name}` }, "Delete");
      askTwice(remove, () => void this.#try(() => this.#delete(project.id)));
      const made = new Date(project.created * 1000).toLocaleDateString();
      return make("li", {}, open, make("span", { class: "note" }, `${project.width} x ${project.height}, ${made}`), remove);
    });
    byId("project-list", HTMLElement).replaceChildren(...rows);
    byId("project-section", HTMLElement).hidden = rows.length === 0;
  }

  /** @param {string} id */
  async #delete(id) {
    await api.deleteProject(id);
    if (this.session.project?.id === id) this.session.close();
    await this.start();
  }

  #takeDrops() {
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      if (file.name.endsWith(".scumble")) void this.#try(() => this.#archive(file));
      else if (this.dialog.open || this.session.selected === null) void this.#try(() => this.#photo(file));
      else this.session.dispatchEvent(new CustomEvent("look", { detail: file }));
    });
    window.addEventListener("paste", (event) => {
      const file = event.clipboardData?.files[0];
      if (file) void this.#try(() => this.#photo(file));
    });
  }
}

/** @param {File} file */
function titleOf(file) {
  return file.name.replace(/\.[^.]*$/, "").slice(0, 100);
}

/**
 * The buttons that save something.
 *
 * @param {Session} session
 */
export function listenToDownloads(session) {
  const on = (/** @type {string} */ id, /** @type {(project: api.Project, name: string) => Promise<void>} */ action) =>
    byId(id, HTMLButtonElement).addEventListener("click", async () => {
      const { project } = session;
      if (!project) return session.say("Open a photo first.");
      try {
        await action(project, project.title.replace(/[^A-Za-z0-9]+/g, "-") || "scumble");
      } catch (error) {
        session.say(/** @type {Error} */ (error).message);
      }
    });
  on("save-project", async ({ id }, name) => {
    await session.saver?.settled();
    download(await api.readArchive(id), `${name}.scumble`);
  });
  on("save-recipe", async ({ id }, name) => {
    await session.saver?.settled();
    download(await api.readRecipe(id), `${name}-recipe.json`);
  });
  on("save-map", async (_, name) => download(await mapFile(session), `${name}-labels.png`));
  on("save-picture", async (_, name) => {
    const { picture } = session;
    if (!picture) return session.say("There is no painted picture yet.");
    // A picture that was painted by itself may have made room for a newer one.
    const kept = picture.id ? await api.readResultFile(picture.id).catch(() => null) : null;
    const file = kept ?? (await pictureFile(picture.bitmap));
    download(file, `${name}-seed-${picture.seed}.png`);
  });
}

/** @param {ImageBitmap} bitmap */
async function pictureFile(bitmap) {
  const { canvas, context } = hiddenCanvas(bitmap.width, bitmap.height);
  context.drawImage(bitmap, 0, 0);
  return pngOf(canvas);
}

/**
 * The label map as colours of its label space.
 *
 * @param {Session} session
 */
async function mapFile(session) {
  const { maps, space } = session;
  const { canvas, context } = hiddenCanvas(maps.width, maps.height);
  const image = context.createImageData(maps.width, maps.height);
  maps.labels.forEach((label, k) => image.data.set([...space.classes[label].color, 255], 4 * k));
  context.putImageData(image, 0, 0);
  return pngOf(canvas);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
function pngOf(canvas) {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large for this browser.")))),
  );
}
