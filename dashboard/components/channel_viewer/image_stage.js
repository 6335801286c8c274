// One image large: zoom with the wheel, pan by dragging, the four stored values under the pointer.
// Who has no pointer pans by the arrow keys, and reads the values under the cross-hair in the middle.

import { clamp, element } from "./element.js";
import { ALL_OFF, CHANNELS, shownChannels } from "./mixer_state.js";
import { paintImages } from "./shown_image.js";
import {
  centredView,
  fitScale,
  heldView,
  holdsPart,
  pixelUnder,
  seenPart,
  sizeNote,
  zoomedView,
} from "./stage_view.js";

const WHEEL_SPEED = 0.002;
const BUTTON_ZOOM = 1.5;
const FRAME_PIXELS = 0.9e6; // What a processor mixes within a frame of 16 ms, and a film strip with it.
const REST_MS = 150;
const KEY_PAN = 0.1; // Of the stage's shorter side; with Shift one pixel of the image.
const ARROWS = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export class ImageStage {
  /** `paint` is `paintImages` or does the same. */
  constructor(paint = paintImages) {
    this.paintSource = paint;
    this.canvas = element("canvas", {
      className: "stage-canvas",
      tabIndex: 0,
      role: "application", // A screen reader leaves the arrow keys to it.
      "aria-roledescription": "image",
      "aria-description": "Plus enlarges it; then the arrow keys move it, with Shift by one pixel",
    });
    this.source = element("canvas");
    this.legend = element("ul", { className: "stage-legend", "aria-label": "Channels shown" });
    this.values = element("output", { className: "readout" });
    this.message = element("p", { className: "stage-message", role: "status", hidden: true });
    this.scaleNote = element("span", { className: "scale-note" });
    const frame = element("div", { className: "stage-frame" });
    const crossHair = element("i", { className: "cross-hair", "aria-hidden": "true" });
    frame.append(this.canvas, crossHair, this.legend, this.message);
    const foot = element("div", { className: "stage-foot" }, this.makeTools(), this.scaleNote);
    this.root = element("div", { className: "stage" }, frame, this.values, foot);
    this.listen();
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(this.canvas);
    this.clear("No image yet");
  }

  makeTools() {
    const button = (text, title, onclick) =>
      element("button", { type: "button", title, onclick }, text);
    return element(
      "span",
      { className: "stage-tools" },
      button("Fit", "The whole image. Double click does the same", () => this.fit()),
      button("1:1", "One pixel of the screen for each of the image", () => this.zoomTo(1)),
      button("4:1", "Four pixels of the screen for each of the image", () => this.zoomTo(4)),
      button("−", "Smaller. Key −", () => this.zoomBy(1 / BUTTON_ZOOM)),
      button("+", "Larger. Key +", () => this.zoomBy(BUTTON_ZOOM)),
    );
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.image) return;
      canvas.setPointerCapture(event.pointerId);
      this.grip(...this.place(event));
    });
    canvas.addEventListener("pointermove", (event) => this.onMove(event));
    canvas.addEventListener("pointerleave", () => !this.middling && this.sayValues(null));
    canvas.addEventListener("dblclick", () => this.fit());
    canvas.addEventListener("focus", () => {
      if (canvas.matches(":focus-visible")) this.readMiddle(true); // Reached by keys.
    });
    canvas.addEventListener("blur", () => {
      if (this.middling) this.readMiddle(false);
    });
    canvas.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** Whether the values in the middle are read, under a cross-hair, instead of the pointer's. */
  readMiddle(wanted) {
    this.middling = wanted;
    this.canvas.classList.toggle("middling", wanted);
    this.sayValues(wanted ? this.middlePixel : null);
  }

  get middlePixel() {
    const { view, canvas, fullSize } = this;
    return view ? pixelUnder(view, canvas.width / 2, canvas.height / 2, fullSize) : null;
  }

  /** An arrow moves an image larger than the stage; a smaller one leaves it to the page. */
  onKey(event) {
    const { image, view, canvas, fullSize } = this;
    const shorter = Math.min(canvas.width, canvas.height);
    const others = event.ctrlKey || event.metaKey || event.altKey;
    const moves = image && view.scale * fullSize > shorter + 1;
    if (!(event.key in ARROWS) || !moves || others) return;
    event.preventDefault();
    event.stopPropagation();
    const step = Math.max(event.shiftKey ? view.scale : shorter * KEY_PAN, 1);
    const [left, top] = ARROWS[event.key].map((by) => Math.round(by * step));
    this.readMiddle(true);
    this.look({ ...view, left: view.left + left, top: view.top + top });
  }

  /** Show `image`; the view stays for one of the same size, so that two can be compared. */
  show(image, { full, fullSize, fileSize, name }) {
    const same = this.view && this.fullSize === fullSize;
    Object.assign(this, { image, full, fullSize, fileSize, mixed: null });
    this.canvas.setAttribute("aria-label", name);
    this.message.hidden = true;
    if (!same || this.fitted) this.fit();
    this.sayValues(this.middling ? this.middlePixel : same ? this.pixel : null);
  }

  /** Show none, and say why; the view stays for the next one. */
  clear(why) {
    const { canvas } = this;
    Object.assign(this, { image: null, full: false });
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    canvas.dataset.full = false;
    this.legend.replaceChildren();
    this.scaleNote.textContent = "";
    this.message.hidden = false;
    this.say(why);
  }

  /** Say why the full image is not there. */
  say(why) {
    this.why = why;
    if (!this.image) this.canvas.setAttribute("aria-label", why);
    this.message.textContent = why;
    this.sayValues(this.pixel);
  }

  draw(mixer) {
    if (!this.image) return;
    if (this.mixer && this.mixer !== mixer) this.move();
    Object.assign(this, { mixer, mixed: null });
    this.drawLegend(mixer);
    this.paint();
  }

  /** A control is moving: mix within a frame now, and every pixel when it rests. */
  move() {
    this.moving = true;
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      this.moving = false;
      this.paint();
    }, REST_MS);
  }

  /** Mix what the stage shows, in as many pixels as it can show. */
  mix() {
    const { source, mixer } = this;
    const { level, part } = this.wanted();
    if (this.mixed?.level === level && holdsPart(this.mixed.part, part)) return;
    if (source.width !== level.size) source.width = source.height = level.size;
    const painted = this.paintSource([level], [mixer], [source.getContext("2d")], part);
    this.mixed = { level, part: painted };
  }

  /** The image, or a halved one where it is made smaller, and the part of it that is seen. */
  wanted() {
    const { image, view, fullSize, canvas } = this;
    const spread = view.scale * fullSize;
    const found = (level) => ({ level, part: seenPart(view, spread, level.size, canvas) });
    const fine = found(image.level(spread / image.size));
    const { width, height } = fine.part;
    const quick = !this.moving || this.paintSource !== paintImages || width * height <= FRAME_PIXELS;
    return quick ? fine : found(fine.level.level(0.5));
  }

  /** Copy the composite to the stage: true pixels when enlarged, averaged when made smaller. */
  paint() {
    const { canvas, view, fullSize } = this;
    if (!this.image || !view || !this.mixer) return;
    this.mix();
    const context = canvas.getContext("2d");
    const side = fullSize * view.scale;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = view.scale < 1 || !this.full || this.mixed.level !== this.image;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.source, view.left, view.top, side, side);
    Object.assign(canvas.dataset, { ...view, full: this.full, resting: !this.moving });
    const zoom = `${Math.round(view.scale * 100)} %`;
    this.scaleNote.textContent = `${zoom} · ${sizeNote(fullSize, this.fileSize)}`;
  }

  drawLegend(mixer) {
    this.legend.classList.toggle("inverted", mixer.inverted);
    const entries = shownChannels(mixer).map(({ color, stain }) =>
      element("li", {}, element("i", { style: { background: color } }), stain),
    );
    this.legend.replaceChildren(...(entries.length ? entries : [element("li", {}, ALL_OFF)]));
  }

  resize() {
    const { canvas } = this;
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    const height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (!width || (width === canvas.width && height === canvas.height)) return;
    const { view, fitted, middle } = this;
    Object.assign(canvas, { width, height });
    if (view && !fitted) this.look(centredView(view.scale, ...middle, canvas));
    else this.fit();
  }

  /** The image's position in the middle of the stage. */
  get middle() {
    const { canvas, view } = this;
    if (!view) return null;
    const { left, top, scale } = view;
    return [(canvas.width / 2 - left) / scale, (canvas.height / 2 - top) / scale];
  }

  get fitting() {
    return fitScale(this.fullSize, this.canvas.width, this.canvas.height);
  }

  fit() {
    if (!this.image) return;
    const middle = this.fullSize / 2;
    this.look(centredView(this.fitting, middle, middle, this.canvas));
    this.fitted = true;
  }

  zoomTo(scale) {
    if (!this.view) return;
    this.look(centredView(scale, ...this.middle, this.canvas));
  }

  zoomBy(factor, x = this.canvas.width / 2, y = this.canvas.height / 2) {
    if (this.view) this.look(zoomedView(this.view, factor, x, y, this.fitting));
  }

  /** Paint another view of the image, which stays within reach. */
  look(view) {
    this.view = heldView(view, view.scale * this.fullSize, this.canvas);
    this.fitted = false;
    this.paint();
    if (this.middling) this.sayValues(this.middlePixel);
  }

  /** The pointer's place in device pixels of the stage. */
  place(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top].map((side) => side * devicePixelRatio);
  }

  onWheel(event) {
    if (!this.image) return;
    event.preventDefault();
    this.zoomBy(Math.exp(-clamp(event.deltaY, -400, 400) * WHEEL_SPEED), ...this.place(event));
  }

  onMove(event) {
    if (!this.image) return;
    const [x, y] = this.place(event);
    if (this.middling) this.readMiddle(false);
    if (this.canvas.hasPointerCapture(event.pointerId)) this.drag(x, y);
    this.sayValues(pixelUnder(this.view, x, y, this.fullSize));
  }

  /** Take hold of what lies under (x, y) of the stage. */
  grip(x, y) {
    const { left, top, scale } = this.view;
    this.held = { x: (x - left) / scale, y: (y - top) / scale };
  }

  /** Bring what is held to (x, y), by whole pixels: enlarged ones keep their edges. */
  drag(x, y) {
    const { held, view } = this;
    const [left, top] = [x - held.x * view.scale, y - held.y * view.scale].map(Math.round);
    this.look({ ...view, left, top });
  }

  sayValues(pixel) {
    this.pixel = pixel;
    this.values.textContent = this.full ? this.readOut(pixel) : this.image ? this.why : "";
  }

  /** The four stored values of a pixel, or how to get at them. */
  readOut(pixel) {
    if (!pixel) return "Point at the image, or focus it, to read its stored values";
    const values = this.image.values(pixel.column, pixel.row);
    const parts = values.map((value, index) => `${CHANNELS[index].short} ${value}`);
    return `x ${pixel.column}  y ${pixel.row}   ${parts.join("   ")}`;
  }

  close() {
    clearTimeout(this.restTimer);
    this.resizes.disconnect();
  }
}
