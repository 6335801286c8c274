// The curve of one class with its threshold on it; the handle is what keys and readers hold.

import { TICKS } from "./axis.js";
import { areaPath, axisGrid, bandPath, histogramPath, linePath, ticksPath } from "./curve_paths.js";
import { element, vector } from "./elements.js";
import { formatCount, formatF1, formatThreshold, UNDEFINED } from "./format.js";

const PATHS = ["ticks", "band", "positives", "area", "line"];

export class Plot {
  /** `label` names the class to screen readers. */
  constructor(board, index, label) {
    Object.assign(this, { board, index });
    this.paths = Object.fromEntries(
      PATHS.map((kind) => [kind, vector("path", { class: kind, "vector-effect": "non-scaling-stroke" })]),
    );
    this.half = element("span", { class: "mark half" });
    this.best = element("span", { class: "mark best" });
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
    this.root = element("span", { class: "plot" }, drawing, this.half, this.best, this.handle);
  }

  /** Redraw the curve: after a change of axis, of the fallback, or of other classes under it. */
  draw() {
    const { paths } = this;
    const { axis, state } = this.board;
    const optimum = this.board.optima[this.index];
    const grid = axisGrid(axis, state.hasTruth ? [optimum.threshold] : []);
    const heights = state.curve(this.index, grid).map((scores) => this.#height(scores));
    const line = linePath(axis, grid, heights);
    paths.line.setAttribute("d", line);
    paths.ticks.setAttribute("d", ticksPath(axis, TICKS.slice(1, -1)));
    if (!state.hasTruth) {
      paths.area.setAttribute("d", areaPath(line));
      return;
    }
    paths.band.setAttribute("d", bandPath(axis, state.bands[this.index]));
    paths.positives.setAttribute("d", histogramPath(axis, state.orders[this.index].positiveScores()));
    this.best.style.left = `${100 * axis.toX(optimum.threshold)}%`;
    this.half.style.left = `${100 * axis.toX(optimum.f1 / 2)}%`;
  }

  /** Put the handle, which is felt and not seen, where the threshold stands. */
  place(threshold) {
    this.handle.style.left = `${100 * this.board.axis.toX(threshold)}%`;
  }

  /** Where the threshold is to be drawn: see Needles. */
  mark(threshold, scores) {
    return { x: this.board.axis.toX(threshold), height: this.#height(scores), look: this.#look() };
  }

  /** Tell the threshold and what it gives to screen readers. */
  tell(threshold, scores) {
    const shown = formatThreshold(threshold);
    const { hasTruth, orders } = this.board.state;
    const f1 = formatF1(scores, orders[this.index].support);
    const scored = f1 === UNDEFINED ? "no F1" : `F1 ${f1}`;
    const told = hasTruth ? scored : `${formatCount(scores.called)} calls`;
    this.handle.setAttribute("aria-valuenow", shown);
    this.handle.setAttribute("aria-valuetext", `${shown}, ${told}`);
  }

  #look() {
    if (this.handle.matches(":focus-visible")) return "focused";
    if (this.handle.getAttribute("aria-readonly") === "true") return "locked";
    return this.root.matches(":hover, .dragged") ? "hovered" : "plain";
  }

  /** F1; without truth the share of samples called, on a root scale. */
  #height(scores) {
    const { hasTruth, samples } = this.board.state;
    return hasTruth ? scores.f1 : Math.sqrt(scores.called / Math.max(samples, 1));
  }
}
