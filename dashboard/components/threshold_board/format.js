// Numbers as the board shows and reads them.

export const UNDEFINED = "\u2013"; // A ratio that has nothing to divide by.

/** F1, precision and recall of a class of `support` positives; macro F1 counts as 0 what has none. */
export const formatF1 = ({ f1, called }, support) => (support + called ? f1.toFixed(4) : UNDEFINED);
export const formatPrecision = ({ precision, called }, digits = 3) =>
  called ? precision.toFixed(digits) : UNDEFINED;
export const formatRecall = ({ recall }, support, digits = 3) =>
  support ? recall.toFixed(digits) : UNDEFINED;
export const formatScore = (value) => value.toFixed(5); // As many digits as Kaggle's leaderboard.
const counts = new Intl.NumberFormat("en");
export const formatCount = (value) => counts.format(value);
export const formatThreshold = (value) => value.toFixed(4);

/** A signed difference; nothing where it rounds to zero. */
export function formatChange(value, digits = 4) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return "";
  return `${value > 0 ? "+" : "\u2212"}${text}`;
}

/** What a move would gain, how sure that is, and on how many positives. */
export function formatGain({ value, interval, noise }, positives) {
  if (value === 0) return "none: F1 is as high here";
  const [low, high] = interval.map((end) => formatChange(end, 3) || "0");
  const sure = noise ? ": noise" : "";
  const on = `${formatCount(positives)} positive${positives === 1 ? "" : "s"}`;
  return `${formatChange(value) || "0"} (95 %: ${low} to ${high}) on ${on}${sure}`;
}

/** Read a typed threshold, with a point or a comma; null where it is no number in [0, 1]. */
export function readThreshold(text) {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && value >= 0 && value <= 1 ? value : null;
}
