// One class: its curve with the draggable threshold on it, and its figures.

import { TICKS } from "./axis.js";
import { areaPath, axisGrid, histogramPath, linePath, ticksPath } from "./curve_paths.js";
import { element, Text, vector } from "./elements.js";
import {
  formatChange,
  formatCount,
  formatF1,
  formatRatio,
  formatThreshold,
  readThreshold,
} from "./format.js";
import { Slider } from "./slider.js";

const FIGURES = ["f1", "gain", "precision", "recall", "tp", "fp", "fn"];
const FIGURES_WITHOUT_TRUTH = ["called", "share"];
const WRITE = {
  f1: (scores) => formatF1(scores.f1),
  gain: (scores, optimum) => formatChange(optimum.f1 - scores.f1) || "\u00b7",
  precision: (scores) => formatRatio(scores.precision),
  recall: (scores) => formatRatio(scores.recall),
  tp: (scores) => formatCount(scores.tp),
  fp: (scores) => formatCount(scores.fp),
  fn: (scores) => formatCount(scores.fn),
  called: (scores) => formatCount(scores.called),
  share: (scores, _, samples) => `${((100 * scores.called) / samples).toFixed(2)} %`,
};

export class Row {
  /** `board` is asked for axis and state and told of moves; see Board. */
  constructor(board, index, name) {
    Object.assign(this, { board, index, name, locked: false, selected: false });
    this.order = board.state.orders[index];
    this.optimum = board.optima[index];
    this.figures = (board.state.hasTruth ? FIGURES : FIGURES_WITHOUT_TRUTH).map((figure) => ({
      figure,
      text: new Text(),
    }));
    this.#build();
    this.slider = new Slider(this.plot, this.handle, {
      axis: () => board.axis,
      value: () => board.threshold(index),
      movable: () => !this.locked,
      move: (value) => board.move([index], value),
      finish: (when) => board.finish(when),
      cancel: () => board.cancel(),
    });
  }

  /** Redraw the curve: after a change of axis, of the fallback, or of other classes under it. */
  drawCurve() {
    const { board, optimum } = this;
    const { axis, state } = board;
    const grid = axisGrid(axis, state.hasTruth ? [optimum.threshold] : []);
    const height = state.hasTruth
      ? (scores) => scores.f1
      : (scores) => Math.sqrt(scores.called / Math.max(state.samples, 1));
    const line = linePath(axis, grid, state.curve(this.index, grid).map(height));
    this.paths.line.setAttribute("d", line);
    this.paths.area.setAttribute("d", areaPath(line));
    this.paths.ticks.setAttribute("d", ticksPath(axis, TICKS.slice(1, -1)));
    this.painted = null;
    if (!state.hasTruth) return;
    this.paths.positives.setAttribute("d", histogramPath(axis, positiveScores(this.order)));
    this.best.style.transform = `translateX(${100 * axis.toX(optimum.threshold)}%)`;
    this.half.style.transform = `translateX(${100 * axis.toX(optimum.f1 / 2)}%)`;
  }

  /** Show the threshold and its figures; does nothing where neither changed. */
  paint() {
    const { board, index } = this;
    const threshold = board.threshold(index);
    const scores = board.state.classScores(index);
    const last = this.painted;
    if (last && last.threshold === threshold && last.tp === scores.tp && last.called === scores.called)
      return;
    this.painted = { threshold, ...scores };
    this.#placeHandle(threshold, scores);
    for (const { figure, text } of this.figures) {
      text.set(WRITE[figure](scores, this.optimum, board.state.samples));
    }
  }

  /** Bring the field up to date: a field is dear to change, so it waits under the figure for rest. */
  settle() {
    this.input.value = formatThreshold(this.board.threshold(this.index));
    this.input.title = String(this.board.threshold(this.index));
  }

  setLocked(locked) {
    this.locked = locked;
    this.root.classList.toggle("locked", locked);
    this.lock.setAttribute("aria-pressed", String(locked));
    this.handle.setAttribute("aria-readonly", String(locked));
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

  #placeHandle(threshold, scores) {
    const x = 100 * this.board.axis.toX(threshold);
    const shown = formatThreshold(threshold);
    const truth = this.board.state.hasTruth;
    const height = truth ? scores.f1 : Math.sqrt(scores.called / Math.max(this.board.state.samples, 1));
    this.needle.style.transform = `translateX(${x}%)`;
    this.handle.style.transform = `translate(${x}%, ${100 - 100 * height}%)`;
    this.handle.setAttribute("aria-valuenow", shown);
    const told = truth ? `F1 ${formatF1(scores.f1)}` : `${formatCount(scores.called)} calls`;
    this.handle.setAttribute("aria-valuetext", `${shown}, ${told}`);
    this.shown.set(shown);
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
    this.#buildPlot(label);
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
      element("span", { class: "cell", role: "cell" }, this.plot),
      element("span", { class: "cell", role: "cell" }, field),
      ...figures,
      element("span", { class: "cell", role: "cell" }, this.reset),
    );
    this.root.classList.toggle("hopeless", this.optimum.f1 === 0);
    this.#listen();
  }

  #buildPlot(label) {
    const path = (kind) => vector("path", { class: kind, "vector-effect": "non-scaling-stroke" });
    this.paths = {
      ticks: path("ticks"),
      positives: path("positives"),
      area: path("area"),
      line: path("line"),
    };
    this.half = element("span", { class: "mark half" });
    this.best = element("span", { class: "mark best" });
    this.needle = element("span", { class: "mark needle" });
    this.handle = element("span", {
      class: "handle",
      role: "slider",
      tabindex: 0,
      "aria-label": `Threshold of ${label}`,
      "aria-valuemin": 0,
      "aria-valuemax": 1,
    });
    const drawing = vector(
      "svg",
      { viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true" },
      ...Object.values(this.paths),
    );
    this.plot = element("span", { class: "plot" }, drawing, this.half, this.best, this.needle, this.handle);
    if (!this.board.state.hasTruth) this.plot.classList.add("unscored");
  }

  #listen() {
    const { board, index } = this;
    this.lock.addEventListener("click", () => this.setLocked(!this.locked));
    this.reset.addEventListener("click", () => board.reset([index]));
    this.pick.addEventListener("change", () => board.select(index, this.pick.checked));
    this.root.addEventListener("focusin", () => board.look(index));
    this.root.addEventListener("pointerdown", () => board.look(index));
    this.input.addEventListener("change", () => this.#typed());
    this.handle.addEventListener("keydown", (event) => this.#command(event));
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

/** The scores of a class's positives, ascending. */
export function positiveScores({ scores, order, positivesBelow }) {
  const found = [];
  for (let k = 0; k < order.length; k += 1) {
    if (positivesBelow[k + 1] > positivesBelow[k]) found.push(scores[order[k]]);
  }
  return found;
}

function lockIcon() {
  return vector(
    "svg",
    { viewBox: "0 0 16 16", "aria-hidden": "true" },
    vector("path", { class: "shackle", d: "M5 7V5a3 3 0 0 1 6 0v2" }),
    vector("rect", { x: 3.5, y: 7, width: 9, height: 6.5, rx: 1.2 }),
  );
}
