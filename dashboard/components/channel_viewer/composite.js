// The additive composite of grey channels: what a pixel of the screen shows of a pixel of the data.
//
//   out = sum over the channels that are on of colour * clamp((v - lo) / (hi - lo), 0, 1) ^ gamma
//
// clamped to white. It is a sum, not a mean: switching a channel never dims the others.

export const LEVELS = 256; // Packed images have eight bits a channel.

/** What each of the 256 levels of one channel adds to red, green and blue: Float64Array (256 * 3). */
export function levelTable({ on, color, lo, hi, gamma }) {
  if (!(lo < hi)) throw new RangeError(`limits must rise, found ${lo} and ${hi}`);
  const table = new Float64Array(LEVELS * 3);
  if (!on) return table;
  const rgb = parseColor(color);
  for (let level = 0; level < LEVELS; level += 1) {
    const share = Math.min(Math.max((level - lo) / (hi - lo), 0), 1) ** gamma;
    for (let part = 0; part < 3; part += 1) table[level * 3 + part] = rgb[part] * share;
  }
  return table;
}

/** `#rrggbb` as three numbers from 0 to 255. */
export function parseColor(text) {
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
}

/**
 * Fill `rgba` (Uint8ClampedArray, pixels * 4) from `planes` (Uint8Array, channels * pixels).
 *
 * The clamped array rounds to the nearest level and cuts at 255. Channels that are off cost nothing.
 */
export function composite(planes, channels, rgba) {
  const pixels = rgba.length / 4;
  const shown = channels.flatMap((channel, index) =>
    channel.on ? [{ table: levelTable(channel), start: index * pixels }] : [],
  );
  for (let pixel = 0, at = 0; pixel < pixels; pixel += 1, at += 4) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let index = 0; index < shown.length; index += 1) {
      const { table, start } = shown[index];
      const level = planes[start + pixel] * 3;
      red += table[level];
      green += table[level + 1];
      blue += table[level + 2];
    }
    rgba[at] = red;
    rgba[at + 1] = green;
    rgba[at + 2] = blue;
    rgba[at + 3] = 255;
  }
  return rgba;
}
