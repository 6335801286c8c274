// Runs the board's numeric core over a score file and a list of moves; prints what it shows.
// Arguments: the joined core module, the score file, a JSON file of moves.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, scores, moves] = process.argv.slice(2);
const { parseScores, buildState, gainInterval } = await import(pathToFileURL(core));
const bytes = readFileSync(scores);
const file = parseScores(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const state = await buildState(file);

function snapshot() {
  const classes = Array.from({ length: state.classes }, (_, index) => state.classScores(index));
  return { ...state.summary(), perClass: classes, thresholds: [...state.thresholds] };
}

const steps = JSON.parse(readFileSync(moves)).map((move) => {
  if ("fallback" in move) state.fallback = move.fallback;
  if ("all" in move) state.moveAll(move.all);
  if ("index" in move) state.move(move.index, move.threshold);
  const curve = "grid" in move ? state.curve(move.curve, move.grid) : undefined;
  const best = "optimum" in move ? state.optimum(move.optimum) : undefined;
  const climbed = "climb" in move ? state.climb(move.climb) : undefined;
  const { now, gained } = move;
  const interval = now === undefined ? undefined : gainInterval(now, gained, move.support);
  return { ...snapshot(), curve, best, climbed, interval };
});
const optima = state.orders.map((order) => order.optimum());
process.stdout.write(JSON.stringify({ steps, optima, hasTruth: state.hasTruth }));
