/** Which entities hold values of a metric. */
import { type Metric, presenceOf } from "../../oap/catalog/metric.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import { seconds, sqlByTable, tableOf } from "./sql.ts";

export interface HeldBy {
  readonly service: string;
  readonly normal: number;
  readonly instance: string;
  readonly endpoint: string;
  readonly dest_service: string;
  readonly dest_normal: number;
  readonly dest_instance: string;
}

const SQL = sqlByTable("entities-holding");

/** Those seen last first, at most `limit`; none for a step that no table has. */
export async function readEntitiesHolding(
  sql: SqlReader,
  { scope, detectPoint, value }: Metric,
  range: TimeRange,
  limit: number,
): Promise<HeldBy[]> {
  const table = tableOf(range.step);
  if (table === null) return [];
  const seen = value === "percentile" ? "timed" : presenceOf(value);
  return await sql.query<HeldBy>(SQL(table), { table, ...seconds(range), scope, detect_point: detectPoint, seen, limit });
}
