// The pad: one image or a grid of them, decided by keys, saved behind the person's back.
//
// The page says what is asked (queue, run, thresholds, who); images to label and decisions travel
// over the labels route, so that no key press waits for a rerun of the page.

import { element } from "../channel_viewer/element.js";
import { MixerBar } from "../channel_viewer/mixer_bar.js";
import { MixerStore } from "../channel_viewer/mixer_store.js";
import { mixerKeys } from "../channel_viewer/shortcuts.js";
import { ImageLoader } from "../channel_viewer/tile_loader.js";
import { Conflicts } from "./conflicts.js";
import { keepConflicts, recallConflicts, storage } from "./browser_memory.js";
import { callsOf, Desk } from "./desk.js";
import { KeyEditor } from "./key_editor.js";
import { KeyReader, recallKeys, rememberKeys } from "./key_map.js";
import { LabelClient } from "./label_client.js";
import { OneView } from "./one_view.js";
import { Outbox } from "./outbox.js";
import { listenToPadKeys } from "./pad_keys.js";
import { QuestionGrid } from "./question_grid.js";
import { TaskFeed } from "./task_feed.js";
import { wire } from "./wire.js";

const PREFETCHED = 3;
const ZOOM = 1.5;
const NO_CLASS = "No class is chosen: choose one, or say unsure (U).";
const NOTHING = { counts: null, limits: null };

class LabelPad {
  constructor(parent, { classes }) {
    this.names = classes;
    this.mixerStore = new MixerStore();
    this.reader = new KeyReader(recallKeys(storage(), classes));
    this.conflicting = [];
    this.makeViews();
    this.assemble();
    parent.append(this.root);
    this.takeKeys(this.reader.keys);
    this.mixerStore.listeners.add(() => this.drawSoon());
    this.stopKeys = listenToPadKeys((key) => this.press(key));
    window.addEventListener("online", this.flush);
  }

  makeViews() {
    this.one = new OneView(this.names, {
      act: (action) => this.act(action),
      toggle: (id) => this.toggle(id),
      annotate: (note) => (this.desk.draft = { note }),
      loaded: () => this.drawSoon(),
    });
    this.grid = new QuestionGrid(this.names, {
      apply: (changes) => this.decided(this.desk.decideMany(changes)),
      loaded: () => this.drawSoon(),
    });
    this.mixer = new MixerBar(this.mixerStore, () => this.inSight() ?? NOTHING);
    this.editor = new KeyEditor(this.names, (keys) => this.takeKeys(keys));
    this.conflicts = new Conflicts(this.names, (conflict, own) => this.resolve(conflict, own));
  }

