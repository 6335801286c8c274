// The pad: one image or a grid of them, decided by keys, saved behind the person's back.
//
// The page says what is asked (queue, run, thresholds, who); images to label and decisions travel
// over the labels route, so that no key press waits for a rerun of the page.

import { element } from "../channel_viewer/element.js";
import { ImageLoader } from "../channel_viewer/tile_loader.js";
import { storage } from "./browser_memory.js";
import { Conflicts } from "./conflicts.js";
import { Contest } from "./contest.js";
import { callsOf, Desk } from "./desk.js";
import { KeyEditor } from "./key_editor.js";
import { KeyReader, recallKeys, rememberKeys } from "./key_map.js";
import { LabelClient } from "./label_client.js";
import { OneView } from "./one_view.js";
import { newKey, Outbox } from "./outbox.js";
import { listenToPadKeys } from "./pad_keys.js";
import { PadMixer } from "./pad_mixer.js";
import { QuestionGrid } from "./question_grid.js";
import { StatusLine } from "./status_line.js";
import { TaskFeed } from "./task_feed.js";
import { wire } from "./wire.js";

const PREFETCHED = 3;
const PROLONG_MS = 120_000; // Less than half of what a lease lasts.
const ZOOM = 1.5;
const NO_CLASS = "No class is chosen: choose one, or say unsure (U).";

class LabelPad {
  constructor(parent, { classes }) {
    this.names = classes;
    this.makeViews();
    this.root = element("div", { className: "viewer pad", tabIndex: -1 });
    const { line, conflicts, one, grid, mixer, editor } = this;
    for (const part of [line, conflicts, one, grid, mixer, editor]) this.root.append(part.root);
    parent.append(this.root);
    this.takeKeys(recallKeys(storage(), classes));
    this.stopKeys = listenToPadKeys(this.root, (key) => this.press(key));
    window.addEventListener("online", this.flush);
    this.prolonging = setInterval(() => this.prolong(), PROLONG_MS);
  }

  makeViews() {
    const drawSoon = () => this.drawSoon();
    this.line = new StatusLine(() => this.giveUp());
    this.one = new OneView(this.names, {
      act: (action) => this.act(action),
      toggle: (id) => this.toggle(id),
      annotate: (note) => (this.desk.draft = { note }),
      loaded: drawSoon,
    });
    this.grid = new QuestionGrid(this.names, {
      apply: (changes) => this.decided(this.desk.decideMany(changes)),
      loaded: drawSoon,
    });
    this.mixer = new PadMixer(() => this.inSight(), drawSoon);
    this.editor = new KeyEditor(this.names, (keys) => this.takeKeys(keys));
    this.conflicts = new Conflicts(this.names, (conflict, own) => {
      this.contest.resolve(conflict, own);
      this.show();
    });
  }

  /** Take what the page sends; the same for the first time and for every rerun. */
  update(data) {
    this.data = data;
    if (this.images?.address !== data.tiles) this.images = new ImageLoader(data.tiles);
    const scope = JSON.stringify([data.labels, data.annotator]);
    if (scope !== this.scope) this.open(scope);
    this.client.ticket = data.ticket;
    const queue = JSON.stringify([scope, data.queue, data.tiles]);
    if (queue !== this.queue) this.start(queue);
    this.feed.lookAgain();
    this.outbox.flush();
    this.show();
  }

  /** Somebody sits down: their outbox, with what an earlier visit could not send. */
  open(scope) {
    this.outbox?.close();
    this.scope = scope;
    this.client = new LabelClient(this.data.labels);
    this.outbox = new Outbox({
      scope,
      storage: storage(),
      send: (act) => this.client.post("acts", wire(act)),
      changed: () => this.line.showSaving(this.outbox),
      settled: (act, answer) => this.settled(act, answer),
    });
  }

  start(queue) {
    this.queue = queue;
    this.desk = new Desk(newKey);
    this.contest = new Contest(this.scope, this.desk, (act) => this.decided(act));
    this.one.forget();
    this.feed?.close();
    this.feed = new TaskFeed(this.client, this.data, this.desk, () => this.show());
    this.feed.refill();
    this.root.focus({ preventScroll: true });
  }

  get asksOneQuestion() {
    return this.data.question !== null;
  }

  get calls() {
    const { thresholds, fallback } = this.data;
    return this.desk.task && callsOf(this.desk.task.probs, thresholds, fallback);
  }

  inSight() {
    return this.asksOneQuestion ? this.grid.gallery : this.one.stage.image;
  }

  toggle(id) {
    if (!this.desk.task) return;
    this.desk.toggle(id);
    this.show();
  }

  act(action) {
    const { desk } = this;
    if (action === "undo" || action === "redo") this.turn(action);
    else if (action === "previous" || action === "next") desk.step(action === "next" ? 1 : -1);
    else if (action === "note") this.one.note.focus();
    else if (desk.task && !this.outbox.full) this.decide(action);
    this.show();
  }

  turn(action) {
    const { desk } = this;
    const act = desk[action]();
    const none = action === "undo" ? "There is nothing to take back." : "Nothing was taken back.";
    this.line.say([desk.passed, act ? "" : none].filter(Boolean).join(" "));
    this.decided(act);
  }

