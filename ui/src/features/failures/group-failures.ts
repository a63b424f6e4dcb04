/** Groups of failed calls with what each consists of, and causes in words. Pure. */
import type { MeshFailure } from "../../lib/mesh-log-types.ts";

/** What too many kinds were added up as. */
export const OTHER = "{other}";

export type GroupBy = "cause" | "edge" | "endpoint";

const CAUSE = ["CODE", "FLAGS", "CODE_DETAILS"] as const;
/** What sets groups apart; values of MeshFailureField. */
export const FIELDS = { cause: CAUSE, edge: ["SOURCE", "DESTINATION"], endpoint: ["DESTINATION", "ENDPOINT"] } as const;
export const PART_FIELDS = {
  cause: [...CAUSE, "SOURCE", "DESTINATION"],
  edge: [...CAUSE, "SOURCE", "DESTINATION"],
  endpoint: [...CAUSE, "DESTINATION", "ENDPOINT"],
} as const;

export interface FailureGroup {
  readonly key: string;
  readonly group: MeshFailure;
  /** Most calls first. */
  readonly parts: readonly MeshFailure[];
}

export function withParts(
  groups: readonly MeshFailure[],
  parts: readonly Omit<MeshFailure, "callShare">[],
  by: GroupBy,
): FailureGroup[] {
  const partsOf = new Map<string, MeshFailure[]>();
  for (const part of parts) {
    const key = keyOf(part, by);
    partsOf.set(key, [...(partsOf.get(key) ?? []), { ...part, callShare: null }]);
  }
  return groups.map((group) => ({ key: keyOf(group, by), group, parts: partsOf.get(keyOf(group, by)) ?? [] }));
}

/** Why calls failed, in a sentence for the operator. */
export function causeText({ code, flags, codeDetails }: Pick<MeshFailure, "code" | "flags" | "codeDetails">): string {
  if (codeDetails === OTHER) return "Further causes, too many to be told apart.";
  if (flags !== null && flags.length > 0) return flags.map(({ text }) => text).join(" ");
  if (code === 0) return "There was no response.";
  if (codeDetails === "via_upstream") return `The called service itself answered ${code}.`;
  return codeDetails === "" || codeDetails === null ? `The answer was ${code}.` : `A proxy on the way answered ${code}.`;
}

function keyOf(failure: Omit<MeshFailure, "callShare">, by: GroupBy): string {
  const { detectPoint, source, destination, endpoint, code, flags, codeDetails } = failure;
  if (by === "edge") return JSON.stringify([detectPoint, source, destination]);
  if (by === "endpoint") return JSON.stringify([detectPoint, destination, endpoint]);
  return JSON.stringify([detectPoint, code, flags?.map(({ short }) => short), codeDetails]);
}
