// What this browser remembers of labelling; it may forbid that, and then nothing is remembered.

const CONFLICTS = "hpa-conflicts";

export function storage() {
  try {
    return window.localStorage;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/** The conflicts that a person has not decided yet, from earlier visits too. */
export function recallConflicts(scope) {
  try {
    const kept = JSON.parse(storage()?.getItem(`${CONFLICTS} ${scope}`) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

export function keepConflicts(scope, conflicts) {
  const name = `${CONFLICTS} ${scope}`;
  if (conflicts.length) storage()?.setItem(name, JSON.stringify(conflicts));
  else storage()?.removeItem(name);
}
