// The keys, in a window of their own over the page.

import { element } from "./element.js";
import { KEYS_HELP } from "./shortcuts.js";

export class KeysDialog {
  constructor() {
    const rows = KEYS_HELP.map(([keys, what]) =>
      element("div", {}, element("dt", {}, keys), element("dd", {}, what)),
    );
    const close = element("button", { type: "button", onclick: () => this.root.close() }, "Close");
    this.button = element(
      "button",
      { type: "button", className: "keys-button", onclick: () => this.root.showModal() },
      "Keys (?)",
    );
    this.root = element("dialog", { className: "keys", "aria-label": "Keys" });
    this.root.append(element("dl", {}, ...rows), close);
  }

  /** What each key does now, if the window is open: nothing but close it. */
  get keys() {
    return this.root.open ? { "?": () => this.root.close() } : null;
  }
}
