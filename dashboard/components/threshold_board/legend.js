// What the marks mean and what the keys do, under the table.

import { element } from "./elements.js";

const HINT =
  "Drag anywhere on a curve; with Shift ten times finer. On a handle: arrows 0.001, with Shift " +
  "0.01, Page up and down 0.1, Home, End, O optimum, L lock, R reset, Space select, Ctrl Z undo.";

/** Draw the legend; the marks at half the optimum's F1 are shown on demand. */
export function drawLegend(board) {
  const hint = element("span", { class: "hint" }, HINT);
  if (!board.state.hasTruth) {
    const key = element("span", { class: "key" }, "Share of images called (root scale)");
    return element("div", { class: "legend" }, key, hint);
  }
  const halves = element("input", { type: "checkbox", class: "halves" });
  halves.addEventListener("change", () => board.root.classList.toggle("halves", halves.checked));
  const bandTitle =
    "Where F1 would lie for other images of the same kind, at a threshold not chosen on these; " +
    "without the highest-class fallback";
  const halfTitle = "With calibrated scores the best threshold is half of the best F1";
  const noiseTitle =
    "The 95 % interval of what the exact optimum gains here spans 0: these images do not tell it " +
    "from luck. Chosen on these very images, other gains may be luck too: see Strategies";
  return element(
    "div",
    { class: "legend" },
    element("span", { class: "key" }, "F1 over the threshold"),
    element("span", { class: "key band", title: bandTitle }, "its 95 % bootstrap band"),
    element("span", { class: "key set" }, "Threshold"),
    element("span", { class: "key best" }, "Exact optimum, in-sample"),
    element("span", { class: "key noise", title: noiseTitle }, "Gain is noise"),
    element("span", { class: "key positives" }, "Scores of the positives"),
    element("label", { class: "key half", title: halfTitle }, "Half of the best F1", halves),
    hint,
  );
}
