// Images as points of a plane: drag around some to open them, click one to open it alone.
//
// To the server goes `picked`: {outline} in data, or {point} by its number. Zoom, pan and what is
// hidden stay in the browser.

import { element } from "./element.js";
import { Glimpse } from "./glimpse.js";
import { decodeLevels, layered, NOT_SHOWN, pointColours, pointShapes } from "./layers.js";
import { levelLegend, scaleLegend } from "./legend.js";
import { nearest, thinned } from "./outline.js";
import { openPainter } from "./painter.js";
import { Viewport } from "./viewport.js";

const HEADER_BYTES = 4;
const REACH_PX = 9;
const CLICK_PX = 4;
const KEY_PAN_PX = 60;
const KEY_ZOOM = 1.4;
const KEYS_HELP =
  "Drag around points to open their images; click one to open it. Wheel or + and - zoom; Shift and drag, " +
  "or arrows, move; 0 shows all.";

class PointMap {
  constructor(root) {
    this.view = new Viewport();
    this.hidden = new Set();
    this.canvas = element("canvas", { className: "points" });
    this.overlay = element("canvas", { className: "overlay" });
    this.overlay.tabIndex = 0;
    this.overlay.setAttribute("role", "application");
    this.overlay.setAttribute("aria-label", `Map of images. ${KEYS_HELP}`);
    this.note = element("div", { className: "note" });
    this.glimpse = new Glimpse();
    this.stage = element("div", { className: "stage" }, this.canvas, this.overlay, this.note, this.glimpse.canvas);
    this.head = element("div", { className: "head" });
    this.root = element("div", { className: "map" }, this.head, this.stage, element("div", { className: "keys" }, KEYS_HELP));
    root.append(this.root);
    this.painter = openPainter(this.canvas);
    this.#listen();
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.stage);
  }

  update({ data, setTriggerValue }) {
    Object.assign(this, { setTriggerValue });
    const recoloured = data.levels !== this.data?.levels || data.colours.join() !== this.data.colours.join();
    const moved = data.address !== this.data?.address;
    if (recoloured && data.mode !== this.data?.mode) this.hidden.clear();
    this.data = data;
    if (moved) this.#load(data.address);
    else if (recoloured) this.#colour();
  }

  dispose() {
    this.glimpse.hide();
    this.observer.disconnect();
    this.painter.dispose();
    this.root.remove();
  }

  async #load(address) {
    this.points = null;
    this.#say("Loading the points\u2026");
    try {
      const response = await fetch(new URL(address, document.baseURI));
      if (!response.ok) throw new Error(await response.text());
      const buffer = await response.arrayBuffer();
      if (address !== this.data.address) return;
      Object.assign(this, readPoints(buffer));
    } catch (error) {
      this.#say(error.message);
      return;
    }
    this.#say("");
    this.view.reset();
    this.painter.setPoints(this.points);
    this.#colour();
  }

  #colour() {
    if (!this.points) return;
    const { levels, colours } = this.data;
    this.levels = decodeLevels(levels);
    if (2 * this.levels.length !== this.points.length) return;
    this.counts = new Uint32Array(NOT_SHOWN + 1);
    for (const level of this.levels) this.counts[level] += 1;
    this.bytes = pointColours(this.levels, colours, this.levels.length > 20000 ? 0.7 : 0.85);
    this.#layer();
  }

  #layer() {
    const { colours, scale } = this.data;
    const { order, shown } = layered(this.levels, colours, this.hidden);
    this.shown = shown;
    this.painter.setColours(this.bytes, order, pointShapes(this.levels, this.data.shapes));
    const told = { ...this.data, counts: this.counts };
    const legend = scale ? scaleLegend(told) : levelLegend(told, this.hidden, (level) => this.#toggle(level));
    this.head.replaceChildren(legend);
    this.root.dataset.drawn = order.length;
    this.paintSoon();
  }

  #toggle(level) {
    if (!this.hidden.delete(level)) this.hidden.add(level);
    this.#layer();
  }

  paintSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.#paint();
    });
  }

  #paint() {
    if (!this.shown) return;
    const ratio = devicePixelRatio;
    this.painter.paint(this.view, this.#pointSize(), ratio);
    const context = this.overlay.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.view.width, this.view.height);
    const ink = getComputedStyle(this.root).color;
    Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineWidth: 1.5 });
    if (this.hovered >= 0) {
      const [x, y] = this.view.toScreen(this.#place(this.hovered));
      context.beginPath();
      context.arc(x, y, this.#pointSize() / 2 + 3, 0, 2 * Math.PI);
      context.stroke();
    }
    if (this.line?.length > 1) this.#paintLine(context);
  }

  #paintLine(context) {
    context.setLineDash([5, 4]);
    context.beginPath();
    for (const corner of this.line) context.lineTo(...this.view.toScreen(corner));
    context.closePath();
    context.stroke();
    context.globalAlpha = 0.08;
    context.fill();
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  /** Fewer points are larger; all grow a little as the plane comes nearer. */
  #pointSize() {
    const base = 90 / Math.sqrt(this.levels.length) + 1.4;
    return Math.min(Math.max(base, 2) * Math.min(this.view.zoom, 16) ** 0.25, 11);
  }

  #place(index) {
    return [this.points[2 * index], this.points[2 * index + 1]];
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    Object.assign(this.view, { width, height });
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    this.paintSoon();
  }

  #listen() {
    const { overlay } = this;
    overlay.addEventListener("pointerdown", (event) => this.#press(event));
    overlay.addEventListener("pointermove", (event) => this.#move(event));
    overlay.addEventListener("pointerup", (event) => this.#release(event));
    overlay.addEventListener("pointercancel", () => this.#drop());
    overlay.addEventListener("pointerleave", () => this.#hover(-1));
    overlay.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    overlay.addEventListener("keydown", (event) => this.#key(event));
  }

  #press(event) {
    if (!this.shown || event.button !== 0) return;
    this.overlay.setPointerCapture(event.pointerId);
    this.pressed = { at: pixel(event), last: pixel(event), pans: event.shiftKey, far: false };
    this.line = event.shiftKey ? null : [this.view.toData(pixel(event))];
  }

  #move(event) {
    if (!this.shown) return;
    const at = pixel(event);
    if (!this.pressed) {
      const reach = REACH_PX / this.view.scale;
      this.#hover(nearest(this.points, this.shown, this.view.toData(at), reach));
      return;
    }
    const { last, pans } = this.pressed;
    if (Math.hypot(at[0] - this.pressed.at[0], at[1] - this.pressed.at[1]) > CLICK_PX) this.pressed.far = true;
    if (pans) this.view.pan(at[0] - last[0], at[1] - last[1]);
    else this.line.push(this.view.toData(at));
    this.pressed.last = at;
    this.paintSoon();
  }

  #release(event) {
    const { pressed, line } = this;
    this.#drop();
    if (!pressed || pressed.pans) return;
    if (!pressed.far) {
      const reach = REACH_PX / this.view.scale;
      const point = nearest(this.points, this.shown, this.view.toData(pixel(event)), reach);
      if (point >= 0) this.setTriggerValue("picked", { point });
      return;
    }
    const outline = thinned(line);
    const hidden = [...this.hidden];
    if (outline) this.setTriggerValue("picked", { outline, hidden });
  }

  #drop() {
    this.pressed = null;
    this.line = null;
    this.paintSoon();
  }

  #hover(index) {
    if (index === this.hovered) return;
    this.hovered = index;
    const { scale, labels, tiles } = this.data;
    if (index < 0) this.glimpse.hide();
    else this.glimpse.show(tiles, this.rows[index]);
    const level = index < 0 ? null : this.levels[index];
    this.#say(level === null ? "" : scale ? scaleText(scale, level, this.data.colours.length) : labels[level]);
    this.paintSoon();
  }

  #wheel(event) {
    event.preventDefault();
    this.view.zoomAt(pixel(event), Math.exp(-event.deltaY / 400));
    this.paintSoon();
  }

  #key(event) {
    const middle = [this.view.width / 2, this.view.height / 2];
    const actions = {
      ArrowLeft: () => this.view.pan(KEY_PAN_PX, 0),
      ArrowRight: () => this.view.pan(-KEY_PAN_PX, 0),
      ArrowUp: () => this.view.pan(0, KEY_PAN_PX),
      ArrowDown: () => this.view.pan(0, -KEY_PAN_PX),
      "+": () => this.view.zoomAt(middle, KEY_ZOOM),
      "-": () => this.view.zoomAt(middle, 1 / KEY_ZOOM),
      0: () => this.view.reset(),
      Escape: () => this.#drop(),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[event.key]();
    this.paintSoon();
  }

  #say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }
}

/** Read what the points route writes: their number, x and y of each, the row of each. */
function readPoints(buffer) {
  const [count] = new Uint32Array(buffer, 0, 1);
  if (buffer.byteLength !== HEADER_BYTES + 12 * count) {
    throw new Error("The points did not arrive whole; reload the page.");
  }
  return {
    points: new Float32Array(buffer, HEADER_BYTES, 2 * count),
    rows: new Int32Array(buffer, HEADER_BYTES + 8 * count, count),
  };
}

function scaleText(scale, level, levels) {
  const share = level / (levels - 1);
  return `${scale.title} ${(scale.low + share * (scale.high - scale.low)).toFixed(2)}`;
}

function pixel(event) {
  return [event.offsetX, event.offsetY];
}

export default function render(component) {
  const { parentElement } = component;
  const map = (parentElement.pointMap ??= new PointMap(parentElement));
  map.update(component);
  return () => {
    map.dispose();
    delete parentElement.pointMap;
  };
}
