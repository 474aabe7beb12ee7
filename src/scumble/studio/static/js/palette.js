/** The classes to paint with: searchable, with their colours. */

import { make } from "./dom.js";

/** @typedef {import("./session.js").Session} Session */

/**
 * @param {HTMLElement} list A listbox.
 * @param {HTMLInputElement} search
 * @param {Session} session
 */
export function showPalette(list, search, session) {
  /** @type {Option[]} */
  let options = [];
  const build = () => {
    const wanted = search.value.trim().toLowerCase();
    options = session.space.classes
      .filter((c) => !c.dont_care && c.name.toLowerCase().includes(wanted))
      .map((c) => optionOf(session, c.id, c.name, `rgb(${c.color})`));
    if (!session.synthesis && "no class: paint anew".includes(wanted)) {
      options.unshift(optionOf(session, null, "no class: paint anew", null));
    }
    list.replaceChildren(...options.map((option) => option.item));
    if (options.length === 0) list.append(make("p", { class: "hint" }, "No class has this name."));
    mark();
  };
  // The options stay, so that the one that is chosen with a key keeps the focus.
  const mark = () => {
    const present = presentClasses(session);
    const listed = options.some(({ id }) => id === session.classId);
    for (const [place, { id, item, note }] of options.entries()) {
      const chosen = session.classId === id;
      item.setAttribute("aria-selected", String(chosen));
      item.tabIndex = chosen || (!listed && place === 0) ? 0 : -1;
      note.textContent = id === null ? "keeps the map" : present[id] ? "in the picture" : "";
    }
  };
  search.addEventListener("input", build);
  search.addEventListener("keydown", (event) => {
    const first = list.querySelector("[role=option]");
    if (!(first instanceof HTMLElement)) return;
    if (event.key === "ArrowDown") first.focus();
    else if (event.key === "Enter") first.click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);
    const place = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (step) items[Math.min(Math.max(place + step, 0), items.length - 1)]?.focus();
    else if (event.key === "Enter" || event.key === " ") items[place]?.click();
    else return;
    event.preventDefault();
  });
  session.addEventListener("project", build);
  for (const name of ["maps", "choices"]) session.addEventListener(name, mark);
}

/** @param {Session} session */
function presentClasses(session) {
  const present = new Uint8Array(session.space.classes.length);
  if (session.ready) for (const label of session.maps.labels) present[label] = 1;
  return present;
}

/** @typedef {{id: number | null, item: HTMLElement, note: HTMLElement}} Option */

/**
 * @param {Session} session
 * @param {number | null} id
 * @param {string} name
 * @param {string | null} color
 * @returns {Option}
 */
function optionOf(session, id, name, color) {
  const swatch = make("span", { class: color ? "swatch" : "swatch stripes" });
  if (color) swatch.style.backgroundColor = color;
  const note = make("span", { class: "note" });
  const item = make("div", { role: "option", class: "class" }, swatch, make("span", { class: "name" }, name), note);
  item.addEventListener("click", () => {
    session.classId = id;
    session.use(["select", "eraser", "hand", "part"].includes(session.tool) ? "brush" : session.tool);
  });
  return { id, item, note };
}
