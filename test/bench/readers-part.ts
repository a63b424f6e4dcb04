/** The readers' bench as a part; it can be run with some questions only: readers.ts. */
import type { Part } from "./part.ts";
import { benchReaders, HEAD, rowOf, SETTING } from "./readers.ts";

/** The first run on a machine makes the data set. */
const MAX_MS = 30 * 60_000;

export const READERS_PART: Part = {
  name: "readers",
  section: { title: "Readers", head: HEAD, setting: SETTING },
  what: "questions over HTTP on a large data set",
  rows: async (runs) => {
    const results = await runs.once(
      "all questions",
      () => benchReaders((text) => runs.say(text)),
      (all) => `${all.length} questions`,
      MAX_MS,
    );
    return results.map(rowOf);
  },
};
