/** Failed calls in groups, from the failure tables of a window. */
import type { SqlReader } from "../../oap/model/ports.ts";
import type { MeshWindow } from "../window.ts";
import { sqlBySlices } from "./sql.ts";

export interface FailureRow {
  readonly detect_point: string;
  readonly source: string;
  readonly source_normal: number;
  readonly destination: string;
  readonly destination_normal: number;
  readonly of_endpoint: string;
  readonly code: number;
  readonly flags: number;
  readonly details: string;
  readonly calls: number;
  /** Starts of the first and last row, s. How long a row is, the slice that it is in tells. */
  readonly first_seen: number;
  readonly last_seen: number;
  /** Failed calls of all groups of the same side. */
  readonly side_calls: number;
  /** All calls that the same side reported on the edges of the group; 0 where they are not known, not there where they were not asked for. */
  readonly edge_calls?: number;
}

export interface Grouping {
  readonly by_source: 0 | 1;
  readonly by_destination: 0 | 1;
  readonly by_endpoint: 0 | 1;
  readonly by_code: 0 | 1;
  readonly by_flags: 0 | 1;
  readonly by_code_details: 0 | 1;
}

/** Empty: all. */
export interface FailureScope {
  readonly around: string;
  readonly endpoint: string;
}

const GROUPS = sqlBySlices("failures", "failure-sums");
const GROUPS_OF_EDGES = sqlBySlices("failures", "failure-sums", "failure-edges");
const CALLS = sqlBySlices("failure-calls");

/** `withCalls`: all calls of the edges that a group was seen on, too; they cost more than the groups. */
export async function readFailures(
  reader: SqlReader,
  window: MeshWindow,
  grouping: Grouping,
  scope: FailureScope,
  { limit, withCalls }: { limit: number; withCalls: boolean },
): Promise<FailureRow[]> {
  const { text, params } = withCalls ? withEdgeCalls(window) : GROUPS({ slices: window.failureSlices });
  return await reader.query<FailureRow>(text, { ...params, ...grouping, ...scope, limit });
}

function withEdgeCalls(window: MeshWindow) {
  const groups = GROUPS_OF_EDGES({ slices: window.failureSlices }, "failures_");
  const calls = CALLS(window);
  return { text: calls.text.replace("{{groups}}", () => groups.text), params: { ...groups.params, ...calls.params } };
}
