// All classes of one sample: score as a bar, threshold as a tick, the verdict as sign and word.

import { chip, sharedName, verdicts, verdictText } from "./class_chips.js";
import { element } from "./element.js";

export class ScoreChart {
  constructor() {
    this.byScore = false;
    this.order = element("button", { type: "button", onclick: () => this.turn() });
    this.rows = element("ol", { className: "scores" });
    this.note = element("p", { className: "score-note" });
    const marks = ["0", "0.5", "1"].map((text) => element("b", {}, text));
    const axis = element("div", { className: "score-axis" }, element("span", {}, ...marks));
    this.root = element(
      "div",
      { className: "score-chart" },
      this.note,
      this.rows,
      axis,
      this.order,
    );
  }

  turn() {
    this.byScore = !this.byScore;
    this.draw();
  }

  show(tile, { classes, thresholds, scoredClass }) {
    Object.assign(this, { tile, classes, thresholds, scoredClass });
    this.draw();
  }

  draw() {
    const { tile, classes, thresholds } = this;
    const judged = new Map(verdicts(tile).map(({ id, verdict }) => [id, verdict]));
    this.root.classList.toggle("without-scores", !tile.probs);
    this.order.hidden = !tile.probs;
    this.order.textContent = this.byScore ? "Sort by class" : "Sort by score";
    this.note.textContent = tile.probs
      ? "Bar: probability. Tick: threshold; a class is called above it."
      : "No predictions for this image: its labels alone.";
    const ids = classes.map((_, id) => id);
    if (this.byScore && tile.probs) ids.sort((a, b) => tile.probs[b] - tile.probs[a]);
    this.rows.replaceChildren(...ids.map((id) => this.row(id, tile, thresholds, judged.get(id))));
  }

  row(id, tile, thresholds, verdict) {
    const name = sharedName(tile, id, this.classes);
    const row = element("li", { className: `score ${verdict ?? "rest"}` });
    if (id === this.scoredClass) {
      row.classList.add("asked");
      row.ariaCurrent = "true";
    }
    row.append(element("span", { className: "score-id" }, `${id}`));
    row.append(
      element(
        "span",
        { className: "score-name", title: name },
        verdict ? chip(name, verdict) : name,
      ),
    );
    if (tile.probs) row.append(...this.bar(tile.probs[id], thresholds[id]));
    row.append(
      element("span", { className: "score-verdict" }, verdict ? verdictText(verdict) : ""),
    );
    return row;
  }

  bar(prob, threshold) {
    const share = (value) => `${value * 100}%`;
    const track = element(
      "span",
      {
        className: "score-track",
        title: `probability ${prob.toFixed(4)}, threshold ${threshold.toFixed(4)}`,
      },
      element("i", { className: "score-bar", style: { width: share(prob) } }),
      element("i", { className: "score-tick", style: { left: share(threshold) } }),
    );
    return [track, element("span", { className: "score-value" }, prob.toFixed(3))];
  }
}