  assemble() {
    this.progress = element("span", { className: "progress", role: "status" });
    this.status = element("span", { className: "save-status", role: "status" });
    this.discard = element(
      "button",
      { type: "button", hidden: true, onclick: () => this.outbox.discardRefused() },
      "Give this decision up",
    );
    this.hint = element("span", { className: "pad-hint", role: "status", hidden: true });
    const mixing = element("details", { ontoggle: () => this.drawSoon() });
    mixing.append(element("summary", {}, "Channel mixer: keys 1 to 4, 0, A and I"), this.mixer.root);
    this.mixing = mixing;
    this.root = element(
      "div",
      { className: "viewer pad", tabIndex: -1 },
      element("div", { className: "pad-head" }, this.progress, this.hint, this.status, this.discard),
      this.conflicts.root,
      this.one.root,
      this.grid.root,
      mixing,
      this.editor.root,
    );
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
      changed: () => this.showStatus(),
      settled: (act, answer) => this.settled(act, answer),
    });
    this.conflicting = recallConflicts(scope);
  }

  start(queue) {
    this.queue = queue;
    this.desk = new Desk(() => crypto.randomUUID());
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
    return this.desk.task && this.callsOf(this.desk.task);
  }

  callsOf({ probs }) {
    return callsOf(probs, this.data.thresholds, this.data.fallback);
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
    if (action === "undo" || action === "redo") return this.turned(desk[action]());
    if (action === "previous" || action === "next") desk.step(action === "next" ? 1 : -1);
    else if (desk.task) this.decide(action);
    this.show();
    return null;
  }

  decide(action) {
    const { desk } = this;
    if (action === "note") return this.one.note.focus();
    if (action === "accept" && !this.calls) return this.say("There is no suggestion to accept.");
    if (action === "accept") desk.draft = { labels: this.calls };
    const saving = action === "accept" || action === "save";
    if (saving && !desk.draft.labels.length) return this.say(NO_CLASS);
    if (this.outbox.full) return null;
    return this.decided(desk.decide(saving ? "save" : action));
  }

  say(sentence) {
    this.hint.hidden = false;
    this.hint.textContent = sentence;
    return null;
  }

  decided(act) {
    const { hash, settles } = this.data;
    this.outbox.add({ ...act, hash, settles });
    this.show();
  }

  turned(act) {
    if (act) this.decided(act);
    return null;
  }

  /** An act is durable, or in conflict with somebody else's. */
  settled(act, { acked, conflicts }) {
    for (const { id, version } of acked) this.desk.settle(id, { version });
    if (!conflicts.length) return;
    this.desk.forget(act.key);
    const contested = new Map(conflicts.map((theirs) => [theirs.id, theirs]));
    for (const decision of act.decisions) this.contest(decision, contested.get(decision.id));
    this.again(act.decisions.filter(({ id }) => !contested.has(id)));
    keepConflicts(this.scope, this.conflicting);
    this.show();
  }

  /** Show what somebody else said; the person's own answer waits beside it. */
  contest({ id, track, after }, theirs) {
    if (!theirs) return;
    this.desk.settle(id, { ...theirs.now, version: theirs.version });
    const others = this.conflicting.filter((conflict) => conflict.id !== id);
    this.conflicting = [...others, { id, track, mine: after, theirs: theirs.now, version: theirs.version }];
  }

  /** The rest of a grid of which some images are contested, as an act of its own. */
  again(decisions) {
    if (!decisions.length) return;
    this.decided(this.desk.keep({ ...this.desk.act(decisions) }));
  }

  resolve(conflict, own) {
    const { id, track, mine, theirs, version } = conflict;
    this.conflicting = this.conflicting.filter((each) => each !== conflict);
    keepConflicts(this.scope, this.conflicting);
    if (own) {
      const after = { ...mine, kind: mine.kind === "accept" ? "label" : mine.kind };
      const decision = { id, track, base: version, before: theirs, after };
      this.decided(this.desk.keep(this.desk.act([decision])));
    }
    this.show();
  }

  /** Whether a key was the pad's. */
  press(key) {
    const meaning = this.reader.read(key);
    this.showHint();
    if (meaning?.class !== undefined && !this.asksOneQuestion) this.toggle(meaning.class);
    else if (meaning?.action) this.pressAction(meaning.action);
    else if (!meaning) return this.pressMixer(key);
    return true;
  }

  pressAction(action) {
    if (!this.asksOneQuestion) this.act(action);
    else if (action === "save") this.grid.finish();
    else if (action === "undo" || action === "redo") this.act(action);
  }

  pressMixer(key) {
    const keys = {
      ...mixerKeys(this.mixerStore),
      a: () => this.mixer.autoContrast(),
      i: () => this.invert(),
      "+": () => this.one.stage.zoomBy(ZOOM),
      "-": () => this.one.stage.zoomBy(1 / ZOOM),
    };
    keys[key]?.();
    return key in keys;
  }

  invert() {
    const { value } = this.mixerStore;
    this.mixerStore.set({ ...value, inverted: !value.inverted });
  }

  takeKeys(keys) {
    rememberKeys(storage(), keys);
    this.reader = new KeyReader(keys);
    this.editor.show(keys);
    this.showHint();
  }

  showHint() {
    const { keys, begun } = this.reader;
    this.one.rows.nameKeys(keys, begun);
    this.hint.hidden = !begun;
    this.hint.textContent = `${begun.toUpperCase()}, then the second key of a class. Escape: nothing`;
  }

  show() {
    const { desk, data } = this;
    this.feed.refill();
    this.conflicts.show(this.conflicting);
    this.one.root.hidden = this.asksOneQuestion;
    this.grid.root.hidden = !this.asksOneQuestion;
    this.progress.textContent = this.feed.progress;
    if (this.asksOneQuestion) this.grid.show(this.feed.page, data.question, data.tiles);
    else this.showOne();
    this.showStatus();
    this.drawSoon();
  }

  showOne() {
    const { desk, data, images, calls, feed } = this;
    this.one.show(desk, { ...data, calls, images, waiting: feed.waiting });
    for (const { row } of desk.ahead.slice(0, PREFETCHED)) this.one.ready(row, images).catch(() => {});
  }

  showStatus() {
    const { state, text } = this.outbox.status;
    const full = this.outbox.full ? " Nothing more is taken until some of them are saved." : "";
    this.status.textContent = text + full;
    this.status.dataset.state = state;
    this.discard.hidden = state !== "refused";
  }

  /** Draw once per frame, however many changes came. */
  drawSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const mixer = this.mixerStore.value;
    if (this.mixing.open) this.mixer.draw(mixer);
    if (this.asksOneQuestion) this.grid.gallery.draw(mixer);
    else this.one.draw(mixer);
  }

  flush = () => this.outbox?.flush();

  remove() {
    this.stopKeys();
    this.outbox?.close();
    this.grid.close();
    window.removeEventListener("online", this.flush);
    cancelAnimationFrame(this.frame);
    this.one.stage.close();
    this.root.remove();
  }
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
