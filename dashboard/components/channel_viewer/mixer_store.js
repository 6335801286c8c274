// The one mixer of a browser tab: who shows images listens, who sets it tells all of them.

import { parseMixer, plainMixer } from "./mixer_state.js";

const STORAGE_KEY = "hpa-mixer";

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

export class MixerStore {
  constructor() {
    this.value = recall();
    this.listeners = new Set();
  }

  /** Take new settings, remember them and tell every listener. */
  set(mixer) {
    this.value = mixer;
    const text = JSON.stringify(mixer);
    for (const storage of storages()) storage.setItem(STORAGE_KEY, text);
    for (const listener of this.listeners) listener(mixer);
  }
}
