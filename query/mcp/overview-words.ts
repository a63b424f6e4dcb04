/** The whole mesh in words. */
import { causeTable, type ToldCause } from "./failure-causes.ts";
import { TRAFFIC_HEAD, type TrafficNumbers, trafficCells } from "./shapes.ts";
import { count, list, paragraphs, section, table } from "./words.ts";

export interface ToldMesh {
  readonly now: TrafficNumbers | null;
  readonly before: TrafficNumbers | null;
  readonly changes: readonly string[];
  readonly failing: readonly {
    readonly name: string;
    readonly now: TrafficNumbers | null;
    readonly failedAsCallersSaw: number;
  }[];
  readonly changed: readonly { readonly name: string; readonly changes: readonly string[] }[];
  readonly failures: readonly ToldCause[];
  readonly problems: readonly string[];
}

export function overviewBody({ now, before, changes, failing, changed, failures, problems }: ToldMesh): string {
  const numbers = [
    ["now", ...trafficCells(now)],
    ["before", ...trafficCells(before)],
  ];
  const failingRows = failing.map((one) => [one.name, ...trafficCells(one.now), count(one.failedAsCallersSaw)]);
  const failingTable = table(["service", ...TRAFFIC_HEAD, "failed for callers"], failingRows);
  return paragraphs(
    now === null ? "Nothing was seen in this window." : table(["all services", ...TRAFFIC_HEAD], numbers),
    list(changes),
    section("Services that calls to failed", failingTable) || "No call to a service failed.",
    section("Services that changed", list(changed.map((one) => `${one.name}: ${one.changes.join(" ")}`))),
    section("Main causes of failures", causeTable(failures)),
    section("What is wrong with the observation itself", list(problems)),
  );
}
