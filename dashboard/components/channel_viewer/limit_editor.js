// A channel's histogram with two handles on it: the lower and the upper display limit. A drag that
// begins anywhere on it moves the nearer one; below it they can be typed.

import { LEVELS } from "./composite.js";
import { cutShares } from "./contrast.js";
import { clamp, element } from "./element.js";

const TOP_LEVEL = LEVELS - 1;
const KEY_STEPS = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -16,
  PageUp: 16,
  Home: -TOP_LEVEL,
  End: TOP_LEVEL,
};
const CUT_TITLE =
  "Pixels darker than the lower limit, and brighter than the upper one: they show no difference";
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
    this.fields = { lo: this.makeField("lo", stain), hi: this.makeField("hi", stain) };
    this.numbers = element("span", { className: "numbers" }, this.fields.lo, " to ", this.fields.hi);
    this.cut = element("output", { className: "cut", title: CUT_TITLE });
    this.listen();
  }

  /**
   * Show the channel's settings over `counts` (Uint32Array of 256, null while unknown); `varied`: every
   * image has other limits, and these are in their midst.
   */
  draw(channel, counts, varied) {
    this.channel = channel;
    for (const side of ["lo", "hi"]) {
      const handle = this.handles[side];
      handle.style.left = `${(channel[side] / TOP_LEVEL) * 100}%`;
      handle.setAttribute("aria-valuenow", channel[side]);
      const field = this.fields[side];
      if (!field.matches(":focus")) field.value = channel[side]; // Else a hand is at work there.
    }
    this.cut.textContent = varied ? "each image has its own" : cutText(counts, channel);
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

  makeField(side, stain) {
    const name = side === "lo" ? "Lower" : "Upper";
    return element("input", {
      type: "number",
      min: 0,
      max: TOP_LEVEL,
      "aria-label": `${name} limit of ${stain}`,
      onchange: ({ target }) => {
        const typed = target.value === "" ? this.channel[side] : target.valueAsNumber;
        target.value = this.move(side, typed);
      },
    });
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

  /** Set a limit and return it. The two never meet: the smallest span is one level. */
  move(side, level) {
    const { lo, hi } = this.channel;
    const wanted = Math.round(level);
    const limit = side === "lo" ? clamp(wanted, 0, hi - 1) : clamp(wanted, lo + 1, TOP_LEVEL);
    this.change({ [side]: limit });
    return limit;
  }
}

function cutText(counts, channel) {
  if (!counts) return "";
  const { below, above } = cutShares(counts, channel);
  return `${percent(below)} below, ${percent(above)} above`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
