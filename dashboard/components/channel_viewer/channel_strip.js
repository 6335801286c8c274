// The controls of one channel: on or off, colour, limits, gamma.

import { clamp, element } from "./element.js";
import { LimitEditor } from "./limit_editor.js";
import { CHANNELS, GAMMA } from "./mixer_state.js";

export class ChannelStrip {
  /** `change(fields)` is called with what the person changed. */
  constructor(index, change) {
    const { stain } = CHANNELS[index];
    this.toggle = element("button", {
      type: "button",
      className: "toggle",
      title: `Show or hide ${stain}. Key ${index + 1}: ${stain} alone`,
      onclick: () => change({ on: !this.channel.on }),
    });
    this.color = element("input", {
      type: "color",
      title: `Colour of ${stain}`,
      "aria-label": `Colour of ${stain}`,
      oninput: () => change({ color: this.color.value }),
    });
    this.toggle.append(
      element("kbd", {}, `${index + 1}`),
      element("span", { className: "stain" }, stain),
    );
    this.editor = new LimitEditor(stain, change);
    this.makeGamma(stain, change);
    this.root = element(
      "section",
      { className: "strip", "aria-label": stain },
      element("header", {}, this.toggle, this.color),
      this.editor.root,
      element("footer", {}, this.editor.numbers, this.gammaLabel, this.editor.cut),
    );
  }

  makeGamma(stain, change) {
    this.gamma = element("input", {
      type: "range",
      min: GAMMA.smallest,
      max: GAMMA.largest,
      step: 0.05,
      title: "Gamma: below 1 lifts dim structures. Double click: back to 1",
      "aria-label": `Gamma of ${stain}`,
      oninput: () =>
        change({ gamma: clamp(Number(this.gamma.value), GAMMA.smallest, GAMMA.largest) }),
      ondblclick: () => change({ gamma: 1 }),
    });
    this.gammaValue = element("output");
    this.gammaLabel = element("label", { className: "gamma" }, "γ", this.gamma, this.gammaValue);
  }

  /** `varied`: the limits are those of many images, each of which has its own. */
  draw(channel, counts, varied) {
    this.channel = channel;
    this.root.classList.toggle("off", !channel.on);
    this.toggle.setAttribute("aria-pressed", channel.on);
    this.color.value = channel.color;
    this.gamma.value = channel.gamma;
    this.gammaValue.textContent = channel.gamma.toFixed(2);
    this.editor.draw(channel, counts, varied);
  }
}
