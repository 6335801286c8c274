// Images on which somebody else was faster: both answers side by side, and the person decides.

import { element } from "../channel_viewer/element.js";

export class Conflicts {
  /** `settle(conflict, mine)` is called with whether one's own answer is to stand. */
  constructor(names, settle) {
    Object.assign(this, { names, settle });
    this.list = element("ol");
    this.root = element(
      "section",
      { className: "conflicts", role: "alert", hidden: true },
      element("h4", {}, "Somebody else labelled these meanwhile; nothing was overwritten"),
      this.list,
    );
  }

  /** `conflicts` hold `{id, mine, theirs}`, each side `{labels, note, by, at}`. */
  show(conflicts) {
    this.root.hidden = conflicts.length === 0;
    this.list.replaceChildren(...conflicts.map((conflict) => this.row(conflict)));
  }

  row(conflict) {
    const { id, mine, theirs } = conflict;
    const button = (text, own) =>
      element("button", { type: "button", onclick: () => this.settle(conflict, own) }, text);
    return element(
      "li",
      {},
      element("code", {}, id),
      this.side(`${theirs.by} said`, theirs),
      this.side("You said", mine),
      button(`Keep what ${theirs.by} said`, false),
      button("Put mine in its place", true),
    );
  }

  side(who, { labels, kind, note }) {
    const named = labels.map((label) => this.names[label]).join(", ") || "no class";
    const rest = [kind === "unsure" ? "unsure" : "", note ? `“${note}”` : ""].filter(Boolean);
    return element("span", {}, `${who}: ${[named, ...rest].join("; ")}`);
  }
}
