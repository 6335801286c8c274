// One image as a file: every pixel of the composite, under it what its colours mean.

import { element } from "./element.js";
import { shownChannels } from "./mixer_state.js";
import { withTexts } from "./png_text.js";
import { sizeNote } from "./stage_view.js";

const SMALLEST_SIDE = 512; // Smaller images are enlarged by a whole number, so that words fit.
const LINE = 22;
const MARGIN = 10;
const WORDS_SIDE = 1024; // Beyond it words grow with the image, so that they stay readable.

/**
 * A canvas with the image under the mixer's settings and its legend; `about` is lines of text,
 * `fileSide` as in `sizeNote`.
 */
export function legendCanvas(image, mixer, about, fileSide) {
  const factor = Math.ceil(SMALLEST_SIDE / image.size);
  const side = image.size * factor;
  const entries = shownChannels({ ...mixer, channels: image.channels(mixer) });
  const enlarged = factor > 1 && `Each pixel drawn ${factor} × ${factor}`;
  const measure = sizeNote(image.size, fileSide);
  const lines = [mixer.inverted && "Inverted", ...about, measure, enlarged].filter(Boolean);
  const unit = Math.max(side / WORDS_SIDE, 1);
  const below = unit * (2 * MARGIN + LINE * (entries.length + lines.length));
  const canvas = element("canvas", { width: side, height: side + Math.ceil(below) });
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawImage(context, image, mixer, side);
  context.translate(0, side);
  context.scale(unit, unit);
  drawLegend(context, entries, lines, side / unit);
  return canvas;
}

function drawLegend(context, entries, lines, width) {
  const middle = (line) => MARGIN + LINE * (line + 0.5);
  context.font = "14px sans-serif";
  context.textBaseline = "middle";
  entries.forEach((entry, at) => drawEntry(context, entry, middle(at)));
  context.fillStyle = "#000000";
  lines.forEach((line, at) => {
    context.fillText(line, MARGIN, middle(entries.length + at), width - 2 * MARGIN);
  });
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

/** Hand the canvas out as the file `name`, with `texts` by keyword. */
export function downloadPng(canvas, name, texts) {
  canvas.toBlob(async (blob) => {
    const parts = withTexts(new Uint8Array(await blob.arrayBuffer()), texts);
    const href = URL.createObjectURL(new Blob(parts, { type: "image/png" }));
    const link = element("a", { href, download: name });
    link.click();
    URL.revokeObjectURL(href);
  });
}
