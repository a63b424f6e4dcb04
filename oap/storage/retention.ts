/** How long each table keeps its rows: a TTL that follows the settings, set anew by every start that finds another one. Expired parts
 *  go whole (ttl_only_drop_parts), and changing a TTL rewrites what parts say of themselves, not their rows. */
import type { Retention } from "../model/retention.ts";
import type { Engine } from "./engine.ts";

/** Local tables of a cluster end in this; the plain names are Distributed tables over them. */
const LOCAL = /_local$/;
const TABLES =
  "SELECT name, engine_full AS definition FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' LIMIT 1000";

/** Brings the TTL of every table to what the settings say. @throws StorageError */
export async function applyRetention(engine: Engine, retention: Retention): Promise<void> {
  const expressions = lifetimes(retention);
  for (const { name, definition } of await engine.query<{ name: string; definition: string }>(TABLES, {})) {
    const wanted = expressions[name.replace(LOCAL, "")];
    if (wanted === undefined) continue;
    const present = / TTL (.*?)(?: SETTINGS .*)?$/s.exec(definition)?.[1] ?? null;
    if (retention.ttl === "off") {
      if (present !== null) await engine.command("ALTER TABLE {name:Identifier} REMOVE TTL", { name });
    } else if (present !== wanted) await engine.command(`ALTER TABLE {name:Identifier} MODIFY TTL ${wanted}`, { name });
  }
}

/** Table -> TTL as ClickHouse writes it back; made of whole numbers from the settings and nothing else. */
function lifetimes(retention: Retention): Readonly<Record<string, string>> {
  const after = (column: string, days: number): string => `${column} + toIntervalDay(${Number(days)})`;
  const { minuteDays, hourDays, dayDays, metadataDays, accessLogDays, failedAccessLogDays } = retention;
  return {
    traffic_minute: after("minute", minuteDays),
    failure_minute: after("minute", minuteDays),
    traffic_hour: after("minute", hourDays),
    failure_hour: after("minute", hourDays),
    traffic_day: after("minute", dayDays),
    failure_day: after("minute", dayDays),
    node_progress: after("handed_over_until", minuteDays),
    storage_event: after("time", dayDays),
    service_meta: after("last_seen", metadataDays),
    instance_meta: after("last_seen", metadataDays),
    endpoint_meta: after("last_seen", metadataDays),
    // One rule with a condition in it: rules with WHERE remove rows, and rewrite parts for it, even where whole parts could go.
    access_log: `toDateTime(time) + toIntervalDay(if(kept = 'rest', ${Number(accessLogDays)}, ${Number(failedAccessLogDays)}))`,
  };
}
