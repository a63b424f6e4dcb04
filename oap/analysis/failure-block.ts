import type { DeltaBlock } from "../model/batch.ts";
import { DETECT_POINT_NAMES } from "../model/entity.ts";
import type { Failure } from "./cap-failures.ts";

const SECONDS_PER_MINUTE = 60;

/** Rows of failure_minute; null when nothing failed. */
export function failureBlock(failures: readonly Failure[]): DeltaBlock | null {
  const rows = failures.length;
  if (rows === 0) return null;
  const texts = (name: string, of: (failure: Failure) => string) => ({ name, type: "String", values: failures.map(of) }) as const;
  const ones = new Uint8Array(rows).fill(1);
  return {
    table: "failure_minute",
    rows,
    columns: [
      texts("service", ({ service }) => service),
      { name: "normal", type: "UInt8", values: ones },
      texts("dest_service", ({ destService }) => destService),
      { name: "dest_normal", type: "UInt8", values: ones },
      texts("endpoint", ({ endpoint }) => endpoint),
      texts("detect_point", ({ detectPoint }) => DETECT_POINT_NAMES[detectPoint] as string),
      { name: "response_code", type: "UInt16", values: failures.map(({ responseCode }) => responseCode) },
      { name: "response_flags", type: "UInt32", values: failures.map(({ flags }) => flags) },
      texts("code_details", ({ details }) => details),
      { name: "minute", type: "DateTime('UTC')", values: failures.map(({ minute }) => minute * SECONDS_PER_MINUTE) },
      { name: "calls", type: "UInt64", values: failures.map(({ calls }) => calls) },
    ],
  };
}
