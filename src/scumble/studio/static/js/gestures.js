/** What the pointer draws between pen-down and pen-up, for every tool. */

import { LARGEST_COORDINATE, LARGEST_RADIUS, MAX_POINTS, strokeRegion } from "./geometry.js";
import { hiddenCanvas } from "./dom.js";
import { newInstanceId } from "./maps.js";
import { clickInMode, splitAlong } from "./modes.js";
import { moveSelected } from "./objects.js";
import { DEFAULT_RADIUS } from "./regrouping.js";
import { encodeMask } from "./runs.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./types.js").Operation} Operation */
/** @typedef {[number, number]} Point */

/**
 * @typedef {object} Gesture
 * @property {(pixel: Point) => void} move
 * @property {() => void} end
 * @property {(context: CanvasRenderingContext2D) => void} draw In pixels of the picture.
 */

/**
 * Begin what the chosen tool does.
 *
 * @param {Session} session
 * @param {Point} pixel
 * @param {boolean} onHandle Whether the corner of the selected object is held.
 * @returns {Gesture | null} Null if all is done already.
 */
export function begin(session, pixel, onHandle) {
  if (session.mode === "split") return cut(session, pixel);
  switch (session.tool) {
    case "brush":
    case "eraser":
    case "part":
      return stroke(session, pixel);
    case "rectangle":
      return rectangle(session, pixel);
    case "lasso":
      return lasso(session, pixel);
    case "fill":
      paint(session, { operation: "fill", x: pixel[0], y: pixel[1] });
      return null;
    case "select":
      return pick(session, pixel, onHandle);
  }
  return null;
}

/**
 * Paint a shape with the chosen class, as a new object or as part of the selected one.
 *
 * @param {Session} session
 * @param {Operation} shape
 */
export function paint(session, shape) {
  const { space, classId, selected } = session;
  if (classId === null) return session.act(shape);
  const row = selected === null ? null : session.row(selected);
  const thing = space.classes[classId].thing;
  /** @type {Operation} */
  const operation = { ...shape, class_name: space.classes[classId].name };
  const grows = session.grow && thing && row !== null && row.classId === classId && row.id >= space.classes.length;
  if (grows) return session.act({ ...operation, instance: row.id });
  let id = null;
  try {
    id = newInstanceId(session.maps, space, classId);
  } catch {
    // The operation itself says that there are too many.
  }
  const done = session.act(operation);
  if (done && thing) session.select(id);
  return done;
}

/**
 * @param {Session} session
 * @param {Point} start
 * @returns {Gesture}
 */
function stroke(session, start) {
  const { points, add } = pointsFrom(start);
  const radius = Math.min(session.radius, LARGEST_RADIUS);
  const color = session.tool === "brush" ? colorOf(session) : session.tool === "part" ? "#ffffff" : "#9ca3af";
  return {
    move: add,
    end() {
      const line = simplified(points, radius);
      if (session.tool === "eraser") session.act({ operation: "erase", points: line, radius });
      else if (session.tool === "part") paintPart(session, line, radius);
      else paint(session, { operation: "brush", points: line, radius });
    },
    draw(context) {
      context.globalAlpha = 0.75;
      context.strokeStyle = context.fillStyle = color;
      context.lineCap = context.lineJoin = "round";
      context.lineWidth = 2 * radius + 1;
      context.beginPath();
      points.forEach(([x, y], k) => (k ? context.lineTo(x + 0.5, y + 0.5) : context.moveTo(x + 0.5, y + 0.5)));
      context.lineTo(points[points.length - 1][0] + 0.51, points[points.length - 1][1] + 0.5);
      context.stroke();
      context.globalAlpha = 1;
    },
  };
}

/**
 * @param {Session} session
 * @param {Point[]} line
 * @param {number} radius
 */
function paintPart(session, line, radius) {
  const { maps, selector } = session;
  if (!selector) return session.say("Select the object first whose part it is.");
  const region = strokeRegion(line, radius, maps.width, maps.height);
  if (!region.includes(1)) return;
  const mask = encodeMask(region, maps.width, maps.height);
  session.act({ operation: "paint_part", selector, part: session.part, mask });
}

/**
 * @param {Session} session
 * @param {Point} start
 * @returns {Gesture}
 */
function rectangle(session, start) {
  let end = bounded(start);
  const first = bounded(start);
  const corners = () => ({
    x0: Math.min(first[0], end[0]),
    y0: Math.min(first[1], end[1]),
    x1: Math.min(Math.max(first[0], end[0]) + 1, LARGEST_COORDINATE),
    y1: Math.min(Math.max(first[1], end[1]) + 1, LARGEST_COORDINATE),
  });
  return {
    move(pixel) {
      end = bounded(pixel);
    },
    end() {
      paint(session, { operation: "rectangle", ...corners() });
    },
    draw(context) {
      const { x0, y0, x1, y1 } = corners();
      context.globalAlpha = 0.75;
      context.fillStyle = colorOf(session);
      context.fillRect(x0, y0, x1 - x0, y1 - y0);
      context.globalAlpha = 1;
    },
  };
}

/**
 * @param {Session} session
 * @param {Point} start
 * @returns {Gesture}
 */
