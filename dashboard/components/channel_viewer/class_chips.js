// What was called and what is true, told by sign, outline and word, never by colour alone.

import { element } from "./element.js";

const VERDICTS = {
  found: { sign: "✓", word: "found" },
  missed: { sign: "○", word: "missed" },
  false: { sign: "✗", word: "false" },
  truth: { sign: "", word: "truth" },
  called: { sign: "•", word: "called, truth unknown" },
};

/** The verdict on each class that is true or called: `[{id, verdict}]`; found, missed, false. */
export function verdicts({ truth, calls }) {
  const known = new Set(truth ?? []);
  const called = new Set(calls ?? []);
  if (!calls) return [...known].map((id) => ({ id, verdict: "truth" }));
  if (!truth) return [...called].map((id) => ({ id, verdict: "called" }));
  const either = [...new Set([...known, ...called])].sort((a, b) => a - b);
  const judge = (id) => (known.has(id) ? (called.has(id) ? "found" : "missed") : "false");
  const order = Object.keys(VERDICTS);
  return either
    .map((id) => ({ id, verdict: judge(id) }))
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}

export function verdictText(verdict) {
  return VERDICTS[verdict].word;
}

export function chip(name, verdict) {
  const { sign, word } = VERDICTS[verdict];
  const text = sign ? `${sign} ${name}` : name;
  return element("span", { className: `chip ${verdict}`, title: `${name}: ${word}` }, text);
}

/** A class's name, and before it how true the class is where that is a share. */
export function sharedName(tile, id, classes) {
  const share = tile.shares?.[id] ?? 1;
  return share < 1 ? `${Math.round(100 * share)} % ${classes[id]}` : classes[id];
}

/** The chips of one sample, or a word where there are none. */
export function chips(tile, classes) {
  const named = (id) => sharedName(tile, id, classes);
  const found = verdicts(tile).map(({ id, verdict }) => chip(named(id), verdict));
  if (tile.calls && tile.calls.length === 0)
    found.push(element("span", { className: "chip none" }, "no call"));
  return found.length ? found : [element("span", { className: "chip none" }, "no label known")];
}

/** The same in words, for those who hear the page. */
export function spoken(tile, classes) {
  const named = (id) => sharedName(tile, id, classes);
  const parts = verdicts(tile).map(({ id, verdict }) => `${named(id)} ${VERDICTS[verdict].word}`);
  return `${tile.id}: ${parts.join(", ") || "no label known"}`;
}

/** A sample's score of one class, as a tile shows it; empty where there is none to show. */
export function scoreText({ probs }, classes, id) {
  return probs && id != null ? `${classes[id]} ${probs[id].toFixed(3)}` : "";
}

/** What the signs mean. */
export function chipLegend(withTruth, withCalls) {
  const words = {
    found: "found",
    missed: "missed",
    false: "false",
    truth: "true class",
    called: "called",
  };
  const shown = withCalls ? (withTruth ? ["found", "missed", "false"] : ["called"]) : ["truth"];
  return element(
    "span",
    { className: "chip-legend" },
    ...shown.map((verdict) => chip(words[verdict], verdict)),
  );
}
