// The thresholds in the page's address, `?thresholds=`, as dashboard/threshold_link.py reads them.

const PARAMETER = "thresholds";

/** `unsaved.<split>.<fallback>.<numbers>`, the numbers as little-endian doubles in base 64. */
export function thresholdWord(split, { thresholds, fallback }) {
  const bytes = new Uint8Array(8 * thresholds.length);
  const view = new DataView(bytes.buffer);
  thresholds.forEach((value, index) => view.setFloat64(8 * index, value, true));
  const numbers = btoa(String.fromCharCode(...bytes));
  const safe = numbers.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return ["unsaved", split, fallback ? "top1" : "none", safe].join(".");
}

/** Put the thresholds into the address; the server, which follows, then adds no step to the history. */
export function writeThresholdLink(split, standing) {
  const address = new URL(window.location.href);
  address.searchParams.set(PARAMETER, thresholdWord(split, standing));
  window.history.replaceState(window.history.state, "", address);
}
