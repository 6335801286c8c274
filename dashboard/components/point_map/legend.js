// What the colours mean: one button a level, which hides it; or a scale, where levels are amounts.

import { element } from "./element.js";

/** `toggle(level)` is called when a level is hidden or shown again. */
export function levelLegend({ colours, labels, counts, shapes }, hidden, toggle) {
  const buttons = labels.map((label, level) => {
    const swatch = element("span", { className: `swatch shape-${shapes[level] ?? 0}` });
    swatch.style.setProperty("--colour", colours[level]);
    const button = element(
      "button",
      { type: "button", className: "level", title: "Hide or show these points" },
      swatch,
      `${label} `,
      element("span", { className: "count" }, counts[level].toLocaleString("en")),
    );
    button.setAttribute("aria-pressed", String(!hidden.has(level)));
    button.addEventListener("click", () => toggle(level));
    return button;
  });
  return element("div", { className: "legend" }, ...buttons);
}

/** A bar from the lowest to the highest level. */
export function scaleLegend({ colours, scale }) {
  const bar = element("span", { className: "bar" });
  bar.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
  return element("div", { className: "legend" }, `${scale.title}: ${scale.low}`, bar, scale.high);
}
