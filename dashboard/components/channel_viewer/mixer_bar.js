// The one bar of controls for every image in sight.

import { ChannelStrip } from "./channel_strip.js";
import { element } from "./element.js";
import {
  ALL_OFF,
  CHANNELS,
  CUSTOM,
  PRESETS,
  plainMixer,
  showAll,
  withChannel,
  withLimits,
  withPreset,
} from "./mixer_state.js";

const NOTHING = { counts: null, limits: null };

export class MixerBar {
  /**
   * `inSight()` gives what is shown, if anything: its `counts` and `limits` per channel, or null, and
   * whether it is `many` images.
   */
  constructor(store, inSight) {
    this.store = store;
    this.inSight = () => inSight() ?? NOTHING;
    this.strips = CHANNELS.map(
      (_, index) => new ChannelStrip(index, (fields) => this.change(index, fields)),
    );
    this.makeButtons();
    this.tools = element("div", { className: "mixer-tools" });
    this.tools.append(this.presets, this.auto, this.perImage, this.invert, this.all, this.reset);
    this.tools.append(this.alone, this.forAll);
    this.note = element("p", { className: "mixer-note", role: "status", hidden: true });
    this.root = element(
      "section",
      { className: "mixer", "aria-label": "Channel mixer" },
      this.tools,
      element("div", { className: "strips" }, ...this.strips.map((strip) => strip.root)),
      this.note,
    );
  }

  /** Who moves a limit takes over from the automatic ones: those in sight hold for every image. */
  change(index, fields) {
    const { store } = this;
    const taken = "lo" in fields || "hi" in fields;
    const from = taken ? { ...this.inForce(store.value), perImage: false } : store.value;
    store.set(withChannel(from, index, fields));
  }

  /** The settings with the limits that what is in sight has by itself, where it has. */
  inForce(mixer) {
    const { limits } = mixer.perImage ? this.inSight() : NOTHING;
    return limits ? withLimits(mixer, limits) : mixer;
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
    this.perImage = check(
      this.each,
      "Each image by itself",
      "Auto contrast for every image by itself: images can no longer be compared by brightness. " +
        "Moving a limit ends it",
    );
    this.inverted = element("input", {
      type: "checkbox",
      onchange: () => store.set({ ...store.value, inverted: this.inverted.checked }),
    });
    this.invert = check(
      this.inverted,
      "Invert",
      "Dark on white, every colour its complement. Key I",
    );
    this.makeScope(button);
  }

  /** Whether what is set holds for the image shown large alone, or for all. */
  makeScope(button) {
    const { store } = this;
    this.onlyThis = element("input", {
      type: "checkbox",
      onchange: () => store.setAlone(this.onlyThis.checked),
    });
    this.alone = check(
      this.onlyThis,
      "This image alone",
      "Settings of its own for the image shown large",
    );
    this.forAll = button("Use for all", "Give every image these settings", () => store.setForAll());
  }

  /** Set the limits from what is in sight; they then hold for every image. */
  autoContrast() {
    const { limits } = this.inSight();
    if (limits) this.store.set({ ...withLimits(this.store.value, limits), perImage: false });
  }

  draw(mixer) {
    const { counts, many } = this.inSight();
    const { channels } = this.inForce(mixer);
    const varied = mixer.perImage && many;
    this.strips.forEach((strip, index) =>
      strip.draw(channels[index], counts?.[index] ?? null, varied),
    );
    this.say(mixer.channels.some(({ on }) => on) ? "" : ALL_OFF);
    if (mixer.preset === CUSTOM) this.presets.append(this.own);
    else this.own.remove();
    this.presets.value = mixer.preset;
    this.each.checked = mixer.perImage;
    this.inverted.checked = mixer.inverted;
    this.onlyThis.checked = this.store.alone;
    this.alone.hidden = this.store.scope === null;
    this.forAll.hidden = !this.store.alone;
  }

  say(words) {
    this.note.hidden = !words;
    if (this.note.textContent !== words) this.note.textContent = words;
  }
}

function check(box, text, title) {
  return element("label", { className: "check", title }, box, text);
}
