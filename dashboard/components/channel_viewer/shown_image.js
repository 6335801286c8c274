// One sample's pixels with what the mixer needs to know of them.

import { composite } from "./composite.js";
import { autoLimits, histogram, steadyHistogram } from "./contrast.js";
import { CHANNELS } from "./mixer_state.js";

export class ShownImage {
  constructor({ size, planes }) {
    this.size = size;
    this.planes = planes;
    this.pixels = new ImageData(size, size);
  }

  plane(index) {
    const pixels = this.size * this.size;
    return this.planes.subarray(index * pixels, (index + 1) * pixels);
  }

  /** The four stored values of a pixel. */
  values(x, y) {
    return CHANNELS.map((_, index) => this.plane(index)[y * this.size + x]);
  }

  /** Per channel `{counts, limits}`, worked out once. */
  get measures() {
    this.known ??= CHANNELS.map((_, index) => ({
      counts: histogram(this.plane(index)),
      limits: autoLimits(steadyHistogram(this.plane(index), this.size)),
    }));
    return this.known;
  }

  /** The composite under the mixer's settings, as ImageData that the next call fills anew. */
  composed(mixer) {
    const channels = mixer.perImage
      ? mixer.channels.map((channel, index) => ({ ...channel, ...this.measures[index].limits }))
      : mixer.channels;
    composite(this.planes, channels, this.pixels.data);
    return this.pixels;
  }
}
