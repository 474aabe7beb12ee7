/** The canvas: photo, painted picture, maps and what is being drawn, at any zoom. */

import { Layer, labelColors, maskColors, outlineColors, packed, partColors } from "./layers.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {[number, number]} Point */

const SMALLEST_SCALE = 0.02;
const LARGEST_SCALE = 40;

export class View {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Session} session
   */
  constructor(canvas, session) {
    this.canvas = canvas;
    this.session = session;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.scale = 1;
    /** @type {Point} */
    this.corner = [0, 0];
    this.opacity = 0.45;
    /** @type {"drawing" | "always" | "never"} */
    this.showMap = "drawing";
    this.showMask = true;
    this.showParts = false;
    this.holdBefore = false;
    /** @type {number | null} Share of the width that shows the photo. */
    this.compare = null;
    /** @type {((context: CanvasRenderingContext2D) => void) | null} */
    this.live = null;
    /** @type {Point | null} Where keys draw. */
    this.cursor = null;
    this.layers = {
      labels: new Layer(),
      mask: new Layer(),
      parts: new Layer(),
      hovered: new Layer(),
      selected: new Layer(),
    };
    this.requested = false;
    this.fitted = true;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    for (const name of ["picture", "message"]) session.addEventListener(name, () => this.redraw());
    session.addEventListener("maps", () => this.refresh());
    session.addEventListener("selection", () => this.refreshSelection());
    session.addEventListener("project", () => this.fit());
  }

  /** Paint the layers of the maps anew. */
  refresh() {
    const { maps, space } = this.session;
    if (space.classes.length === 0) return;
    this.layers.labels.paint(maps, labelColors(maps, space));
    this.layers.mask.paint(maps, maskColors(maps));
    if (maps.parts) this.layers.parts.paint(maps, partColors(maps, maps.parts));
    else this.layers.parts.clear();
    if (this.fitted) this.fit();
    this.refreshSelection();
  }

  refreshSelection() {
    const { selected, hovered } = this.session;
    this.#outline(this.layers.selected, selected, packed(17, 24, 39));
    this.#outline(this.layers.hovered, hovered === selected ? null : hovered, packed(250, 204, 21));
    this.redraw();
  }

  /**
   * @param {Layer} layer
   * @param {number | null} id
   * @param {number} color
   */
  #outline(layer, id, color) {
    const { session } = this;
    const row = id === null ? null : session.row(id);
    const shown = row ? `${id} ${session.change}` : "";
    if (shown === layer.shown) return;
    if (row) layer.paint(session.maps, outlineColors(session.maps, row.id, color), row.box);
    else layer.clear();
    layer.shown = shown;
  }

  /** Draw at the next occasion. */
  redraw() {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame(() => {
      this.requested = false;
      this.#draw();
    });
  }

  /** Show everything. */
  fit() {
    const { width, height } = this.session.maps;
    const { clientWidth, clientHeight } = this.canvas;
    const room = Math.min((clientWidth - 24) / width, (clientHeight - 24) / height);
    this.scale = Math.min(Math.max(room, SMALLEST_SCALE), LARGEST_SCALE);
    this.corner = [(clientWidth - width * this.scale) / 2, (clientHeight - height * this.scale) / 2];
    this.fitted = true;
    this.#moved();
  }

  /**
   * @param {number} factor
   * @param {Point} [center] On the canvas; the middle by default.
   */
  zoom(factor, center = [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2]) {
    const scale = Math.min(Math.max(this.scale * factor, SMALLEST_SCALE), LARGEST_SCALE);
    const ratio = scale / this.scale;
    this.corner = [
      center[0] - (center[0] - this.corner[0]) * ratio,
      center[1] - (center[1] - this.corner[1]) * ratio,
    ];
    this.scale = scale;
    this.fitted = false;
    this.#moved();
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.corner = [this.corner[0] + dx, this.corner[1] + dy];
    this.fitted = false;
    this.#moved();
  }

  #moved() {
    this.canvas.dispatchEvent(new Event("view"));
    this.redraw();
  }

  /**
   * The pixel under a place on the canvas, perhaps outside the picture.
   *
   * @param {Point} place
   * @returns {Point}
   */
  pixelAt(place) {
    return [
      Math.floor((place[0] - this.corner[0]) / this.scale),
      Math.floor((place[1] - this.corner[1]) / this.scale),
    ];
  }

  /**
   * The place on the canvas of a pixel's upper left corner.
   *
   * @param {Point} pixel
   * @returns {Point}
   */
  placeOf(pixel) {
    return [this.corner[0] + pixel[0] * this.scale, this.corner[1] + pixel[1] * this.scale];
  }

  #resize() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth * ratio, this.canvas.clientHeight * ratio].map(Math.round);
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = Math.max(width, 1);
    this.canvas.height = Math.max(height, 1);
    if (this.fitted) this.fit();
    this.#draw();
  }

  #draw() {
    const { context, session, canvas } = this;
    const { maps, photo, picture } = session;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!session.project || !photo) return;
    context.setTransform(ratio * this.scale, 0, 0, ratio * this.scale, ratio * this.corner[0], ratio * this.corner[1]);
    context.imageSmoothingEnabled = this.scale < 3;
    context.fillStyle = "#808080";
    context.fillRect(0, 0, maps.width, maps.height);
    const after = picture && !this.holdBefore;
    context.drawImage(photo, maps.offset[0], maps.offset[1]);
    // Without a photo the map is what there was before.
    if (session.synthesis) this.#layer(this.layers.labels, 1);
    if (after) this.#drawPicture(picture);
    // For whoever measures how long it takes: what is on the canvas now.
    const current = picture?.change === session.change ? (picture.id ? "full" : "preview") : "old";
    canvas.dataset.picture = picture ? current : "none";
    if (!this.holdBefore && session.ready) this.#drawLayers();
    this.live?.(context);
    this.#drawCursor();
  }

  /** @param {import("./session.js").Shown} picture */
  #drawPicture(picture) {
    const { context, session } = this;
    const { maps } = session;
    context.save();
    if (this.compare !== null) {
      context.beginPath();
      context.rect(maps.width * this.compare, 0, maps.width, maps.height);
      context.clip();
    }
    const x = maps.offset[0] - picture.offset[0];
    const y = maps.offset[1] - picture.offset[1];
    context.drawImage(picture.bitmap, x, y);
    context.restore();
    if (this.compare === null) return;
    context.fillStyle = "#ffffff";
    context.fillRect(maps.width * this.compare - 1 / this.scale, 0, 2 / this.scale, maps.height);
  }

  #drawLayers() {
    const { session } = this;
    const stale = session.picture === null || session.picture.change !== session.change;
    const comparing = this.compare !== null;
    const showMap = this.showMap === "always" || (this.showMap === "drawing" && (stale || this.live !== null));
    if (showMap && !comparing) this.#layer(this.layers.labels, this.opacity);
    // A finished picture is not striped over; what still is to be painted is.
    if (this.showMask && stale && !comparing) this.#layer(this.layers.mask, 0.55);
    if (this.showParts && !comparing) this.#layer(this.layers.parts, 0.6);
    if (comparing) return;
    this.#layer(this.layers.hovered, 1);
    this.#layer(this.layers.selected, 1);
    if (session.tool === "select") this.#drawHandle();
  }

  /**
   * @param {Layer} layer
   * @param {number} alpha
   */
  #layer(layer, alpha) {
    if (layer.empty) return;
    const smooth = this.context.imageSmoothingEnabled;
    this.context.imageSmoothingEnabled = false;
    this.context.globalAlpha = alpha;
    this.context.drawImage(layer.pixels.canvas, 0, 0);
    this.context.globalAlpha = 1;
    this.context.imageSmoothingEnabled = smooth;
  }

  /** The corner of the selected object's box, by which it is scaled; null if it has none now. */
  get handle() {
    const { session } = this;
    if (session.mode || session.selected === null || session.selected < session.space.classes.length) return null;
    const row = session.row(session.selected);
    return row ? /** @type {Point} */ ([row.box[2], row.box[3]]) : null;
  }

  #drawHandle() {
    const { context, session, scale } = this;
    const corner = this.handle;
    if (!corner || session.selected === null) return;
    const row = session.row(session.selected);
    if (!row) return;
    const [x0, y0, x1, y1] = row.box;
    context.lineWidth = 1.5 / scale;
    context.setLineDash([5 / scale, 4 / scale]);
    context.strokeStyle = "#ffffff";
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
    context.setLineDash([]);
    context.beginPath();
    context.arc(corner[0], corner[1], 7 / scale, 0, 2 * Math.PI);
    context.fillStyle = "#ffffff";
    context.fill();
    context.strokeStyle = "#111827";
    context.stroke();
  }

  #drawCursor() {
    if (!this.cursor || document.activeElement !== this.canvas) return;
    const { context, scale } = this;
    const [x, y] = [this.cursor[0] + 0.5, this.cursor[1] + 0.5];
    for (const [color, width] of /** @type {[string, number][]} */ ([["#ffffff", 4], ["#111827", 1.5]])) {
      context.strokeStyle = color;
      context.lineWidth = width / scale;
      context.beginPath();
      for (const [dx, dy] of [[12, 0], [0, 12]]) {
        context.moveTo(x - dx / scale, y - dy / scale);
        context.lineTo(x + dx / scale, y + dy / scale);
      }
      context.stroke();
    }
  }
}
