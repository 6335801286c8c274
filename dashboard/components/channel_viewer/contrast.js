// Histograms of 8-bit channels, and display limits that follow from them.

import { LEVELS } from "./composite.js";

const DARK_SHARE = 0.005; // Half a percent of the pixels may fall below the lower limit.
const BRIGHT_SHARE = 0.002; // A fifth of a percent may be saturated, ...
const PEAK_SHARE = 0.5; // ... but nothing under half of the brightest real structure is.
const SMALLEST_SPAN = 32; // A channel of mere noise is not stretched until it looks like signal.

/** How many pixels of `plane` (Uint8Array) have each level: Uint32Array (256). */
export function histogram(plane) {
  const counts = new Uint32Array(LEVELS);
  for (let pixel = 0; pixel < plane.length; pixel += 1) counts[plane[pixel]] += 1;
  return counts;
}

/**
 * The histogram with each pixel cut to its brightest neighbour (left, right, above, below).
 *
 * A hot pixel stands alone, so it falls to its surroundings; the smallest organelle covers more
 * than one pixel and stays.
 */
export function steadyHistogram(plane, size) {
  const counts = new Uint32Array(LEVELS);
  for (let row = 0, pixel = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1, pixel += 1) {
      const left = column > 0 ? plane[pixel - 1] : 0;
      const right = column < size - 1 ? plane[pixel + 1] : 0;
      const above = row > 0 ? plane[pixel - size] : 0;
      const below = row < size - 1 ? plane[pixel + size] : 0;
      const around = Math.max(left, right, above, below);
      counts[Math.min(plane[pixel], around)] += 1;
    }
  }
  return counts;
}

/** Display limits `{lo, hi}` for a steady histogram. */
export function autoLimits(counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const lowest = levelAbove(counts, total * DARK_SHARE);
  const peak = counts.findLastIndex((count) => count > 0);
  const bright = levelAbove(counts, total * (1 - BRIGHT_SHARE));
  const wanted = Math.max(bright, Math.round(peak * PEAK_SHARE), lowest + SMALLEST_SPAN);
  const hi = Math.min(wanted, LEVELS - 1);
  return { lo: Math.min(lowest, hi - SMALLEST_SPAN), hi };
}

/**
 * Limits for many images: the lower quartile of their `lo`, the upper quartile of their `hi`.
 *
 * So three in four images keep all that their own limits show, and one odd image decides nothing.
 */
export function sharedLimits(limits) {
  const quartile = (values, share) =>
    values.sort((a, b) => a - b)[Math.round((values.length - 1) * share)];
  return {
    lo: quartile(
      limits.map(({ lo }) => lo),
      0.25,
    ),
    hi: quartile(
      limits.map(({ hi }) => hi),
      0.75,
    ),
  };
}

/** One histogram of many images. */
export function sumHistograms(histograms) {
  const sum = new Uint32Array(LEVELS);
  for (const counts of histograms) counts.forEach((count, level) => (sum[level] += count));
  return sum;
}

/** The shares of the pixels below and above the limits: they show no difference any more. */
export function cutShares(counts, { lo, hi }) {
  let [below, above, total] = [0, 0, 0];
  counts.forEach((count, level) => {
    total += count;
    if (level < lo) below += count;
    if (level > hi) above += count;
  });
  return { below: below / total, above: above / total };
}

/** The first level with at least `wanted` pixels at or below it. */
function levelAbove(counts, wanted) {
  let below = 0;
  for (let level = 0; level < LEVELS; level += 1) {
    below += counts[level];
    if (below >= wanted) return level;
  }
  return LEVELS - 1;
}
