/** Mouse, pen and touch on the canvas: drawing, panning, zooming with the wheel and with two fingers. */

import { begin } from "./gestures.js";
import { clickable } from "./modes.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./view.js").View} View */
/** @typedef {[number, number]} Point */

/**
 * @param {View} view
 * @param {Session} session
 * @param {{space: boolean}} keys Whether the space bar is held.
 */
export function listenToPointers(view, session, keys) {
  const { canvas } = view;
  /** @type {Map<number, Point>} */
  const pointers = new Map();
  /** @type {import("./gestures.js").Gesture | null} */
  let gesture = null;
  let panning = false;
  /** @type {number | null} The pen that draws; touches are the hand that holds it. */
  let pen = null;
  /** @type {Point} */
  let last = [0, 0];

  const drop = () => {
    gesture = null;
    view.live = null;
    view.redraw();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!session.project || (pen !== null && event.pointerType === "touch")) return;
    if (event.pointerType === "pen") {
      pen = event.pointerId;
      pointers.clear();
      drop();
    }
    canvas.focus({ preventScroll: true });
    view.cursor = null;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, placeOf(canvas, event));
    last = placeOf(canvas, event);
    if (pointers.size > 1) return drop();
    panning = event.button === 1 || keys.space || session.tool === "hand";
    if (panning || event.button > 1) return;
    if (view.compare !== null) return slide(view, last);
    if (!session.ready) return;
    gesture = begin(session, view.pixelAt(last), isOnHandle(view, session, last));
    view.live = gesture && ((context) => gesture?.draw(context));
    view.redraw();
  });

  canvas.addEventListener("pointermove", (event) => {
    const place = placeOf(canvas, event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") hover(view, session, place);
      return;
    }
    if (pointers.size === 2) {
      pinch(view, pointers, event.pointerId, place);
    } else if (panning) {
      view.pan(place[0] - before[0], place[1] - before[1]);
    } else if (view.compare !== null) {
      slide(view, place);
    } else if (gesture) {
      const events = event.getCoalescedEvents?.() ?? [];
      for (const one of events.length > 0 ? events : [event]) gesture.move(view.pixelAt(placeOf(canvas, one)));
      view.redraw();
    }
    pointers.set(event.pointerId, place);
  });

  /** @param {PointerEvent} event */
  const lift = (event) => {
    if (event.pointerId === pen) pen = null;
    return pointers.delete(event.pointerId);
  };
  canvas.addEventListener("pointerup", (event) => {
    if (!lift(event)) return;
    const finished = gesture;
    drop();
    finished?.end();
    if (pointers.size === 0) panning = false;
  });
  canvas.addEventListener("pointercancel", (event) => {
    if (lift(event)) drop();
  });
  session.addEventListener("project", drop);
  listenToWheel(view, session);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {PointerEvent} event
 * @returns {Point}
 */
function placeOf(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/**
 * What happens while nothing is pressed.
 *
 * @param {View} view
 * @param {Session} session
 */
function listenToWheel(view, session) {
  const { canvas } = view;
  canvas.addEventListener("pointerleave", () => {
    if (session.hovered === null) return;
    session.hovered = null;
    view.refreshSelection();
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 30;
      if (event.shiftKey) view.pan(-pixels, 0);
      else view.zoom(Math.exp(-pixels / 400), [event.clientX - box.left, event.clientY - box.top]);
    },
    { passive: false },
  );
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
}

/**
 * @param {View} view
 * @param {Map<number, Point>} pointers
 * @param {number} moved
 * @param {Point} place
 */
function pinch(view, pointers, moved, place) {
  const before = /** @type {Point} */ (pointers.get(moved));
  const other = /** @type {Point} */ ([...pointers].find(([id]) => id !== moved)?.[1]);
  const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
  const is = Math.hypot(place[0] - other[0], place[1] - other[1]);
  view.pan((place[0] - before[0]) / 2, (place[1] - before[1]) / 2);
  if (was > 0) view.zoom(is / was, [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2]);
}

/**
 * @param {View} view
 * @param {Session} session
 * @param {Point} place
 */
function hover(view, session, place) {
  const [x, y] = view.pixelAt(place);
  const { maps } = session;
  const inside = session.ready && x >= 0 && y >= 0 && x < maps.width && y < maps.height;
  const under = inside && session.tool === "select" && view.compare === null ? maps.instances[y * maps.width + x] : null;
  const id = under !== null && clickable(session, under) ? under : null;
  view.canvas.classList.toggle("over-handle", isOnHandle(view, session, place));
  if (id === session.hovered) return;
  session.hovered = id;
  view.refreshSelection();
  view.canvas.dispatchEvent(new Event("hover"));
}

/**
 * @param {View} view
 * @param {Session} session
 * @param {Point} place
 */
function isOnHandle(view, session, place) {
  const corner = session.tool === "select" ? view.handle : null;
  if (!corner) return false;
  const [x, y] = view.placeOf(corner);
  return Math.hypot(x - place[0], y - place[1]) <= 14;
}

/**
 * Move the border between before and after.
 *
 * @param {View} view
 * @param {Point} place
 */
function slide(view, place) {
  const share = (place[0] - view.corner[0]) / (view.session.maps.width * view.scale);
  view.compare = Math.min(Math.max(share, 0), 1);
  view.canvas.dispatchEvent(new Event("slide"));
  view.redraw();
}
