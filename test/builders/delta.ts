/** Rows as an ingest process hands them over, small and plain. */
import { COLUMNS, HISTOGRAM_COLUMN } from "../../oap/catalog/columns.ts";
import type { Delta, DeltaBlock, DeltaColumn } from "../../oap/model/batch.ts";

/** Seconds since the epoch: the minute the rows belong to. */
export const MINUTE = Date.parse("2026-03-01T10:16:00Z") / 1_000;
export const text = (name: string, values: string[]): DeltaColumn => ({ name, type: "String", values });

/** Rows of the service scope: one per service, in one minute (or the minutes given), with a count of calls. */
export function block(
  services: readonly string[],
  calls: number,
  minutes: readonly number[] = services.map(() => MINUTE),
): DeltaBlock {
  const rows = services.length;
  const blank = services.map(() => "");
  return {
    table: "traffic_minute",
    rows,
    columns: [
      text(
        "scope",
        services.map(() => "service"),
      ),
      text("service", [...services]),
      { name: "normal", type: "UInt8", values: services.map(() => 1) },
      text("instance", blank),
      text("endpoint", blank),
      text("dest_service", blank),
      { name: "dest_normal", type: "UInt8", values: services.map(() => 0) },
      text("dest_instance", blank),
      text("detect_point", blank),
      { name: "minute", type: "DateTime('UTC')", values: [...minutes] },
      ...COLUMNS.map(
        (name): DeltaColumn => ({ name, type: "UInt64", values: services.map(() => (name === "calls" ? calls : 0)) }),
      ),
      {
        name: HISTOGRAM_COLUMN,
        type: "Map(UInt16, UInt64)",
        ends: services.map((_, i) => i + 1),
        keys: services.map(() => 7),
        values: services.map(() => calls),
      },
    ],
  }; // prettier-ignore
}
/** What a hand-over of such rows is. */
export const delta = (services: readonly string[], calls: number): Delta => ({
  blocks: [block(services, calls)],
  entries: calls * services.length,
  booked: [[MINUTE, calls * services.length]],
});
