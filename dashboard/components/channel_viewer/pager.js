// The pages of a selection: which one is shown, and the way to the others.

import { clamp, element } from "./element.js";

export class Pager {
  /** `go(first)` asks for the page that begins at that place of the selection; `name` is spoken. */
  constructor(go, name) {
    const button = (text, title, by) =>
      element("button", { type: "button", title, onclick: () => this.turn(by) }, text);
    this.go = go;
    this.previous = button("‹ Page", "Previous page. Key [", -1);
    this.next = button("Page ›", "Next page. Key ]", 1);
    this.number = element("input", {
      type: "number",
      min: 1,
      "aria-label": "Page",
      onchange: () => this.turnTo(Number(this.number.value)),
    });
    this.count = element("span");
    this.root = element("nav", { className: "pager", "aria-label": name });
    this.root.append(this.previous, this.number, this.count, this.next);
  }

  show({ first, total, pageSize }) {
    Object.assign(this, { pageSize, page: Math.floor(first / pageSize) + 1 });
    this.pages = Math.max(Math.ceil(total / pageSize), 1);
    this.number.value = this.page;
    this.number.max = this.pages;
    this.count.textContent = `of ${this.pages.toLocaleString("en")}`;
    this.previous.disabled = this.page <= 1;
    this.next.disabled = this.page >= this.pages;
    this.root.hidden = this.pages === 1;
  }

  turn(by) {
    this.turnTo(this.page + by);
  }

  turnTo(wanted) {
    const page = clamp(Math.round(wanted) || this.page, 1, this.pages);
    if (page === this.page) this.number.value = page;
    else this.go((page - 1) * this.pageSize);
  }
}
