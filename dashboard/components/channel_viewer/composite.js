// The additive composite of grey channels: what a pixel of the screen shows of a pixel of the data.
//
//   out = sum over the channels that are on of colour * clamp((v - lo) / (hi - lo), 0, 1) ^ gamma
//
// clamped to white; inverted, 255 minus that. It is a sum, not a mean: switching a channel never
// dims the others.

export const LEVELS = 256; // Packed images have eight bits a channel.

// Steps so fine that no eye sees them, and so coarse that numbers of 32 bits add up four channels
// without rounding: a graphics processor shows the same pixels.
const STEPS = 2 ** 14;

/** What each level of one channel adds to red, green and blue: Float64Array (256 * 3). */
export function levelTable({ on, color, lo, hi, gamma }) {
  if (!(lo < hi)) throw new RangeError(`limits must rise, found ${lo} and ${hi}`);
  const table = new Float64Array(LEVELS * 3);
  if (!on) return table;
  const rgb = parseColor(color);
  for (let level = 0; level < LEVELS; level += 1) {
    const share = Math.min(Math.max((level - lo) / (hi - lo), 0), 1) ** gamma;
    for (let part = 0; part < 3; part += 1) {
      table[level * 3 + part] = Math.round(rgb[part] * share * STEPS) / STEPS;
    }
  }
  return table;
}

/** `#rrggbb` as three numbers from 0 to 255. */
export function parseColor(text) {
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
}

// Settings are never changed in place, so what follows from them is worked out once.
const tablesOf = new WeakMap();

/** The level tables of some channels' settings, in their order. */
export function levelTables(channels) {
  if (!tablesOf.has(channels)) tablesOf.set(channels, channels.map(levelTable));
  return tablesOf.get(channels);
}

/**
 * Fill `rgba` (Uint8ClampedArray, pixels * 4) from `planes` (Uint8Array, 4 channels * pixels).
 *
 * `part` is `{left, top, width, height}` within a square image; all of it without one.
 */
export function composite(planes, channels, rgba, inverted = false, part = null) {
  const tables = levelTables(channels);
  const pixels = rgba.length / 4;
  const side = Math.sqrt(pixels);
  const { left, top, width, height } = part ?? { left: 0, top: 0, width: pixels, height: 1 };
  for (let row = top; row < top + height; row += 1) {
    const start = row * side + left;
    compositeRun(planes, tables, rgba, start, start + width);
    if (inverted) invert(rgba, start, start + width);
  }
  return rgba;
}

// The clamped array rounds to the nearest level and cuts at 255. The four channels are written out:
// a loop over them takes twice as long.
function compositeRun(planes, [first, second, third, fourth], rgba, start, end) {
  const pixels = rgba.length / 4;
  for (let pixel = start, at = 4 * start; pixel < end; pixel += 1, at += 4) {
    const a = planes[pixel] * 3;
    const b = planes[pixel + pixels] * 3;
    const c = planes[pixel + 2 * pixels] * 3;
    const d = planes[pixel + 3 * pixels] * 3;
    rgba[at] = first[a] + second[b] + third[c] + fourth[d];
    rgba[at + 1] = first[a + 1] + second[b + 1] + third[c + 1] + fourth[d + 1];
    rgba[at + 2] = first[a + 2] + second[b + 2] + third[c + 2] + fourth[d + 2];
    rgba[at + 3] = 255;
  }
}

/** Four planes at half their size: each value the mean of a square of four, rounded. */
export function halvePlanes(planes, size) {
  const half = size / 2;
  const halved = new Uint8Array(4 * half * half);
  for (let row = 0, to = 0; row < 4 * half; row += 1) {
    for (let from = 2 * row * size; to < (row + 1) * half; from += 2, to += 1) {
      const below = from + size;
      halved[to] =
        (planes[from] + planes[from + 1] + planes[below] + planes[below + 1] + 2) >> 2;
    }
  }
  return halved;
}

function invert(rgba, start, end) {
  for (let at = 4 * start; at < 4 * end; at += 4) {
    rgba[at] ^= 255;
    rgba[at + 1] ^= 255;
    rgba[at + 2] ^= 255;
  }
}
