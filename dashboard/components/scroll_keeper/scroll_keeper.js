/** Brings a page back to where it was scrolled to, once what was opened from it is closed. */

const HOLD_MS = 2000;
/** How long the place is held while charts and images come back; the reader's hand ends it. */

const HANDS = ["pointerdown", "keydown", "wheel", "touchstart"];

class ScrollKeeper {
  #place = "";
  #open = false;
  #left = null;
  #heldUntil = 0;

  constructor() {
    this.main = document.querySelector('[data-testid="stMain"]');
    this.byHand = () => this.#touched();
    for (const hand of HANDS) document.addEventListener(hand, this.byHand, true);
  }

  update({ place, open }) {
    const closed = this.#open && !open && this.#left?.place === place;
    if (open && !this.#open && this.#left) this.main.scrollTo(0, 0);
    [this.#place, this.#open] = [place, open];
    if (!closed) return;
    this.#heldUntil = performance.now() + HOLD_MS;
    this.#hold();
  }

  dispose() {
    this.#heldUntil = 0;
    for (const hand of HANDS) document.removeEventListener(hand, this.byHand, true);
  }

  /** What is opened was clicked: later, what is gone from the page has moved the rest of it. */
  #touched() {
    this.#heldUntil = 0;
    if (!this.#open) this.#left = { place: this.#place, top: this.main.scrollTop };
  }

  #hold() {
    if (performance.now() > this.#heldUntil) return;
    this.main.scrollTop = this.#left.top;
    requestAnimationFrame(() => this.#hold());
  }
}

export default function render({ data, parentElement }) {
  const keeper = (parentElement.scrollKeeper ??= new ScrollKeeper());
  keeper.update(data);
  return () => {
    keeper.dispose();
    delete parentElement.scrollKeeper;
  };
}
