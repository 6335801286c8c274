// What could not be loaded, in a sentence, and the way to try it again.

import { element } from "./element.js";

export class Fault {
  /** `again()` is called where a person wants to try once more. */
  constructor(again) {
    this.text = element("span");
    const button = element("button", { type: "button", onclick: again }, "Try again");
    this.root = element("p", { className: "fault", role: "alert", hidden: true });
    this.root.append(this.text, button);
  }

  say(sentence) {
    this.text.textContent = sentence;
    this.root.hidden = false;
  }

  clear() {
    this.root.hidden = true;
  }
}
