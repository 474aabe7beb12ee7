/** The panels beside the picture: the selected object, and what is shown. */

import * as api from "./api.js";
import { byId, make } from "./dom.js";
import { partColor } from "./layers.js";
import { possible, toggleMode } from "./modes.js";
import { moveSelected, removeSelected, restyleBySeed, restyleLikePicture } from "./objects.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./view.js").View} View */

/** @param {Session} session */
export function showObjectPanel(session) {
  const title = byId("object-title", HTMLElement);
  const actions = byId("object-actions", HTMLElement);
  const looks = byId("object-looks", HTMLElement);
  const file = byId("look-file", HTMLInputElement);
  const on = (/** @type {string} */ id, /** @type {() => void} */ action) =>
    byId(id, HTMLButtonElement).addEventListener("click", action);
  on("object-delete", () => removeSelected(session));
  on("object-copy", () => copySelected(session));
  on("object-larger", () => void moveSelected(session, { percent: 115 }));
  on("object-smaller", () => void moveSelected(session, { percent: 87 }));
  on("object-merge", () => toggleMode(session, "merge"));
  on("object-split", () => toggleMode(session, "split"));
  on("look-drawn", () => restyleBySeed(session));
  on("look-picture", () => file.click());
  on("look-object", () => toggleMode(session, "look"));
  file.addEventListener("change", () => {
    if (file.files?.[0]) void restyleLikePicture(session, file.files[0]);
    file.value = "";
  });
  const update = () => {
    const row = session.selected === null ? null : session.row(session.selected);
    const thing = row !== null && row.id >= session.space.classes.length;
    actions.hidden = row === null;
    looks.hidden = row === null || session.synthesis || !session.checkpoint?.bank;
    for (const id of ["object-copy", "object-larger", "object-smaller"]) byId(id, HTMLButtonElement).disabled = !thing;
    byId("object-merge", HTMLButtonElement).disabled = !possible(session, "merge");
    byId("object-split", HTMLButtonElement).disabled = !possible(session, "split");
    for (const [mode, id] of [["look", "look-object"], ["merge", "object-merge"], ["split", "object-split"]]) {
      byId(id, HTMLButtonElement).setAttribute("aria-pressed", String(session.mode === mode));
    }
    if (!row) {
      title.replaceChildren(make("span", { class: "hint" }, "Nothing selected. Click an object with the select tool."));
      return;
    }
    const label = session.space.classes[row.classId];
    const swatch = make("span", { class: "swatch" });
    swatch.style.backgroundColor = `rgb(${label.color})`;
    const name = thing ? session.selector ?? label.name : label.name;
    title.replaceChildren(swatch, make("strong", {}, name), make("span", { class: "note" }, `${row.area} pixels`));
    showLook(session, row.id);
  };
  for (const name of ["selection", "maps", "choices", "project"]) session.addEventListener(name, update);
}

/**
 * Copy the selected object beside itself.
 *
 * @param {Session} session
 */
export function copySelected(session) {
  const row = session.selected === null ? null : session.row(session.selected);
  if (!row) return session.say("Select an object first.");
  const width = row.box[2] - row.box[0];
  const room = session.maps.width - row.box[2];
  const dx = room >= row.box[0] ? Math.min(width, Math.max(room, 4)) : -Math.min(width, row.box[0]);
  void moveSelected(session, { dx, copy: true });
}

/**
 * @param {Session} session
 * @param {number} id
 */
function showLook(session, id) {
  const place = byId("look-now", HTMLElement);
  const style = session.maps.styles.get(id);
  if (!style || !session.project) {
    place.replaceChildren(make("span", { class: "note" }, "as the seed or the photo says"));
    return;
  }
  const source = api.referenceAddress(session.project.id, style.path);
  place.replaceChildren(make("img", { src: source, alt: "The picture whose look it takes", class: "look" }));
}

/**
 * @param {Session} session
 * @param {View} view
 */
