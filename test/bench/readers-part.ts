/** What questions take on a large data set, as parts; they can be asked with a word of their names: readers.ts, expressions.ts. */
import { HEAD, type ReaderResult, rowOf } from "./asking.ts";
import { benchExpressions, EXPRESSIONS_SETTING } from "./expressions.ts";
import type { Part } from "./part.ts";
import { benchReaders, SETTING } from "./readers.ts";

/** The first run on a machine makes the data set. */
const MAX_MS = 30 * 60_000;

const part = (
  name: string,
  what: string,
  section: Omit<Part["section"], "head">,
  bench: (say: (text: string) => void) => Promise<ReaderResult[]>,
): Part => ({
  name,
  section: { ...section, head: HEAD },
  what,
  rows: async (runs) => {
    const results = await runs.once(
      "all questions",
      () => bench((text) => runs.say(text)),
      (all) => `${all.length} questions`,
      MAX_MS,
    );
    return results.map(rowOf);
  },
});

export const READERS_PARTS: readonly Part[] = [
  part("readers", "questions over HTTP on a large data set", { title: "Readers", setting: SETTING }, benchReaders),
  part(
    "expressions",
    "dashboards of SkyWalking's user interfaces on it",
    { title: "Expressions", setting: EXPRESSIONS_SETTING },
    benchExpressions,
  ),
];
