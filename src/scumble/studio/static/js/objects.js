/** What is done to the selected object: removing, moving, copying, scaling, giving it a look. */

import * as api from "./api.js";
import { newInstanceId, selectorOf } from "./maps.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./types.js").Style} Style */

/** @param {Session} session */
export function removeSelected(session) {
  const { selector } = session;
  if (!selector) return session.say("Select an object first.");
  if (session.act({ operation: "remove", selector })) session.select(null);
}

/**
 * Shift or scale the selected object, or a copy of it. It keeps the look that it has in the photo.
 *
 * @param {Session} session
 * @param {{dx?: number, dy?: number, percent?: number, copy?: boolean}} how
 */
export async function moveSelected(session, { dx = 0, dy = 0, percent = 100, copy = false }) {
  const { selected: id, project } = session;
  if (id === null) return session.say("Select an object first.");
  const style = session.maps.styles.get(id) ?? (await ownLook(session, id));
  const selector = selectorOf(session.maps, session.space, id);
  if (session.project !== project || !selector) return;
  const row = session.row(id);
  const next = copy && row ? newInstanceId(session.maps, session.space, row.classId) : id;
  const operation = { operation: "move", selector, dx, dy, percent, copy, ...(style ? { style } : {}) };
  if (session.act(operation)) session.select(next);
}

/**
 * Give the selected object a look that the seed chooses.
 *
 * @param {Session} session
 */
export function restyleBySeed(session) {
  const { selector } = session;
  if (!selector) return session.say("Select an object first.");
  session.act({ operation: "restyle", selector });
}

/**
 * Give the selected object the look of a picture that the user gave.
 *
 * @param {Session} session
 * @param {Blob} picture
 */
export async function restyleLikePicture(session, picture) {
  const { project, selected } = session;
  if (!project || selected === null) return session.say("Select an object first.");
  try {
    const reference = await api.addReference(project.id, picture);
    project.references.push(reference);
    restyle(session, project, selected, { path: reference.id });
  } catch (error) {
    if (session.project === project) session.say(/** @type {Error} */ (error).message);
  }
}

/**
 * Give the selected object the look of another one.
 *
 * @param {Session} session
 * @param {number} id
 */
export async function lookLike(session, id) {
  const { project, selected } = session;
  if (!project || selected === null) return;
  const style = session.maps.styles.get(id) ?? (await ownLook(session, id));
  if (style) restyle(session, project, selected, style);
  else if (session.project === project) {
    session.say("Only objects of the photo, and those with a look of their own, can lend theirs.");
  }
}

/**
 * Give an object a look that had to be waited for.
 *
 * @param {Session} session
 * @param {api.Project} project Of the object.
 * @param {number} id
 * @param {Style} style
 */
function restyle(session, project, id, style) {
  const selector = session.project === project ? selectorOf(session.maps, session.space, id) : null;
  if (selector) session.act({ operation: "restyle", selector, style });
}

/**
 * The look that an object has in the photo.
 *
 * @param {Session} session
 * @param {number} id
 * @returns {Promise<Style | null>} Null if the photo does not show it, or no checkpoint has styles.
 */
async function ownLook(session, id) {
  const { project } = session;
  if (!project || !session.checkpoint?.bank || !session.inPhoto(id)) return null;
  const known = session.ownLooks.get(id);
  if (known) return known;
  const row = session.row(id);
  if (!row) return null;
  try {
    const reference = await api.addInstanceAsReference(project.id, id);
    if (session.project !== project) return null;
    project.references.push(reference);
    const labels = reference.labels ? { labels: `${reference.id}.labels` } : {};
    const style = { path: reference.id, class_name: session.space.classes[row.classId].name, ...labels };
    session.ownLooks.set(id, style);
    return style;
  } catch (error) {
    if (session.project === project) session.say(/** @type {Error} */ (error).message);
    return null;
  }
}
