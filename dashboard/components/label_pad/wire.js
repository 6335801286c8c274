// An act as the labels route takes it.

const STATES_LABELS = ["label", "accept"];

/** With `settles`, the labels decided settle a dispute. */
export function wire({ key, kind, of, hash, settles, decisions }) {
  if (kind !== "decide") return { key, kind, of };
  return { key, kind, hash, decisions: decisions.map((each) => wireDecision(each, settles)) };
}

/** Only a decision on the labels states them; the others leave them as they are. */
function wireDecision({ id, base, track, after }, settles) {
  const { kind, labels, note } = after;
  const plain = { sample: id, base, track, note };
  if (!STATES_LABELS.includes(kind)) return { ...plain, kind, labels: null };
  return { ...plain, kind: settles ? "adjudicate" : kind, labels };
}
