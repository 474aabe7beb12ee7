/** Shortcuts, and drawing with the keyboard alone. */

import { begin, paint } from "./gestures.js";
import { toggleMode } from "./modes.js";
import { removeSelected } from "./objects.js";
import { copySelected } from "./panels.js";
import { newSeed } from "./results.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./painting.js").Painter} Painter */
/** @typedef {[number, number]} Point */

/**
 * @typedef {object} Shortcut
 * @property {string} keys As shown.
 * @property {string} what
 * @property {(event: KeyboardEvent) => boolean} fits
 * @property {() => void} run
 */

/** @type {[string, string, string][]} */
export const TOOLS = [
  ["select", "v", "Select, move, scale"],
  ["brush", "b", "Brush"],
  ["eraser", "e", "Eraser: brings back what was there"],
  ["fill", "f", "Fill a region"],
  ["rectangle", "r", "Rectangle"],
  ["lasso", "l", "Lasso"],
  ["hand", "h", "Move the picture"],
];

/**
 * @param {Session} session
 * @param {View} view
 * @param {Painter} painter
 * @param {Record<string, () => void>} actions Of the page: help, theme, compare, search.
 * @returns {Shortcut[]}
 */
export function shortcuts(session, view, painter, actions) {
  // Where a sign needs AltGr, Windows tells of it as of Ctrl and Alt.
  const plain = (/** @type {string} */ key) => (/** @type {KeyboardEvent} */ e) =>
    (e.getModifierState("AltGraph") || (!e.ctrlKey && !e.metaKey && !e.altKey)) && e.key.toLowerCase() === key;
  const control = (/** @type {string} */ key, shift = false) => (/** @type {KeyboardEvent} */ e) =>
    (e.ctrlKey || e.metaKey) && e.shiftKey === shift && e.key.toLowerCase() === key;
  const size = (/** @type {number} */ factor) => () => {
    const changed = Math.round(session.radius * factor);
    session.radius = Math.min(Math.max(changed === session.radius ? changed + Math.sign(factor - 1) : changed, 0), 512);
    session.emit("choices");
  };
  const layers = (/** @type {() => void} */ change) => () => {
    change();
    view.canvas.dispatchEvent(new Event("layers"));
    view.redraw();
  };
  const showMap = layers(() => {
    view.showMap = view.showMap === "never" ? "always" : "never";
  });
  const showMask = layers(() => {
    view.showMask = !view.showMask;
  });
  /** @type {Shortcut[]} */
  const tools = TOOLS.map(([tool, key, what]) => ({
    keys: key.toUpperCase(),
    what,
    fits: plain(key),
    run: () => session.use(tool),
  }));
  return [
    ...tools,
    { keys: "[ ]", what: "Smaller, larger brush", fits: plain("["), run: size(1 / 1.25) },
    { keys: "", what: "", fits: plain("]"), run: size(1.25) },
    { keys: "Ctrl Z", what: "Undo", fits: control("z"), run: () => session.undo() },
    { keys: "Ctrl Shift Z", what: "Redo", fits: control("z", true), run: () => session.redo() },
    { keys: "", what: "", fits: control("y"), run: () => session.redo() },
    { keys: "Delete", what: "Remove the object", fits: plain("delete"), run: () => removeSelected(session) },
    { keys: "", what: "", fits: plain("backspace"), run: () => removeSelected(session) },
    { keys: "D", what: "Copy the object", fits: plain("d"), run: () => copySelected(session) },
    { keys: "G", what: "Merge two objects", fits: plain("g"), run: () => toggleMode(session, "merge") },
    { keys: "X", what: "Split the object", fits: plain("x"), run: () => toggleMode(session, "split") },
    { keys: "Ctrl Enter", what: "Paint the picture", fits: control("enter"), run: () => void painter.paint() },
    { keys: "N", what: "New seed", fits: plain("n"), run: () => newSeed(session) },
    { keys: "M", what: "Show or hide the map", fits: plain("m"), run: showMap },
    { keys: "K", what: "Show or hide the mask", fits: plain("k"), run: showMask },
    { keys: "C", what: "Before and after", fits: plain("c"), run: actions.compare },
    { keys: "\\ (hold)", what: "Show the photo", fits: plain("\\"), run: () => hold(view) },
    { keys: "+ −", what: "Zoom", fits: plain("+"), run: () => view.zoom(1.25) },
    { keys: "", what: "", fits: plain("="), run: () => view.zoom(1.25) },
    { keys: "", what: "", fits: plain("-"), run: () => view.zoom(0.8) },
    { keys: "0", what: "Show everything", fits: plain("0"), run: () => view.fit() },
    { keys: "1", what: "Zoom to 100 %", fits: plain("1"), run: () => view.zoom(1 / view.scale) },
    { keys: "Space (hold)", what: "Move the picture with the pointer", fits: () => false, run: () => {} },
    { keys: "/", what: "Search a class", fits: plain("/"), run: actions.search },
    { keys: "T", what: "Dark or light", fits: plain("t"), run: actions.theme },
    { keys: "?", what: "This sheet", fits: plain("?"), run: actions.help },
    { keys: "Esc", what: "Leave a mode, deselect", fits: plain("escape"), run: () => escape(session) },
    { keys: "Arrows, Enter", what: "On the picture: move a cross, use the tool there", fits: () => false, run: () => {} },
  ];
}

