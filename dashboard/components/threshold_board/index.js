// Entry, called on every rerun of the page with the same parent: the board stays, what changed goes in.

import { Board } from "./board.js";
import { element } from "./elements.js";
import { parseScores } from "./score_file.js";
import { writeThresholdLink } from "./threshold_link.js";
import { buildState } from "./threshold_state.js";

const prepared = new Map(); // The last address and its state: coming back to the page is instant.
const traces = new Map(); // What the last board of each split, or of a part of it, leaves to the next.
const SLICE_MS = 12;

export default function render({ data, parentElement, setStateValue }) {
  const mount = (parentElement.thresholdBoard ??= new Mount(parentElement));
  mount.update(data, setStateValue);
  return () => mount.dispose();
}

class Mount {
  constructor(parent) {
    this.parent = parent;
    this.place = element("div", { class: "place" });
    parent.append(this.place);
    this.address = null;
    this.board = null;
    this.sequence = 0;
    this.told = null; // The last move, which the server follows.
  }

  update(data, setStateValue) {
    Object.assign(this, { data, setStateValue });
    if (data.address !== this.address) this.#open(data.address);
    else if (this.board !== null) this.#follow();
  }

  dispose() {
    this.#leave();
    this.place.remove();
    delete this.parent.thresholdBoard;
  }

  /** Load and show the scores at `address`, unless another was asked for meanwhile. */
  async #open(address) {
    this.#leave();
    this.address = address;
    try {
      const state = await prepare(address, (text) => this.#say(address, text));
      if (address === this.address) this.#show(state);
    } catch (error) {
      this.#say(address, error.message);
    }
  }

  #leave() {
    if (this.board === null) return;
    traces.set(splitOf(this.address), this.board.trace());
    this.board.dispose();
    this.board = null;
  }

  #say(address, text) {
    if (address !== this.address) return;
    this.place.replaceChildren(element("p", { class: "loading", role: "status" }, text));
  }

  #show(state) {
    const { names, groups, thresholds, fallback, revision, sequence } = this.data;
    this.revision = revision;
    this.sequence = sequence;
    this.board = new Board(state, {
      names,
      groups,
      thresholds,
      fallback,
      tell: (standing) => this.#tell(standing),
    });
    this.board.resume(traces.get(splitOf(this.address)));
    this.place.replaceChildren(this.board.root);
    this.#follow();
  }

  /** Take over what Python changed, and its figures if they are of what is shown. */
  #follow() {
    const { thresholds, fallback, revision, sequence, server, part } = this.data;
    this.board.measurePart(part);
    if (revision !== this.revision) {
      this.revision = revision;
      this.sequence = sequence;
      this.board.adopt(thresholds, fallback);
    }
    if (sequence === this.sequence) this.board.compare(server);
    else writeThresholdLink(this.data.split, this.told); // The server may have told an earlier one.
  }

  #tell(standing) {
    this.sequence += 1;
    this.told = standing;
    writeThresholdLink(this.data.split, standing);
    this.setStateValue("result", { ...standing, address: this.address, sequence: this.sequence });
  }
}

/** The address without the version of the scores, and the part of them. */
function splitOf(address) {
  return address.split("?")[0];
}

async function prepare(address, say) {
  if (!prepared.has(address)) {
    prepared.clear();
    say("Loading the scores\u2026");
    prepared.set(address, load(address, say));
  }
  try {
    return await prepared.get(address);
  } catch (error) {
    prepared.delete(address);
    throw error;
  }
}

async function load(address, say) {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok) throw new Error(await response.text());
  const file = parseScores(await response.arrayBuffer());
  let sliceEnd = performance.now() + SLICE_MS;
  return buildState(file, {
    pause: async (done, all) => {
      if (performance.now() < sliceEnd) return;
      say(`Sorting ${file.samples.toLocaleString("en")} scores of class ${done} of ${all}\u2026`);
      await new Promise((resume) => setTimeout(resume));
      sliceEnd = performance.now() + SLICE_MS;
    },
  });
}
