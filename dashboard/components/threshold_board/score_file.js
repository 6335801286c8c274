// The bytes that dashboard/score_file.py writes: scores and truth of one run on one split.
//
//   5 little-endian uint32     magic "HPAS", version, samples N, classes C, 1 if the truth is known
//   float32 (C, N)             scores, class by class
//   uint32 (N)                 truth of each sample, bit c = class c; absent where it is not known

const MAGIC = 0x53415048;
const VERSION = 1;
const HEADER_BYTES = 20;
export const MOST_CLASSES = 31; // A sample's calls are the bits of one integer.

/** Read a score file without copying its scores. Throws an Error with one sentence. */
export function parseScores(buffer) {
  const header = new DataView(buffer);
  if (buffer.byteLength < HEADER_BYTES || header.getUint32(0, true) !== MAGIC) {
    throw new Error("The scores did not arrive as a score file; reload the page.");
  }
  const [version, samples, classes, known] = [4, 8, 12, 16].map((at) => header.getUint32(at, true));
  const cells = samples * classes;
  const expected = HEADER_BYTES + 4 * (cells + (known ? samples : 0));
  if (version !== VERSION || classes > MOST_CLASSES || buffer.byteLength !== expected) {
    throw new Error("The score file is of another version or cut short; reload the page.");
  }
  return {
    samples,
    classes,
    scores: new Float32Array(buffer, HEADER_BYTES, cells),
    truths: known ? new Uint32Array(buffer, HEADER_BYTES + 4 * cells, samples) : null,
  };
}
