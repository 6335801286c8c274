// The board: takes moves, keeps the state exact, repaints once a frame what moved, and tells Python.

import { AXES } from "./axis.js";
import { Columns } from "./columns.js";
import { Detail } from "./detail.js";
import { element } from "./elements.js";
import { History } from "./history.js";
import { drawLegend } from "./legend.js";
import { Needles } from "./needles.js";
import { Row } from "./row.js";
import { Summary } from "./summary.js";
import { Toolbar } from "./toolbar.js";
import { Turns } from "./turns.js";

const KEYS_REST_MS = 250; // A burst of key presses is one step of the history and one message.
const LULL_MS = 100; // A hand that has been still for so long leaves its frames free.
const TIDY_MS = 5; // How long a hand that comes back may be kept waiting.
const MANUAL = "manual";

export class Board {
  /** `tell` is called at rest with { thresholds, fallback, strategy }. */
  constructor(state, { names, groups, thresholds, fallback, tell }) {
    Object.assign(this, { state, tell, axis: AXES.linear, requested: new Map(), frame: null });
    Object.assign(this, { reference: null, server: null, restTimer: null, strategy: MANUAL });
    state.fallback = fallback;
    state.moveAll(thresholds);
    this.optima = [];
    state.orders.forEach((_, index) => this.#findOptimum(index));
    this.opened = [...thresholds];
    this.history = new History(this.#standing());
    this.rows = names.map((name, index) => new Row(this, index, name));
    this.turns = new Turns(this.rows);
    this.needles = new Needles();
    this.summary = new Summary(this);
    this.columns = new Columns(this, (compare) => this.#order(compare));
    this.detail = new Detail(this);
    this.toolbar = new Toolbar(this, groups);
    this.#assemble();
    this.setAxis(this.axis);
    this.#settle();
    this.look(0);
  }

  /** The threshold of a class, moves that wait for the next frame included. */
  threshold(index) {
    return this.requested.get(index) ?? this.state.thresholds[index];
  }

  /** Classes whose box is ticked. */
  picked() {
    return this.rows.filter((row) => row.selected).map((row) => row.index);
  }

  /** What a common move would move: the unlocked among the ticked ones, or all unlocked. */
  scope() {
    const any = this.rows.some((row) => row.selected);
    return this.rows
      .filter((row) => !row.locked && (row.selected || !any))
      .map((row) => row.index);
  }

  /** Ask for one threshold for several classes; painted with the next frame. */
  move(indices, value) {
    this.#request(indices.map((index) => [index, value]));
  }

  /** A move has come to its end; `soon` waits for more keys. */
  finish({ soon }) {
    clearTimeout(this.restTimer);
    if (soon) this.restTimer = setTimeout(() => this.#rest(), KEYS_REST_MS);
    else this.#rest();
  }

  /** Take back the move under way. */
  cancel() {
    this.requested.clear();
    this.#restore(this.history.value);
  }

  setAll(value) {
    const scope = this.scope();
    this.move(scope, value);
    this.strategy = scope.length === this.rows.length ? `fixed ${value}` : MANUAL;
    this.finish({ soon: false });
  }

  toOptimum(indices) {
    if (!this.state.hasTruth || this.part) return;
    const movable = indices.filter((index) => !this.rows[index].locked);
    // A single class goes to its mark; several climb, for under the fallback they share their calls.
    const goal = movable.length > 1 ? this.state.climb(movable) : null;
    this.#request(movable.map((index) => [index, goal?.[index] ?? this.state.optimum(index).threshold]));
    this.strategy = movable.length === this.rows.length ? "exact optimum" : MANUAL;
    this.finish({ soon: false });
  }

  reset(indices) {
    const movable = indices.filter((index) => !this.rows[index].locked);
    this.#request(movable.map((index) => [index, this.opened[index]]));
    this.finish({ soon: false });
  }

  setFallback(fallback) {
    this.#begin();
    this.state.fallback = fallback;
    this.finish({ soon: false });
  }

  undo() {
    this.#restore(this.history.undo(), { tell: true });
  }

  redo() {
    this.#restore(this.history.redo(), { tell: true });
  }

  /** Take over thresholds that were set elsewhere: a saved set, a strategy. */
  adopt(thresholds, fallback) {
    this.opened = [...thresholds];
    this.history.push({ thresholds: [...thresholds], fallback, strategy: MANUAL });
    this.#restore(this.history.value);
  }

  /** Choose no thresholds on a part of the split. */
  measurePart(part) {
    this.part = part;
    this.toolbar.allowChoosing(!part);
  }

  /** The server's figures of the thresholds as they stand; null while it computes. */
  compare(server) {
    this.server = server;
    this.summary.note(this.state.summary(), this.#bestMacro(), server);
  }

  /** What the next board over the same scores takes up: the steps, the origin, the locks, the look. */
  trace() {
    const { history, opened, axis } = this;
    const locked = this.rows.filter((row) => row.locked).map((row) => row.index);
    return { history, opened, axis, locked, picked: this.picked() };
  }

  /** Take up what an earlier board left; what was moved elsewhere since is one more step. */
  resume(trace) {
    if (trace === undefined) return;
    const standing = this.history.value;
    this.history = trace.history;
    if (same(standing, this.history.value)) this.opened = trace.opened;
    else this.history.push(standing);
    for (const index of trace.locked) this.rows[index].setLocked(true);
    this.selectOnly(trace.picked);
    this.toolbar.showAxis(trace.axis);
    this.setAxis(trace.axis);
  }

  select(index, selected) {
    this.rows[index].setSelected(selected);
    this.repaint();
  }

  selectOnly(indices) {
    for (const row of this.rows) row.setSelected(indices.includes(row.index));
    this.repaint();
  }

  /** Show a class large. */
  look(index) {
    if (this.state.hasTruth) this.detail.look(index);
    for (const row of this.rows) row.root.classList.toggle("looked", row.index === index);
  }

  find(words) {
    const wanted = words.trim().toLowerCase();
    for (const row of this.rows) {
      row.root.hidden = !`${row.index} ${row.name}`.toLowerCase().includes(wanted);
    }
    this.#arrange();
    this.nothing.hidden = this.visible.length > 0;
  }

  setAxis(axis) {
    this.axis = axis;
    this.columns.drawAxis();
    this.#drawCurves();
  }

  repaint() {
    this.frame ??= requestAnimationFrame(() => this.#paint());
  }

  dispose() {
    clearTimeout(this.restTimer);
    clearTimeout(this.lullTimer);
    clearTimeout(this.tidyTimer);
    cancelAnimationFrame(this.frame);
  }

  #request(moves) {
    this.#begin();
    this.strategy = MANUAL;
    for (const [index, value] of moves) this.requested.set(index, value);
    this.repaint();
  }

  /** Remember where this move began, to show what it changes. */
  #begin() {
    if (this.moving) return;
    clearTimeout(this.tidyTimer);
    this.moving = true;
    this.reference = this.state.summary();
    this.summary.doubt();
  }

  #apply() {
    if (this.requested.size === 1) {
      this.requested.forEach((value, index) => this.state.move(index, value));
    } else if (this.requested.size > 1) {
      this.state.moveAll(this.rows.map((row) => this.threshold(row.index)));
    }
    this.requested.clear();
  }

  #paint() {
    this.frame = null;
    const moving = this.requested.size > 0;
    const moved = this.requested.size === 1 ? this.rows[this.requested.keys().next().value] : null;
    this.#apply();
    this.needles.paint(this.visible.map((row) => row.mark()));
    if (this.turns.paint(moved, moving)) this.#goOn(moving);
    this.summary.paint(this.state.summary(), this.reference);
    this.detail.paint();
    this.toolbar.paint();
  }

  /** Write the rows that wait with the next frame, or once a hand that moves has paused. */
  #goOn(moving) {
    clearTimeout(this.lullTimer);
    if (moving) this.lullTimer = setTimeout(() => this.repaint(), LULL_MS);
    else this.repaint();
  }

  #rest() {
    this.restTimer = null;
    this.#apply();
    this.moving = false;
    const standing = this.#standing();
    if (!same(standing, this.history.value)) {
      this.history.push(standing);
      this.#tell(standing);
    }
    this.#settle();
  }

