/** The strip of painted pictures, the choice of checkpoint, samples and seed, and progress. */

import * as api from "./api.js";
import { arrange, askTwice, byId, make } from "./dom.js";
import { modeText } from "./modes.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./painting.js").Painter} Painter */

const SHOWN = 24;

/**
 * @param {Session} session
 * @param {Painter} painter
 */
export function showResults(session, painter) {
  const strip = byId("strip", HTMLElement);
  const hint = make("p", { class: "hint" }, "Painted pictures appear here, one for each variation.");
  /** @type {Map<string, Card>} */
  let cards = new Map();
  const build = () => {
    const jobs = [...new Set(session.results.map((result) => result.job))].toReversed();
    const newest = jobs.flatMap((job) => session.results.filter((result) => result.job === job)).slice(0, SHOWN);
    cards = new Map(newest.map((result) => [result.id, cards.get(result.id) ?? cardOf(session, painter, result)]));
    for (const [id, { button, note }] of cards) {
      button.setAttribute("aria-pressed", String(session.picture?.id === id));
      note.hidden = !several(session);
    }
    arrange(strip, cards.size > 0 ? [...cards.values()].map((card) => card.place) : [hint]);
  };
  for (const name of ["results", "picture", "project"]) session.addEventListener(name, build);
}

/** @typedef {{place: HTMLElement, button: HTMLElement, note: HTMLElement}} Card */

/**
 * A picture to be shown, and a button beside it that deletes it.
 *
 * @param {Session} session
 * @param {Painter} painter
 * @param {api.Result} result
 * @returns {Card}
 */
function cardOf(session, painter, result) {
  const what = `picture by ${result.checkpoint} with seed ${result.seed}`;
  const note = make("span", { class: "note" }, result.checkpoint);
  const button = make(
    "button",
    { type: "button", class: "card", title: `${result.checkpoint}, seed ${result.seed}`, "aria-label": `Show the ${what}` },
    make("img", { src: api.resultAddress(result.id), alt: "", loading: "lazy" }),
    make("span", {}, `seed ${result.seed}`),
    note,
  );
  button.addEventListener("click", () => void painter.show(result, session.change).catch((e) => session.say(e.message)));
  const remove = make("button", { type: "button", class: "delete", title: "Delete", "aria-label": `Delete the ${what}` }, "×");
  askTwice(remove, () => void painter.remove(result));
  return { place: make("div", { class: "result" }, button, remove), button, note };
}

/** @param {Session} session */
function several(session) {
  return new Set(session.results.map((result) => result.checkpoint)).size > 1;
}

/**
 * @param {Session} session
 * @param {Painter} painter
 */
export function showChoices(session, painter) {
  const checkpoint = byId("checkpoint", HTMLSelectElement);
  const samples = byId("samples", HTMLSelectElement);
  const seed = byId("seed", HTMLInputElement);
  const live = byId("live", HTMLInputElement);
  checkpoint.addEventListener("change", () => session.choose({ checkpoint: checkpoint.value }));
  samples.addEventListener("change", () => session.choose({ samples: Number(samples.value) }));
  seed.addEventListener("change", () => {
    const value = Math.floor(Number(seed.value));
    session.choose({ seed: value >= 0 && value < 2 ** 53 ? value : 0 });
  });
  byId("dice", HTMLButtonElement).addEventListener("click", () => newSeed(session));
  byId("paint", HTMLButtonElement).addEventListener("click", () => void painter.paint());
  live.addEventListener("change", () => {
    painter.live = live.checked;
    painter.schedule();
  });
  const update = () => {
    const options = session.fitting.map((c) => make("option", { value: c.name }, c.name));
    checkpoint.replaceChildren(...options);
    checkpoint.disabled = options.length === 0;
    if (options.length === 0) checkpoint.append(make("option", {}, "none fits"));
    checkpoint.value = session.checkpoint?.name ?? "none fits";
    const count = String(session.choices.samples);
    if (![...samples.options].some((o) => o.value === count)) samples.append(make("option", { value: count }, count));
    samples.value = count;
    seed.value = String(session.choices.seed);
  };
  for (const name of ["choices", "project"]) session.addEventListener(name, update);
  const mark = () => {
    byId("paint", HTMLButtonElement).disabled = !painter.possible;
    byId("side-by-side", HTMLButtonElement).disabled = !painter.possible || session.fitting.length < 2;
  };
  for (const name of ["maps", "choices", "project"]) session.addEventListener(name, mark);
}

