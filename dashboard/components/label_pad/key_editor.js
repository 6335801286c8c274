// The key map as it may be edited: one small field a class, checked before it is taken.

import { element } from "../channel_viewer/element.js";
import { DEFAULT_KEYS, keyFault } from "./key_map.js";

export class KeyEditor {
  /** `take(keys)` is called with a key map that can be used. */
  constructor(names, take) {
    Object.assign(this, { names, take });
    this.fields = names.map((name) =>
      element("input", {
        maxLength: 2,
        size: 2,
        "aria-label": `Keys of ${name}`,
        onchange: () => this.check(),
      }),
    );
    this.fault = element("p", { className: "fault", role: "alert", hidden: true });
    const rows = names.map((name, id) => element("label", {}, this.fields[id], name));
    const reset = element(
      "button",
      { type: "button", onclick: () => this.take([...DEFAULT_KEYS]) },
      "Default keys",
    );
    this.root = element(
      "details",
      { className: "key-editor" },
      element("summary", {}, "Edit the keys"),
      element(
        "p",
        { className: "score-note" },
        "One or two strokes a class: letters, or digits from 5; they are kept in this browser.",
      ),
      this.fault,
      element("div", { className: "key-fields" }, ...rows),
      reset,
    );
  }

  show(keys) {
    this.fault.hidden = true;
    this.fields.forEach((field, id) => (field.value = keys[id].toUpperCase()));
  }

  check() {
    const keys = this.fields.map(({ value }) => value.trim().toLowerCase());
    const fault = keyFault(keys, this.names);
    this.fault.textContent = fault ? `${fault} The keys in force stay as they were.` : "";
    this.fault.hidden = !fault;
    if (!fault) this.take(keys);
  }
}
