// One class: its curve with the draggable threshold on it, and its figures.

import { element, Text, vector } from "./elements.js";
import {
  formatChange,
  formatCount,
  formatF1,
  formatGain,
  formatPrecision,
  formatRecall,
  formatThreshold,
  readThreshold,
} from "./format.js";
import { gainInterval, isNoise } from "./gain_interval.js";
import { Plot } from "./plot.js";
import { Slider } from "./slider.js";

const FIGURES = ["f1", "gain", "precision", "recall", "tp", "fp", "fn"];
const FIGURES_WITHOUT_TRUTH = ["called", "share"];
const WRITE = {
  f1: (scores, { support }) => formatF1(scores, support),
  gain: (scores, { optimum }) => formatChange(optimum.f1 - scores.f1) || "\u00b7",
  precision: (scores) => formatPrecision(scores),
  recall: (scores, { support }) => formatRecall(scores, support),
  tp: (scores) => formatCount(scores.tp),
  fp: (scores) => formatCount(scores.fp),
  fn: (scores) => formatCount(scores.fn),
  called: (scores) => formatCount(scores.called),
  share: (scores, { samples }) => `${((100 * scores.called) / samples).toFixed(2)} %`,
};

export class Row {
  /** `board` is asked for axis and state and told of moves; see Board. */
  constructor(board, index, name) {
    Object.assign(this, { board, index, name, locked: false, selected: false, painted: null });
    this.order = board.state.orders[index];
    this.figures = (board.state.hasTruth ? FIGURES : FIGURES_WITHOUT_TRUTH).map((figure) => ({
      figure,
      text: new Text(),
    }));
    this.#build();
    this.slider = new Slider(this.plot.root, this.plot.handle, {
      axis: () => board.axis,
      value: () => board.threshold(index),
      movable: () => !this.locked,
      move: (value) => board.move([index], value),
      finish: (when) => board.finish(when),
      cancel: () => board.cancel(),
    });
  }

  /** The class's exact optimum under the rule in force. */
  get optimum() {
    return this.board.optima[this.index];
  }

  /** Redraw the curve; the figures follow with the next paint. */
  drawCurve() {
    this.plot.draw();
    this.dirty = true;
  }

  /** Where needle and dot are to be drawn. */
  mark() {
    const { board, index } = this;
    return this.plot.mark(board.threshold(index), board.state.classScores(index));
  }

  /** Whether the threshold or its counts are no longer those on the screen. */
  stale() {
    if (this.dirty) return true;
    const { board, index, painted } = this;
    const { tp, called } = board.state.classScores(index);
    return painted?.threshold !== board.threshold(index) || painted.tp !== tp || painted.called !== called;
  }

  /** Write the figures. */
  paint() {
    const { board, index } = this;
    const threshold = board.threshold(index);
    const scores = board.state.classScores(index);
    this.painted = { threshold, ...scores };
    this.dirty = false;
    this.shown.set(formatThreshold(threshold));
    this.plot.tell(threshold, scores);
    const of = { optimum: this.optimum, support: this.order.support, samples: board.state.samples };
    for (const { figure, text } of this.figures) {
      text.set(WRITE[figure](scores, of));
    }
  }

  /** Bring up to date what is dear to change and not seen: the field under the figure, the handle. */
  settle() {
    this.plot.place(this.board.threshold(this.index));
    this.input.value = formatThreshold(this.board.threshold(this.index));
    this.input.title = String(this.board.threshold(this.index));
  }

  /** What the optimum gains, with its 95 % interval and whether that is noise; see gain_interval.js. */
  gain() {
    const now = this.board.state.classScores(this.index);
    const interval = gainInterval(now, this.optimum, this.order.support);
    return { value: this.optimum.f1 - now.f1, interval, noise: isNoise(interval) };
  }

  setLocked(locked) {
    this.locked = locked;
    this.root.classList.toggle("locked", locked);
    this.lock.setAttribute("aria-pressed", String(locked));
    this.plot.handle.setAttribute("aria-readonly", String(locked));
    this.input.disabled = locked;
  }

