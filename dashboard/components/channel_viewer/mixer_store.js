// The one mixer of a browser tab: who shows images listens, who sets it tells all of them.
//
// One image may have settings of its own; while it is the store's scope they are what is set.

import { parseMixer, plainMixer } from "./mixer_state.js";

const STORAGE_KEY = "hpa-mixer";
const OWN_KEY = "hpa-mixer-own";
const KEPT_OWN = 200;

/** The tab's own settings first, then those of the last visit; a browser may forbid both. */
function storages() {
  try {
    return [window.sessionStorage, window.localStorage];
  } catch (error) {
    if (error instanceof DOMException) return [];
    throw error;
  }
}

function recall() {
  for (const storage of storages()) {
    const mixer = parseMixer(storage.getItem(STORAGE_KEY));
    if (mixer) return mixer;
  }
  return plainMixer();
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
    this.shared = recall();
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
    this.shared = mixer;
    const text = JSON.stringify(mixer);
    for (const storage of storages()) storage.setItem(STORAGE_KEY, text);
  }

  keepOwn(id, mixer) {
    this.own.delete(id);
    if (mixer) this.own.set(id, mixer);
    for (const oldest of [...this.own.keys()].slice(0, -KEPT_OWN)) this.own.delete(oldest);
    const [storage] = storages();
    storage?.setItem(OWN_KEY, JSON.stringify(Object.fromEntries(this.own)));
  }
}
