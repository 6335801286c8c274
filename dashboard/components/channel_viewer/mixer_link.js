// The mixer in the page's address: whoever gets the link sees the images alike.
//
// `mixer` has everyone's settings; each `alone` the id of an image with settings of its own, and
// these. A browser in which nobody has set anything names none, and imposes none.

import { CUSTOM, parseMixer, PRESETS, plainMixer } from "./mixer_state.js";

const SHARED = "mixer";
const ALONE = "alone";
const PLAIN_TEXT = "plain";
const OF = "*"; // In no settings' text, and plain in an address.

/**
 * `hpa-0-0_1-ff0000-0-255-1_...`: preset, inverted, each image by itself; then of every channel
 * whether it is on, colour, limits, gamma. `plain` for the stored bytes as they are.
 */
export function mixerText(mixer) {
  const text = fullText(mixer);
  return text === fullText(plainMixer()) ? PLAIN_TEXT : text;
}

function fullText({ preset, inverted, perImage, channels }) {
  const bit = (value) => (value ? 1 : 0);
  const parts = channels.map(({ on, color, lo, hi, gamma }) =>
    [bit(on), color.slice(1), lo, hi, Number(gamma.toFixed(2))].join("-"),
  );
  return [[preset, bit(inverted), bit(perImage)].join("-"), ...parts].join("_");
}

/** The settings that `mixerText` wrote, or null where the text holds none that can be used. */
export function readMixerText(text) {
  if (text === PLAIN_TEXT) return plainMixer();
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

/** `id*settings`: those of one image alone. */
export function aloneText(id, mixer) {
  return `${id}${OF}${mixerText(mixer)}`;
}

/** The id and the settings that `aloneText` wrote, these null where there are none to be used. */
export function readAloneText(text) {
  const end = text.lastIndexOf(OF);
  return [text.slice(0, end), readMixerText(text.slice(end + 1))];
}

/** What the page's address names: `{shared, own}`, everyone's settings or null, and a Map by id. */
export function linkedMixers() {
  const { searchParams } = new URL(window.location.href);
  const own = searchParams.getAll(ALONE).map(readAloneText);
  return {
    shared: readMixerText(searchParams.get(SHARED)),
    own: new Map(own.filter(([, mixer]) => mixer)),
  };
}

/** Put the settings of a MixerStore into the address, without a step in the history. */
export function writeMixerLink({ chosen, shared, own }, idsInSight) {
  const address = new URL(window.location.href);
  const alone = idsInSight.filter((id) => own.has(id));
  for (const name of [SHARED, ALONE]) address.searchParams.delete(name);
  if (chosen || alone.length) address.searchParams.set(SHARED, mixerText(shared));
  for (const id of alone) address.searchParams.append(ALONE, aloneText(id, own.get(id)));
  if (address.href !== window.location.href) {
    window.history.replaceState(window.history.state, "", address);
  }
}
