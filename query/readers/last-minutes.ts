/** When instances of a service were last seen to do anything: their metadata is told again once a minute only, and is up to two behind. */
import type { SqlReader } from "../../oap/model/ports.ts";
import { MINUTE_MS } from "../../oap/model/time-bucket.ts";
import { seconds, sqlByTable } from "./sql.ts";

const TABLE = "traffic_minute";
const LAST_MINUTES = sqlByTable("last-minutes")(TABLE);
/** Beyond that metadata is as new. */
const MINUTES = 3;

/** By name: the end of the last minute in which the instance reported anything, ms, or now where that is not over; those of the last few minutes. */
export async function readLastMinutes(reader: SqlReader, service: string, nowMs: number): Promise<Map<string, number>> {
  const toMs = Math.floor(nowMs / MINUTE_MS + 1) * MINUTE_MS;
  const range = seconds({ fromMs: toMs - MINUTES * MINUTE_MS, toMs });
  type Row = { readonly instance: string; readonly minute_ms: number };
  const rows = await reader.query<Row>(LAST_MINUTES, { table: TABLE, service, ...range });
  return new Map(rows.map(({ instance, minute_ms }) => [instance, Math.min(minute_ms + MINUTE_MS, nowMs)]));
}
