// Runs the board's numeric core over a score file and a list of moves; prints what it shows.
// Arguments: the joined core module, the score file, a JSON file of moves.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, scores, moves] = process.argv.slice(2);
const { parseScores, buildState } = await import(pathToFileURL(core));
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
  return { ...snapshot(), curve };
});
const optima = state.orders.map((order) => order.optimum());
process.stdout.write(JSON.stringify({ steps, optima, hasTruth: state.hasTruth }));
