// The needles and dots of all rows in one drawing over the table.
//
// A move of 28 classes then changes a few paths and lays nothing out. The drawing has a layer of its
// own, so that the curves below are not drawn again.

import { vector } from "./elements.js";

const ROW = 26; // As tall as a row and its line in rows.css.
const [TOP, BOTTOM] = [0.5, 24.5]; // Of a plot within its row.
const NEEDLE_INSET = 2;
const PARTS = {
  plain: ["needle", "rim", "dot"],
  locked: ["needle", "rim", "dot"],
  hovered: ["needle", "rim", "dot"],
  focused: ["needle", "halo", "rim", "dot"],
};

export class Needles {
  constructor() {
    this.groups = Object.entries(PARTS).map(([look, kinds]) => ({
      look,
      paths: kinds.map((kind) => ({
        kind,
        drawn: "",
        node: vector("path", { class: kind, "vector-effect": "non-scaling-stroke" }),
      })),
    }));
    const groups = this.groups.map(({ look, paths }) =>
      vector("g", { class: look }, ...paths.map(({ node }) => node)),
    );
    this.drawing = vector("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }, ...groups);
  }

  /** Make room for so many rows. */
  setRows(count) {
    this.drawing.setAttribute("viewBox", `0 0 1000 ${Math.max(count, 1) * ROW}`);
  }

  /** Draw `marks`: of each visible row from the top { x, height, look }, the first two in [0, 1]. */
  paint(marks) {
    for (const { look, paths } of this.groups) {
      let needles = "";
      let dots = "";
      marks.forEach((mark, row) => {
        if (mark.look !== look) return;
        const x = (1000 * mark.x).toFixed(1);
        const y = row * ROW + BOTTOM - mark.height * (BOTTOM - TOP);
        needles += `M${x} ${row * ROW + TOP + NEEDLE_INSET}V${row * ROW + BOTTOM - NEEDLE_INSET}`;
        dots += `M${x} ${y.toFixed(2)}h0`;
      });
      for (const path of paths) draw(path, path.kind === "needle" ? needles : dots);
    }
  }
}

function draw(path, shape) {
  if (path.drawn === shape) return;
  path.drawn = shape;
  path.node.setAttribute("d", shape);
}
