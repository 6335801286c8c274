// A track whose handle is moved by pointer or by keys.
//
// Pointer: press anywhere on the track, Shift makes the drag ten times finer, Escape takes it back.
// Keys on the handle: see KEYS.

import { settled } from "./axis.js";

const GRAB_PIXELS = 9;
const FINE = 0.1;
const STEP = 0.001;
const COARSE_STEP = 0.01;
const PAGE_STEP = 0.1;

const KEYS = {
  ArrowRight: (value, step) => value + step,
  ArrowUp: (value, step) => value + step,
  ArrowLeft: (value, step) => value - step,
  ArrowDown: (value, step) => value - step,
  PageUp: (value) => value + PAGE_STEP,
  PageDown: (value) => value - PAGE_STEP,
  Home: () => 0,
  End: () => 1,
};

export class Slider {
  /**
   * `owner` has: axis(), value() in [0, 1], movable(), move(value), finish({ soon }), cancel().
   * `move` is called as often as the pointer moves; `finish` once, `soon` when more keys may come.
   */
  constructor(track, handle, owner) {
    Object.assign(this, { track, handle, owner, drag: null });
    track.addEventListener("pointerdown", (event) => this.#press(event));
    track.addEventListener("pointermove", (event) => this.#follow(event));
    track.addEventListener("pointerup", () => this.#release());
    track.addEventListener("pointercancel", () => this.#abandon());
    handle.addEventListener("keydown", (event) => this.#key(event));
  }

  #press(event) {
    this.handle.focus({ preventScroll: true });
    if (event.button !== 0 || !this.owner.movable()) return;
    event.preventDefault();
    this.track.setPointerCapture(event.pointerId);
    const { left, width } = this.track.getBoundingClientRect();
    const pressed = (event.clientX - left) / width;
    const standing = this.owner.axis().toX(this.owner.value());
    const grabbed = Math.abs(pressed - standing) * width <= GRAB_PIXELS;
    this.drag = { x: grabbed ? standing : pressed, last: event.clientX, width, moved: !grabbed };
    this.track.classList.add("dragged");
    if (!grabbed) this.#moveTo(this.drag.x);
  }

  #follow(event) {
    if (this.drag === null || event.clientX === this.drag.last) return;
    const pixels = event.clientX - this.drag.last;
    this.drag.x += (pixels / this.drag.width) * (event.shiftKey ? FINE : 1);
    this.drag.last = event.clientX;
    this.drag.moved = true;
    this.#moveTo(this.drag.x);
  }

  #moveTo(x) {
    this.owner.move(settled(this.owner.axis().toThreshold(Math.min(Math.max(x, 0), 1))));
  }

  #release() {
    const moved = this.drag?.moved;
    this.#end();
    if (moved) this.owner.finish({ soon: false });
  }

  #abandon() {
    if (this.drag !== null) this.owner.cancel();
    this.#end();
  }

  #end() {
    this.drag = null;
    this.track.classList.remove("dragged");
  }

  #key(event) {
    if (event.key === "Escape") this.#abandon();
    const change = KEYS[event.key];
    if (change === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!this.owner.movable()) return;
    const step = event.shiftKey ? COARSE_STEP : STEP;
    this.owner.move(settled(change(this.owner.value(), step)));
    this.owner.finish({ soon: true });
  }
}
