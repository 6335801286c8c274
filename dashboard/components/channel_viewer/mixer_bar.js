// The one bar of controls for every image in sight.

import { ChannelStrip } from "./channel_strip.js";
import { element } from "./element.js";
import {
  CHANNELS,
  CUSTOM,
  PRESETS,
  plainMixer,
  showAll,
  withChannel,
  withLimits,
  withPreset,
} from "./mixer_state.js";

export class MixerBar {
  /** `inSight()` gives what is shown: its `counts` and `limits` per channel, or null. */
  constructor(store, inSight) {
    this.store = store;
    this.inSight = inSight;
    this.strips = CHANNELS.map(
      (_, index) =>
        new ChannelStrip(index, (fields) => store.set(withChannel(store.value, index, fields))),
    );
    this.makeButtons();
    this.root = element(
      "section",
      { className: "mixer", "aria-label": "Channel mixer" },
      element(
        "div",
        { className: "mixer-tools" },
        this.presets,
        this.auto,
        this.perImage,
        this.all,
        this.reset,
      ),
      element("div", { className: "strips" }, ...this.strips.map((strip) => strip.root)),
    );
  }

  makeButtons() {
    const { store } = this;
    this.presets = element("select", {
      title: "Colours of the channels",
      "aria-label": "Colours of the channels",
      onchange: () => {
        store.set(withPreset(store.value, this.presets.value));
        this.presets.blur(); // The number keys are the channels' again.
      },
    });
    for (const [name, { title }] of Object.entries(PRESETS))
      this.presets.append(new Option(title, name));
    this.own = new Option("Own colours", CUSTOM);
    const button = (text, title, onclick) =>
      element("button", { type: "button", title, onclick }, text);
    this.auto = button("Auto contrast", "Limits from what is in sight. Key A", () =>
      this.autoContrast(),
    );
    this.all = button("All channels", "Show all four. Key 0", () =>
      store.set(showAll(store.value)),
    );
    this.reset = button("Reset", "The stored bytes as they are: 0 to 255, gamma 1", () =>
      store.set(plainMixer()),
    );
    this.each = element("input", {
      type: "checkbox",
      onchange: () => store.set({ ...store.value, perImage: this.each.checked }),
    });
    const title =
      "Auto contrast for every image by itself: images can no longer be compared by brightness";
    this.perImage = element(
      "label",
      { className: "check", title },
      this.each,
      "Each image by itself",
    );
  }

  /** Set the limits from what is in sight; they then hold for every image. */
  autoContrast() {
    const { limits } = this.inSight();
    if (limits) this.store.set({ ...withLimits(this.store.value, limits), perImage: false });
  }

  draw(mixer) {
    const { counts } = this.inSight();
    this.strips.forEach((strip, index) =>
      strip.draw(mixer.channels[index], counts?.[index] ?? null),
    );
    if (mixer.preset === CUSTOM) this.presets.append(this.own);
    else this.own.remove();
    this.presets.value = mixer.preset;
    this.each.checked = mixer.perImage;
    this.root.classList.toggle("per-image", mixer.perImage);
  }
}
