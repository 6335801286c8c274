// The 28 classes: key, label, the model's probability against its threshold, and what changed.

import { element } from "../channel_viewer/element.js";

export class ClassRows {
  /** `toggle(id)` is called by a click; keys are the pad's affair. */
  constructor(names, toggle) {
    this.rows = names.map((name, id) => new ClassRow(name, () => toggle(id)));
    this.root = element(
      "ol",
      { className: "label-rows", "aria-label": "Classes" },
      ...this.rows.map((row) => row.root),
    );
  }

  /** Name the keys; those that a first stroke `begun` leaves open stand out. */
  nameKeys(keys, begun = "") {
    this.root.classList.toggle("begun", begun !== "");
    this.rows.forEach((row, id) => row.nameKey(keys[id], begun !== "" && keys[id][0] === begun));
  }

  draw({ task, labels, thresholds }) {
    this.rows.forEach((row, id) => row.draw(id, task, labels.includes(id), thresholds));
  }
}

class ClassRow {
  constructor(name, toggle) {
    this.key = element("kbd");
    this.mark = element("span", { className: "label-mark", "aria-hidden": "true" });
    this.name = element("span", { className: "label-name", title: name }, name);
    this.bar = element("i", { className: "score-bar" });
    this.tick = element("i", { className: "score-tick" });
    this.track = element("span", { className: "score-track" }, this.bar, this.tick);
    this.value = element("span", { className: "score-value" });
    this.change = element("span", { className: "label-change" });
    this.button = element("button", {
      type: "button",
      className: "label-row",
      onclick: toggle,
      onmousedown: (event) => event.preventDefault(), // The keys stay the pad's.
    });
    const parts = [this.key, this.mark, this.name, this.track, this.value, this.change];
    this.button.append(...parts);
    this.root = element("li", {}, this.button);
  }

  nameKey(strokes, open) {
    this.key.textContent = [...strokes.toUpperCase()].join(" ");
    this.root.classList.toggle("open", open);
  }

  draw(id, { labels: present, probs }, on, thresholds) {
    const was = present.includes(id);
    const called = probs !== null && probs[id] > thresholds[id];
    this.button.setAttribute("aria-pressed", on);
    this.button.classList.toggle("called", called);
    this.mark.textContent = on ? "✓" : "";
    this.change.textContent = on === was ? "" : on ? "added" : "removed";
    this.track.hidden = probs === null;
    if (probs === null) return;
    this.bar.style.width = `${probs[id] * 100}%`;
    this.tick.style.left = `${thresholds[id] * 100}%`;
    this.value.textContent = probs[id].toFixed(2);
    const numbers = `probability ${probs[id].toFixed(4)}, threshold ${thresholds[id].toFixed(4)}`;
    this.button.title = `${called ? "The model calls it" : "The model does not call it"}: ${numbers}`;
  }
}
