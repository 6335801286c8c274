// What the viewer wishes the server to show. Hands are quicker than the server: one message is under
// way at a time, the newest wish follows it, and what is not heard is sent again, later and later.
// Wishes are numbered, and each answer has the number of the last one that it follows.

const HEARD_MS = 800;

export class Wishes {
  /** `send` takes { sequence, position, large, image }; see `Wish` in __init__.py. */
  constructor(send) {
    Object.assign(this, { send, newest: null, underWay: null, timer: null });
  }

  /** Count on from what the server has heard; null where it follows no wishes. */
  begin(heard) {
    this.followed = heard !== null;
    this.sequence = this.shown = heard ?? 0;
  }

  /** Wish for something; `shown`: the viewer shows it already. */
  make(wish, { shown }) {
    if (!this.followed) return;
    this.sequence += 1;
    this.newest = { ...wish, sequence: this.sequence };
    if (shown) this.meet();
    if (this.underWay === null) this.#send(HEARD_MS);
  }

  /** The newest wish is shown, though not heard yet. */
  meet() {
    this.shown = this.newest.sequence;
  }

  /** Take an answer; returns whether it is to be shown, as it is not older than what is. */
  hear(heard) {
    if (this.underWay !== null && heard >= this.underWay) {
      this.end();
      if (this.newest.sequence > heard) this.#send(HEARD_MS);
      else this.newest = null;
    }
    if (this.followed && heard < this.shown) return false;
    this.shown = heard;
    return true;
  }

  /** Send nothing again. */
  end() {
    clearTimeout(this.timer);
    this.underWay = null;
  }

  #send(patience) {
    this.underWay = this.newest.sequence;
    this.timer = setTimeout(() => this.#send(2 * patience), patience);
    this.send(this.newest);
  }
}
