/** What the next click or drag on the picture is for, if not for the tool: a look, a merge, a split. */

import { instancesOfClass, selectorOf } from "./maps.js";
import { lookLike } from "./objects.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./types.js").Mode} Mode */
/** @typedef {[number, number]} Point */

/**
 * Whether the selected object can be merged or split: a single one, and to merge not the only one of its class.
 *
 * @param {Session} session
 * @param {"merge" | "split"} mode
 */
export function possible(session, mode) {
  const { maps, space } = session;
  const row = session.selected === null ? null : session.row(session.selected);
  if (!row || row.id < space.classes.length || !space.classes[row.classId].thing) return false;
  return mode === "split" || instancesOfClass(maps, space, row.classId).length > 1;
}

/**
 * Begin a mode, or end it.
 *
 * @param {Session} session
 * @param {Mode} mode
 */
export function toggleMode(session, mode) {
  if (session.mode === mode) return session.enter(null);
  if (session.selected === null) return session.say("Select an object first.");
  if (mode === "merge" && !possible(session, mode)) return session.say("There is no other object to merge it with.");
  if (mode === "split" && !possible(session, mode)) return session.say("Only single objects can be split.");
  session.use("select");
  session.enter(mode);
}

/**
 * What the user is to do now; nothing if there is no mode.
 *
 * @param {Session} session
 */
export function modeText(session) {
  const { mode, selector } = session;
  if (mode === "look") return "Click the object whose look it shall have. Escape ends this.";
  if (mode === "merge") return `Click another ${selector?.split("#")[0]}. Escape or Merge ends this.`;
  return mode === "split" ? `Draw a line across ${selector}. Escape or Split ends this.` : "";
}

/**
 * Whether an object is one that the user may click now.
 *
 * @param {Session} session
 * @param {number} id
 */
export function clickable(session, id) {
  if (session.mode === "split") return false;
  if (session.mode !== "merge" || session.selected === null) return true;
  const classId = session.row(session.selected)?.classId;
  return id >= session.space.classes.length && session.row(id)?.classId === classId;
}

/**
 * Use an object that was clicked.
 *
 * @param {Session} session
 * @param {number} id
 */
export function clickInMode(session, id) {
  if (session.mode === "look") {
    session.enter(null);
    void lookLike(session, id);
  } else if (session.mode === "merge") {
    mergeWith(session, id);
  }
}

/**
 * Let an object be part of the selected one.
 *
 * @param {Session} session
 * @param {number} id
 */
function mergeWith(session, id) {
  const [target, other] = [session.selector, selectorOf(session.maps, session.space, id)];
  if (!target || !other || !session.act({ operation: "merge", target, other })) return;
  session.enter(null);
  session.say(`Merged into ${session.selector}.`);
}

/**
 * Cut the selected object.
 *
 * @param {Session} session
 * @param {Point[]} points
 */
export function splitAlong(session, points) {
  const target = session.selector;
  const row = session.selected === null ? null : session.row(session.selected);
  if (!target || !row) return;
  const count = () => instancesOfClass(session.maps, session.space, row.classId).length;
  const before = count();
  if (!session.act({ operation: "split", target, points })) return;
  session.enter(null);
  session.say(`Split into ${count() - before + 1} objects.`);
}
