import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runParts, type Taken } from "../../bench/bench.ts";
import { inFreshProcess } from "../../bench/measure.ts";
import { chosenParts, type Part, type Section, UnknownPart } from "../../bench/part.ts";
import { PARTS } from "../../bench/parts.ts";
import { BY_HAND } from "../../bench/report.ts";
import { ResultFiles } from "../../bench/result-files.ts";

const section: Section = { title: "Speed", head: ["what", "figure", "bound"], setting: "" };
const NOTES = "\n\n## Long tests\n\n- a note, | kept as it stands |\n";
const MONDAY: Taken = { date: "2026-01-05 10:00", commit: "aaaaaaa", machine: "a machine" };
const TUESDAY: Taken = { date: "2026-01-06 11:30", commit: "bbbbbbb and uncommitted changes", machine: "another machine" };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-bench-"));
  writeFileSync(join(dir, "results.json"), "{}");
  writeFileSync(join(dir, "results.md"), BY_HAND + NOTES);
});
afterEach(() => rmSync(dir, { recursive: true }));

const results = (): string => readFileSync(join(dir, "results.md"), "utf8");
const lineWith = (text: string): string | undefined =>
  results()
    .split("\n")
    .find((line) => line.includes(text));

/** A part with one run of this figure, or of what it throws. */
function part(name: string, figure: number | Error): Part {
  const rows: Part["rows"] = async (runs, what) => {
    const measure = (): number => {
      if (figure instanceof Error) throw figure;
      return figure;
    };
    const [one] = await runs.times(2, measure, String);
    return [[what, String(one), "none given"]];
  };
  return { name, section, what: `the ${name}`, rows };
}

async function run(parts: readonly Part[], chosen: readonly string[], taken: Taken, stop?: AbortSignal) {
  const files = new ResultFiles(pathToFileURL(`${dir}/`), parts);
  const said: string[] = [];
  const failed = await runParts(chosenParts(chosen, parts), {
    taken: () => taken,
    keep: (name, record) => files.keep(name, record),
    say: (line) => said.push(line),
    stop,
  });
  return { failed, said };
}

test("a part that is not run keeps its row, with the day and commit it was taken on", async () => {
  await run([part("rows", 10), part("slots", 20)], [], MONDAY);
  await run([part("rows", 11), part("slots", 21)], ["slots"], TUESDAY);
  expect(lineWith("the rows")).toBe("| the rows | 10 | none given | 2026-01-05, aaaaaaa |");
  expect(lineWith("the slots")).toBe("| the slots | 21 | none given | 2026-01-06, bbbbbbb and uncommitted changes |");
  expect(lineWith("| rows |")).toBe("| rows | 2026-01-05 10:00 UTC | aaaaaaa | 0 s | a machine |");
});

test("a part that fails stands as failed with the first line of why, and the others go on", async () => {
  const why = new Error("1 calls came out of 2 | entries\n  at some place");
  await run([part("rows", 10), part("slots", 20)], [], MONDAY);
  const { failed, said } = await run([part("rows", why), part("slots", 21)], [], TUESDAY);
  expect(failed).toEqual(["rows"]);
  expect(lineWith("the rows")).toBe(
    "| the rows | **failed**: 1 calls came out of 2 \\| entries |  | 2026-01-06, bbbbbbb and uncommitted changes |",
  );
  expect(lineWith("the slots")).toContain("| 21 |");
  expect(said).toEqual([
    "rows, run 1 of 2: failed: 1 calls came out of 2 | entries, 0 s", // no second run, none instead of it
    "  the rows: FAILED: 1 calls came out of 2 | entries",
    "slots, run 1 of 2: 21, 0 s",
    "slots, run 2 of 2: 21, 0 s",
    "  the slots | 21 | none given",
  ]);
});

test("results.md is written after every part, says which were never taken, and keeps what was written by hand", async () => {
  const during: (string | undefined)[] = [];
  const watching: Part = {
    ...part("rows", 10),
    rows: async () => {
      during.push(lineWith("the slots"), lineWith("the rows"));
      return [["the rows", "10", ""]];
    },
  };
  await run([part("slots", 20), watching, part("streams", 30)], ["slots", "rows"], MONDAY);
  expect(during).toEqual([
    "| the slots | 20 | none given | 2026-01-05, aaaaaaa |",
    "| the rows | not taken yet: `npm run bench -- rows` |  |  |",
  ]);
  expect(lineWith("the streams")).toContain("not taken yet");
  expect(results().endsWith(BY_HAND + NOTES)).toBe(true);
});

test("without the mark of what was written by hand nothing is written over it", () => {
  writeFileSync(join(dir, "results.md"), "# notes");
  expect(() => new ResultFiles(pathToFileURL(`${dir}/`), PARTS).render()).toThrow("has no line");
  expect(results()).toBe("# notes");
});

test("a part during which the bench is stopped leaves no record, and no other begins", async () => {
  const stop = new AbortController();
  const stopping: Part = {
    ...part("rows", 10),
    rows: async () => {
      stop.abort();
      return [["the rows", "10", ""]];
    },
  };
  const { failed, said } = await run([stopping, part("slots", 20)], [], MONDAY, stop.signal);
  expect([failed, said]).toEqual([[], []]);
  expect(readFileSync(join(dir, "results.json"), "utf8")).toBe("{}");
});

test("parts are chosen by name, in their own order; an unknown name is refused with those there are", () => {
  const parts = [part("rows", 1), part("slots", 2), part("streams", 3)];
  expect(chosenParts(["streams", "rows"], parts).map(({ name }) => name)).toEqual(["rows", "streams"]);
  expect(chosenParts([], parts)).toBe(parts);
  expect(() => chosenParts(["rows", "colums"], parts)).toThrow(UnknownPart);
  expect(() => chosenParts(["colums"], parts)).toThrow('"colums"; there are: rows, slots, streams');
});

test("a run that takes too long is ended with its processes and fails its part", async () => {
  const slow: Part = {
    ...part("rows", 1),
    rows: async (runs) => [[await runs.once("a run", () => inFreshProcess<string>("../unit/bench/sleeps.mjs"), String, 1_000)]],
  };
  const startedAt = performance.now();
  await run([slow], [], MONDAY);
  expect(lineWith("the rows")).toContain("**failed**: it was ended after 1 s");
  expect(performance.now() - startedAt).toBeLessThan(8_000); // not until the run was given up
});

test("a script's failure is told by what it threw", async () => {
  await expect(inFreshProcess("../unit/bench/throws.mjs")).rejects.toThrow("throws.mjs: 1 calls came out of 2 entries");
});

test("the bench's own parts have names and first cells of their own", () => {
  for (const key of ["name", "what"] as const) expect(new Set(PARTS.map((one) => one[key])).size).toBe(PARTS.length);
});
