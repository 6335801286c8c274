// The class under the hand, large: F1, precision and recall over its threshold.

import { TICKS, tickLabels } from "./axis.js";
import { axisGrid, bandPath, histogramPath, linePath, ticksPath } from "./curve_paths.js";
import { element, Text, vector } from "./elements.js";
import {
  formatCount,
  formatF1,
  formatGain,
  formatPrecision,
  formatRecall,
  formatThreshold,
} from "./format.js";

const LINES = ["recall", "precision", "f1"];
const LABELS = { f1: "F1", precision: "Precision", recall: "Recall" };

export class Detail {
  constructor(board) {
    this.board = board;
    this.index = null;
    this.title = new Text();
    this.paths = Object.fromEntries(
      ["ticks", "levels", "band", "positives", ...LINES].map((kind) => [
        kind,
        vector("path", { class: kind, "vector-effect": "non-scaling-stroke" }),
      ]),
    );
    this.needle = element("span", { class: "mark needle" });
    this.best = element("span", { class: "mark best" });
    this.facts = new Map(
      ["At the mark", "Exact optimum", "Gain there", "Half its F1", "Calls"].map((name) => [name, new Text()]),
    );
    this.axis = element("span", { class: "axis", "aria-hidden": "true" });
    this.root = this.#build();
  }

  look(index) {
    if (index === this.index) return;
    Object.assign(this, { index, followed: null });
    this.draw();
    this.settle();
    this.paint();
  }

  /** Redraw what does not follow the finger. */
  draw() {
    if (this.index === null) return;
    const { axis, state } = this.board;
    const row = this.board.rows[this.index];
    this.title.set(`${row.index} ${row.name}`);
    const grid = axisGrid(axis, [row.optimum.threshold]);
    const curve = state.curve(this.index, grid);
    for (const kind of LINES) {
      const values = curve.map((scores) => (scores.called || kind !== "precision" ? scores[kind] : null));
      this.paths[kind].setAttribute("d", linePath(axis, grid, values));
    }
    this.paths.band.setAttribute("d", bandPath(axis, state.bands[this.index]));
    this.paths.ticks.setAttribute("d", ticksPath(axis, TICKS.slice(1, -1)));
    this.paths.levels.setAttribute("d", "M0 25H1000M0 50H1000M0 75H1000");
    this.paths.positives.setAttribute("d", histogramPath(axis, row.order.positiveScores(), 24));
    this.best.style.left = `${100 * axis.toX(row.optimum.threshold)}%`;
    this.axis.replaceChildren(...tickLabels(axis));
  }

  /** What is told at rest: whether the optimum's gain is more than luck. */
  settle() {
    if (this.index === null) return;
    const row = this.board.rows[this.index];
    this.facts.get("Gain there").set(formatGain(row.gain(), row.order.support));
  }

  /** Follow what the class's row shows: written with it, in its turn. */
  paint() {
    const { board } = this;
    const row = board.rows[this.index];
    if (!row?.painted || row.painted === this.followed) return;
    this.followed = row.painted;
    const { threshold, called, tp } = row.painted;
    this.needle.style.left = `${100 * board.axis.toX(threshold)}%`;
    const { support } = row.order;
    const [f1, recall] = [formatF1(row.painted, support), formatRecall(row.painted, support, 4)];
    const ratios = `F1 ${f1}, precision ${formatPrecision(row.painted, 4)}, recall ${recall}`;
    this.facts.get("At the mark").set(`${formatThreshold(threshold)}: ${ratios}`);
    const best = `${formatThreshold(row.optimum.threshold)}: F1 ${formatF1(row.optimum, support)}`;
    this.facts.get("Exact optimum").set(`${best}, on these very samples`);
    this.facts.get("Half its F1").set(`${formatThreshold(row.optimum.f1 / 2)}: the optimum if calibrated`);
    const found = `${formatCount(tp)} of ${formatCount(support)} positives found`;
    this.facts.get("Calls").set(`${formatCount(called)}; ${found}`);
  }

  #build() {
    const drawing = vector(
      "svg",
      { viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true" },
      ...Object.values(this.paths),
    );
    const legend = LINES.toReversed().map((kind) => element("span", { class: `key ${kind}` }, LABELS[kind]));
    const facts = [...this.facts].flatMap(([name, text]) => [
      element("dt", {}, name),
      element("dd", {}, text.node),
    ]);
    return element(
      "aside",
      { class: "detail", "aria-label": "The class under the hand" },
      element("h4", {}, this.title.node),
      element("div", { class: "legend" }, ...legend, element("span", { class: "key positives" }, "Positives")),
      element("div", { class: "plot large" }, drawing, this.best, this.needle),
      this.axis,
      element("dl", {}, ...facts),
    );
  }
}
