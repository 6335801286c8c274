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

/** Change some fields of one channel. */
export function withChannel(mixer, index, fields) {
  const channels = mixer.channels.map((channel, at) =>
    at === index ? { ...channel, ...fields } : channel,
  );
  return { ...mixer, channels, preset: fields.color ? CUSTOM : mixer.preset };
}

/** Take the colours of a preset; in grey, channels cannot be told apart, so one alone stays on. */
export function withPreset(mixer, preset) {
  const colored = mixer.channels.map((channel, index) => ({
    ...channel,
    color: PRESETS[preset].colors[index],
  }));
  const next = { ...mixer, preset, channels: colored };
  const shown = colored.filter((channel) => channel.on).length;
  return preset === "grey" && shown !== 1 ? solo(next, PROTEIN) : next;
}

/** Show one channel alone. */
export function solo(mixer, index) {
  return {
    ...mixer,
    channels: mixer.channels.map((channel, at) => ({ ...channel, on: at === index })),
  };
}

/** Show every channel. */
export function showAll(mixer) {
  return { ...mixer, channels: mixer.channels.map((channel) => ({ ...channel, on: true })) };
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
  return {
    preset,
    perImage: value.perImage === true,
    inverted: value.inverted === true,
    channels,
  };
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
