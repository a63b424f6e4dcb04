import type { DeltaBlock, DeltaColumn } from "../../oap/model/batch.ts";
import { text } from "./delta.ts";

/** One failure of each called service, in the minutes given. */
export function failures(called: readonly string[], minutes: readonly number[]): DeltaBlock {
  const all = (value: number): number[] => called.map(() => value);
  const columns: DeltaColumn[] = [
    text(
      "service",
      called.map(() => "web"),
    ),
    { name: "normal", type: "UInt8", values: all(1) },
    text("dest_service", [...called]),
    { name: "dest_normal", type: "UInt8", values: all(1) },
    text(
      "endpoint",
      called.map(() => "GET:/"),
    ),
    text(
      "detect_point",
      called.map(() => "server"),
    ),
    { name: "response_code", type: "UInt16", values: all(503) },
    { name: "response_flags", type: "UInt32", values: all(4) },
    text(
      "code_details",
      called.map(() => "upstream_reset"),
    ),
    { name: "minute", type: "DateTime('UTC')", values: [...minutes] },
    { name: "calls", type: "UInt64", values: all(1) },
  ];
  return { table: "failure_minute", rows: called.length, columns };
}
