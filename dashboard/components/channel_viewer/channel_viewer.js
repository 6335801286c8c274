// Gallery, large image and mixer as one component of the page.
//
// To the server go: `show` (a place in the selection, and which image is shown large) and `filter`
// (a selection to show instead). Mixing channels never asks the server for anything.

import { chipLegend } from "./class_chips.js";
import { element } from "./element.js";
import { makePainter } from "./gl_painter.js";
import { Gallery } from "./gallery.js";
import { ImageView } from "./image_view.js";
import { KeysDialog } from "./keys_dialog.js";
import { MixerBar } from "./mixer_bar.js";
import { linkedMixers, writeMixerLink } from "./mixer_link.js";
import { shownChannels } from "./mixer_state.js";
import { MixerStore } from "./mixer_store.js";
import { Pager } from "./pager.js";
import { downloadPng, legendCanvas } from "./png_export.js";
import { pictureName, pictureText } from "./png_text.js";
import { listenToKeys, mixerKeys } from "./shortcuts.js";
import { ImageLoader, PageLoader } from "./tile_loader.js";
import { Wishes } from "./wishes.js";

const KEY_ZOOM = 1.5;
const LINK_PAUSE_MS = 250;

class ChannelViewer {
  constructor(root) {
    this.store = new MixerStore();
    this.wishes = new Wishes((wish) => this.setTriggerValue("show", wish));
    this.painters = [makePainter(), makePainter()];
    const [tilesPainter, stagePainter] = this.painters;
    this.pages = new PageLoader();
    this.gallery = new Gallery({
      open: (index) => this.open(index),
      loaded: () => this.pageLoaded(),
      paint: tilesPainter.paint,
      fetchPage: (...asked) => this.pages.fetch(...asked),
    });
    this.view = new ImageView({
      step: (by) => this.step(by),
      close: () => this.close(),
      loaded: () => this.drawSoon(),
      save: () => this.save(),
      open: (tile) => this.openTile(tile),
      filter: (text) => this.setTriggerValue("filter", text),
      paint: stagePainter.paint,
    });
    this.mixer = new MixerBar(this.store, () => (this.tile ? this.view.stage.image : this.gallery));
    this.legend = element("div", { className: "gallery-legend" });
    this.pagers = ["Pages, above the images", "Pages, below the images"].map(
      (name) => new Pager((first) => this.go(first), name),
    );
    const [above, below] = this.pagers.map((pager) => pager.root);
    const skip = { type: "button", className: "skip", onclick: () => this.focusImages() };
    this.dialog = new KeysDialog();
    this.mixer.tools.append(this.dialog.button);
    this.root = element(
      "div",
      { className: "viewer" },
      element("button", skip, "Skip the mixer, to the images"),
      this.mixer.root,
      this.view.root,
      element("div", { className: "gallery-head" }, this.legend, this.gallery.status, above),
      this.gallery.fault.root,
      this.gallery.root,
      this.view.context.root,
      element("div", { className: "gallery-foot" }, below),
      this.dialog.root,
    );
    this.root.dataset.painter = stagePainter.name;
    root.append(this.root);
    this.store.listeners.add(() => this.drawSoon());
    this.stopKeys = listenToKeys(() => this.keys());
  }

  /** Take what the page sends; the same function for the first time and for every rerun. */
  update({ data, setTriggerValue }) {
    this.setTriggerValue = setTriggerValue;
    const { address, heard } = data;
    if (this.images?.address !== address) this.images = new ImageLoader(address);
    const told = data.token !== this.data?.token;
    const first = !this.data;
    if (first) this.wishes.begin(heard);
    if (!this.wishes.hear(heard)) return;
    this.showPage(data);
    if (first) this.store.follow(linkedMixers(), this.idsInSight);
    const signs = data.tiles.length ? [chipLegend(data.withTruth, data.withCalls)] : [];
    this.legend.replaceChildren(...signs);
    this.linkSoon(); // The server writes an address that does not know the mixer.
    this.follow(told);
  }

  showPage(data) {
    this.data = data;
    this.gallery.show(data);
    this.showPages();
  }

  /** Count pages from the one that is wished for, so that each key leads one further. */
  showPages() {
    const first = this.wishes.newest?.position ?? this.data.first;
    for (const pager of this.pagers) pager.show({ ...this.data, first });
  }

  /** Draw the page that has come, then fetch the next one's pixels: it is turned at once. */
  pageLoaded() {
    this.drawSoon();
    const { address, following } = this.data;
    if (!following.length) return;
    const rows = following.map(({ row }) => row);
    // What fails now is asked for again when the page is turned, and told then.
    this.pages.fetch(address, "thumbnails", rows).catch(() => {});
  }

  /** The page decides what is large when it is first drawn or turned, afterwards the viewer. */
  follow(told) {
    const { opened, tiles } = this.data;
    const still = this.tile && tiles.find(({ id }) => id === this.tile.id);
    if (told) this.tile = opened;
    else if (this.tile) this.tile = still ?? (opened?.id === this.tile.id ? opened : null);
    this.showTile();
    if (told && opened) this.scrollIntoSight();
    const { newest } = this.wishes; // The page wished for may have come as the following one.
    if (newest && !this.tile && this.turnAhead(newest.position)) this.wishes.meet();
  }

  /** The mixer and the stage under it, and what the page has above them. */
  scrollIntoSight() {
    const top = document.querySelector(`.st-key-${this.data.head}`) ?? this.root;
    top.style.scrollMarginTop = getComputedStyle(this.root).scrollMarginTop;
    top.scrollIntoView({ block: "start" });
  }

  open(index) {
    this.openTile(this.data.tiles[index]);
  }

