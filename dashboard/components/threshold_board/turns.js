// Which rows a frame writes: the row under the hand, and the others in turns.
//
// Writing the figures of 28 rows takes longer than a frame has. The board's own figures are exact in
// every frame; those of a row that is not under the hand follow within the next few, most of them in
// the frames that the hand leaves free.

const ROWS_A_MOVE = 2; // In a frame that follows the hand.
const ROWS_A_FRAME = 8; // In any other.

export class Turns {
  /** Rows have stale() and paint(). */
  constructor(rows) {
    Object.assign(this, { rows, next: 0 });
  }

  /**
   * Repaint `moved`, if one row is moved, and some of the stale others, fewer of them where the frame
   * is `moving`, that is follows the hand; true while more wait.
   */
  paint(moved, moving) {
    moved?.paint();
    let left = moving ? ROWS_A_MOVE : ROWS_A_FRAME;
    for (let seen = 0; seen < this.rows.length; seen += 1) {
      const row = this.rows[this.next];
      if (row.stale()) {
        if (left === 0) return true;
        row.paint();
        left -= 1;
      }
      this.next = (this.next + 1) % this.rows.length;
    }
    return false;
  }
}
