// The chosen image beside its scores, with the way to its neighbours and back.

import { ContextStrips } from "./context_strips.js";
import { element } from "./element.js";
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
    this.fault = element("p", { className: "fault", role: "alert", hidden: true });
    const button = (text, title, onclick) =>
      element("button", { type: "button", title, onclick }, text);
    const tools = element(
      "span",
      { className: "image-tools" },
      button("‹ Previous", "Previous image of the selection. Key ,", () => step(-1)),
      this.place,
      button("Next ›", "Next image of the selection. Key .", () => step(1)),
      button("Save PNG", "The whole image as it is mixed now, with its legend. Key S", save),
      button("Back to the gallery", "Key Escape", close),
    );
    const side = element("div", { className: "image-side" }, this.chart.root);
    this.root = element(
      "section",
      { className: "image-view", hidden: true, "aria-label": "Chosen image" },
      element("header", {}, this.name, tools),
      this.fault,
      element("div", { className: "image-body" }, this.stage.root, side),
    );
  }

  /** Show `tile`: first from `thumbnail` (a ShownImage or none), then from its full image. */
  async show(tile, { place, thumbnail, imageSize, images, ...context }) {
    this.label(tile, { place, ...context });
    if (this.row === tile.row && !this.root.hidden) return;
    Object.assign(this, { row: tile.row, image: null });
    this.root.hidden = this.context.root.hidden = false;
    this.fault.hidden = true;
    const about = { fullSize: imageSize, fileSize: tile.file_side, name: `Image ${tile.id}` };
    if (thumbnail) this.stage.show(thumbnail, { ...about, full: false });
    try {
      const full = await images.load(tile.row);
      if (this.row !== tile.row) return;
      this.image = new ShownImage(full);
      this.stage.show(this.image, { ...about, full: true });
      this.loaded();
    } catch (error) {
      if (this.row !== tile.row) return;
      this.fault.textContent = error.message;
      this.fault.hidden = false;
    }
  }

  label(tile, { place, ...context }) {
    this.name.textContent = tile.id;
    this.place.textContent = place;
    this.chart.show(tile, context);
  }

  hide() {
    this.root.hidden = this.context.root.hidden = true;
    this.row = null;
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
