// One image as a file: every pixel of the composite, under it what its colours mean.

import { element } from "./element.js";
import { shownChannels } from "./mixer_state.js";

const SMALLEST_SIDE = 512; // Smaller images are enlarged by a whole number, so that words fit.
const LINE = 22;
const MARGIN = 10;
const FONT = "14px sans-serif";

/** A canvas with the image under the mixer's settings and its legend; `about` is lines of text. */
export function legendCanvas(image, mixer, about) {
  const factor = Math.ceil(SMALLEST_SIDE / image.size);
  const side = image.size * factor;
  const entries = shownChannels({ ...mixer, channels: image.channels(mixer) });
  const pixels = factor > 1 ? `each pixel drawn ${factor} × ${factor}` : "true pixels";
  const measure = `${image.size} × ${image.size} px, ${pixels}, no physical scale known`;
  const lines = [...about.filter(Boolean), measure];
  const height = side + 2 * MARGIN + LINE * (entries.length + lines.length);
  const canvas = element("canvas", { width: side, height });
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, side, height);
  drawImage(context, image, mixer, side);
  context.font = FONT;
  context.textBaseline = "middle";
  entries.forEach((entry, at) => drawEntry(context, entry, side + MARGIN + LINE * (at + 0.5)));
  context.fillStyle = "#000000";
  lines.forEach((line, at) => {
    const middle = side + MARGIN + LINE * (entries.length + at + 0.5);
    context.fillText(line, MARGIN, middle, side - 2 * MARGIN);
  });
  return canvas;
}

function drawImage(context, image, mixer, side) {
  const source = element("canvas", { width: image.size, height: image.size });
  source.getContext("2d").putImageData(image.composed(mixer), 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(source, 0, 0, side, side);
}

function drawEntry(context, { color, stain, lo, hi, gamma }, middle) {
  context.fillStyle = color;
  context.fillRect(MARGIN, middle - 7, 14, 14);
  context.strokeStyle = "#000000";
  context.strokeRect(MARGIN + 0.5, middle - 6.5, 13, 13);
  context.fillStyle = "#000000";
  context.fillText(`${stain}: ${lo} to ${hi}, gamma ${gamma.toFixed(2)}`, MARGIN + 24, middle);
}

/** Hand the canvas out as the file `name`. */
export function downloadPng(canvas, name) {
  canvas.toBlob((blob) => {
    const href = URL.createObjectURL(blob);
    const link = element("a", { href, download: name });
    link.click();
    URL.revokeObjectURL(href);
  });
}
