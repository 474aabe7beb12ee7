/** The classes to paint with: searchable, with their colours. */

import { make } from "./dom.js";

/** @typedef {import("./session.js").Session} Session */

/**
 * @param {HTMLElement} list A listbox.
 * @param {HTMLInputElement} search
 * @param {Session} session
 */
export function showPalette(list, search, session) {
  const build = () => {
    const wanted = search.value.trim().toLowerCase();
    const present = presentClasses(session);
    const classes = session.space.classes
      .filter((c) => !c.dont_care && c.name.toLowerCase().includes(wanted))
      .map((c) => option(session, c.id, c.name, `rgb(${c.color})`, present[c.id] ? "in the picture" : ""));
    const none = option(session, null, "no class: paint anew", null, "keeps the map");
    const items = session.synthesis || (wanted && !"no class: paint anew".includes(wanted)) ? classes : [none, ...classes];
    list.replaceChildren(...items);
    if (items.length === 0) list.append(make("p", { class: "hint" }, "No class has this name."));
    if (!items.some((item) => item.tabIndex === 0) && items[0]) items[0].tabIndex = 0;
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
  for (const name of ["project", "maps", "choices"]) session.addEventListener(name, build);
}

/** @param {Session} session */
function presentClasses(session) {
  const present = new Uint8Array(session.space.classes.length);
  if (session.ready) for (const label of session.maps.labels) present[label] = 1;
  return present;
}

/**
 * @param {Session} session
 * @param {number | null} id
 * @param {string} name
 * @param {string | null} color
 * @param {string} note
 */
function option(session, id, name, color, note) {
  const swatch = make("span", { class: color ? "swatch" : "swatch stripes" });
  if (color) swatch.style.backgroundColor = color;
  const chosen = session.classId === id;
  const item = make(
    "div",
    { role: "option", class: "class", "aria-selected": String(chosen), tabindex: chosen ? "0" : "-1" },
    swatch,
    make("span", { class: "name" }, name),
    make("span", { class: "note" }, note),
  );
  item.addEventListener("click", () => {
    session.classId = id;
    session.use(["select", "eraser", "hand", "part"].includes(session.tool) ? "brush" : session.tool);
  });
  return item;
}
