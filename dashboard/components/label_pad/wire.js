// An act as the labels route takes it.

const STATES_LABELS = ["label", "accept"];

export function wire({ key, kind, of, hash, decisions }) {
  if (kind !== "decide") return { key, kind, of };
  return { key, kind, hash, decisions: decisions.map(wireDecision) };
}

/** Only a decision on the labels states them; the others leave them as they are. */
function wireDecision({ id, base, track, after }) {
  const { kind, labels, note } = after;
  return { sample: id, base, track, kind, labels: STATES_LABELS.includes(kind) ? labels : null, note };
}
