// The bytes that dashboard/score_file.py writes: scores and truth of one run on one split.
//
//   6 little-endian uint32     magic "HPAS", version, samples N, classes C, 1 if the truth is known,
//                              thresholds K of the bands, 0 where the truth is not known
//   float32 (C, N)             scores, class by class
//   uint32 (N)                 truth of each sample, bit c = class c; absent where it is not known
//   float32 (K)                thresholds of the bands, ascending
//   float32 (C, K), twice      lower and upper end of each class's F1 at them

const MAGIC = 0x53415048;
const VERSION = 2;
const HEADER_BYTES = 24;
export const MOST_CLASSES = 31; // A sample's calls are the bits of one integer.

/** Read a score file without copying its scores. Throws an Error with one sentence. */
export function parseScores(buffer) {
  const header = new DataView(buffer);
  if (buffer.byteLength < HEADER_BYTES || header.getUint32(0, true) !== MAGIC) {
    throw new Error("The scores did not arrive as a score file; reload the page.");
  }
  const [version, samples, classes, known, steps] = [4, 8, 12, 16, 20].map((at) => header.getUint32(at, true));
  const cells = samples * classes;
  const scored = HEADER_BYTES + 4 * (cells + (known ? samples : 0));
  const expected = scored + 4 * steps * (1 + 2 * classes);
  if (version !== VERSION || classes > MOST_CLASSES || buffer.byteLength !== expected) {
    throw new Error("The score file is of another version or cut short; reload the page.");
  }
  return {
    samples,
    classes,
    scores: new Float32Array(buffer, HEADER_BYTES, cells),
    truths: known ? new Uint32Array(buffer, HEADER_BYTES + 4 * cells, samples) : null,
    bands: steps ? readBands(buffer, scored, { classes, steps }) : null,
  };
}

/** One { thresholds, low, high } a class. */
function readBands(buffer, start, { classes, steps }) {
  const row = (number) => new Float32Array(buffer, start + 4 * steps * number, steps);
  return Array.from({ length: classes }, (_, index) => ({
    thresholds: row(0),
    low: row(1 + index),
    high: row(1 + classes + index),
  }));
}
