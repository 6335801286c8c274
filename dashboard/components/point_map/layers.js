// Which points are drawn, in which colour and order: level 0 first, so that what matters lies above.

export const NOT_SHOWN = 255;

/** One byte a point from base64: its level, an index into the colours. */
export function decodeLevels(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Points in drawing order and their colours; those of hidden levels are left out. */
export function layered(levels, colours, hidden) {
  const counts = new Uint32Array(256);
  for (const level of levels) counts[level] += 1;
  const drawn = colours.map((_, level) => level).filter((level) => !hidden.has(level));
  const starts = new Uint32Array(256);
  let total = 0;
  for (const level of drawn) {
    starts[level] = total;
    total += counts[level];
  }
  const visible = new Uint8Array(256);
  for (const level of drawn) visible[level] = 1;
  const order = new Uint32Array(total);
  const shown = new Uint8Array(levels.length);
  for (let index = 0; index < levels.length; index += 1) {
    const level = levels[index];
    if (!visible[level]) continue;
    shown[index] = 1;
    order[starts[level]++] = index;
  }
  return { order, shown };
}

/** One byte a point: the shape of its level; discs where levels have none. */
export function pointShapes(levels, shapes) {
  return Uint8Array.from(levels, (level) => shapes[level] ?? 0);
}

/** Four bytes a point from colours written as #rrggbb. */
export function pointColours(levels, colours, opacity) {
  const table = colours.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  const bytes = new Uint8Array(4 * levels.length);
  for (let index = 0; index < levels.length; index += 1) {
    const colour = table[levels[index]];
    if (!colour) continue;
    bytes.set(colour, 4 * index);
    bytes[4 * index + 3] = 255 * opacity;
  }
  return bytes;
}
