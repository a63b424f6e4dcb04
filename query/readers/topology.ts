/** Edges between services and between instances, as rows. */
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import { seconds, sqlByTable, tableOf } from "./sql.ts";

export interface RelationRow {
  readonly service: string;
  readonly is_normal: boolean | number;
  readonly dest_service: string;
  readonly is_dest_normal: boolean | number;
  readonly detect_point: "client" | "server";
  readonly all_calls: number;
  readonly grpc: number;
  readonly tcp: number;
  readonly tls: number;
  readonly mtls: number;
}

export interface InstanceRelationRow {
  readonly service: string;
  readonly instance: string;
  readonly dest_service: string;
  readonly dest_instance: string;
  readonly detect_points: readonly string[];
}

const RELATIONS = sqlByTable("relations");
const INSTANCE_RELATIONS = sqlByTable("instance-relations");

/** Topology has no limit of points: a range of seconds reads minutes. */
function tableFor(range: TimeRange): string {
  return tableOf(range.step) ?? "traffic_minute";
}

/** Edges that any of the services takes part in; of all services when the list is empty. */
export async function readRelations(reader: SqlReader, services: readonly string[], range: TimeRange): Promise<RelationRow[]> {
  const table = tableFor(range);
  return await reader.query<RelationRow>(RELATIONS(table), { table, services, ...seconds(range) });
}

export async function readInstanceRelations(
  reader: SqlReader,
  a: string,
  b: string,
  range: TimeRange,
): Promise<InstanceRelationRow[]> {
  const table = tableFor(range);
  return await reader.query<InstanceRelationRow>(INSTANCE_RELATIONS(table), { table, a, b, ...seconds(range) });
}