/** @param {View} view */
function hold(view) {
  view.holdBefore = true;
  view.redraw();
  const release = () => {
    view.holdBefore = false;
    view.redraw();
  };
  window.addEventListener("keyup", release, { once: true });
}

/** @param {Session} session */
function escape(session) {
  if (session.mode) session.enter(null);
  else session.select(null);
}

/**
 * @param {Session} session
 * @param {View} view
 * @param {Shortcut[]} list
 * @param {{space: boolean}} keys
 * @param {(text: string) => void} announce
 */
export function listenToKeys(session, view, list, keys, announce) {
  const draw = keyboardDrawing(session, view, announce);
  window.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (document.querySelector("dialog[open]")) return;
    const field = target.closest("input:not([type=checkbox], [type=range]), select, textarea");
    if (field && !(event.ctrlKey && event.key === "Enter")) return;
    if (draw(event)) return event.preventDefault();
    if (event.key === " " && (target === view.canvas || target === document.body)) {
      keys.space = true;
      view.canvas.classList.add("panning");
      return event.preventDefault();
    }
    const found = list.find((shortcut) => shortcut.fits(event));
    if (!found) return;
    event.preventDefault();
    found.run();
  });
  window.addEventListener("keyup", (event) => {
    if (event.key !== " ") return;
    keys.space = false;
    view.canvas.classList.remove("panning");
  });
}

/**
 * @param {Session} session
 * @param {View} view
 * @param {(text: string) => void} announce
 */
function keyboardDrawing(session, view, announce) {
  /** @type {Point[]} */
  let corners = [];
  /** What they were set for. */
  let purpose = { project: session.project, tool: session.tool, mode: session.mode };
  /** @type {Record<string, Point>} */
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  return (/** @type {KeyboardEvent} */ event) => {
    const { maps, project, tool, mode } = session;
    if (!session.ready || event.ctrlKey || event.metaKey) return false;
    const same = purpose.project === project && purpose.tool === tool && purpose.mode === mode;
    if (!same || !view.cursor) corners = [];
    purpose = { project, tool, mode };
    if (event.key === "Escape" && corners.length > 0) {
      corners = [];
      announce("Corner discarded.");
      return true;
    }
    if (event.target !== view.canvas) return false;
    const step = steps[event.key];
    if (!step && event.key !== "Enter") return false;
    view.cursor ??= [Math.floor(maps.width / 2), Math.floor(maps.height / 2)];
    if (step) {
      const far = event.shiftKey ? 10 : 1;
      const x = Math.min(Math.max(view.cursor[0] + far * step[0], 0), maps.width - 1);
      const y = Math.min(Math.max(view.cursor[1] + far * step[1], 0), maps.height - 1);
      view.cursor = [x, y];
      announce(`${session.space.classes[maps.labels[y * maps.width + x]].name}, ${x}, ${y}`);
      view.redraw();
      return true;
    }
    corners = useTool(session, view.cursor, corners);
    announce(corners.length > 0 ? "Corner set." : `${mode ?? tool} used.`);
    return true;
  };
}

/**
 * @param {Session} session
 * @param {Point} place
 * @param {Point[]} corners Set before.
 * @returns {Point[]} Corners of a figure that is not finished.
 */
function useTool(session, place, corners) {
  const last = corners[corners.length - 1];
  if (session.tool === "rectangle" || session.mode === "split") {
    if (!last) return [place];
    const gesture = begin(session, last, false);
    gesture?.move(place);
    gesture?.end();
    return [];
  }
  if (session.tool === "lasso") {
    const again = last && last[0] === place[0] && last[1] === place[1];
    if (!again) return [...corners, place];
    if (corners.length >= 3) paint(session, { operation: "polygon", points: corners });
    return [];
  }
  begin(session, place, false)?.end();
  return [];
}
