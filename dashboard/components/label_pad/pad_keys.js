// The pad's keys: read before Streamlit's own shortcuts, which are single letters too.

import { isTyping } from "../channel_viewer/shortcuts.js";

const ACTIVATING = ["Enter", " "];
const CONTROL = "a[href], button, summary, input, [role]:not([role=img])";
const READS_LETTERS = "[role^=menu], [role=listbox], [role=option], [role=grid]";

/** Call `press(key)` for every key meant for the pad in `root` until the returned function is called. */
export function listenToPadKeys(root, press) {
  let clicked = null; // Where a pointer, not Tab, has left the focus, all keys are the pad's.
  let settle = () => {};
  const onPointerUp = (event) => {
    const inPad = event.composedPath().includes(root);
    settle = () => {
      const focused = () => root.getRootNode().activeElement;
      if (inPad && !root.contains(focused())) root.focus({ preventScroll: true });
      clicked = focused();
      settle = () => {};
    };
    setTimeout(() => settle()); // A label hands the focus on after its click.
  };
  const leaves = (key, target) =>
    target.matches?.(READS_LETTERS) ||
    (ACTIVATING.includes(key) && target !== clicked && !isNeutral(target, root));
  const onKey = (event) => {
    settle(); // A key may be quicker.
    if (event.key === "Tab") clicked = null;
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (leaves(event.key, event.composedPath()[0])) return;
    const key = event.key.toLowerCase();
    if (key.length > 1 && key !== "enter" && key !== "escape") return;
    // A key held down decides nothing: thirty labels a second would be nobody's opinion.
    if (!event.repeat && !press(key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("pointerup", onPointerUp, true);
  window.addEventListener("keydown", onKey, true);
  return () => {
    window.removeEventListener("pointerup", onPointerUp, true);
    window.removeEventListener("keydown", onKey, true);
  };
}

/** Whether Enter and Space mean nothing where the focus is. */
function isNeutral(target, root) {
  if (root.contains(target)) return !target.matches(CONTROL);
  return target.matches("main") || (target.tabIndex < 0 && !target.hasAttribute("role"));
}