  openTile(tile) {
    this.tile = tile;
    this.showTile();
    this.tell();
    this.scrollIntoSight();
  }

  focusImages() {
    if (this.tile) this.view.stage.canvas.focus();
    else this.gallery.focus();
  }

  close() {
    this.tile = null;
    this.showTile();
    this.tell();
    this.gallery.focus();
  }

  /** Tell the server what is shown. */
  tell() {
    const shown = { position: this.data.first, large: false, image: this.tile?.id ?? null };
    this.wish(shown, { shown: true });
  }

  wish(...wished) {
    this.wishes.make(...wished);
    this.showPages();
  }

  /** Of the images on the page, and of the one shown large. */
  get idsInSight() {
    const opened = this.tile ?? this.data.opened;
    const shown = [...this.data.tiles, ...(opened ? [opened] : [])];
    return [...new Set(shown.map(({ id }) => id))];
  }

  get index() {
    return this.tile ? this.data.tiles.findIndex(({ id }) => id === this.tile.id) : -1;
  }

  showTile() {
    const { tile, index, data } = this;
    this.root.classList.toggle("large", Boolean(tile));
    this.store.scope = tile?.id ?? null;
    this.gallery.mark(index);
    if (!tile) {
      this.view.hide();
      this.drawSoon();
      return;
    }
    const place = index < 0 ? null : data.first + index;
    const thumbnail = this.gallery.images[index];
    this.view.show(tile, { ...data, place, thumbnail, images: this.images });
    this.view.showContext(data.context?.image === tile.id ? data.context : null, data);
    for (const near of [index + 1, index - 1]) {
      if (index >= 0 && data.tiles[near]) this.images.load(data.tiles[near].row).catch(() => {});
    }
    this.drawSoon();
  }

  /** Hand out the image shown large, once its pixels are there. */
  save() {
    const { image } = this.view;
    if (!image) return;
    const { id, file_side: fileSide } = this.tile;
    const { value } = this.store;
    const about = [`Image ${id}`, this.data.source].filter(Boolean);
    const shown = shownChannels({ ...value, channels: image.channels(value) });
    const texts = { Description: pictureText(about, shown, value), Software: "HPA Workbench" };
    const canvas = legendCanvas(image, value, about, fileSide);
    downloadPng(canvas, pictureName(id, shown, value), texts);
  }

  /** Go to a neighbour within the selection; beyond the page's edge the server turns the page. */
  step(by) {
    const { newest } = this.wishes;
    const index = newest?.large ? newest.position - this.data.first : this.index; // Still to come.
    if (this.index < 0 && by < 0) return; // Nothing comes before the selection.
    const next = this.index < 0 ? -this.data.first : index + by;
    if (this.data.tiles[next]) this.open(next);
    else this.go(this.data.first + next);
  }

  go(position) {
    const inside = position >= 0 && position < this.data.total;
    if (!inside) return;
    if (this.turnAhead(position)) this.tell();
    else this.wish({ position, large: Boolean(this.tile), image: null }, { shown: false });
  }

  /** Show the next page, where it is that, before the server has answered, which sends the same. */
  turnAhead(position) {
    const { first, pageSize, following } = this.data;
    if (position !== first + pageSize || !following.length) return false;
    const next = { tiles: following, first: position, following: [], context: null };
    this.showPage({ ...this.data, ...next });
    if (this.tile) [this.tile] = following;
    this.showTile();
    return true;
  }

  /** What each key does now. */
  keys() {
    const { store, view, mixer, dialog } = this;
    if (dialog.keys) return dialog.keys;
    const [pager] = this.pagers;
    const always = {
      ...mixerKeys(store),
      a: () => mixer.autoContrast(),
      i: () => store.set({ ...store.value, inverted: !store.value.inverted }),
      g: () => this.focusImages(),
      "?": () => dialog.button.click(),
      "[": () => pager.turn(-1),
      "]": () => pager.turn(1),
    };
    if (!this.tile) return always;
    return {
      ...always,
      ",": () => this.step(-1),
      ".": () => this.step(1),
      escape: () => this.close(),
      s: () => this.save(),
      f: () => view.stage.fit(),
      "+": () => view.stage.zoomBy(KEY_ZOOM),
      "-": () => view.stage.zoomBy(1 / KEY_ZOOM),
    };
  }

  /** Draw once per frame, however many changes came. */
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  /** Write the link when the hand rests: browsers refuse an address that changes every frame. */
  linkSoon() {
    clearTimeout(this.linkTimer);
    this.linkTimer = setTimeout(
      () => writeMixerLink(this.store, this.idsInSight),
      LINK_PAUSE_MS,
    );
  }

  draw() {
    const { store } = this;
    this.mixer.draw(store.value);
    const mixerOf = (id) => store.of(id);
    this.gallery.draw(store.shared, mixerOf);
    this.view.draw(store.value, store.shared, mixerOf);
    this.linkSoon();
  }

  remove() {
    this.stopKeys();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.linkTimer);
    this.wishes.end();
    this.view.stage.close();
    for (const painter of this.painters) painter.close();
    this.root.remove();
  }
}

const viewers = new WeakMap();

/**
 * Called by Streamlit at every rerun, with the same element: the viewer lives on, its data change.
 *
 * Streamlit runs a call's cleanup at once when a newer call has overtaken it, so only the cleanup
 * of the newest call may end the viewer.
 */
export default function mount(component) {
  const { parentElement } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, new ChannelViewer(parentElement));
  const viewer = viewers.get(parentElement);
  viewer.newest = component;
  viewer.update(component);
  return () => {
    if (viewer.newest !== component) return;
    viewer.remove();
    viewers.delete(parentElement);
  };
}