  decide(action) {
    const { desk, calls } = this;
    const saving = action === "accept" || action === "save";
    if (action === "accept" && !calls) this.line.say("There is no suggestion to accept.");
    if (action === "accept") desk.draft = { labels: calls ?? [] };
    if (saving && !desk.draft.labels.length) this.line.say(NO_CLASS);
    else this.decided(desk.decide(saving ? "save" : action));
  }

  /** Send an act on its way; null is none. */
  decided(act) {
    const { hash, settles } = this.data;
    if (act) this.outbox.add({ ...act, hash, settles });
    this.show();
  }

  /** An act is durable, or in conflict with somebody else's. */
  settled(act, { acked, conflicts, told }) {
    for (const { id, version } of acked) this.desk.settle(id, { version });
    if (!conflicts.length) return;
    this.contest.take(act, conflicts);
    if (told) this.line.say(told);
    this.show();
  }

  /** What was refused is as it was before. */
  giveUp() {
    const act = this.outbox.discardRefused();
    this.desk.forget(act.key);
    this.desk.apply(act, act.kind === "undo" ? "after" : "before");
    this.show();
  }

  /** Keep the images in hand for who is at work; whoever has left keeps nobody waiting. */
  prolong() {
    if (this.active) this.feed?.prolong();
    this.active = false;
  }

  /** Whether a key was the pad's. */
  press(key) {
    this.active = true;
    const meaning = this.reader.read(key);
    this.showBegun();
    if (!meaning) return this.pressOther(key);
    if (meaning.action) this.pressAction(meaning.action);
    else if (meaning.class !== undefined && !this.asksOneQuestion) this.toggle(meaning.class);
    return true;
  }

  pressAction(action) {
    if (!this.asksOneQuestion) this.act(action);
    else if (action === "save") this.grid.finish();
    else if (action === "undo" || action === "redo") this.act(action);
  }

  pressOther(key) {
    const { stage } = this.one;
    const zoom = { "+": () => stage.zoomBy(ZOOM), "-": () => stage.zoomBy(1 / ZOOM) };
    const keys = { ...this.mixer.keys, ...zoom };
    keys[key]?.();
    return key in keys;
  }

  takeKeys(keys) {
    rememberKeys(storage(), keys);
    this.reader = new KeyReader(keys);
    this.editor.show(keys);
    this.showBegun();
  }

  showBegun() {
    const { keys, begun } = this.reader;
    this.one.rows.nameKeys(keys, begun);
    const next = "then the second key of a class. Escape: nothing";
    this.line.say(begun && `${begun.toUpperCase()}, ${next}`);
  }

  show() {
    const { asksOneQuestion, feed } = this;
    feed.refill();
    this.conflicts.show(this.contest.open);
    this.one.root.hidden = asksOneQuestion;
    this.grid.root.hidden = !asksOneQuestion;
    this.mixer.turnTo((!asksOneQuestion && this.desk.task?.id) || null);
    this.line.showProgress(feed.progress);
    this.line.showSaving(this.outbox);
    if (asksOneQuestion) this.showGrid();
    else this.showOne();
    this.drawSoon();
  }

  showGrid() {
    const { data, feed } = this;
    const { question, tiles, thresholds } = data;
    this.grid.show(feed.page, question, tiles, thresholds[question]);
    this.grid.expect(feed.nextPage, data.tiles);
  }

  showOne() {
    const { desk, data, images, calls, feed } = this;
    this.one.show(desk, { ...data, calls, images, waiting: feed.waiting });
    const rows = desk.ahead.slice(0, PREFETCHED).map(({ row }) => row);
    const ready = rows.map((row) => this.one.ready(row, images).catch(() => null));
    const next = desk.ahead[0]?.id;
    ready[0]?.then((image) => whenIdle(() => image?.composed(this.mixer.of(next))));
  }

  /** Draw once per frame, however many changes came. */
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    this.mixer.draw();
    if (this.asksOneQuestion) this.grid.gallery.draw(this.mixer.value, (id) => this.mixer.of(id));
    else this.one.draw(this.mixer.value);
  }

  flush = () => this.outbox?.flush();

  remove() {
    this.stopKeys();
    clearInterval(this.prolonging);
    this.feed?.close();
    this.outbox?.close();
    this.grid.close();
    window.removeEventListener("online", this.flush);
    cancelAnimationFrame(this.frame);
    this.one.stage.close();
    this.root.remove();
  }
}

function whenIdle(work) {
  if (window.requestIdleCallback) requestIdleCallback(work);
  else setTimeout(work);
}

const pads = new WeakMap();

/**
 * Called by Streamlit at every rerun, with the same element: the pad lives on, its data change.
 *
 * Streamlit runs a call's cleanup at once when a newer call has overtaken it, so only the cleanup
 * of the newest call may end the pad.
 */
export default function mount(component) {
  const { parentElement, data } = component;
  if (!pads.has(parentElement)) pads.set(parentElement, new LabelPad(parentElement, data));
  const pad = pads.get(parentElement);
  pad.newest = component;
  pad.update(data);
  return () => {
    if (pad.newest !== component) return;
    pad.remove();
    pads.delete(parentElement);
  };
}
