// The image under the pointer, small: fetched when the pointer rests, its channels added up.

import { element } from "./element.js";

const REST_MS = 90;
const TILE_HEADER_BYTES = 8;

export class Glimpse {
  constructor() {
    this.canvas = element("canvas", {
      className: "glimpse",
      hidden: true,
      role: "img",
      "aria-label": "The image under the pointer: microtubules red, protein green, nucleus blue, reticulum yellow",
    });
  }

  /** Show a row of the tiles at `address` once the pointer has rested on it. */
  show(address, row) {
    this.hide();
    if (!address || row < 0) return;
    this.timer = setTimeout(() => this.#fetch(address, row), REST_MS);
  }

  hide() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.canvas.hidden = true;
  }

  async #fetch(address, row) {
    this.request = new AbortController();
    try {
      const url = new URL(`${address}?rows=${row}`, document.baseURI);
      const response = await fetch(url, { signal: this.request.signal });
      if (response.ok) this.#draw(await response.arrayBuffer());
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  #draw(buffer) {
    const [, size] = new Uint32Array(buffer, 0, 2);
    const pixels = composed(new Uint8Array(buffer, TILE_HEADER_BYTES), size);
    Object.assign(this.canvas, { width: size, height: size, hidden: false });
    this.canvas.getContext("2d").putImageData(new ImageData(pixels, size, size), 0, 0);
  }
}

/** Add up four planes: red, green and blue as they are, yellow as red and green. */
export function composed(planes, size) {
  const count = size * size;
  const pixels = new Uint8ClampedArray(4 * count);
  for (let at = 0; at < count; at += 1) {
    const yellow = planes[3 * count + at];
    pixels[4 * at] = planes[at] + yellow;
    pixels[4 * at + 1] = planes[count + at] + yellow;
    pixels[4 * at + 2] = planes[2 * count + at];
    pixels[4 * at + 3] = 255;
  }
  return pixels;
}
