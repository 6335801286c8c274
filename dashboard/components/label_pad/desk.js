// The images before one annotator, what is decided of them, and the way back and forth.
//
// Tasks come from the server's queue and are never changed in place. What a person has in hand but
// not decided yet is a draft; deciding turns it into an act, which the outbox takes to the server.

const MOST_STEPS = 200;

/** The classes a model calls: above their thresholds; under the fallback, else the highest one. */
export function callsOf(probs, thresholds, fallback) {
  if (!probs) return null;
  const ids = probs.map((_, id) => id);
  const called = ids.filter((id) => probs[id] > thresholds[id]);
  if (called.length || !fallback) return called;
  return [ids.reduce((best, id) => (probs[id] > probs[best] ? id : best))];
}

export class Desk {
  /** `newKey()` gives a key that no other act of the world has. */
  constructor(newKey) {
    this.newKey = newKey;
    this.tasks = [];
    this.at = 0;
    this.drafts = new Map();
    this.done = [];
    this.undone = [];
    this.passed = "";
  }

  /** How many images this visit has decided. */
  get decided() {
    const own = this.done.filter(({ earlier }) => !earlier);
    return own.reduce((sum, { decisions }) => sum + decisions.length, 0);
  }

  get task() {
    return this.tasks[this.at] ?? null;
  }

  /** Tasks after the present one. */
  get ahead() {
    return this.tasks.slice(this.at + 1);
  }

  /**
   * Add tasks of the queue, and say how many are new; one that is here already is left as it is.
   * What an earlier visit decided and the queue asks again begins anew.
   */
  add(tasks) {
    const here = new Set(this.tasks.filter(({ earlier }) => !earlier).map(({ id }) => id));
    const fresh = tasks.filter(({ id }) => !here.has(id));
    const asked = new Set(fresh.map(({ id }) => id));
    this.drop(({ id, earlier }) => earlier && asked.has(id));
    this.tasks.push(...fresh);
    return fresh.length;
  }

  /** Take what earlier visits did, so that it can be taken back, and brought back. */
  remember({ tasks, done, undone }) {
    const here = new Set(this.tasks.map(({ id }) => id));
    const usable = ({ decisions }) => !decisions.some(({ id }) => here.has(id));
    const earlier = (each) => ({ ...each, earlier: true });
    const old = tasks.filter(({ id }) => !here.has(id)).map(earlier);
    this.tasks.unshift(...old);
    this.at += old.length;
    this.done.unshift(...done.filter(usable).map(earlier));
    this.undone.unshift(...undone.filter(usable).map(earlier));
  }

  drop(unwanted) {
    const gone = new Set(this.tasks.filter(unwanted).map(({ id }) => id));
    if (!gone.size) return;
    this.at -= this.tasks.slice(0, this.at).filter(({ id }) => gone.has(id)).length;
    this.tasks = this.tasks.filter(({ id }) => !gone.has(id));
    const stays = ({ decisions }) => !decisions.some(({ id }) => gone.has(id));
    this.done = this.done.filter(stays);
    this.undone = this.undone.filter(stays);
  }

  find(id) {
    return this.tasks.findIndex((task) => task.id === id);
  }

  /** What stands on the pad: labels as an ascending list, and a note. */
  get draft() {
    const { id, labels, note } = this.task;
    return this.drafts.get(id) ?? { labels, note };
  }

  set draft(fields) {
    this.drafts.set(this.task.id, { ...this.draft, ...fields });
  }

  toggle(id) {
    const { labels } = this.draft;
    this.draft = { labels: flipped(labels, id) };
  }

  /** Decide the present image and go on to the next one; gives the act. */
  decide(kind) {
    const { task, draft } = this;
    const act = this.act([decision(task, { ...draft, kind })]);
    this.at += 1;
    return this.keep(act);
  }

  /** Decide many images in one act: `changes` holds `{task, labels}`. */
  decideMany(changes) {
    const kept = changes.map(({ task, labels }) =>
      decision(task, { labels, note: task.note, kind: "save" }),
    );
    this.at = Math.max(this.at, ...changes.map(({ task }) => this.find(task.id) + 1));
    return this.keep(this.act(kept));
  }

  /** Take the last act back; gives the act that says so, or null. */
  undo() {
    return this.turn(this.done, this.undone, "undo");
  }

  /** Do again what was taken back last; gives the act that says so, or null. */
  redo() {
    return this.turn(this.undone, this.done, "redo");
  }

  step(by) {
    const next = this.at + by;
    if (next >= 0 && next < this.tasks.length) this.at = next;
  }

  /** Take over the server's word on an image, such as its version. */
  settle(id, fields) {
    this.tasks = this.tasks.map((task) => (task.id === id ? { ...task, ...fields } : task));
  }

  /** Forget an act that was never recorded: it can be neither undone nor redone. */
  forget(key) {
    this.done = this.done.filter((act) => act.key !== key);
    this.undone = this.undone.filter((act) => act.key !== key);
  }

  act(decisions) {
    return { key: this.newKey(), kind: "decide", decisions };
  }

  keep(act) {
    this.done = [...this.done, act].slice(-MOST_STEPS);
    this.undone = [];
    this.apply(act, "after");
    return act;
  }

  /**
   * Move the last act of `from` to `to`; the image it was about comes before the person again. What
   * somebody else has built on is passed over, and `passed` says so.
   */
  turn(from, to, kind) {
    const blocked = [];
    while (from.at(-1)?.blocked) blocked.push(from.pop().blocked);
    this.passed = blocked.join(" ");
    const act = from.pop();
    if (!act) return null;
    to.push(act);
    this.apply(act, kind === "undo" ? "before" : "after");
    const place = this.find(act.decisions[0].id);
    if (place >= 0) this.at = place + (kind === "undo" ? 0 : act.decisions.length);
    return { key: this.newKey(), kind, of: act.key, decisions: act.decisions };
  }

  apply({ decisions }, side) {
    for (const each of decisions) {
      this.drafts.delete(each.id);
      this.settle(each.id, each[side]);
    }
  }
}

/** `labels` with class `id` put in or taken out, ascending. */
export function flipped(labels, id) {
  const next = labels.includes(id) ? labels.filter((each) => each !== id) : [...labels, id];
  return next.sort((a, b) => a - b);
}

/** Of `save`, whether the labels were changed or found right; unsure and skip leave them. */
function decision(task, { labels, note, kind }) {
  const { id, track, version, ...was } = task;
  const same = labels.join() === was.labels.join();
  const before = { labels: was.labels, note: was.note, kind: was.kind };
  // A label set of no class says nothing: whoever struck the last one out is unsure.
  const told = kind === "save" && !labels.length ? "unsure" : kind;
  if (told !== "save") return { id, track, base: version, before, after: { ...before, note, kind: told } };
  return { id, track, base: version, before, after: { labels, note, kind: same ? "accept" : "label" } };
}
