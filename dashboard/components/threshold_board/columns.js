// The line above the rows: names, the axis, and sorting.

import { tickLabels } from "./axis.js";
import { element } from "./elements.js";

const COLUMNS = [
  { key: "pick", label: "" },
  { key: "id", label: "Class", of: (row) => row.index },
  { key: "support", label: "Pos", of: (row) => row.order.support },
  { key: "distance", label: "by distance", of: (row) => row.distance() },
  { key: "threshold", label: "Threshold", of: (row) => row.board.threshold(row.index) },
  { key: "f1", label: "F1", of: (row) => row.painted.f1, scored: true },
  { key: "gain", label: "Gain", of: (row) => row.optimum.f1 - row.painted.f1, scored: true },
  { key: "precision", label: "Prec", of: (row) => row.painted.precision, scored: true },
  { key: "recall", label: "Rec", of: (row) => row.painted.recall, scored: true },
  { key: "tp", label: "TP", of: (row) => row.painted.tp, scored: true },
  { key: "fp", label: "FP", of: (row) => row.painted.fp, scored: true },
  { key: "fn", label: "FN", of: (row) => row.painted.fn, scored: true },
  { key: "called", label: "Calls", of: (row) => row.painted.called, scored: false },
  { key: "share", label: "Share", of: (row) => row.painted.called, scored: false },
  { key: "reset", label: "" },
];
const FIRST = "id"; // Rising at first; every other column begins with its largest.
const TITLES = {
  support: "Sort by positives: images that truly have the class",
  f1: "Sort by F1; \u2013 where a class has neither positives nor calls, which macro F1 counts as 0",
  precision: "Sort by precision; \u2013 where nothing is called",
  recall: "Sort by recall; \u2013 where no image has the class",
  gain: "F1 at the exact optimum minus F1 now, on these very samples",
  distance: "Sort by distance from the optimum",
};

export class Columns {
  /** `sort` is called with a comparison of rows. */
  constructor(board, sort) {
    Object.assign(this, { board, sort, sorted: FIRST, cells: {} });
    const shown = COLUMNS.filter(({ scored }) => scored === undefined || scored === board.state.hasTruth);
    this.root = element("div", { class: "row columns", role: "row" }, ...shown.map((one) => this.#cell(one)));
    this.cells[FIRST].setAttribute("aria-sort", "ascending");
  }

  /** Write the axis over the tracks. */
  drawAxis() {
    this.axis.replaceChildren(...tickLabels(this.board.axis));
  }

  #cell(column) {
    const { key, label, of } = column;
    const cell = element("span", { class: `heading ${key}`, role: "columnheader" });
    this.cells[key] = cell;
    if (key === "distance") {
      this.axis = element("span", { class: "axis", "aria-hidden": "true" });
      cell.append(this.axis);
    }
    if (of === undefined || (key === "distance" && !this.board.state.hasTruth)) return cell;
    const title = TITLES[key] ?? `Sort by ${label.toLowerCase()}`;
    const button = element("button", { type: "button", title }, label);
    button.addEventListener("click", () => this.#choose(column));
    cell.append(button);
    return cell;
  }

  #choose({ key, of }) {
    const back = this.sorted === key;
    this.cells[this.sorted]?.removeAttribute("aria-sort");
    this.sorted = back ? `${key} back` : key;
    const rising = (key === FIRST) !== back;
    this.cells[key].setAttribute("aria-sort", rising ? "ascending" : "descending");
    const sense = rising ? 1 : -1;
    this.sort((a, b) => sense * (of(a) - of(b)) || a.index - b.index);
  }
}
