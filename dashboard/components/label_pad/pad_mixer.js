// The channel mixer as the pad has it: folded away, for its keys are at hand all the time.

import { element } from "../channel_viewer/element.js";
import { MixerBar } from "../channel_viewer/mixer_bar.js";
import { MixerStore } from "../channel_viewer/mixer_store.js";
import { mixerKeys } from "../channel_viewer/shortcuts.js";

export class PadMixer {
  /** `inSight()` gives what is shown, if anything; `changed()` asks for it to be drawn. */
  constructor(inSight, changed) {
    this.store = new MixerStore();
    this.store.listeners.add(changed);
    this.bar = new MixerBar(this.store, inSight);
    this.root = element(
      "details",
      { ontoggle: changed },
      element("summary", {}, "Channel mixer: keys 1 to 4, 0, A and I"),
      this.bar.root,
    );
  }

  get value() {
    return this.store.value;
  }

  /** The settings of one image, which may be its own. */
  of(id) {
    return this.store.of(id);
  }

  /** Take in hand the settings of the image shown large, by its id; null: of all. */
  turnTo(id) {
    this.store.scope = id;
  }

  /** What each key does. */
  get keys() {
    const { store } = this;
    return {
      ...mixerKeys(store),
      a: () => this.bar.autoContrast(),
      i: () => store.set({ ...store.value, inverted: !store.value.inverted }),
    };
  }

  draw() {
    if (this.root.open) this.bar.draw(this.value);
  }
}