  /** Leaving a handle, perhaps for another page, ends its burst of keys. */
  #hasten() {
    if (this.restTimer !== null) this.finish({ soon: false });
  }

  #restore(step, { tell = false } = {}) {
    clearTimeout(this.restTimer);
    this.restTimer = null;
    this.moving = false;
    this.#begin();
    this.moving = false;
    this.requested.clear();
    this.state.fallback = step.fallback;
    this.state.moveAll(step.thresholds);
    this.strategy = step.strategy;
    if (tell) this.#tell(step);
    this.#settle();
  }

  #tell(standing) {
    this.server = null;
    this.tell(standing);
  }

  /** What is done at rest only: curves under the fallback, notes, words for screen readers. */
  #settle() {
    const summary = this.state.summary();
    this.summary.note(summary, this.#bestMacro(), this.server);
    for (const row of this.rows) row.settle();
    this.repaint();
    requestAnimationFrame(() => this.summary.say());
    this.#tidy();
  }

  /** What takes long at rest, a few classes at a time: curves under the fallback, doubts of gains. */
  #tidy() {
    const { fallback, hasTruth } = this.state;
    const redrawn = fallback || fallback !== this.drawnFallback;
    if (!redrawn && !hasTruth) return;
    const first = this.detail.index ?? 0;
    const waiting = [...this.rows.slice(first), ...this.rows.slice(0, first)];
    this.root.classList.toggle("forced", fallback);
    const slice = () => {
      const end = performance.now() + TIDY_MS;
      while (waiting.length > 0 && performance.now() < end) this.#tidyRow(waiting.shift(), redrawn);
      this.repaint();
      if (waiting.length > 0) this.tidyTimer = setTimeout(slice);
      else this.drawnFallback = fallback;
    };
    this.tidyTimer = setTimeout(slice);
  }

  #tidyRow(row, redrawn) {
    if (redrawn) {
      this.#findOptimum(row.index);
      row.drawCurve();
    }
    if (this.state.hasTruth) row.doubtGain();
    if (row.index !== this.detail.index) return;
    if (redrawn) this.detail.draw();
    this.detail.settle();
  }

  /** Under the fallback a class's optimum follows the others' thresholds, as its curve does. */
  #findOptimum(index) {
    const { state } = this;
    this.optima[index] = state.hasTruth ? state.optimum(index) : { threshold: NaN, f1: NaN };
  }

  /** What all exact optima give together; under the fallback no sum of the classes tells it. */
  #bestMacro() {
    if (this.state.fallback) return null;
    return this.state.bare.reduce((sum, { f1 }) => sum + f1, 0) / this.state.classes;
  }

  #drawCurves() {
    this.drawnFallback = this.state.fallback;
    this.root.classList.toggle("forced", this.state.fallback);
    for (const row of this.rows) row.drawCurve();
    this.detail.draw();
    this.repaint();
  }

  #standing() {
    const { fallback } = this.state;
    return { thresholds: [...this.state.thresholds], fallback, strategy: this.strategy };
  }

  #order(compare) {
    this.ordered.sort(compare);
    this.body.prepend(...this.ordered.map((row) => row.root));
    this.#arrange();
  }

  /** Follow a change of which rows are seen, and in which order. */
  #arrange() {
    this.visible = this.ordered.filter((row) => !row.root.hidden);
    this.needles.setRows(this.visible.length);
    this.repaint();
  }

  #assemble() {
    this.ordered = [...this.rows];
    const needles = element("div", { class: "needles", role: "presentation" }, this.needles.drawing);
    this.body = element("div", { class: "rows", role: "rowgroup" }, ...this.rows.map((row) => row.root), needles);
    this.#arrange();
    this.nothing = element("p", { class: "nothing", role: "status", hidden: "" }, "No class is called so.");
    const table = element("div", { class: "table", role: "table" }, this.columns.root, this.body);
    table.setAttribute("aria-label", "Thresholds by class");
    const main = element("div", { class: "main" }, element("div", {}, table, this.nothing, drawLegend(this)));
    if (this.state.hasTruth) main.append(this.detail.root);
    this.root = element("div", { class: "board" }, this.summary.root, this.toolbar.root, main);
    this.root.classList.toggle("unscored", !this.state.hasTruth);
    this.root.addEventListener("keydown", (event) => this.#key(event));
    this.root.addEventListener("focusout", () => this.#hasten());
    for (const type of ["focusin", "focusout", "pointerover", "pointerout"]) {
      this.body.addEventListener(type, () => this.repaint());
    }
  }

  #key(event) {
    event.stopPropagation(); // Streamlit's own shortcuts are single letters.
    const typing = event.target.matches("input:not([type=checkbox])");
    if (typing || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.redo();
    else this.undo();
  }
}

function same(a, b) {
  return a.fallback === b.fallback && a.thresholds.every((value, at) => value === b.thresholds[at]);
}
