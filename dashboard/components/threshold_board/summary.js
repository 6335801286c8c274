// The head of the board: what all 28 thresholds give together, following the finger.

import { element, Text } from "./elements.js";
import { formatChange, formatCount, formatScore } from "./format.js";

const AGREED = 1e-12;
const MACRO = "The mean of the classes' F1: one with neither positives nor calls has none and counts as 0";
const TOTALS = [
  { key: "macro", label: "Macro F1", scored: true, help: MACRO },
  { key: "micro", label: "Micro F1", scored: true },
  { key: "samples", label: "Samples F1", scored: true },
  { key: "labelsPerImage", label: "Labels per image" },
  { key: "silent", label: "Images without a call" },
];

export class Summary {
  constructor(board) {
    this.board = board;
    this.said = element("span", { class: "said", "aria-live": "polite" });
    this.figures = TOTALS.filter(({ scored }) => board.state.hasTruth || !scored).map((figure) => ({
      ...figure,
      value: new Text(),
      change: new Text(),
      note: new Text(),
    }));
    this.root = element("div", { class: "summary" }, ...this.figures.map(drawFigure), this.said);
  }

  /** Show `summary`, and how it differs from `reference`, where the last move began. */
  paint(summary, reference) {
    for (const { key, scored, value, change } of this.figures) {
      value.set(scored || key === "labelsPerImage" ? formatScore(summary[key]) : formatCount(summary[key]));
      const difference = reference === null ? 0 : summary[key] - reference[key];
      change.set(formatChange(difference, key === "silent" ? 0 : 5));
      const sense = scored ? Math.sign(difference) : 0;
      change.node.parentNode.dataset.sense = ["worse", "same", "better"][sense + 1];
    }
  }

  /** Say beside each figure what it is to be read against; all digits are told on hovering. */
  note(summary, bestMacro, server) {
    const { state } = this.board;
    const share = ((100 * summary.silent) / Math.max(state.samples, 1)).toFixed(2);
    const given = state.fallback ? ", given a call" : "";
    const notes = {
      macro: bestMacro === null ? "" : `best ${formatScore(bestMacro)}, in-sample`,
      micro: "",
      samples: agreement(summary, server),
      labelsPerImage: state.hasTruth ? `truth ${formatScore(state.totalSupport / state.samples)}` : "",
      silent: `${share} % of ${formatCount(state.samples)}${given}`,
    };
    for (const { key, value, note } of this.figures) {
      note.set(notes[key]);
      value.node.parentNode.title = String(summary[key]);
      if (server !== null && key in server) note.node.parentNode.title = `Server: ${server[key]}`;
    }
  }

  /** The server's figures are of other thresholds while one moves. */
  doubt() {
    this.figures.find(({ key }) => key === "samples")?.note.set("");
  }

  /** Tell a screen reader the figures, once they have come to rest. */
  say() {
    const figures = this.figures.map(({ label, value }) => `${label} ${value.node.data}`);
    this.said.textContent = figures.join(", ");
  }
}

function drawFigure({ key, label, help, value, change, note }) {
  return element(
    "div",
    { class: "total", "data-figure": key },
    element("span", { class: "label", title: help }, label),
    element(
      "span",
      { class: "number" },
      element("output", { class: "shown" }, value.node),
      element("span", { class: "change", "data-sense": "same" }, change.node),
    ),
    element("span", { class: "note" }, note.node),
  );
}

function agreement(summary, server) {
  if (server === null) return "";
  const gaps = ["macro", "micro", "samples"].map((key) => Math.abs(summary[key] - server[key]));
  return Math.max(...gaps) <= AGREED
    ? "\u2713 all as the server\u2019s"
    : "not as the server\u2019s: reload";
}