function lasso(session, start) {
  const { points, add } = pointsFrom(start);
  return {
    move: add,
    end() {
      if (points.length >= 3) paint(session, { operation: "polygon", points });
      else session.say("Draw around an area.");
    },
    draw(context) {
      context.globalAlpha = 0.6;
      context.fillStyle = context.strokeStyle = colorOf(session);
      context.beginPath();
      points.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
      context.fill("evenodd");
      context.globalAlpha = 1;
    },
  };
}

/**
 * Choose the object under the pointer; drag it to move it, or its corner to scale it.
 *
 * @param {Session} session
 * @param {Point} start
 * @param {boolean} onHandle
 * @returns {Gesture | null}
 */
function pick(session, start, onHandle) {
  const { maps } = session;
  const inside = start[0] >= 0 && start[1] >= 0 && start[0] < maps.width && start[1] < maps.height;
  const id = inside ? maps.instances[start[1] * maps.width + start[0]] : null;
  if (session.mode) {
    if (id !== null) clickInMode(session, id);
    return null;
  }
  if (!onHandle && (id === null || id !== session.selected)) {
    session.select(id);
    return null;
  }
  const row = session.selected === null ? null : session.row(session.selected);
  if (!row || row.id < session.space.classes.length) return null;
  const [x0, y0, x1, y1] = row.box;
  const middle = [(x0 + x1) / 2, (y0 + y1) / 2];
  const ghost = silhouette(session, row.id, row.box);
  let [dx, dy, percent] = [0, 0, 100];
  return {
    move(pixel) {
      if (onHandle) {
        const before = Math.hypot(x1 - middle[0], y1 - middle[1]);
        const after = Math.hypot(pixel[0] - middle[0], pixel[1] - middle[1]);
        percent = Math.min(Math.max(Math.round((100 * after) / before), 10), 1000);
      } else {
        [dx, dy] = [pixel[0] - start[0], pixel[1] - start[1]];
      }
    },
    end() {
      if (dx || dy || percent !== 100) void moveSelected(session, { dx, dy, percent });
    },
    draw(context) {
      const [width, height] = [((x1 - x0) * percent) / 100, ((y1 - y0) * percent) / 100];
      context.globalAlpha = 0.8;
      context.imageSmoothingEnabled = false;
      context.drawImage(ghost, middle[0] - width / 2 + dx, middle[1] - height / 2 + dy, width, height);
      context.globalAlpha = 1;
    },
  };
}

/**
 * A line across the selected object, which parts it.
 *
 * @param {Session} session
 * @param {Point} start
 * @returns {Gesture}
 */
function cut(session, start) {
  const { points, add } = pointsFrom(start);
  return {
    move: add,
    end() {
      if (points.length > 1) splitAlong(session, simplified(points, DEFAULT_RADIUS));
    },
    draw(context) {
      const pixel = (window.devicePixelRatio || 1) / context.getTransform().a;
      context.beginPath();
      points.forEach(([x, y], k) => (k ? context.lineTo(x + 0.5, y + 0.5) : context.moveTo(x + 0.5, y + 0.5)));
      context.lineCap = context.lineJoin = "round";
      for (const [color, width] of /** @type {[string, number][]} */ ([["#ffffff", 5], ["#b42318", 2.5]])) {
        context.strokeStyle = color;
        context.lineWidth = width * pixel;
        context.stroke();
      }
    },
  };
}

/**
 * @param {Session} session
 * @param {number} id
 * @param {[number, number, number, number]} box
 */
function silhouette(session, id, [x0, y0, x1, y1]) {
  const { canvas, context } = hiddenCanvas(x1 - x0, y1 - y0);
  const { maps, space } = session;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const k = y * maps.width + x;
      if (maps.instances[k] !== id) continue;
      context.fillStyle = `rgb(${space.classes[maps.labels[k]].color})`;
      context.fillRect(x - x0, y - y0, 1, 1);
    }
  }
  return canvas;
}

/** @param {Session} session */
function colorOf(session) {
  if (session.classId === null) return "#ffffff";
  return `rgb(${session.space.classes[session.classId].color})`;
}

/**
 * The places of a pointer from pen-down on.
 *
 * @param {Point} start
 */
function pointsFrom(start) {
  /** @type {Point[]} */
  const points = [bounded(start)];
  const add = (/** @type {Point} */ pixel) => {
    const point = bounded(pixel);
    const last = points[points.length - 1];
    if ((last[0] !== point[0] || last[1] !== point[1]) && points.length < MAX_POINTS) points.push(point);
  };
  return { points, add };
}

/**
 * @param {Point} pixel
 * @returns {Point}
 */
function bounded([x, y]) {
  const inside = (/** @type {number} */ c) => Math.min(Math.max(c, -LARGEST_COORDINATE), LARGEST_COORDINATE);
  return [inside(x), inside(y)];
}

/**
 * A line through fewer points: those closer to the last one than a small part of the brush are left out.
 *
 * @param {Point[]} points
 * @param {number} radius
 * @returns {Point[]}
 */
export function simplified(points, radius) {
  const least = Math.max(1, radius / 8) ** 2;
  const kept = [points[0]];
  points.forEach((point, k) => {
    const last = kept[kept.length - 1];
    const far = (point[0] - last[0]) ** 2 + (point[1] - last[1]) ** 2 > least;
    if (k > 0 && (far || (k === points.length - 1 && points.length > 1))) kept.push(point);
  });
  return kept;
}
