/** Puts the page together. */

import * as api from "./api.js";
import { byId, make } from "./dom.js";
import { Files, listenToDownloads } from "./files.js";
import { TOOLS, listenToKeys, shortcuts } from "./keyboard.js";
import { restyleLikePicture } from "./objects.js";
import { Painter } from "./painting.js";
import { showPalette } from "./palette.js";
import { showObjectPanel, showPartsPanel, showViewPanel } from "./panels.js";
import { listenToPointers } from "./pointer.js";
import { showChoices, showProgress, showResults, showSideBySide } from "./results.js";
import { Session } from "./session.js";
import { View } from "./view.js";

const session = new Session();
const canvas = byId("canvas", HTMLCanvasElement);
const view = new View(canvas, session);
const painter = new Painter(session);
const files = new Files(session);
const keys = { space: false };

const press = (/** @type {string} */ id, /** @type {() => void} */ action) =>
  byId(id, HTMLButtonElement).addEventListener("click", action);

function showHelp() {
  byId("help", HTMLDialogElement).showModal();
}

function toggleTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const now = document.documentElement.dataset.theme ?? system;
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  localStorage.setItem("scumble-theme", document.documentElement.dataset.theme);
}

function toggleCompare() {
  view.compare = view.compare === null ? 0.5 : null;
  showSlider();
  view.redraw();
}

function showSlider() {
  const slider = byId("slider", HTMLInputElement);
  byId("slider-row", HTMLElement).hidden = view.compare === null;
  byId("compare", HTMLButtonElement).setAttribute("aria-pressed", String(view.compare !== null));
  if (view.compare !== null) slider.value = String(Math.round(view.compare * 1000));
}

function showTools() {
  for (const [tool] of TOOLS) {
    byId(`tool-${tool}`, HTMLButtonElement).setAttribute("aria-pressed", String(session.tool === tool));
  }
  canvas.dataset.tool = session.tool;
  const radius = byId("radius", HTMLInputElement);
  radius.value = String(session.radius);
  byId("radius-value", HTMLElement).textContent = `${2 * session.radius + 1} px`;
  byId("grow", HTMLInputElement).checked = session.grow;
}

function showTitle() {
  const title = session.project?.title || (session.project ? "Untitled" : "");
  byId("title", HTMLElement).textContent = title;
  document.title = title ? `${title} - scumble` : "scumble studio";
  document.body.classList.toggle("synthesis", session.synthesis);
}

function showUndo() {
  byId("undo", HTMLButtonElement).disabled = session.history.operations.length === 0;
  byId("redo", HTMLButtonElement).disabled = session.history.undone.length === 0;
  document.body.dataset.operations = String(session.history.operations.length);
}

function showSaving() {
  const problem = session.saver?.problem ?? "";
  const unsaved = byId("unsaved", HTMLButtonElement);
  unsaved.hidden = problem === "";
  unsaved.title = problem;
  document.body.classList.toggle("unsaved", problem !== "");
}

/** @param {string} tab */
function showTab(tab) {
  document.body.dataset.tab = tab;
  for (const button of document.querySelectorAll("#tabs button")) {
    button.setAttribute("aria-selected", String(button.id === `tab-${tab}`));
  }
}

