/** What all expressions of a request read together: each table over one window, however many windows they name. */
import type { TimeRange } from "../duration.ts";
import type { SeriesLeaf } from "./leaves.ts";

/** Windows are read as one while it has no more steps: a series and as many before it. Beyond, a statement might come to more
 *  rows than it may answer. */
const STEPS_MAX = 1_000;

/** The window that each leaf is read with: its own with the steps before it, or a longer one that others need too. Windows of one
 *  step that touch or overlap become one. */
export function sharedWindows(leaves: readonly SeriesLeaf[]): ReadonlyMap<SeriesLeaf, TimeRange> {
  const windows = new Map<SeriesLeaf, TimeRange>();
  for (const group of Map.groupBy(leaves, ({ range }) => range.step).values()) {
    const own = group
      .map((leaf) => [leaf, ownWindow(leaf)] as const)
      .sort(([, a], [, b]) => a.fromMs - b.fromMs || b.toMs - a.toMs);
    for (const members of runs(own)) {
      const [[, first]] = members as [(typeof members)[number]];
      const toMs = Math.max(...members.map(([, window]) => window.toMs));
      const shared = { ...first, toMs };
      for (const [leaf] of members) windows.set(leaf, shared);
    }
  }
  return windows;
}

function ownWindow({ range, before }: SeriesLeaf): TimeRange {
  return { ...range, fromMs: range.fromMs - before * range.stepMs };
}

/** Windows by their beginning -> those that are read as one. */
function runs(sorted: readonly (readonly [SeriesLeaf, TimeRange])[]): (readonly [SeriesLeaf, TimeRange])[][] {
  const found: (readonly [SeriesLeaf, TimeRange])[][] = [];
  let fromMs = 0;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const one of sorted) {
    const [, window] = one;
    const longest = Math.max(toMs, window.toMs);
    if (window.fromMs <= toMs && longest - fromMs <= STEPS_MAX * window.stepMs) found.at(-1)?.push(one);
    else {
      found.push([one]);
      fromMs = window.fromMs;
    }
    toMs = found.at(-1)?.length === 1 ? window.toMs : longest;
  }
  return found;
}
