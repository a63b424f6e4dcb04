/** `npm run bench`: measures, checks that what was stored is what was sent, and writes results.json and results.md after every part.
 *  `npm run bench -- part part`: those only. `npm run bench -- --list`: which there are. Figures are CPU time per unit of work or medians of
 *  several runs: wall-clock times of one run mean little on a busy machine. */
import { runParts } from "./bench.ts";
import { chosenParts, UnknownPart } from "./part.ts";
import { PARTS } from "./parts.ts";
import { ResultFiles } from "./result-files.ts";
import { endDescendants, secondsSince } from "./runs.ts";
import { takenNow } from "./taken.ts";

/** For what runs to end its processes and to clear its directory. */
const STOP_MS = 10_000;
const INTERRUPTED = 130;

const names = process.argv.slice(2);
if (names.includes("--list")) {
  for (const { name, what } of PARTS) console.log(`${name.padEnd(20)} ${what}`);
} else {
  try {
    process.exit(await measure(names)); // a run that was given up may still hold something
  } catch (error) {
    if (!(error instanceof UnknownPart)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** @returns the exit code */
async function measure(names: readonly string[]): Promise<number> {
  const parts = chosenParts(names, PARTS);
  const files = new ResultFiles(new URL("./", import.meta.url), PARTS);
  files.render(); // when that cannot be, better now than after the first part
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.abort();
      endDescendants();
      setTimeout(() => process.exit(INTERRUPTED), STOP_MS).unref();
    });
  }
  const startedAt = performance.now();
  const failed = await runParts(parts, {
    taken: takenNow,
    keep: (part, record) => files.keep(part, record),
    say: console.log,
    stop: stop.signal,
  });
  console.log(`${secondsSince(startedAt)} s in all; figures: test/bench/results.md`);
  if (failed.length > 0) console.log(`FAILED: ${failed.join(", ")}`);
  return stop.signal.aborted ? INTERRUPTED : failed.length > 0 ? 1 : 0;
}
