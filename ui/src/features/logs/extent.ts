import type { MeshLog } from "../../lib/mesh-log-types.ts";

/** How long a report covers, ms: its duration, and where that is not known what its phases cover. Null: nothing is known. */
export function extentOf({ duration, phases }: Pick<MeshLog, "duration" | "phases">): number | null {
  return duration ?? (phases.length === 0 ? null : Math.max(...phases.map(({ to }) => to)));
}
