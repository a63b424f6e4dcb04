/** A service as it saw itself and as its callers saw it. Calls that fail before they arrive are none of its own: to itself it looks well. Pure. */
import type { MeshServiceRow } from "../../lib/mesh-types.ts";

type Row = Pick<MeshServiceRow, "traffic" | "seenByCallers">;

/** Above this many times the service's own share its callers' is worth a line: what both saw differs by chance, too. */
const WORSE_TO_CALLERS = 1.5;

/** Neither itself nor a caller of it told of a call. */
export function isUnseen({ traffic, seenByCallers }: Row): boolean {
  return traffic === null && seenByCallers === null;
}

export function worstErrorShare({ traffic, seenByCallers }: Row): number | null {
  const shares = [traffic?.errorShare, seenByCallers?.errorShare].filter((share) => share != null);
  return shares.length === 0 ? null : Math.max(...shares);
}

/** What fails for its callers; null where that is what it saw itself. */
export function shareToCallers({ traffic, seenByCallers }: Row): number | null {
  const share = seenByCallers?.errorShare ?? 0;
  return share > WORSE_TO_CALLERS * (traffic?.errorShare ?? 0) ? share : null;
}
