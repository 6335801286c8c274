// The chosen image beside its scores, with the way to its neighbours and back.

import { ContextStrips } from "./context_strips.js";
import { element } from "./element.js";
import { Fault } from "./fault.js";
import { ImageStage } from "./image_stage.js";
import { ScoreChart } from "./score_chart.js";
import { ShownImage } from "./shown_image.js";

export class ImageView {
  /**
   * `step(by)` goes to a neighbour, `close()` back, `loaded()` says that pixels are there, `save()`
   * hands the picture out, `open(tile)` shows another image, `filter(text)` a gallery; `paint` is
   * the stage's.
   */
  constructor({ step, close, loaded, save, open, filter, paint }) {
    this.loaded = loaded;
    this.context = new ContextStrips({ open, filter, loaded });
    this.stage = new ImageStage(paint);
    this.chart = new ScoreChart();
    this.name = element("h3", { className: "image-id" });
    this.place = element("span", { className: "image-place" });
    this.fault = new Fault(() => this.load());
    const button = (text, title, onclick) =>
      element("button", { type: "button", title, onclick }, text);
    this.previous = button("‹ Previous", "Previous image of the selection. Key ,", () => step(-1));
    this.next = button("Next ›", "Next image of the selection. Key .", () => step(1));
    const tools = element(
      "span",
      { className: "image-tools" },
      this.previous,
      this.place,
      this.next,
      button("Save PNG", "The whole image as it is mixed now, with its legend. Key S", save),
      button("Back to the gallery", "Key Escape", close),
    );
    const side = element("div", { className: "image-side" }, this.chart.root);
    this.root = element(
      "section",
      { className: "image-view", hidden: true, "aria-label": "Chosen image" },
      element("header", {}, this.name, tools),
      this.fault.root,
      element("div", { className: "image-body" }, this.stage.root, side),
    );
  }

  /** Show `tile`: first from `thumbnail` (a ShownImage or none), then from its full image. */
  show(tile, { place, thumbnail, imageSize, images, ...context }) {
    this.label(tile, { place, ...context });
    if (this.asked?.images === images && this.asked.row === tile.row) return;
    this.asked = { images, row: tile.row };
    this.image = null;
    this.root.hidden = this.context.root.hidden = false;
    this.about = { fullSize: imageSize, fileSize: tile.file_side, name: `Image ${tile.id}` };
    if (thumbnail) this.stage.show(thumbnail, { ...this.about, full: false });
    else this.stage.clear("");
    this.load();
  }

  /** Fetch the full image; what comes when another one is asked for is not shown. */
  async load() {
    const { asked, about, stage } = this;
    this.fault.clear();
    stage.say(`${about.name} is loading`);
    try {
      const full = await asked.images.load(asked.row);
      if (this.asked !== asked) return;
      this.image = new ShownImage(full);
      stage.show(this.image, { ...about, full: true });
      this.loaded();
    } catch (error) {
      if (this.asked !== asked) return;
      this.fault.say(`${about.name} could not be loaded. ${error.message}`);
      stage.say(`${about.name} is not here`);
    }
  }

  /** `place` counts from 0; an image that the selection has not comes before its first. */
  label(tile, { place, total, ...context }) {
    this.name.textContent = tile.id;
    this.place.textContent =
      place === null ? "outside the selection" : `${place + 1} of ${total}`;
    this.previous.disabled = !place;
    this.next.disabled = (place ?? -1) + 1 >= total;
    this.chart.show(tile, context);
  }

  hide() {
    this.root.hidden = this.context.root.hidden = true;
    this.asked = null;
  }

  /** Show what else is known of the image, once that has come. */
  showContext(context, data) {
    this.context.show(context, data);
  }

  draw(mixer, shared, mixerOf) {
    if (this.root.hidden) return;
    this.stage.draw(mixer);
    this.context.draw(shared, mixerOf);
  }
}
