// What moves many classes at once, and how the board is looked at.

import { AXES } from "./axis.js";
import { element, Text } from "./elements.js";
import { formatThreshold, readThreshold } from "./format.js";
import { Slider } from "./slider.js";

export class Toolbar {
  constructor(board, groups) {
    this.board = board;
    this.scope = new Text();
    this.buttons = {};
    this.root = element("div", { class: "toolbar" }, this.#movers(), this.#viewers(groups));
    this.slider = new Slider(this.track, this.handle, {
      axis: () => board.axis,
      value: () => this.#value(),
      movable: () => board.scope().length > 0,
      move: (value) => board.move(board.scope(), value),
      finish: (when) => board.finish(when),
      cancel: () => board.cancel(),
    });
  }

  paint() {
    const { board } = this;
    const indices = board.scope();
    const count = indices.length === board.rows.length ? "all" : indices.length;
    this.scope.set(board.picked().length ? `Move the ${count} selected` : `Move ${count} unlocked`);
    const value = this.#value();
    const mixed = indices.some((index) => board.threshold(index) !== value);
    this.needle.style.left = `${100 * board.axis.toX(value)}%`;
    this.handle.style.left = this.needle.style.left;
    this.track.classList.toggle("mixed", mixed);
    this.handle.setAttribute("aria-valuenow", formatThreshold(value));
    this.handle.setAttribute("aria-valuetext", mixed ? "mixed" : formatThreshold(value));
    const shown = mixed ? "mixed" : formatThreshold(value);
    if (this.input.value !== shown) this.input.value = shown;
    this.buttons.undo.disabled = !board.history.canUndo;
    this.buttons.redo.disabled = !board.history.canRedo;
    this.fallback.checked = board.state.fallback;
  }

  showAxis(axis) {
    this.rootAxis.checked = axis === AXES.root;
  }

  /** The exact optimum is chosen on the whole split, and on no part of it. */
  allowChoosing(allowed) {
    const { optimum } = this.buttons;
    this.optimumTitle ??= optimum.title;
    optimum.disabled = !allowed;
    optimum.title = allowed ? this.optimumTitle : "Thresholds are chosen on the whole split: switch the filter off";
  }

  /** The common threshold of what would move, else their median. */
  #value() {
    const values = this.board.scope().map((index) => this.board.threshold(index));
    if (values.length === 0) return 0.5;
    return values.sort((a, b) => a - b)[values.length >>> 1];
  }

  #movers() {
    const { board } = this;
    this.needle = element("span", { class: "mark needle" });
    this.handle = element("span", {
      class: "handle",
      role: "slider",
      tabindex: 0,
      "aria-label": "Threshold of all unlocked or selected classes",
      "aria-valuemin": 0,
      "aria-valuemax": 1,
    });
    this.track = element("span", { class: "plot common" }, this.needle, this.handle);
    this.input = element("input", { class: "value", inputmode: "decimal", "aria-label": "Common threshold" });
    this.input.addEventListener("change", () => this.#typed());
    this.input.addEventListener("focus", () => this.input.select());
    const optimum = "Exact optimum";
    const told =
      "Each class\u2019s threshold of highest F1 on these very samples: new data will give less. " +
      "With the highest class called, class by class as long as macro F1 gains.";
    return element(
      "div",
      { class: "line" },
      element("span", { class: "scope" }, this.scope.node),
      this.track,
      this.input,
      this.#button("half", "0.5", "Set to 0.5", () => board.setAll(0.5)),
      this.#button("low", "0.15", "Set to 0.15", () => board.setAll(0.15)),
      this.#button("optimum", optimum, told, () => board.toOptimum(board.scope())),
      this.#button("undo", "\u21b6", "Undo (Ctrl Z)", () => board.undo()),
      this.#button("redo", "\u21b7", "Redo (Ctrl Shift Z)", () => board.redo()),
    );
  }

  #viewers(groups) {
    const { board } = this;
    const chips = groups.map(({ label, classes }) =>
      this.#button(`group-${label}`, label, `Select ${classes.join(", ")}`, () => board.selectOnly(classes)),
    );
    const none = this.#button("group-none", "none", "Select nothing", () => board.selectOnly([]));
    this.fallback = element("input", { type: "checkbox", class: "fallback" });
    this.fallback.addEventListener("change", () => board.setFallback(this.fallback.checked));
    this.rootAxis = element("input", { type: "checkbox", class: "root-axis" });
    this.rootAxis.addEventListener("change", () =>
      board.setAxis(this.rootAxis.checked ? AXES.root : AXES.linear),
    );
    this.search = element("input", {
      type: "search",
      class: "search",
      placeholder: "Find a class",
      "aria-label": "Find a class by number or name",
    });
    this.search.addEventListener("input", () => board.find(this.search.value));
    const fallbackTitle = "An image without a call gets its highest class; every F1 is then of that rule";
    return element(
      "div",
      { class: "line" },
      element("span", { class: "group" }, "Select", ...chips, none),
      element("label", { title: fallbackTitle }, this.fallback, "No call: take the highest class"),
      element("label", { title: "Root scale: room for low scores" }, this.rootAxis, "Widen low scores"),
      this.search,
    );
  }

  #typed() {
    const value = readThreshold(this.input.value);
    if (value !== null) this.board.setAll(value);
    this.board.repaint();
  }

  #button(name, label, title, act) {
    const button = element("button", { type: "button", class: name, title }, label);
    button.addEventListener("click", act);
    this.buttons[name] = button;
    return button;
  }
}
