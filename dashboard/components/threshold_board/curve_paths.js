// One class's curves and histogram as SVG paths in a box 1000 wide and 100 high.

const STEPS = 240;
const BINS = 125;
const HISTOGRAM_HEIGHT = 34;

/** Ascending thresholds, evenly spread over the axis, with `extra` among them. */
export function axisGrid(axis, extra = []) {
  const even = Array.from({ length: STEPS + 1 }, (_, step) => axis.toThreshold(step / STEPS));
  return [...even, ...extra].sort((a, b) => a - b);
}

/** A line through the values in [0, 1] over their thresholds; it ends where one is null. */
export function linePath(axis, grid, values) {
  const end = values.indexOf(null);
  const points = values
    .slice(0, end < 0 ? values.length : end)
    .map((value, at) => `${x(axis, grid[at])} ${y(value)}`);
  return points.length ? `M${points.join("L")}` : "";
}

/** The same, closed down to the base line. */
export function areaPath(line) {
  return `${line}L1000 100L0 100Z`;
}

/** What lies between two curves over the same thresholds. */
export function bandPath(axis, { thresholds, low, high }) {
  const edge = (values) => Array.from(thresholds, (at, k) => `${x(axis, at)} ${y(values[k])}`);
  return `M${[...edge(high), ...edge(low).reverse()].join("L")}Z`;
}

/** Vertical lines of the full height. */
export function ticksPath(axis, thresholds) {
  return thresholds.map((threshold) => `M${x(axis, threshold)} 0V100`).join("");
}

/** Bars of how many of `scores` lie where, their height the root of the count. */
export function histogramPath(axis, scores, height = HISTOGRAM_HEIGHT) {
  const counts = new Float64Array(BINS);
  for (const score of scores) counts[Math.min(Math.floor(axis.toX(score) * BINS), BINS - 1)] += 1;
  const most = Math.max(...counts, 1);
  const width = 1000 / BINS;
  let path = "";
  counts.forEach((count, bin) => {
    if (count === 0) return;
    const tall = Math.max(height * Math.sqrt(count / most), 4).toFixed(1);
    path += `M${(bin * width).toFixed(1)} 100v-${tall}h${(width * 0.8).toFixed(1)}v${tall}Z`;
  });
  return path;
}

function x(axis, threshold) {
  return (1000 * axis.toX(threshold)).toFixed(1);
}

function y(value) {
  return (100 - 100 * value).toFixed(1);
}
