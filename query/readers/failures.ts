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

const FAILURES = sqlBySlices("failures");
const CALLS = sqlBySlices("failure-calls");

export async function readFailures(
  reader: SqlReader,
  window: MeshWindow,
  grouping: Grouping,
  scope: FailureScope,
  limit: number,
): Promise<FailureRow[]> {
  const { text, params } = FAILURES({ slices: window.failureSlices });
  return await reader.query<FailureRow>(text, { ...params, ...grouping, ...scope, limit });
}

export interface FailureCallsRow {
  readonly detect_point: string;
  readonly source: string;
  readonly destination: string;
  readonly calls: number;
}

/** All calls that the groups are a share of. */
export async function readFailureCalls(
  reader: SqlReader,
  window: MeshWindow,
  { by_source, by_destination }: Grouping,
  { around }: FailureScope,
): Promise<FailureCallsRow[]> {
  const { text, params } = CALLS(window);
  return await reader.query(text, { ...params, by_source, by_destination, around });
}
