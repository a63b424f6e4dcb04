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
  for (const ofStep of Map.groupBy(leaves, ({ range }) => range.step).values()) {
    for (const { members, window } of runs(ofStep)) for (const leaf of members) windows.set(leaf, window);
  }
  return windows;
}

interface Run {
  readonly members: SeriesLeaf[];
  window: TimeRange;
}

function runs(leaves: readonly SeriesLeaf[]): Run[] {
  const found: Run[] = [];
  for (const leaf of leaves.toSorted((a, b) => startOf(a) - startOf(b))) {
    const own = { ...leaf.range, fromMs: startOf(leaf) };
    const last = found.at(-1);
    const joined = last === undefined ? own : { ...last.window, toMs: Math.max(last.window.toMs, own.toMs) };
    const isOne = last !== undefined && own.fromMs <= last.window.toMs && stepsOf(joined) <= STEPS_MAX;
    if (!isOne) found.push({ members: [leaf], window: own });
    else {
      last.members.push(leaf);
      last.window = joined;
    }
  }
  return found;
}

function startOf({ range, before }: SeriesLeaf): number {
  return range.fromMs - before * range.stepMs;
}

function stepsOf({ fromMs, toMs, stepMs }: TimeRange): number {
  return (toMs - fromMs) / stepMs;
}
