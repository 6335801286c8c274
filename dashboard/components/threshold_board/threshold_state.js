// Thresholds of all classes over all samples, and every F1 of them, exact after each move.
//
// Each sample's calls are the bits of one integer. A move turns only the bits of samples whose score
// lies between the old and the new threshold; sums are kept as integer counts, so nothing drifts.

import { ClassOrder, f1FromCounts } from "./class_order.js";

const CLIMB_ROUNDS = 20;
const LEAST_GAIN = 1e-12;
const RECOUNT_SHARE = 0.5; // Above so many changed calls a sample, counting all anew is quicker.

export class ThresholdState {
  /** `file`: as `parseScores` returns it; `orders`: its classes as ClassOrder, prepared once. */
  constructor(file, orders) {
    const { samples, classes, truths } = file;
    Object.assign(this, { samples, classes, orders, hasTruth: truths !== null, fallback: false });
    this.bands = file.bands ?? null;
    this.truths = truths ?? new Uint32Array(samples);
    this.sizes = Uint8Array.from(this.truths, countBits);
    this.highest = highestClasses(file);
    this.calls = new Uint32Array(samples).fill(2 ** classes - 1);
    this.thresholds = new Float64Array(classes);
    this.positions = new Int32Array(classes);
    this.width = 2 * classes + 1;
    this.supports = orders.map((order) => order.support);
    this.bare = orders.map((order) => order.optimum()); // Best thresholds without the fallback.
    this.totalSupport = this.supports.reduce((sum, support) => sum + support, 0);
    this.#recount();
    this.moveAll(new Array(classes).fill(0.5));
  }

  /** Move one class's threshold. */
  move(index, threshold) {
    this.moveAll(this.thresholds.with(index, threshold));
  }

  /** Move all classes at once; `thresholds` has one number a class. */
  moveAll(thresholds) {
    const targets = this.orders.map((order, index) => order.position(thresholds[index]));
    const turned = targets.reduce((sum, at, index) => sum + Math.abs(at - this.positions[index]), 0);
    const recounted = turned > RECOUNT_SHARE * this.samples;
    targets.forEach((target, index) => this.#turn(index, target, !recounted));
    if (recounted) this.#recount();
    this.thresholds.set(thresholds);
  }

  /** Counts and ratios of one class under the rule in force. */
  classScores(index) {
    const position = this.positions[index];
    const extra = this.fallback ? this.silentCalls[index] : 0;
    const extraHits = this.fallback ? this.silentHits[index] : 0;
    const order = this.orders[index];
    const tp = order.support - order.positivesBelow[position] + extraHits;
    return ratios(tp, this.samples - position + extra, order.support);
  }

  /** Macro, micro and samples F1, calls per sample, and the samples whose scores make no call. */
  summary() {
    let macro = 0;
    let hits = 0;
    let called = 0;
    for (let index = 0; index < this.classes; index += 1) {
      const scores = this.classScores(index);
      macro += scores.f1;
      hits += scores.tp;
      called += scores.called;
    }
    return {
      macro: macro / this.classes,
      micro: f1FromCounts(hits, this.totalSupport, called),
      samples: this.#samplesF1(),
      labelsPerImage: called / Math.max(this.samples, 1),
      silent: this.silent,
    };
  }

  /** F1, precision and recall of one class at ascending `grid` thresholds, the others unmoved. */
  curve(index, grid) {
    const { order, positivesBelow, support } = this.orders[index];
    const always = this.fallback ? this.#alwaysCalled(index) : null;
    let [forced, forcedHits, walked] = [0, 0, 0];
    return Array.from(grid, (threshold) => {
      const position = this.orders[index].position(threshold);
      for (; always !== null && walked < position; walked += 1) {
        const sample = order[walked];
        if (always(sample)) {
          forced += 1;
          forcedHits += (this.truths[sample] >>> index) & 1;
        }
      }
      const tp = support - positivesBelow[position] + forcedHits;
      return ratios(tp, this.samples - position + forced, support);
    });
  }

  /** The class's threshold of highest F1 under the rule in force, the others unmoved. */
  optimum(index) {
    return this.fallback ? this.orders[index].optimum(this.#alwaysCalled(index)) : this.bare[index];
  }

  /**
   * Thresholds with those of `indices` at their optima.
   *
   * Under the fallback a class's calls change the F1 of others: the classes then go in turn, each
   * only if macro F1 gains, until none does. No single move to an optimum betters what is returned.
   */
  climb(indices) {
    const standing = [...this.thresholds];
    const began = this.summary().macro;
    const goal = [...standing];
    for (const index of indices) goal[index] = this.bare[index].threshold;
    this.moveAll(goal);
    if (this.fallback) {
      if (this.summary().macro < began) this.moveAll(standing);
      for (let round = 0; round < CLIMB_ROUNDS && this.#climbOnce(indices); round += 1);
    }
    const reached = [...this.thresholds];
    this.moveAll(standing);
    return reached;
  }

  #climbOnce(indices) {
    let gained = false;
    for (const index of indices) {
      const [before, stood] = [this.summary().macro, this.thresholds[index]];
      this.move(index, this.optimum(index).threshold);
      if (this.summary().macro > before + LEAST_GAIN) gained = true;
      else this.move(index, stood);
    }
    return gained;
  }

  /** Whether the fallback calls `index` for a sample wherever the class's own threshold stands. */
  #alwaysCalled(index) {
    const { calls, highest } = this;
    const others = ~(1 << index);
    return (sample) => highest[sample] === index && (calls[sample] & others) === 0;
  }

  #samplesF1() {
    let sum = 0;
    for (let hits = 1; hits <= this.classes; hits += 1) {
      for (let size = 2 * hits; size < this.width; size += 1) {
        sum += (this.pairs[hits * this.width + size] * 2 * hits) / size;
      }
    }
    for (let size = 1; this.fallback && size <= this.classes; size += 1) {
      sum += (this.silentHitSizes[size] * 2) / (1 + size);
    }
    return sum / Math.max(this.samples, 1);
  }

