// Which keys mean which class, and how strokes are read: one key for most, two for the rare ones.
//
// A first stroke is a letter, or a digit the mixer leaves free: browsers reserve none of them alone.

import { mixerKeys } from "../channel_viewer/shortcuts.js";

// Keys of classes 0 to 27. The eighteen most frequent take one stroke; the rare ones begin with R.
// Letters come from the name where they are free.
export const DEFAULT_KEYS = [
  "n", // Nucleoplasm
  "w", // Nuclear membrane: a wall
  "o", // Nucleoli
  "f", // Nucleoli fibrillar center
  "s", // Nuclear speckles
  "b", // Nuclear bodies
  "e", // Endoplasmic reticulum
  "g", // Golgi apparatus
  "rp", // Peroxisomes
  "re", // Endosomes
  "rl", // Lysosomes
  "l", // Intermediate filaments: long ones
  "k", // Actin filaments
  "d", // Focal adhesion sites
  "t", // Microtubules
  "rt", // Microtubule ends
  "rc", // Cytokinetic bridge
  "rs", // Mitotic spindle
  "h", // Microtubule organizing center: the hub
  "v", // Centrosome
  "rd", // Lipid droplets
  "p", // Plasma membrane
  "j", // Cell junctions
  "m", // Mitochondria
  "ra", // Aggresome
  "c", // Cytosol
  "rb", // Cytoplasmic bodies
  "rr", // Rods & rings
];

// What a key does beside the classes; the words are those of the pad's buttons.
export const ACTION_KEYS = {
  enter: "save",
  " ": "accept",
  u: "unsure",
  x: "skip",
  q: "note",
  z: "undo",
  y: "redo",
  ",": "previous",
  ".": "next",
};
const MIXER_KEYS = [...Object.keys(mixerKeys({})), "a", "i", "+", "-"];
const FIRST_STROKE = /^[a-z5-9]$/;
const KEPT_KEYS = "hpa-label-keys";

/** Why `keys` (one string a class) cannot be used: a sentence about `names`, or null if they can. */
export function keyFault(keys, names) {
  for (const [id, strokes] of keys.entries()) {
    const fault = strokesFault(strokes) ?? clash(keys, id, names);
    if (fault) return `${names[id]}: ${fault}.`;
  }
  return null;
}

function strokesFault(strokes) {
  const [first, ...rest] = strokes;
  if (!strokes) return "needs a key";
  if (rest.length > 1) return `"${strokes}" is more than two strokes`;
  if ([first, ...rest].some((key) => !/^[a-z0-9]$/.test(key))) {
    return `"${strokes}" has a stroke that is neither a letter nor a digit`;
  }
  if (first in ACTION_KEYS) return `${first.toUpperCase()} means ${ACTION_KEYS[first]} already`;
  if (MIXER_KEYS.includes(first) || !FIRST_STROKE.test(first)) {
    return `${first.toUpperCase()} belongs to the channel mixer`;
  }
  return null;
}

/** A key that another class has too, or that begins another's two strokes. */
function clash(keys, id, names) {
  const other = keys.findIndex(
    (strokes, at) => at !== id && strokes && (strokes === keys[id] || begins(strokes, keys[id])),
  );
  return other < 0 ? null : `its keys ${keys[id].toUpperCase()} get in the way of ${names[other]}`;
}

function begins(one, two) {
  return one.length !== two.length && one[0] === two[0] && Math.min(one.length, two.length) === 1;
}

/** Reads strokes one by one. */
export class KeyReader {
  constructor(keys) {
    this.keys = keys;
    this.begun = "";
  }

  /** What `key` means now: `{class}`, `{action}`, `{begun}` while a second stroke is awaited, or null. */
  read(key) {
    const strokes = this.begun + key;
    const waited = this.begun !== "";
    this.begun = "";
    const id = this.keys.indexOf(strokes);
    if (id >= 0) return { class: id };
    if (waited) return { begun: "" }; // A stroke that leads nowhere does nothing else by mistake.
    if (key in ACTION_KEYS) return { action: ACTION_KEYS[key] };
    if (!this.keys.some((each) => each.length === 2 && each[0] === key)) return null;
    this.begun = key;
    return { begun: key };
  }
}

/** The keys kept in `storage`, or the default ones where it holds none that can be used. */
export function recallKeys(storage, names) {
  const kept = (storage?.getItem(KEPT_KEYS) ?? "").split(" ");
  return kept.length === names.length && !keyFault(kept, names) ? kept : [...DEFAULT_KEYS];
}

export function rememberKeys(storage, keys) {
  storage?.setItem(KEPT_KEYS, keys.join(" "));
}
