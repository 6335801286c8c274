// Below the image shown large and the film strip: images that have something to do with it, and
// what became of its label.

import { element } from "./element.js";
import { Gallery } from "./gallery.js";

export class ContextStrips {
  /** `open(tile)` shows another image, `filter(text)` all of a strip, `loaded()` draws again. */
  constructor({ open, filter, loaded }) {
    Object.assign(this, { open, filter, loaded, strips: [] });
    this.root = element("div", { className: "context", hidden: true });
  }

  /** Show `context`, or nothing while that of this image is not there. */
  show(context, data) {
    const same = JSON.stringify(context) === this.shown;
    if (same) return;
    this.shown = JSON.stringify(context);
    this.strips = (context?.strips ?? []).map((strip) => this.makeStrip(strip, data));
    this.root.replaceChildren(...this.strips.map(({ root }) => root));
    if (context) this.root.append(history(context.history));
  }

  makeStrip(strip, data) {
    const gallery = new Gallery({
      open: (index) => this.open(strip.tiles[index]),
      loaded: this.loaded,
    });
    const all = element("button", {
      type: "button",
      title: `Filter ${strip.filter}`,
      hidden: !strip.filter,
      onclick: () => this.filter(strip.filter),
    });
    all.textContent = `Show ${strip.found.toLocaleString("en")} as a gallery`;
    const head = element("header", {}, element("h4", {}, strip.title), all);
    const root = element(
      "section",
      { className: "context-strip", "aria-label": strip.title },
      head,
      gallery.fault.root,
      gallery.root,
    );
    gallery.show({ ...data, tiles: strip.tiles, compared: false, scoredClass: null });
    return { root, gallery };
  }

  draw(mixer, mixerOf) {
    for (const { gallery } of this.strips) gallery.draw(mixer, mixerOf);
  }
}

function history(sentences) {
  const told = sentences.map((sentence) => element("li", {}, sentence));
  const none = element("p", {}, "Nobody has labelled this image here; the dataset's labels hold.");
  return element(
    "section",
    { className: "context-history", "aria-label": "Label history" },
    element("h4", {}, "Label history"),
    told.length ? element("ol", {}, ...told) : none,
  );
}
