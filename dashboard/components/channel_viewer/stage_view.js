// Where an image lies on a stage: arithmetic of zoom and pan, in device pixels.

import { clamp } from "./element.js";

const LARGEST_SCALE = 32;
const SMALLEST_FIT = 0.5; // No smaller than half of what fits.
const NEAR_WHOLE = 1.05;

/**
 * The scale at which an image of `size` pixels fits a stage of `width` by `height`; the whole number
 * just below it where that is near, as pixels are then equally large.
 */
export function fitScale(size, width, height) {
  const scale = Math.min(width, height) / size;
  const whole = Math.floor(scale);
  return scale < whole * NEAR_WHOLE ? whole : scale;
}

/** The view of that scale with the image's position `x`, `y` in the middle of the stage. */
export function centredView(scale, x, y, { width, height }) {
  return {
    scale,
    left: Math.round(width / 2 - x * scale),
    top: Math.round(height / 2 - y * scale),
  };
}

/** The view zoomed by `factor`, with what lies under (x, y) of the stage staying there. */
export function zoomedView(view, factor, x, y, fit) {
  const scale = clamp(view.scale * factor, fit * SMALLEST_FIT, LARGEST_SCALE);
  const change = scale / view.scale;
  return { scale, left: x - (x - view.left) * change, top: y - (y - view.top) * change };
}

/**
 * The view with a quarter of an image of side `spread`, or of the stage where that is smaller, still
 * on the stage: an image is never lost beside it.
 */
export function heldView(view, spread, { width, height }) {
  const held = (start, room) => {
    const kept = Math.ceil(Math.min(spread, room) / 4);
    return clamp(start, kept - spread, room - kept);
  };
  return { ...view, left: held(view.left, width), top: held(view.top, height) };
}

/** The image's pixel under (x, y) of the stage, or null beside the image. */
export function pixelUnder(view, x, y, size) {
  const column = Math.floor((x - view.left) / view.scale);
  const row = Math.floor((y - view.top) / view.scale);
  const inside = column >= 0 && row >= 0 && column < size && row < size;
  return inside ? { column, row } : null;
}

/**
 * The part of an image of `size` pixels that a stage shows: `{left, top, width, height}` in whole
 * pixels, with one more on each side, which smoothing reads. `spread` is the image's side on the
 * stage.
 */
export function seenPart({ left, top }, spread, size, stage) {
  const [across, down] = [
    [left, stage.width],
    [top, stage.height],
  ].map(([start, room]) => {
    const first = clamp(Math.floor((-start * size) / spread) - 1, 0, size);
    const last = clamp(Math.ceil(((room - start) * size) / spread) + 1, first, size);
    return { first, length: last - first };
  });
  return { left: across.first, top: down.first, width: across.length, height: down.length };
}

/** Whether `part` lies within `outer`; null is the whole image. */
export function holdsPart(outer, part) {
  if (!outer || !part) return !outer;
  const within = (start, length) =>
    part[start] >= outer[start] && part[start] + part[length] <= outer[start] + outer[length];
  return within("left", "width") && within("top", "height");
}

/** How large an image is in pixels of its own, and of the file it was packed from, if that is known. */
export function sizeNote(side, fileSide) {
  const scaled = fileSide > side ? ` scaled down from ${fileSide} × ${fileSide} px,` : "";
  return `${side} × ${side} px,${scaled} no physical scale known`;
}
