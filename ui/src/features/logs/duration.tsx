import { Timer } from "lucide-react";
import { formatMs } from "../../lib/format.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";
import { extentOf } from "./extent.ts";

const SLOW = "Slower than 99 of 100 calls of its service lately";
const PARTLY = "The call did not come to its end: this is how long its proxy was busy with it";

/** How long a call took; quieter where that is only how long it was waited for. */
export function Duration({ log }: { readonly log: Pick<MeshLog, "duration" | "phases" | "kept"> }) {
  if (log.duration === null)
    return (
      <span className="text-text-3" title={PARTLY}>
        {formatMs(extentOf(log))}
      </span>
    );
  if (log.kept !== "SLOW") return formatMs(log.duration);
  return (
    <span className="font-semibold" title={SLOW}>
      <Timer size={12} aria-label="slow" className="mr-1 inline align-[-1px]" />
      {formatMs(log.duration)}
    </span>
  );
}