/**
 * Draw other looks.
 *
 * @param {Session} session
 */
export function newSeed(session) {
  session.choose({ seed: session.choices.seed + session.choices.samples });
}

/**
 * @param {Session} session
 * @param {Painter} painter
 */
export function showProgress(session, painter) {
  const bar = byId("progress", HTMLProgressElement);
  const cancel = byId("cancel", HTMLButtonElement);
  const status = byId("status", HTMLElement);
  cancel.addEventListener("click", () => {
    session.say("Cancelled.");
    void painter.cancel();
  });
  const update = () => {
    const { job } = painter;
    bar.hidden = cancel.hidden = job === null;
    if (job) {
      bar.max = Math.max(job.total, 1);
      if (job.done > 0) bar.value = job.done;
      else bar.removeAttribute("value");
    }
    status.textContent = session.message || modeText(session) || (job ? workText(job) : idleText(session));
  };
  painter.addEventListener("job", () => {
    if (painter.job) session.message = "";
    update();
  });
  for (const name of ["message", "maps", "picture", "project"]) session.addEventListener(name, update);
}

/** @param {api.Job} job */
function workText(job) {
  if (job.state === "queued" && job.done === 0) return "Painting ...";
  return `Painting: ${job.done} of ${job.total}`;
}

/** @param {Session} session */
function idleText(session) {
  if (!session.project) return "";
  const { picture, maps } = session;
  const size = `${maps.width} x ${maps.height}`;
  if (!picture) return size;
  return `${size} · ${picture.checkpoint}, seed ${picture.seed}${picture.id ? "" : " · preview"}`;
}

/**
 * Have several checkpoints paint the same edit.
 *
 * @param {Session} session
 * @param {Painter} painter
 */
export function showSideBySide(session, painter) {
  const dialog = byId("compare-dialog", HTMLDialogElement);
  const place = byId("compare-pictures", HTMLElement);
  byId("side-by-side", HTMLButtonElement).addEventListener("click", () => {
    dialog.showModal();
    const before = make("figure", {}, make("figcaption", {}, "photo"));
    if (session.project?.photo) {
      before.prepend(make("img", { src: `/api/projects/${session.project.id}/photo.png`, alt: "The photo" }));
    }
    place.replaceChildren(...(session.project?.photo ? [before] : []));
    const closed = new AbortController();
    dialog.addEventListener("close", () => closed.abort(), { once: true });
    void paintAll(session, painter, place, closed.signal);
  });
  session.addEventListener("project", () => dialog.close());
}

/**
 * @param {Session} session
 * @param {Painter} painter
 * @param {HTMLElement} place
 * @param {AbortSignal} closed
 */
async function paintAll(session, painter, place, closed) {
  const { project } = session;
  const figures = session.fitting.map((checkpoint) => {
    const caption = make("figcaption", {}, `${checkpoint.name}: painting ...`);
    const figure = make("figure", { "aria-busy": "true" }, make("div", { class: "empty" }), caption);
    place.append(figure);
    return { checkpoint, figure, caption };
  });
  for (const { checkpoint, figure, caption } of figures) {
    try {
      const result = await painter.paintWith(checkpoint.name, closed);
      if (session.project !== project || closed.aborted) return;
      if (!result) throw new Error("cancelled");
      const alt = `The edit as painted by ${checkpoint.name}`;
      figure.replaceChildren(make("img", { src: api.resultAddress(result.id), alt }), caption);
      caption.textContent = `${checkpoint.name} (${checkpoint.system}), ${result.seconds.toFixed(1)} s`;
      session.results = [...session.results, result];
      session.emit("results");
    } catch (error) {
      caption.textContent = `${checkpoint.name}: ${/** @type {Error} */ (error).message}`;
    }
    figure.removeAttribute("aria-busy");
  }
}
