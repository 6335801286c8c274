// One sample's pixels with what the mixer needs to know of them, and their way onto a canvas.

import { composite, halvePlanes } from "./composite.js";
import { autoLimits, histogram, steadyHistogram } from "./contrast.js";
import { CHANNELS, withLimits } from "./mixer_state.js";
import { holdsPart } from "./stage_view.js";

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

  /** Each channel's histogram, worked out once. */
  get counts() {
    this.knownCounts ??= CHANNELS.map((_, index) => histogram(this.plane(index)));
    return this.knownCounts;
  }

  /** Each channel's own auto contrast, worked out once and only when asked for. */
  get limits() {
    this.knownLimits ??= CHANNELS.map((_, index) =>
      autoLimits(steadyHistogram(this.plane(index), this.size)),
    );
    return this.knownLimits;
  }

  /**
   * The composite under the mixer's settings, as ImageData that other settings fill anew.
   *
   * Settings are never changed in place, so the same ones need no second pass over the pixels.
   * With a `part` (composite.js) only that is sure to be mixed.
   */
  composed(mixer, part = null) {
    if (this.mixedBy === mixer && holdsPart(this.mixedPart, part)) return this.pixels;
    Object.assign(this, { mixedBy: mixer, mixedPart: part });
    composite(this.planes, this.channels(mixer), this.pixels.data, mixer.inverted, part);
    return this.pixels;
  }

  /** The channels' settings for this image, which has limits of its own if the mixer says so. */
  channels(mixer) {
    // Limits of its own take longer to work out than the composite: only where they are asked for.
    return (mixer.perImage ? withLimits(mixer, (this.whole ?? this).limits) : mixer).channels;
  }

  /** The image for a screen that has room for a `share` of its side: halved as long as it fits. */
  level(share) {
    if (share > 0.5 || this.size % 2) return this;
    if (!this.half) {
      this.half = new ShownImage({
        size: this.size / 2,
        planes: halvePlanes(this.planes, this.size),
      });
      this.half.whole = this.whole ?? this;
    }
    return this.half.level(share * 2);
  }
}

/**
 * Paint each image under its mixer into its 2-D context of the same size; needs no GPU.
 *
 * Returns what part of each is painted: `part`, or null for all of it.
 */
export function paintImages(images, mixers, contexts, part = null) {
  images.forEach((image, at) => {
    const { size } = image;
    const { left, top, width, height } = part ?? { left: 0, top: 0, width: size, height: size };
    const pixels = image.composed(mixers[at], part);
    contexts[at].putImageData(pixels, 0, 0, left, top, width, height);
  });
  return part;
}