  setSelected(selected) {
    this.selected = selected;
    this.pick.checked = selected;
    this.root.classList.toggle("picked", selected);
  }

  /** How far the threshold stands from the optimum's. */
  distance() {
    return Math.abs(this.board.threshold(this.index) - this.optimum.threshold);
  }

  #build() {
    const { board, index, name } = this;
    const label = `${index} ${name}`;
    this.pick = element("input", { type: "checkbox", tabindex: -1, "aria-label": `Select ${label}` });
    this.lock = element(
      "button",
      { class: "icon lock", type: "button", tabindex: -1, "aria-pressed": "false" },
      lockIcon(),
    );
    this.lock.setAttribute("aria-label", `Lock ${label}`);
    this.lock.title = "Lock: nothing moves this class (key L)";
    this.reset = element(
      "button",
      { class: "icon reset", type: "button", tabindex: -1, "aria-label": `Reset ${label}` },
      "\u21ba",
    );
    this.reset.title = "Back to where this class stood when the set was opened (key R)";
    this.input = element("input", {
      class: "value",
      type: "text",
      inputmode: "decimal",
      "aria-label": `Threshold of ${label}`,
    });
    this.shown = new Text();
    const field = element("span", { class: "field" }, element("span", {}, this.shown.node), this.input);
    this.plot = new Plot(board, index, label);
    const figures = this.figures.map(({ figure, text }) =>
      element("span", { class: `figure ${figure}`, role: "cell" }, text.node),
    );
    const title = element("span", { class: "name", title: label }, element("b", {}, `${index}`), name);
    const support = board.state.hasTruth ? formatCount(this.order.support) : "\u2013";
    this.root = element(
      "div",
      { class: "row", role: "row", "data-class": index },
      element("span", { class: "tools", role: "cell" }, this.pick, this.lock),
      element("span", { class: "class", role: "rowheader" }, title),
      element("span", { class: "figure support", role: "cell" }, support),
      element("span", { class: "cell", role: "cell" }, this.plot.root),
      element("span", { class: "cell", role: "cell" }, field),
      ...figures,
      element("span", { class: "cell", role: "cell" }, this.reset),
    );
    this.#listen();
  }

  #listen() {
    const { board, index } = this;
    this.lock.addEventListener("click", () => this.setLocked(!this.locked));
    this.reset.addEventListener("click", () => board.reset([index]));
    this.pick.addEventListener("change", () => board.select(index, this.pick.checked));
    this.root.addEventListener("focusin", () => board.look(index));
    this.root.addEventListener("pointerdown", () => board.look(index));
    this.input.addEventListener("change", () => this.#typed());
    this.plot.handle.addEventListener("keydown", (event) => this.#command(event));
  }

  /** Mark a gain that is noise, and a class whose optimum gives nothing. */
  doubtGain() {
    const gain = this.gain();
    const cell = this.figures.find(({ figure }) => figure === "gain").text.node.parentNode;
    cell.title = formatGain(gain, this.order.support);
    this.root.classList.toggle("noise", gain.noise && gain.value > 0);
    this.root.classList.toggle("hopeless", this.optimum.f1 === 0);
  }

  #typed() {
    const value = readThreshold(this.input.value);
    if (value === null) {
      this.settle();
      return;
    }
    this.board.move([this.index], value);
    this.board.finish({ soon: false });
  }

  #command(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const commands = {
      o: () => this.board.toOptimum([this.index]),
      l: () => this.setLocked(!this.locked),
      r: () => this.board.reset([this.index]),
      " ": () => this.board.select(this.index, !this.selected),
    };
    const command = commands[event.key.toLowerCase()];
    if (command === undefined) return;
    event.preventDefault();
    command();
  }
}

function lockIcon() {
  return vector(
    "svg",
    { viewBox: "0 0 16 16", "aria-hidden": "true" },
    vector("path", { class: "shackle open", d: "M8 7V5a3 3 0 0 1 6 0v2" }),
    vector("path", { class: "shackle closed", d: "M5 7V5a3 3 0 0 1 6 0v2" }),
    vector("rect", { x: 3.5, y: 7, width: 9, height: 6.5, rx: 1.2 }),
  );
}
