// Undo and redo over values that are never changed in place.

const MOST_STEPS = 200;

export class History {
  constructor(value) {
    this.steps = [value];
    this.at = 0;
  }

  get value() {
    return this.steps[this.at];
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.steps.length - 1;
  }

  /** Add `value` after the present one; what was undone is forgotten. */
  push(value) {
    this.steps = [...this.steps.slice(0, this.at + 1), value].slice(-MOST_STEPS);
    this.at = this.steps.length - 1;
  }

  undo() {
    this.at = Math.max(this.at - 1, 0);
    return this.value;
  }

  redo() {
    this.at = Math.min(this.at + 1, this.steps.length - 1);
    return this.value;
  }
}