export function showViewPanel(session, view) {
  const opacity = byId("opacity", HTMLInputElement);
  opacity.addEventListener("input", () => {
    view.opacity = Number(opacity.value) / 100;
    if (view.showMap === "never") view.showMap = "always";
    mark();
    view.redraw();
  });
  const map = byId("show-map", HTMLSelectElement);
  const mask = byId("show-mask", HTMLInputElement);
  const parts = byId("show-parts", HTMLInputElement);
  const mark = () => {
    map.value = view.showMap;
    mask.checked = view.showMask;
    parts.checked = view.showParts;
  };
  map.addEventListener("change", () => {
    view.showMap = /** @type {View["showMap"]} */ (map.value);
    view.redraw();
  });
  mask.addEventListener("change", () => {
    view.showMask = mask.checked;
    view.redraw();
  });
  parts.addEventListener("change", () => {
    view.showParts = parts.checked;
    void refreshParts();
  });
  const refreshParts = async () => {
    if (view.showParts && (await session.inferParts())) return;
    view.refresh();
    session.emit("selection");
  };
  view.canvas.addEventListener("layers", mark);
  session.addEventListener("project", () => {
    byId("parts-row", HTMLElement).hidden = !session.synthesis || session.partsCheckpoint === null;
    view.showParts = false;
    mark();
  });
  session.addEventListener("maps", () => {
    if (view.showParts && !session.maps.parts) void refreshParts();
  });
}

/**
 * The parts of the selected object's class, to be removed or painted.
 *
 * @param {Session} session
 * @param {View} view
 */
export function showPartsPanel(session, view) {
  const place = byId("object-parts", HTMLElement);
  /** @type {PartRow[]} */
  let rows = [];
  let shown = "";
  const update = () => {
    const row = session.selected === null ? null : session.row(session.selected);
    const parts = session.maps.parts;
    place.hidden = !row || !parts || !view.showParts;
    if (!row || !parts || place.hidden) return;
    const present = new Set();
    session.maps.instances.forEach((id, k) => id === row.id && present.add(parts[k]));
    const name = session.space.classes[row.classId].name;
    const names = session.partsCheckpoint?.parts[name] ?? [];
    const count = Math.max(names.length, ...[...present].filter((n) => n <= 8));
    if (shown !== `${name} ${count}`) {
      shown = `${name} ${count}`;
      rows = Array.from({ length: count }, (_, k) => partRow(session, k + 1, names[k]));
      place.replaceChildren(make("h3", {}, "Parts"), ...rows.map((one) => one.place));
      if (count === 0) place.append(make("p", { class: "hint" }, `Nothing is known of parts of ${name}.`));
    }
    for (const [k, { remove, paint }] of rows.entries()) {
      const focused = remove === document.activeElement;
      remove.disabled = !present.has(k + 1);
      if (remove.disabled && focused) paint.focus();
      paint.setAttribute("aria-pressed", String(session.tool === "part" && session.part === k + 1));
    }
  };
  for (const name of ["selection", "maps", "choices", "project"]) session.addEventListener(name, update);
}

/** @typedef {{place: HTMLElement, remove: HTMLButtonElement, paint: HTMLButtonElement}} PartRow */

/**
 * @param {Session} session
 * @param {number} part
 * @param {string | undefined} name
 * @returns {PartRow}
 */
function partRow(session, part, name) {
  const swatch = make("span", { class: "swatch" });
  swatch.style.backgroundColor = partColor(part);
  const remove = make("button", { type: "button", "data-part": String(part) }, "Remove");
  remove.addEventListener("click", () => {
    if (session.selector) session.act({ operation: "remove_part", selector: session.selector, part });
  });
  const paint = make("button", { type: "button" }, "Paint");
  paint.addEventListener("click", () => {
    session.part = part;
    session.use("part");
  });
  const label = make("span", { class: "name" }, name ?? `part ${part}`);
  return { place: make("div", { class: "part" }, swatch, label, remove, paint), remove, paint };
}
