// One image large, its classes beside it, and the buttons that the keys stand for.

import { element } from "../channel_viewer/element.js";
import { Fault } from "../channel_viewer/fault.js";
import { ImageStage } from "../channel_viewer/image_stage.js";
import { ShownImage } from "../channel_viewer/shown_image.js";
import { ClassRows } from "./class_rows.js";

const ACTIONS = [
  ["save", "Save", "Enter", "Save these labels and go on"],
  ["accept", "Accept suggestion", "Space", "Save what the model calls and go on"],
  ["unsure", "Unsure", "U", "Put it aside for a reviewer and go on"],
  ["skip", "Skip", "X", "Leave it to others and go on"],
  ["undo", "Undo", "Z", "Take the last decision back"],
  ["redo", "Redo", "Y", "Do again what was taken back"],
  ["previous", "‹", ",", "Previous image, deciding nothing"],
  ["next", "›", ".", "Next image, deciding nothing"],
];

export class OneView {
  /** `actions` holds what each of `ACTIONS` does, `toggle(id)`, `annotate(note)`, `loaded()`. */
  constructor(names, actions) {
    Object.assign(this, { names, actions, shown: new Map(), row: null });
    this.stage = new ImageStage();
    this.rows = new ClassRows(names, actions.toggle);
    this.name = element("h3", { className: "image-id" });
    this.reason = element("p", { className: "reason" });
    this.suggestion = element("p", { className: "suggestion" });
    this.fault = new Fault(() => this.load());
    this.note = element("textarea", {
      rows: 1,
      maxLength: 2000,
      placeholder: "Note (Q)",
      "aria-label": "Note on this image",
      oninput: () => actions.annotate(this.note.value),
      onkeydown: (event) => {
        if (event.key === "Escape") this.note.blur();
      },
    });
    this.makeButtons();
    this.place();
  }

  place() {
    const side = element(
      "div",
      { className: "label-side" },
      this.suggestion,
      this.rows.root,
      this.note,
    );
    this.body = element("div", { className: "label-body" }, this.stage.root, side);
    this.empty = element("p", { className: "queue-end", role: "status" });
    this.root = element(
      "section",
      { className: "one", "aria-label": "Image to label" },
      element("header", {}, this.name, this.reason),
      this.fault.root,
      this.tools,
      this.body,
      this.empty,
    );
  }

  makeButtons() {
    const button = ([action, text, key, title]) =>
      element(
        "button",
        {
          type: "button",
          title: `${title}. Key ${key}`,
          className: action === "save" ? "primary" : "",
          onclick: () => this.actions.act(action),
          onmousedown: (event) => event.preventDefault(),
        },
        `${text} `,
        element("kbd", {}, key),
      );
    this.tools = element("div", { className: "label-tools" }, ...ACTIONS.map(button));
  }

  /** Show the desk's task; without one, `waiting` says why. */
  show(desk, { calls, thresholds, imageSize, images, waiting }) {
    const { task } = desk;
    this.body.hidden = this.name.hidden = this.reason.hidden = !task;
    this.empty.hidden = Boolean(task);
    this.empty.textContent = waiting;
    this.task = task;
    if (!task) return;
    const { labels, note } = desk.draft;
    this.name.textContent = task.id;
    this.reason.textContent = [task.reason, task.said].filter(Boolean).join(" · ");
    this.suggestion.textContent = this.suggested(calls);
    if (this.note.value !== note) this.note.value = note;
    this.rows.draw({ task, labels, thresholds });
    if (task.row === this.row) return;
    Object.assign(this, { row: task.row, imageSize, images });
    this.load();
  }

  suggested(calls) {
    if (!calls) return "No suggestion: no run, or a blind pass.";
    const named = calls.map((id) => this.names[id]).join(", ");
    return `The model suggests: ${named || "no class"}`;
  }

  /** Put the task's image on the stage, which shows no other one meanwhile. */
  async load() {
    const { task, imageSize: fullSize, images, stage } = this;
    const name = `Image ${task.id}`;
    this.fault.clear();
    if (!this.shown.has(task.row)) stage.clear(`${name} is loading`);
    try {
      const image = this.shown.get(task.row) ?? (await this.ready(task.row, images));
      if (this.row !== task.row) return;
      stage.show(image, { full: true, fullSize, fileSize: task.file_side, name });
      this.loaded = task.id;
      this.actions.loaded();
    } catch (error) {
      if (this.row !== task.row) return;
      this.fault.say(`${name} could not be loaded. ${error.message}`);
      stage.clear(`${name} is not here`);
    }
  }

  /** Have an image ready before it is asked for; the last few stay. */
  async ready(row, images) {
    const image = this.shown.get(row) ?? new ShownImage(await images.load(row));
    this.shown.set(row, image);
    for (const oldest of [...this.shown.keys()].slice(0, -4)) this.shown.delete(oldest);
    return image;
  }

  draw(mixer) {
    if (!this.task || this.loaded !== this.task.id) return;
    this.stage.draw(mixer);
    this.root.dataset.painted = this.task.id;
  }

  forget() {
    this.row = null;
    this.shown.clear();
  }
}