function listen() {
  listenToPointers(view, session, keys);
  listenToDownloads(session);
  showPalette(byId("classes", HTMLElement), byId("search", HTMLInputElement), session);
  showObjectPanel(session);
  showPartsPanel(session, view);
  showViewPanel(session, view);
  showResults(session, painter);
  showChoices(session, painter);
  showProgress(session, painter);
  showSideBySide(session, painter);
  for (const [tool] of TOOLS) {
    press(`tool-${tool}`, () => session.use(tool));
  }
  press("undo", () => session.undo());
  press("redo", () => session.redo());
  press("compare", toggleCompare);
  press("zoom-in", () => view.zoom(1.25));
  press("zoom-out", () => view.zoom(0.8));
  press("zoom-fit", () => view.fit());
  press("open", () => void files.start());
  press("unsaved", () => void session.saver?.settled().catch((error) => session.say(error.message)));
  press("theme", toggleTheme);
  press("help-button", showHelp);
  for (const tab of ["classes", "object", "view", "picture"]) press(`tab-${tab}`, () => showTab(tab));
  byId("radius", HTMLInputElement).addEventListener("input", (event) => {
    session.radius = Number(/** @type {HTMLInputElement} */ (event.target).value);
    showTools();
  });
  byId("grow", HTMLInputElement).addEventListener("change", (event) => {
    session.grow = /** @type {HTMLInputElement} */ (event.target).checked;
  });
  byId("slider", HTMLInputElement).addEventListener("input", (event) => {
    view.compare = Number(/** @type {HTMLInputElement} */ (event.target).value) / 1000;
    view.redraw();
  });
  canvas.addEventListener("slide", showSlider);
  canvas.addEventListener("view", () => {
    byId("zoom-value", HTMLElement).textContent = `${Math.round(100 * view.scale)} %`;
  });
  canvas.addEventListener("hover", () => {
    const id = session.hovered;
    const row = id === null ? null : session.row(id);
    canvas.title = row ? session.space.classes[row.classId].name : "";
  });
  session.addEventListener("look", (event) => void restyleLikePicture(session, /** @type {CustomEvent} */ (event).detail));
  for (const name of ["choices", "project"]) session.addEventListener(name, showTools);
  session.addEventListener("selection", () => {
    canvas.dataset.mode = session.mode ?? "";
  });
  session.addEventListener("project", showTitle);
  session.addEventListener("saving", showSaving);
  window.addEventListener("beforeunload", (event) => {
    if (session.saver?.atRisk) event.preventDefault();
  });
  for (const name of ["maps", "project"]) session.addEventListener(name, showUndo);
  byId("extend-form", HTMLFormElement).addEventListener("submit", (event) => {
    const amount = (/** @type {string} */ id) => Math.max(Math.floor(byId(id, HTMLInputElement).valueAsNumber) || 0, 0);
    const [left, top, right, bottom] = ["left", "top", "right", "bottom"].map((side) => amount(`extend-${side}`));
    if (/** @type {SubmitEvent} */ (event).submitter?.id === "extend-go" && left + top + right + bottom > 0) {
      session.act({ operation: "extend", left, top, right, bottom });
    }
  });
  const saving = byId("save", HTMLDetailsElement);
  window.addEventListener("click", (event) => {
    if (!saving.querySelector("summary")?.contains(/** @type {Node} */ (event.target))) saving.open = false;
  });
  press("extend", () => byId("extend-dialog", HTMLDialogElement).showModal());
  session.addEventListener("project", () => byId("extend-dialog", HTMLDialogElement).close());
}

function listKeys() {
  const search = () => {
    showTab("classes");
    byId("search", HTMLInputElement).focus();
  };
  const actions = { help: showHelp, theme: toggleTheme, compare: toggleCompare, search };
  const list = shortcuts(session, view, painter, actions);
  const announce = (/** @type {string} */ text) => {
    byId("announcer", HTMLElement).textContent = text;
  };
  listenToKeys(session, view, list, keys, announce);
  const rows = list.filter((one) => one.keys).map((one) => make("div", {}, make("kbd", {}, one.keys), make("span", {}, one.what)));
  byId("shortcuts", HTMLElement).replaceChildren(...rows);
}

async function main() {
  const theme = localStorage.getItem("scumble-theme");
  if (theme) document.documentElement.dataset.theme = theme;
  listen();
  listKeys();
  showTab("classes");
  showTools();
  try {
    session.checkpoints = await api.listCheckpoints();
    await files.resume();
  } catch (error) {
    session.say(/** @type {Error} */ (error).message);
  }
  document.body.dataset.loaded = "true";
}

void main();
