// The images of a queue, asked for before they are needed, several at a time.

import { StrangerError } from "./outbox.js";

const GRID = 48;
const SIZES = { one: { low: 6, want: 10 }, grid: { low: 2 * GRID, want: 2 * GRID } };
const PAUSE_MS = 2000;

export class TaskFeed {
  /** `changed()` is called when tasks, or the reason for having none, have come. */
  constructor(client, { queue, question }, desk, changed) {
    Object.assign(this, { client, queue, desk, changed });
    this.sizes = question === null ? SIZES.one : SIZES.grid;
    this.left = null;
    this.trouble = "";
    this.exhausted = false;
    this.recalled = false;
  }

  /** The images that a grid shows now. */
  get page() {
    return this.desk.tasks.slice(this.desk.at, this.desk.at + GRID);
  }

  /** The images that the grid shows after this one. */
  get nextPage() {
    return this.desk.tasks.slice(this.desk.at + GRID, this.desk.at + 2 * GRID);
  }

  /** Why there is no image to decide. */
  get waiting() {
    if (this.trouble) return `No image can be loaded: ${this.trouble}`;
    if (!this.exhausted) return "Loading the next image";
    return "Nothing is left in this queue, or others have it in hand. Choose another need above.";
  }

  get progress() {
    const { decided } = this.desk;
    const open = this.left && Math.max(this.left.count - (decided - this.left.decided), 0);
    const left = open === null ? "" : ` · ${open.toLocaleString("en")} left in the queue`;
    return `${decided.toLocaleString("en")} decided on this visit${left}`;
  }

  /** Ask again although the queue was empty: what others held may be free by now. */
  lookAgain() {
    this.exhausted = false;
  }

  /** Ask for more where few are left; a call while one is asked for changes nothing. */
  async refill() {
    const { desk, sizes } = this;
    const few = desk.tasks.length - desk.at < sizes.low;
    if (!few || this.asking || this.exhausted || this.closed) return;
    this.asking = true;
    try {
      await this.ask();
      this.trouble = "";
    } catch (error) {
      this.trouble = error.message;
      if (error instanceof StrangerError) this.exhausted = true; // A rerun of the page asks again.
      else await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    }
    this.asking = false;
    if (!this.closed) this.changed();
  }

  /** Keep what is in hand from others for longer. */
  prolong() {
    this.post(0).catch(() => {}); // A lease that ends costs a conflict at most, which is shown.
  }

  post(want, more) {
    const holding = this.desk.tasks.slice(this.desk.at).map(({ id }) => id);
    return this.client.post("tasks", { queue: this.queue, want, holding, ...more });
  }

  async ask() {
    const { desk, sizes } = this;
    const { decided } = desk;
    const { tasks, left, past } = await this.post(sizes.want, { past: !this.recalled });
    if (this.closed) return;
    this.exhausted = desk.add(tasks) === 0;
    this.left = { count: left, decided };
    if (past) desk.remember(past);
    this.recalled = true;
  }

  close() {
    this.closed = true;
  }
}
