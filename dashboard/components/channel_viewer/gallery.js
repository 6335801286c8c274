// The tiles of one page of the selection, as a grid or, under a large image, as a film strip.

import { chips, scoreText, spoken } from "./class_chips.js";
import { sharedLimits, sumHistograms } from "./contrast.js";
import { clamp, element } from "./element.js";
import { Fault } from "./fault.js";
import { CHANNELS } from "./mixer_state.js";
import { paintImages, ShownImage } from "./shown_image.js";
import { fetchTiles } from "./tile_loader.js";

export class Gallery {
  /**
   * `open(index)` is called by a click or Enter, `loaded()` when pixels have arrived; `paint` is
   * `paintImages` or does the same, `fetchPage` is `fetchTiles` or does the same.
   */
  constructor({ open, loaded, paint = paintImages, fetchPage = fetchTiles }) {
    Object.assign(this, {
      open,
      loaded,
      paint,
      fetchPage,
      tiles: [],
      images: [],
      cells: [],
      current: 0,
      address: "",
      many: true,
    });
    this.root = element("div", {
      className: "gallery",
      role: "group",
      "aria-label": "Images: arrow keys choose one",
    });
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.status = element("span", { role: "status" });
    this.fault = new Fault(() => this.fetch());
  }

  /** Show `tiles`; those already there keep their pixels and only change their chips. */
  async show({ address, tiles, classes, compared, scoredClass }) {
    const same = address === this.address && rowsOf(tiles) === rowsOf(this.tiles);
    Object.assign(this, { address, tiles, classes, scoredClass });
    this.kind = compared ? "images" : "thumbnails";
    this.root.classList.toggle("compared", compared);
    if (!same) this.build();
    this.cells.forEach((cell, index) => this.label(cell, tiles[index]));
    if (!same) await this.fetch();
  }

  build() {
    this.images = [];
    this.current = 0;
    this.cells = this.tiles.map((_, index) => this.makeCell(index));
    this.root.replaceChildren(...this.cells.map(({ button }) => button));
    this.focusable(0);
  }

  makeCell(index) {
    const canvas = element("canvas", { width: 1, height: 1 });
    const name = element("span", { className: "tile-id" });
    const score = element("span", { className: "tile-score" });
    const labels = element("span", { className: "chips" });
    const button = element("button", {
      type: "button",
      className: "tile",
      tabIndex: -1,
      onclick: () => this.open(index),
      onfocus: () => this.focusable(index),
    });
    button.append(canvas, name, score, labels);
    return { button, canvas, name, score, labels };
  }

  label({ button, canvas, name, score, labels }, tile) {
    canvas.style.transform = layingOf(tile.laid);
    const told = tile.note || scoreText(tile, this.classes, this.scoredClass);
    name.textContent = tile.id;
    name.title = tile.id;
    score.textContent = told;
    score.hidden = !told;
    labels.replaceChildren(...chips(tile, this.classes));
    const parts = [spoken(tile, this.classes), told].filter(Boolean);
    button.setAttribute("aria-label", parts.join(", "));
  }

  /** Fetch the page's pixels in one request; a newer page cancels an older one. */
  async fetch() {
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    this.fault.clear();
    this.say("here");
    if (!this.tiles.length) return;
    this.say("awaited", "Loading images");
    try {
      const rows = this.tiles.map(({ row }) => row);
      const found = await this.fetchPage(this.address, this.kind, rows, request.signal);
      if (request.signal.aborted) return;
      this.images = found.map((tile) => new ShownImage(tile));
      this.knownCounts = this.knownLimits = null;
      this.say("here");
      this.loaded();
    } catch (error) {
      if (request.signal.aborted) return;
      this.say("failed");
      this.fault.say(`These images could not be loaded. ${error.message}`);
    }
  }

  /** Whether the pixels are awaited, here or failed, and in words what is waited for. */
  say(pixels, words = "") {
    this.root.dataset.pixels = pixels;
    this.status.textContent = words;
  }

  /** `mixerOf(id)` gives an image's settings where it may have its own. */
  draw(mixer, mixerOf = () => mixer) {
    const contexts = this.images.map((image, index) => {
      const { canvas } = this.cells[index];
      if (canvas.width !== image.size) canvas.width = canvas.height = image.size;
      return canvas.getContext("2d");
    });
    const mixers = this.images.map((_, index) => mixerOf(this.tiles[index].id));
    this.paint(this.images, mixers, contexts);
  }

  /** Each channel's histogram over all tiles; null while there are none. */
  get counts() {
    if (!this.images.length) return null;
    this.knownCounts ??= CHANNELS.map((_, index) =>
      sumHistograms(this.images.map(({ counts }) => counts[index])),
    );
    return this.knownCounts;
  }

  /** Each channel's limits that suit all tiles together; null while there are none. */
  get limits() {
    if (!this.images.length) return null;
    this.knownLimits ??= CHANNELS.map((_, index) =>
      sharedLimits(this.images.map(({ limits }) => limits[index])),
    );
    return this.knownLimits;
  }

  /** Mark the tile that is shown large, and bring it into view in the film strip. */
  mark(index) {
    this.cells.forEach(({ button }, at) => button.classList.toggle("opened", at === index));
    if (index >= 0) this.focusable(index);
    const strip = this.root;
    const button = this.cells[index]?.button;
    if (button) strip.scrollLeft = button.offsetLeft - (strip.clientWidth - button.clientWidth) / 2;
  }

  focusable(index) {
    if (this.cells[this.current]) this.cells[this.current].button.tabIndex = -1;
    this.current = clamp(index, 0, Math.max(this.cells.length - 1, 0));
    if (this.cells[this.current]) this.cells[this.current].button.tabIndex = 0;
  }

  focus() {
    this.cells[this.current]?.button.focus();
  }

  onKey(event) {
    const perRow = this.cells.findIndex(
      ({ button }) => button.offsetTop > this.cells[0].button.offsetTop,
    );
    const down = perRow < 0 ? this.cells.length : perRow;
    const last = this.cells.length - 1;
    const steps = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -down,
      ArrowDown: down,
      Home: -last,
      End: last,
    };
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const wanted = this.current + steps[event.key];
    const edge = event.key === "Home" || event.key === "End";
    if (!edge && (wanted < 0 || wanted > last)) return;
    this.focusable(wanted);
    this.focus();
  }
}

/** Turn and flip as `ORIENTATIONS` of hpa_core: bit 4 transposes, 2 flips rows, 1 columns. */
export function layingOf(laid) {
  const flips = `scale(${laid & 1 ? -1 : 1}, ${laid & 2 ? -1 : 1})`;
  return laid & 4 ? `${flips} matrix(0, 1, 1, 0, 0, 0)` : flips;
}

function rowsOf(tiles) {
  return tiles.map(({ row }) => row).join(",");
}
