// Decisions on their way to the server: kept in the browser until the server has them for good.
//
// An act is what one key press decides: one image, or a whole grid. It is stored before it is sent,
// sent with the key it was born with until the server answers, and forgotten only then; so a lost
// answer, a reload or a dead dashboard costs nothing, and the server can tell a repetition.
// `storage`, `send` and `wait` come from outside, so that all of this runs without a browser.

export const MOST_WAITING = 500; // Some 200 kB; a browser keeps five megabytes for a site.
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const PREFIX = "hpa-act";

/** A key that no other act has; the browser's own UUIDs need https or this very machine. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The answer to an act that the server will never take as it is. */
export class RefusedError extends Error {}

/** The server does not know who is speaking any more: nothing can be sent before it does. */
export class StrangerError extends Error {}

export class Outbox {
  /**
   * @param scope whose decisions, on what: two people at one browser never mix.
   * @param send(act) promises `{acked: [{id, version}], conflicts: [...]}`, or throws.
   * @param changed() is called whenever `status` may read differently.
   * @param settled(act, answer) is called once an act is durable or in conflict.
   */
  constructor({ scope, storage, send, changed, settled, wait = pause }) {
    Object.assign(this, { scope, storage, send, changed, settled, wait });
    this.acts = this.recall();
    this.trouble = "";
    this.refused = "";
    this.kept = true;
  }

  get full() {
    return this.acts.length >= MOST_WAITING;
  }

  /** How many decisions the server does not have yet. */
  get waiting() {
    return this.acts.reduce((sum, { decisions }) => sum + decisions.length, 0);
  }

  /** What is true of the decisions taken so far. */
  get status() {
    if (this.refused) return { state: "refused", text: this.refused };
    const { waiting } = this;
    if (!waiting) return { state: "saved", text: "All decisions saved" };
    if (!this.trouble) return { state: "saving", text: "Saving" };
    const kept = this.kept
      ? "They are kept in this browser and sent again."
      : "This browser keeps nothing: do not close the page.";
    return { state: "waiting", text: `${waiting} not yet saved: ${this.trouble} ${kept}` };
  }

  /** Take an act; its images' earlier acts, if they wait still, come before it. */
  add(act) {
    const placed = { ...act, order: (this.acts.at(-1)?.order ?? 0) + 1 };
    this.store(placed);
    this.acts.push(placed);
    this.changed();
    this.flush();
  }

  /** Send what waits, in order, one act at a time; a call while one runs changes nothing. */
  async flush() {
    if (this.sending || this.closed) return;
    this.sending = true;
    let failures = 0;
    while (this.acts.length && !this.closed && !this.refused) {
      const sent = await this.attempt(this.acts[0]);
      if (sent === "stranger") break;
      failures = sent ? 0 : failures + 1;
      if (!sent) await this.wait(Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
    }
    this.sending = false;
  }

  /** Send one act; whether it is done with. */
  async attempt(act) {
    try {
      const answer = await this.send(act);
      this.trouble = "";
      this.finish(act, answer);
      return true;
    } catch (error) {
      if (error instanceof RefusedError) this.refused = error.message;
      this.trouble = error.message;
      this.changed();
      return error instanceof StrangerError ? "stranger" : false;
    }
  }

  /** Later acts on the same images build on the versions that this one made. */
  finish(act, answer) {
    this.acts = this.acts.filter(({ key }) => key !== act.key);
    for (const later of this.acts) this.rebase(later, answer.acked);
    this.storage?.removeItem(this.name(act));
    this.settled(act, answer);
    this.changed();
  }

  rebase(later, acked) {
    const versions = new Map(acked.map(({ id, version }) => [id, version]));
    if (!later.decisions.some(({ id }) => versions.has(id))) return;
    later.decisions = later.decisions.map((decision) => ({
      ...decision,
      base: versions.get(decision.id) ?? decision.base,
    }));
    this.store(later);
  }

  /** Give up the act that the server refuses, once the person has read why; gives that act. */
  discardRefused() {
    const [act] = this.acts;
    this.refused = "";
    this.acts = this.acts.slice(1);
    this.storage?.removeItem(this.name(act));
    this.changed();
    this.flush();
    return act;
  }

  close() {
    this.closed = true;
  }

  name({ key }) {
    return `${PREFIX} ${this.scope} ${key}`;
  }

  store(act) {
    try {
      this.storage.setItem(this.name(act), JSON.stringify(act));
      this.kept = true;
    } catch {
      this.kept = false; // No storage, or no room: the status says so while anything waits.
    }
  }

  /** What an earlier page of this browser did not get through, oldest first. */
  recall() {
    const names = Object.keys(this.storage ?? {}).filter((name) =>
      name.startsWith(`${PREFIX} ${this.scope} `),
    );
    const acts = names.map((name) => parse(this.storage.getItem(name))).filter(Boolean);
    return acts.sort((a, b) => a.order - b.order);
  }
}

function parse(text) {
  try {
    const act = JSON.parse(text);
    return typeof act?.key === "string" && Array.isArray(act.decisions) ? act : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function pause(milliseconds) {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}