  /** Turn the calls of a class that its new place in the order changes, and keep count if `counted`. */
  #turn(index, target, counted) {
    const { calls, positions } = this;
    const { order } = this.orders[index];
    const [start, end] = [positions[index], target].sort((a, b) => a - b);
    const bit = 1 << index;
    for (let k = start; k < end; k += 1) {
      const sample = order[k];
      if (counted) this.#count(sample, -1);
      calls[sample] ^= bit;
      if (counted) this.#count(sample, 1);
    }
    positions[index] = target;
  }

  #recount() {
    const { samples, classes } = this;
    this.pairs = new Int32Array((classes + 1) * this.width); // [hits, calls + positives]: samples
    this.silent = 0;
    this.silentCalls = new Int32Array(classes);
    this.silentHits = new Int32Array(classes);
    this.silentHitSizes = new Int32Array(classes + 1);
    for (let sample = 0; sample < samples; sample += 1) this.#count(sample, 1);
  }

  #count(sample, step) {
    const calls = this.calls[sample];
    const truth = this.truths[sample];
    if (calls !== 0) {
      const size = countBits(calls) + this.sizes[sample];
      this.pairs[countBits(calls & truth) * this.width + size] += step;
      return;
    }
    const highest = this.highest[sample];
    this.silent += step;
    this.silentCalls[highest] += step;
    if ((truth >>> highest) & 1) {
      this.silentHits[highest] += step;
      this.silentHitSizes[this.sizes[sample]] += step;
    }
  }
}

/** Prepare a state, giving way to the page between classes. */
export async function buildState(file, { pause = async () => {} } = {}) {
  const orders = [];
  for (let index = 0; index < file.classes; index += 1) {
    const start = index * file.samples;
    const scores = file.scores.subarray(start, start + file.samples);
    orders.push(new ClassOrder(scores, file.truths, index));
    await pause(index + 1, file.classes);
  }
  return new ThresholdState(file, orders);
}

function ratios(tp, called, support) {
  return {
    tp,
    fp: called - tp,
    fn: support - tp,
    called,
    f1: f1FromCounts(tp, support, called),
    precision: called ? tp / called : 0,
    recall: support ? tp / support : 0,
  };
}

/** The class of the highest score of each sample; of several, the first. */
function highestClasses({ samples, classes, scores }) {
  const highest = new Uint8Array(samples);
  const best = scores.slice(0, samples);
  for (let index = 1; index < classes; index += 1) {
    for (let sample = 0, at = index * samples; sample < samples; sample += 1, at += 1) {
      if (scores[at] > best[sample]) {
        best[sample] = scores[at];
        highest[sample] = index;
      }
    }
  }
  return highest;
}

function countBits(value) {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
