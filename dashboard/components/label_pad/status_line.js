// Above the images: how far the queue is, a word on the last key, and what is saved.

import { element } from "../channel_viewer/element.js";

export class StatusLine {
  /** `giveUp()` is called when the person gives up a decision that the server refuses. */
  constructor(giveUp) {
    this.progress = element("span", { className: "progress", role: "status" });
    this.hint = element("span", { className: "pad-hint", role: "status", hidden: true });
    this.saving = element("span", { className: "save-status", role: "status" });
    this.discard = element(
      "button",
      { type: "button", hidden: true, onclick: giveUp },
      "Give this decision up",
    );
    this.root = element(
      "div",
      { className: "pad-head" },
      this.progress,
      this.hint,
      this.saving,
      this.discard,
    );
  }

  /** Say `sentence`, or nothing any more. */
  say(sentence) {
    this.hint.hidden = !sentence;
    this.hint.textContent = sentence;
  }

  showProgress(text) {
    this.progress.textContent = text;
  }

  showSaving({ status: { state, text }, full }) {
    const more = full ? " Nothing more is taken until some of them are saved." : "";
    this.saving.textContent = text + more;
    this.saving.dataset.state = state;
    this.discard.hidden = state !== "refused";
  }
}
