// The pad's keys: read before Streamlit's own shortcuts, which are single letters too.

import { isTyping } from "../channel_viewer/shortcuts.js";

const ACTIVATING = ["Enter", " "];
const OWN_ACTIVATION = "button:focus-visible, summary, select, [role=button]";

/** Call `press(key)` for every key meant for the pad until the returned function is called. */
export function listenToPadKeys(press) {
  const onKey = (event) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    if (ACTIVATING.includes(event.key) && target.matches?.(OWN_ACTIVATION)) return;
    const key = event.key.toLowerCase();
    if (key.length > 1 && key !== "enter" && key !== "escape") return;
    // A key held down decides nothing: thirty labels a second would be nobody's opinion.
    if (!event.repeat && !press(key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", onKey, true);
  return () => window.removeEventListener("keydown", onKey, true);
}
