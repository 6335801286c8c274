// A channel's histogram with two handles on it: the lower and the upper display limit. A drag that
// begins anywhere on it moves the nearer one.

import { LEVELS } from "./composite.js";
import { saturatedShare } from "./contrast.js";
import { clamp, element } from "./element.js";

const TOP_LEVEL = LEVELS - 1;
const KEY_STEPS = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -16,
  PageUp: 16,
};
const BARS_HEIGHT = 40;

export class LimitEditor {
  /** `change({lo} or {hi})` is called while a handle moves. */
  constructor(stain, change) {
    this.change = change;
    this.canvas = element("canvas", { width: LEVELS, height: BARS_HEIGHT, className: "histogram" });
    this.handles = {
      lo: this.makeHandle("lo", `${stain}: lower limit`),
      hi: this.makeHandle("hi", `${stain}: upper limit`),
    };
    this.root = element(
      "div",
      { className: "limits" },
      this.canvas,
      this.handles.lo,
      this.handles.hi,
    );
    this.numbers = element("output", { className: "numbers" });
    this.listen();
  }

  /** Show the channel's settings over `counts` (Uint32Array of 256, null while unknown). */
  draw(channel, counts) {
    this.channel = channel;
    for (const side of ["lo", "hi"]) {
      const handle = this.handles[side];
      handle.style.left = `${(channel[side] / TOP_LEVEL) * 100}%`;
      handle.setAttribute("aria-valuenow", channel[side]);
    }
    const saturated = counts
      ? `, ${(saturatedShare(counts, channel.hi) * 100).toFixed(1)} % cut`
      : "";
    this.numbers.textContent = `${channel.lo} to ${channel.hi}${saturated}`;
    this.drawBars(counts ?? new Uint32Array(LEVELS));
  }

  /** Bars on a logarithmic scale: the few bright pixels matter as much as the dark background. */
  drawBars(counts) {
    const context = this.canvas.getContext("2d");
    const { color, lo, hi } = this.channel;
    const largest = Math.log1p(Math.max(...counts)) || 1;
    context.clearRect(0, 0, this.canvas.width, BARS_HEIGHT);
    counts.forEach((count, level) => {
      const height = (Math.log1p(count) / largest) * (BARS_HEIGHT - 2);
      context.fillStyle = level < lo || level > hi ? "#777777" : color;
      context.fillRect(level, BARS_HEIGHT - height, 1, height);
    });
  }

  makeHandle(side, label) {
    const handle = element("div", {
      className: `handle ${side}`,
      tabIndex: 0,
      role: "slider",
      title: `${label}: drag it, or use the arrow keys`,
      "aria-label": label,
      "aria-valuemin": 0,
      "aria-valuemax": TOP_LEVEL,
    });
    handle.addEventListener("keydown", (event) => {
      if (!(event.key in KEY_STEPS)) return;
      event.preventDefault();
      event.stopPropagation();
      this.move(side, this.channel[side] + KEY_STEPS[event.key]);
    });
    return handle;
  }

  listen() {
    const { root, handles } = this;
    let held = "lo";
    root.addEventListener("pointerdown", (event) => {
      held = this.nearest(this.levelAt(event.clientX));
      root.setPointerCapture(event.pointerId);
      event.preventDefault();
      handles[held].focus();
    });
    root.addEventListener("pointermove", (event) => {
      if (root.hasPointerCapture(event.pointerId)) this.move(held, this.levelAt(event.clientX));
    });
  }

  /** The limit that lies nearer to a level. */
  nearest(level) {
    const { lo, hi } = this.channel;
    return level < (lo + hi) / 2 ? "lo" : "hi";
  }

  levelAt(x) {
    const { left, width } = this.canvas.getBoundingClientRect();
    return ((x - left) / width) * TOP_LEVEL;
  }

  /** The two limits never meet: the smallest span is one level. */
  move(side, level) {
    const { lo, hi } = this.channel;
    const wanted = Math.round(level);
    this.change(
      side === "lo" ? { lo: clamp(wanted, 0, hi - 1) } : { hi: clamp(wanted, lo + 1, TOP_LEVEL) },
    );
  }
}
