import type { MeshFailures } from "../../lib/mesh-log-types.ts";
import { useMeshQuery } from "../../lib/use-mesh-query.ts";
import { FIELDS, type GroupBy, PART_FIELDS } from "./group-failures.ts";

const FAILURE = `detectPoint source sourceId destination destinationId endpoint code codeDetails calls share
  firstSeen firstSeenWithin mayHaveBegunBefore lastSeen lastSeenWithin`;
const QUERY = `query Failures($window: Window!, $around: ID, $by: [MeshFailureField!], $partsBy: [MeshFailureField!]) {
  meshFailures(window: $window, around: $around, groupBy: $by, first: 100) {
    client server truncated groups { ${FAILURE} callShare flags { short text causes next } } }
  parts: meshFailures(window: $window, around: $around, groupBy: $partsBy, first: 1000) { groups { ${FAILURE} flags { short text } } }
}`;

export interface FailuresAnswer {
  readonly meshFailures: MeshFailures;
  /** The same calls, told apart further: what each group consists of. */
  readonly parts: Pick<MeshFailures, "groups">;
}

/** Failed calls of the whole mesh, or of and to one service. */
export function useFailures(by: GroupBy, around: string | undefined) {
  return useMeshQuery<FailuresAnswer>("failures", QUERY, { around: around ?? null, by: FIELDS[by], partsBy: PART_FIELDS[by] });
}
