// One question for many images: all are answered alike but for those clicked or swept over.

import { Gallery } from "../channel_viewer/gallery.js";
import { element } from "../channel_viewer/element.js";
import { fetchTiles } from "../channel_viewer/tile_loader.js";
import { flipped } from "./desk.js";

export class QuestionGrid {
  /** `apply(changes)` takes `[{task, labels}]`; `loaded()` says that pixels are there. */
  constructor(names, { apply, loaded }) {
    Object.assign(this, { names, apply, tasks: [], exceptions: new Set() });
    this.gallery = new Gallery({ open: (index) => this.flip(index), loaded });
    this.question = element("h3", { className: "image-id" });
    this.usual = element("select", {
      "aria-label": "Answer of all images that are not marked",
      onchange: () => {
        this.chosen = true;
        this.usual.blur(); // Enter is the grid's again.
        this.draw();
      },
    });
    this.usual.append(new Option("Yes, all but the marked", "yes"));
    this.usual.append(new Option("No, none but the marked", "no"));
    this.count = element("span", { className: "image-place", role: "status" });
    this.button = element(
      "button",
      { type: "button", className: "primary", onclick: () => this.finish() },
      "Apply to all (Enter)",
    );
    const tools = element("span", { className: "image-tools" }, this.usual, this.count, this.button);
    this.root = element(
      "section",
      { className: "question", "aria-label": "One question for many images" },
      element("header", {}, this.question, tools),
      this.gallery.fault.root,
      this.gallery.root,
    );
    this.listen();
  }

  /** Sweeping with the button held gives every tile what the first one got. */
  listen() {
    const { root } = this.gallery;
    const under = (event) =>
      this.gallery.cells.findIndex(({ button }) => event.composedPath().includes(button));
    root.addEventListener("pointerdown", (event) => {
      const index = under(event);
      if (index < 0 || event.button !== 0) return;
      event.preventDefault();
      this.sweeping = !this.marked(index);
      this.set(index, this.sweeping);
    });
    root.addEventListener("pointerover", (event) => {
      if (this.sweeping === undefined || !(event.buttons & 1)) return;
      if (under(event) >= 0) this.set(under(event), this.sweeping);
    });
    window.addEventListener("pointerup", this.endSweep);
    root.addEventListener("click", (event) => event.detail && event.stopPropagation(), true);
  }

  endSweep = () => {
    this.sweeping = undefined;
  };

  /** Show the question of class `asked` for `tasks`; what most of them seem to be is the answer. */
  show(tasks, asked, address, threshold) {
    if (!this.chosen && tasks[0]?.id !== this.tasks[0]?.id)
      this.usual.value = mostlyYes(tasks, asked, threshold) ? "yes" : "no";
    Object.assign(this, { tasks, asked });
    this.question.textContent = `Is this ${this.names[asked]}?`;
    const tile = ({ row, id, labels, probs }) => ({ row, id, truth: labels, calls: null, probs });
    this.gallery.show({
      address,
      tiles: tasks.map(tile),
      classes: this.names,
      compared: false,
      scoredClass: asked,
    });
    this.draw();
  }

  /** Have the next grid's pixels in the browser's cache, where the gallery's own request finds them. */
  expect(tasks, address) {
    const rows = tasks.map(({ row }) => row);
    if (!rows.length || rows.join() === this.expected) return;
    this.expected = rows.join();
    fetchTiles(address, "thumbnails", rows).catch(() => (this.expected = ""));
  }

  marked(index) {
    return this.exceptions.has(this.tasks[index].id);
  }

  flip(index) {
    this.set(index, !this.marked(index));
  }

  set(index, marked) {
    const { id } = this.tasks[index];
    if (marked) this.exceptions.add(id);
    else this.exceptions.delete(id);
    this.draw();
  }

  answer(index) {
    return (this.usual.value === "yes") !== this.marked(index);
  }

  draw() {
    this.gallery.cells.forEach(({ button }, index) => {
      const yes = this.answer(index);
      button.classList.toggle("yes", yes);
      button.classList.toggle("no", !yes);
      button.dataset.answer = yes ? "✓ yes" : "✗ no";
      button.setAttribute("aria-pressed", this.marked(index));
    });
    const yes = this.tasks.filter((_, index) => this.answer(index)).length;
    this.count.textContent = `${yes} yes, ${this.tasks.length - yes} no`;
    this.button.disabled = this.tasks.length === 0;
  }

  finish() {
    if (!this.tasks.length) return;
    const { asked } = this;
    const changes = this.tasks.map((task, index) => {
      const right = task.labels.includes(asked) === this.answer(index);
      return { task, labels: right ? task.labels : flipped(task.labels, asked) };
    });
    this.exceptions.clear();
    this.apply(changes);
  }

  close() {
    window.removeEventListener("pointerup", this.endSweep);
  }
}

/** Whether most of the images are called so, or, where there is no score, labelled so. */
function mostlyYes(tasks, asked, threshold) {
  const yes = ({ labels, probs }) => (probs ? probs[asked] > threshold : labels.includes(asked));
  return tasks.filter(yes).length * 2 >= tasks.length;
}
