// Where a threshold lies on a track, as a share of its width, and back.

import { element } from "./elements.js";

export const AXES = {
  linear: { toX: (threshold) => threshold, toThreshold: (x) => x },
  // Rare classes live near 0: the square root gives the lowest tenth a third of the width.
  root: { toX: Math.sqrt, toThreshold: (x) => x * x },
};
export const TICKS = [0, 0.1, 0.25, 0.5, 0.75, 1];
const DRAGGED_DIGITS = 4;

/** Keep a threshold in [0, 1] at the digits shown, so that what is read is what is meant. */
export function settled(threshold) {
  const scale = 10 ** DRAGGED_DIGITS;
  return Math.round(Math.min(Math.max(threshold, 0), 1) * scale) / scale;
}

/** The numbers of an axis, each where it belongs. */
export function tickLabels(axis) {
  return TICKS.map((threshold) => {
    const label = element("span", { class: "tick" }, String(threshold));
    label.style.left = `${100 * axis.toX(threshold)}%`;
    return label;
  });
}
