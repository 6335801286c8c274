// The mixer in the page's address, `?mixer=`: whoever gets the link sees the images alike.

import { CUSTOM, parseMixer, PRESETS, plainMixer } from "./mixer_state.js";

const PARAMETER = "mixer";

/**
 * `hpa-0-0_1-ff0000-0-255-1_...`: preset, inverted, each image by itself; then of every channel
 * whether it is on, colour, limits, gamma.
 */
export function mixerText({ preset, inverted, perImage, channels }) {
  const bit = (value) => (value ? 1 : 0);
  const parts = channels.map(({ on, color, lo, hi, gamma }) =>
    [bit(on), color.slice(1), lo, hi, Number(gamma.toFixed(2))].join("-"),
  );
  return [[preset, bit(inverted), bit(perImage)].join("-"), ...parts].join("_");
}

/** The settings that `mixerText` wrote, or null where the text holds none that can be used. */
export function readMixerText(text) {
  const [head, ...parts] = (text ?? "").split("_");
  const [preset, inverted, perImage] = head.split("-");
  const channels = parts.map((part) => {
    const [on, color, lo, hi, gamma] = part.split("-");
    const [low, high, power] = [lo, hi, gamma].map(Number);
    return { on: on === "1", color: `#${color}`, lo: low, hi: high, gamma: power };
  });
  const colors = Object.hasOwn(PRESETS, preset) ? PRESETS[preset].colors : [];
  const named = channels.every(({ color }, at) => color === colors[at]);
  return parseMixer(
    JSON.stringify({
      preset: named ? preset : CUSTOM,
      inverted: inverted === "1",
      perImage: perImage === "1",
      channels,
    }),
  );
}

/** The settings that the page's address brings, or null. */
export function linkedMixer() {
  return readMixerText(new URL(window.location.href).searchParams.get(PARAMETER));
}

/** Put the settings into the address, without a step in the history; plain ones need no word. */
export function writeMixerLink(mixer) {
  const address = new URL(window.location.href);
  const text = mixerText(mixer);
  if (text === mixerText(plainMixer())) address.searchParams.delete(PARAMETER);
  else address.searchParams.set(PARAMETER, text);
  if (address.href !== window.location.href) {
    window.history.replaceState(window.history.state, "", address);
  }
}
