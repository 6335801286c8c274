// The additive composite of grey channels: what a pixel of the screen shows of a pixel of the data.
//
//   out = sum over the channels that are on of colour * clamp((v - lo) / (hi - lo), 0, 1) ^ gamma
//
// clamped to white; inverted, 255 minus that. It is a sum, not a mean: switching a channel never
// dims the others.

export const LEVELS = 256; // Packed images have eight bits a channel.

// A level of the screen in steps so fine that no eye sees one, and so coarse that numbers of 32 bits,
// whole or not, add up four channels exactly: a graphics processor shows the same pixels.
const STEP_BITS = 14;
export const STEPS = 2 ** STEP_BITS;
const HALF = STEPS / 2;

// Canvases hold red in the lowest byte of a pixel: every processor that browsers run on does.
const OPAQUE = 0xff000000;
const WHITE = 0xffffff;

/** What each level of one channel adds to red, green and blue, in steps: Int32Array (256 * 3). */
export function levelTable({ on, color, lo, hi, gamma }) {
  if (!(lo < hi)) throw new RangeError(`limits must rise, found ${lo} and ${hi}`);
  const table = new Int32Array(LEVELS * 3);
  if (!on) return table;
  const rgb = parseColor(color);
  for (let level = 0; level < LEVELS; level += 1) {
    const share = Math.min(Math.max((level - lo) / (hi - lo), 0), 1) ** gamma;
    for (let part = 0; part < 3; part += 1) {
      table[level * 3 + part] = Math.round(rgb[part] * share * STEPS);
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
  const colors = new Uint32Array(rgba.buffer, rgba.byteOffset, pixels);
  const side = Math.sqrt(pixels);
  const { left, top, width, height } = part ?? { left: 0, top: 0, width: pixels, height: 1 };
  for (let row = top; row < top + height; row += 1) {
    const start = row * side + left;
    compositeRun(planes, tables, colors, start, start + width, inverted ? WHITE : 0);
  }
  return rgba;
}

// A pixel is written at once, and the four channels are written out: a loop over them takes twice as
// long. `flipped` is what inverts a colour.
function compositeRun(planes, [first, second, third, fourth], colors, start, end, flipped) {
  const pixels = colors.length;
  for (let pixel = start; pixel < end; pixel += 1) {
    const a = planes[pixel] * 3;
    const b = planes[pixel + pixels] * 3;
    const c = planes[pixel + 2 * pixels] * 3;
    const d = planes[pixel + 3 * pixels] * 3;
    const red = shown(first[a] + second[b] + third[c] + fourth[d]);
    const green = shown(first[a + 1] + second[b + 1] + third[c + 1] + fourth[d + 1]);
    const blue = shown(first[a + 2] + second[b + 2] + third[c + 2] + fourth[d + 2]);
    colors[pixel] = (OPAQUE | (blue << 16) | (green << 8) | red) ^ flipped;
  }
}

/** The level nearest to a sum of steps, white at most. */
function shown(steps) {
  return Math.min((steps + HALF) >> STEP_BITS, 255);
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
