import { formatCount } from "../../lib/format.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";

/** Kept only because another report of its request was. */
export function isContext({ weight, kept }: Pick<MeshLog, "weight" | "kept">): boolean {
  return weight === 0 || kept === "CONTEXT";
}

/** What a row stands for, where that is not just itself. */
export function Weight({ log }: { readonly log: Pick<MeshLog, "weight" | "kept"> }) {
  const { weight } = log;
  if (isContext(log))
    return (
      <span
        className="rounded-full bg-sunken px-1.5 text-xs"
        title="Kept only because another report of its request was: it counts for no call."
      >
        context
      </span>
    );
  if (weight === 1) return null;
  return <span title={`One of about ${formatCount(weight)} calls like it`}>×{formatCount(weight)}</span>;
}
