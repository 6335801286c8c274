// What moving a class to its optimum gains, and whether that is more than the luck of the samples.
//
// One of the two thresholds calls whatever the other does and more, so the samples fall into five
// cells; drawing samples anew changes their counts and nothing else of F1. The counts are drawn from
// Poisson distributions, with the same chances each time: standing still must not look like change.

import { f1FromCounts } from "./class_order.js";

const REPLICATES = 200;
const ENDS = [0.025, 0.975];
const NORMAL_FROM = 50; // From so large a mean on a normal number, rounded, is near enough.

/** The 95 % interval of best's F1 minus now's, both { tp, called } of a class of `support`. */
export function gainInterval(now, best, support) {
  const [few, many] = now.called < best.called ? [now, best] : [best, now];
  const between = { tp: many.tp - few.tp, called: many.called - few.called };
  const cells = [few.tp, few.called - few.tp, between.tp, between.called - between.tp, support - many.tp];
  const random = seeded(1);
  const gains = Array.from({ length: REPLICATES }, () => {
    const [fewHits, fewWrong, hits, wrong, missed] = cells.map((mean) => poisson(mean, random));
    const positives = fewHits + hits + missed;
    const narrow = f1FromCounts(fewHits, positives, fewHits + fewWrong);
    const wide = f1FromCounts(fewHits + hits, positives, fewHits + fewWrong + hits + wrong);
    return few === now ? wide - narrow : narrow - wide;
  }).sort((a, b) => a - b);
  return ENDS.map((share) => gains[Math.round(share * (REPLICATES - 1))]);
}

/** Whether an interval spans 0: these samples do not tell such a gain from luck. */
export function isNoise([low, high]) {
  return low <= 0 && high >= 0;
}

function poisson(mean, random) {
  if (mean >= NORMAL_FROM) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(Math.round(mean + Math.sqrt(mean) * normal), 0);
  }
  let drawn = 0;
  for (let left = random(); left > Math.exp(-mean); left *= random()) drawn += 1;
  return drawn;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
