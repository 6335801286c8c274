// The mixer's settings: a plain value that is never changed in place, kept across pages and visits.

export const CHANNELS = [
  { name: "red", stain: "microtubules", short: "MT" },
  { name: "green", stain: "protein", short: "protein" },
  { name: "blue", stain: "nucleus", short: "nucleus" },
  { name: "yellow", stain: "endoplasmic reticulum", short: "ER" },
];

// Colours in the order of CHANNELS. The safe ones stay apart under protanopia and deuteranopia
// (tests/components/channel_viewer/test_mixer_state.py measures it).
export const PRESETS = {
  hpa: {
    title: "HPA: red, green, blue, yellow",
    colors: ["#ff0000", "#00ff00", "#0000ff", "#ffff00"],
  },
  safe: {
    title: "Colour-blind safe: magenta, green, cyan, grey",
    colors: ["#ff00ff", "#00ff00", "#00ffff", "#808080"],
  },
  okabe: {
    title: "Colour-blind safe: Okabe-Ito",
    colors: ["#d55e00", "#009e73", "#56b4e9", "#f0e442"],
  },
  protein: { title: "Protein in white", colors: ["#a03000", "#ffffff", "#0050c0", "#605000"] },
  grey: {
    title: "Grey, one channel at a time",
    colors: ["#ffffff", "#ffffff", "#ffffff", "#ffffff"],
  },
};
export const CUSTOM = "custom";
export const GREY = "grey";
export const ALL_OFF = "All channels are off. Key 0 shows them";
export const GAMMA = { smallest: 0.2, largest: 3 };

const PROTEIN = 1;
const FULL = { on: true, lo: 0, hi: 255, gamma: 1 };

/** The stored bytes as they are: full limits, gamma 1, HPA's colours. */
export function plainMixer() {
  return {
    preset: "hpa",
    perImage: false,
    inverted: false,
    channels: PRESETS.hpa.colors.map((color) => ({ ...FULL, color })),
  };
}

/** Change some fields of one channel; in grey, one that comes on is alone. */
export function withChannel(mixer, index, fields) {
  if (mixer.preset === GREY && fields.on) return solo(mixer, index);
  const channels = mixer.channels.map((channel, at) =>
    at === index ? { ...channel, ...fields } : channel,
  );
  return { ...mixer, channels, preset: fields.color ? CUSTOM : mixer.preset };
}

/**
 * Take the colours of a preset. In grey, channels cannot be told apart, so one alone stays on, and
 * `before` keeps what was shown: it comes back with the next preset.
 */
export function withPreset(mixer, preset) {
  if (mixer.preset === preset) return mixer;
  const { before, ...settings } = mixer;
  const { channels: on } = mixer.preset === GREY ? (before ?? plainMixer()) : mixer;
  const channels = mixer.channels.map((channel, index) => ({
    ...channel,
    on: on[index].on,
    color: PRESETS[preset].colors[index],
  }));
  const next = { ...settings, preset, channels };
  if (preset !== GREY) return next;
  const shown = channels.filter((channel) => channel.on).length;
  const { preset: name, channels: left } = mixer;
  return { ...(shown === 1 ? next : solo(next, PROTEIN)), before: { preset: name, channels: left } };
}

/** Show one channel alone. */
export function solo(mixer, index) {
  return {
    ...mixer,
    channels: mixer.channels.map((channel, at) => ({ ...channel, on: at === index })),
  };
}

/** Show every channel; from grey in the colours of before, as four greys are one. */
export function showAll(mixer) {
  const { before = plainMixer(), ...settings } = mixer;
  const { preset, channels: left } = mixer.preset === GREY ? before : mixer;
  const channels = mixer.channels.map((channel, index) => ({
    ...channel,
    on: true,
    color: left[index].color,
  }));
  return { ...settings, preset, channels };
}

/** The colour in which a channel's brightest structures are seen. */
export function seenColor({ color }, inverted) {
  const complement = (0xffffff - Number.parseInt(color.slice(1), 16)).toString(16);
  return inverted ? `#${complement.padStart(6, "0")}` : color;
}

/** What a legend says: `[{color, stain, lo, hi, gamma}]` of the channels that are on. */
export function shownChannels(mixer) {
  return mixer.channels
    .map((channel, index) => ({
      ...channel,
      ...CHANNELS[index],
      color: seenColor(channel, mixer.inverted),
    }))
    .filter(({ on }) => on);
}

/** Set the limits of every channel, `limits` in the order of CHANNELS. */
export function withLimits(mixer, limits) {
  return {
    ...mixer,
    channels: mixer.channels.map((channel, index) => ({ ...channel, ...limits[index] })),
  };
}

/** The settings that `text` (JSON) holds, or null where it holds none that can be used. */
export function parseMixer(text) {
  let value = null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const shown = usableColors(value);
  const before = usableColors(value?.before);
  return (
    shown && {
      perImage: value.perImage === true,
      inverted: value.inverted === true,
      ...shown,
      ...(before && { before }),
    }
  );
}

/** Preset and channels of stored settings, or null where they cannot be used. */
function usableColors(value) {
  const usable =
    Array.isArray(value?.channels) &&
    value.channels.length === CHANNELS.length &&
    value.channels.every(isChannel);
  if (!usable) return null;
  const preset = Object.hasOwn(PRESETS, value.preset) ? value.preset : CUSTOM;
  const channels = value.channels.map(({ on, color, lo, hi, gamma }) => ({
    on,
    color,
    lo,
    hi,
    gamma,
  }));
  return { preset, channels };
}

function isChannel(channel) {
  const { on, color, lo, hi, gamma } = channel ?? {};
  const limits = Number.isInteger(lo) && Number.isInteger(hi) && lo >= 0 && lo < hi && hi <= 255;
  return (
    limits &&
    typeof on === "boolean" &&
    /^#[0-9a-f]{6}$/.test(color) &&
    gamma >= GAMMA.smallest &&
    gamma <= GAMMA.largest
  );
}
