// The viewer's keys: they hold for the whole page, except while a person types.

import { CHANNELS, showAll, solo } from "./mixer_state.js";

export const KEYS_HELP = [
  ["1 to 4", "one channel alone"],
  ["0", "all channels"],
  ["A", "auto contrast"],
  ["I", "invert"],
  ["G", "go to the images, past the mixer"],
  ["arrows, Enter", "choose an image and open it"],
  ["[ and ]", "previous and next page"],
  [", and .", "previous and next image, while one is open"],
  ["+ and -", "zoom"],
  ["arrows", "move an enlarged image that has the focus, with Shift by one pixel"],
  ["F, double click", "fit the image"],
  ["S", "save it as PNG"],
  ["Escape", "close it"],
  ["?", "these keys"],
];
const TYPING =
  "input:not([type=range], [type=checkbox], [type=color]), textarea, select, [contenteditable]";

/** Whether a key goes into a field that a person writes in. */
export function isTyping(event) {
  return Boolean(event.composedPath()[0].matches?.(TYPING));
}

/** Listen until the returned function is called; `actions()` gives what each key does now. */
export function listenToKeys(actions) {
  const onKey = (event) => {
    const others = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
    if (others || isTyping(event)) return;
    const act = actions()[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/** The keys that set the mixer. */
export function mixerKeys(store) {
  const channels = CHANNELS.map((_, index) => [
    `${index + 1}`,
    () => store.set(solo(store.value, index)),
  ]);
  return { ...Object.fromEntries(channels), 0: () => store.set(showAll(store.value)) };
}
