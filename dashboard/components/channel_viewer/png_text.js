// What a saved picture says of itself: in its name, and in the text that a PNG carries.

import { mixerText } from "./mixer_link.js";

const SIGNATURE_AND_HEADER = 33; // Texts may stand after the header.
const POLYNOMIAL = 0xedb88320;

/** `demo-01200_hpa_MT_protein-0-51.png`: colours, and the channels that are on with limits of their own. */
export function pictureName(id, shown, { preset, inverted }) {
  const channels = shown.map(({ short, lo, hi }) =>
    lo === 0 && hi === 255 ? short : `${short}-${lo}-${hi}`,
  );
  return `${[id, preset, inverted && "inverted", ...channels].filter(Boolean).join("_")}.png`;
}

/** The picture in words; its last line is the `mixer` of a link that shows it so again. */
export function pictureText(about, shown, mixer) {
  const channels = shown.map(
    ({ stain, color, lo, hi, gamma }) => `${stain}: ${color}, ${lo} to ${hi}, gamma ${gamma}`,
  );
  return [...about, ...channels, `mixer=${mixerText(mixer)}`].join("\n");
}

/** The bytes of a PNG with `texts`, UTF-8 by keyword, put into it: a list of parts. */
export function withTexts(png, texts) {
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return [png.subarray(0, SIGNATURE_AND_HEADER), ...chunks, png.subarray(SIGNATURE_AND_HEADER)];
}

/** An iTXt chunk: neither compressed nor in a stated language. */
function textChunk(keyword, text) {
  const body = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  return Uint8Array.from([...bigEndian(body.length - 4), ...body, ...bigEndian(checksum(body))]);
}

function bigEndian(number) {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
}

/** CRC-32, as PNG wants it of a chunk's type and data. */
function checksum(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
  }
  return ~rest;
}
