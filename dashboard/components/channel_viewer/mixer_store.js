// The one mixer of a browser tab: who shows images listens, who sets it tells all of them.
//
// One image may have settings of its own; while it is the store's scope they are what is set. What
// a person sets is remembered for the next visit; what a link brings holds in this tab alone, and
// no tab changes what another one shows.

import { parseMixer, plainMixer } from "./mixer_state.js";

const STORAGE_KEY = "hpa-mixer";
const OWN_KEY = "hpa-mixer-own";
const KEPT_OWN = 200;

/** The tab's own store, then that of all visits; a browser may forbid both. */
function storages() {
  try {
    return [window.sessionStorage, window.localStorage];
  } catch (error) {
    if (error instanceof DOMException) return [];
    throw error;
  }
}

/** The tab's settings, else those of the last visit; null where nobody has set any. */
function recall() {
  for (const storage of storages()) {
    const mixer = parseMixer(storage.getItem(STORAGE_KEY));
    if (mixer) return mixer;
  }
  return null;
}

/** The images with settings of their own, by id; they last as long as the tab. */
function recallOwn() {
  const [storage] = storages();
  try {
    const entries = Object.entries(JSON.parse(storage?.getItem(OWN_KEY)) ?? {});
    const known = entries.map(([id, value]) => [id, parseMixer(JSON.stringify(value))]);
    return new Map(known.filter(([, mixer]) => mixer));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

export class MixerStore {
  constructor() {
    const known = recall();
    this.chosen = known !== null;
    this.shared = known ?? plainMixer();
    if (known) this.keepInTab(known);
    this.own = recallOwn();
    this.scope = null; // Id of the image that is shown large.
    this.listeners = new Set();
  }

  /** The settings of one image. */
  of(id) {
    return this.own.get(id) ?? this.shared;
  }

  /** The settings in hand: of the image in scope, which are everyone's unless it has its own. */
  get value() {
    return this.of(this.scope);
  }

  get alone() {
    return this.own.has(this.scope);
  }

  /**
   * Show what a link names (`linkedMixers`): one with everyone's settings leaves none of the images
   * in sight other ones of its own.
   */
  follow({ shared, own }, idsInSight) {
    if (shared) {
      this.keepInTab(shared);
      for (const id of idsInSight) this.own.delete(id);
    }
    for (const [id, mixer] of own) this.keepOwn(id, mixer);
  }

  /** Take new settings, remember them and tell every listener. */
  set(mixer) {
    if (this.alone) this.keepOwn(this.scope, mixer);
    else this.share(mixer);
    for (const listener of this.listeners) listener(mixer);
  }

  /** Give the image in scope settings of its own, or everyone's again. */
  setAlone(alone) {
    const { value } = this;
    if (alone) this.keepOwn(this.scope, value);
    else this.keepOwn(this.scope, null);
    for (const listener of this.listeners) listener(this.value);
  }

  /** Make the settings in hand everyone's. */
  setForAll() {
    const { value } = this;
    this.own.clear();
    this.keepOwn(null, null);
    this.share(value);
    for (const listener of this.listeners) listener(value);
  }

  share(mixer) {
    this.keepInTab(mixer);
    const [, visits] = storages();
    visits?.setItem(STORAGE_KEY, JSON.stringify(mixer));
  }

  keepInTab(mixer) {
    Object.assign(this, { shared: mixer, chosen: true });
    const [tab] = storages();
    tab?.setItem(STORAGE_KEY, JSON.stringify(mixer));
  }

  keepOwn(id, mixer) {
    this.own.delete(id);
    if (mixer) this.own.set(id, mixer);
    for (const oldest of [...this.own.keys()].slice(0, -KEPT_OWN)) this.own.delete(oldest);
    const [storage] = storages();
    storage?.setItem(OWN_KEY, JSON.stringify(Object.fromEntries(this.own)));
  }
}
