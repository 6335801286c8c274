// The samples of one class in ascending order of score, and what follows from the order alone.
//
// With n scores, `position` of them at or below a threshold t and j of the P positives among these,
// F1(t) = 2 (P - j) / ((n - position) + P): a call is a score strictly above the threshold.

const INDEX_RANGE = 2 ** 22; // 30 bits of a float in [0, 1] and 22 of an index fit a double's 53.
export const NO_CALL = 1; // The threshold of a class without evidence: nothing lies above it.

export class ClassOrder {
  /** `scores`: Float32Array (n) in [0, 1], none of them -0; `truths`: Uint32Array (n) whose bit `bit` is the truth. */
  constructor(scores, truths, bit) {
    this.scores = scores;
    this.order = ascending(new Int32Array(scores.buffer, scores.byteOffset, scores.length));
    this.positivesBelow = countPositives(this.order, truths, bit);
    this.support = this.positivesBelow[scores.length];
  }

  /** How many scores lie at or below `threshold`; both are compared as 64-bit numbers. */
  position(threshold) {
    const { scores, order } = this;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (scores[order[middle]] <= threshold) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The scores of the positives, ascending. */
  positiveScores() {
    const { scores, order, positivesBelow } = this;
    return Array.from(order.filter((_, k) => positivesBelow[k + 1] > positivesBelow[k]), (i) => scores[i]);
  }

  /**
   * The threshold of highest F1, midway to the next lower score; of several the highest.
   *
   * `always(sample)` tells the samples that are called wherever the threshold stands; none without.
   */
  optimum(always = () => false) {
    const { scores, order, positivesBelow, support } = this;
    const n = order.length;
    let best = { threshold: NO_CALL, f1: -1 };
    let [forced, forcedHits] = [0, 0]; // Of the samples below `start`.
    const offer = (threshold, start) => {
      const tp = support - positivesBelow[start] + forcedHits;
      const called = n - start + forced;
      const f1 = f1FromCounts(tp, support, called);
      if (f1 >= best.f1) best = { threshold, f1, tp, called };
    };
    for (let start = 0, upper; start < n; start = upper) {
      const score = scores[order[start]];
      upper = start + 1;
      while (upper < n && scores[order[upper]] === score) upper += 1;
      const reached = score > 0 && positivesBelow[upper] > positivesBelow[start];
      if (reached) offer(between(start ? scores[order[start - 1]] : 0, score), start);
      for (let k = start; k < upper; k += 1) {
        if (!always(order[k])) continue;
        forced += 1;
        forcedHits += positivesBelow[k + 1] - positivesBelow[k];
      }
    }
    offer(NO_CALL, n);
    return best;
  }
}

/** F1 from counts, 0 where there is neither a positive nor a call. */
export function f1FromCounts(hits, positives, called) {
  return hits === 0 ? 0 : (2 * hits) / (positives + called);
}

/** Indices in ascending order of score: its bits and the index in one double, sorted natively. */
function ascending(bits) {
  const n = bits.length;
  if (n > INDEX_RANGE) throw new Error(`At most ${INDEX_RANGE} samples fit the board, not ${n}.`);
  const packed = new Float64Array(n);
  for (let i = 0; i < n; i += 1) packed[i] = bits[i] * INDEX_RANGE + i;
  packed.sort();
  const order = new Uint32Array(n);
  for (let k = 0; k < n; k += 1) order[k] = packed[k] % INDEX_RANGE;
  return order;
}

function countPositives(order, truths, bit) {
  const below = new Uint32Array(order.length + 1);
  for (let k = 0; k < order.length; k += 1) {
    below[k + 1] = below[k] + (truths === null ? 0 : (truths[order[k]] >>> bit) & 1);
  }
  return below;
}

function between(lower, upper) {
  const middle = (lower + upper) / 2;
  return middle < upper ? middle : lower;
}
