// Acts that somebody else was faster with: kept until the person has decided whose word stands.

import { keepConflicts, recallConflicts } from "./browser_memory.js";

export class Contest {
  /** `scope` is the outbox's; `decided(act)` sends an act that follows from a conflict. */
  constructor(scope, desk, decided) {
    Object.assign(this, { scope, desk, decided, open: recallConflicts(scope) });
  }

  /** Take the server's word on an act of which some images are contested: nothing was recorded. */
  take(act, conflicts) {
    this.desk.forget(act.of ?? act.key);
    if (act.kind !== "decide") return this.stay(act, conflicts);
    const contested = new Map(conflicts.map((theirs) => [theirs.id, theirs]));
    for (const decision of act.decisions) {
      const theirs = contested.get(decision.id);
      if (theirs) this.add(decision, decision.after, theirs);
    }
    keepConflicts(this.scope, this.open);
    this.again(act.decisions.filter(({ id }) => !contested.has(id)));
  }

  /** What others have built on is neither taken back nor brought back: all is as it was. */
  stay(act, conflicts) {
    this.desk.apply(act, act.kind === "undo" ? "after" : "before");
    for (const { id, now, version } of conflicts) this.desk.settle(id, { ...now, version });
  }

  add({ id, track }, mine, { now, version }) {
    this.desk.settle(id, { ...now, version });
    const others = this.open.filter((conflict) => conflict.id !== id);
    this.open = [...others, { id, track, mine, theirs: now, version }];
  }

  /** The rest of a grid of which some images are contested, as an act of its own. */
  again(decisions) {
    if (decisions.length) this.decided(this.desk.keep(this.desk.act(decisions)));
  }

  /** The person has chosen whose answer stands. */
  resolve(conflict, own) {
    const { id, track, mine, theirs, version } = conflict;
    this.open = this.open.filter((each) => each !== conflict);
    keepConflicts(this.scope, this.open);
    if (!own) return;
    const after = { ...mine, kind: mine.kind === "accept" ? "label" : mine.kind };
    const decision = { id, track, base: version, before: theirs, after };
    this.decided(this.desk.keep(this.desk.act([decision])));
  }
}
