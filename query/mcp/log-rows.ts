/** Rows of the access log as answers have them: what tells why a call went as it did. The dashboard's page has the rest. */
import { z } from "zod";
import { Flag, type FlagText, flagTexts } from "./shapes.ts";
import { ms, table } from "./words.ts";

export const LOG_FIELDS = `time kept weight kind detectPoint reporter instance caller callee endpoint method path code grpcStatus flags { short text } codeDetails
  failureReason duration phases { name from to } attempts tlsMode peerPrincipal requestId traceId upstreamAddress upstreamCluster route`;

export interface LogRowAnswer extends Omit<z.infer<typeof LogRow>, "time" | "durationMs"> {
  readonly time: number;
  readonly duration: number | null;
}

export const LogRow = z
  .object({
    time: z.string().describe("When the reporter received the first byte, UTC."),
    kept: z.string().describe("FAILED, SLOW, REST, or CONTEXT: kept for another report of its request."),
    weight: z.number().describe("Calls it stands for."),
    kind: z.string(),
    detectPoint: z.string().describe("Which end reported: server, client, or both (a gateway between caller and callee)."),
    reporter: z.string(),
    instance: z.string(),
    caller: z.string().nullable(),
    callee: z.string().nullable(),
    endpoint: z.string().nullable(),
    method: z.string(),
    path: z.string(),
    code: z.number().nullable().describe("null: there was no response."),
    grpcStatus: z.number().nullable(),
    flags: z.array(Flag),
    codeDetails: z.string(),
    failureReason: z.string().nullable(),
    durationMs: z.number().nullable(),
    phases: z
      .array(z.object({ name: z.string(), from: z.number(), to: z.number() }))
      .describe("Parts of its time, ms from the start. WAIT: for the called service."),
    attempts: z.number(),
    tlsMode: z.string().describe("Empty: not known, as of the calling side's rows."),
    peerPrincipal: z.string(),
    requestId: z.string(),
    traceId: z.string().nullable(),
    upstreamAddress: z.string(),
    upstreamCluster: z.string(),
    route: z.string(),
  })
  .meta({ id: "LogRow" });
export type ToldLog = z.infer<typeof LogRow>;

/** A row names the other end of a call that its reporter made or took: both are told. */
export function toldLog({ time, duration, flags, caller, callee, ...row }: LogRowAnswer): ToldLog {
  const { detectPoint, reporter } = row;
  return {
    ...row,
    caller: detectPoint === "client" ? reporter : caller,
    callee: detectPoint === "server" ? reporter : callee,
    time: new Date(time).toISOString(),
    durationMs: duration,
    flags: flags.map(({ short, text }: FlagText) => ({ short, text })),
  };
}

export function logTable(rows: readonly ToldLog[]): string {
  const cells = (row: ToldLog): string[] => [
    row.time,
    [row.caller, row.detectPoint === "both" ? row.reporter : null, row.callee].filter((one) => one !== null).join(" → "),
    row.endpoint ?? row.kind,
    row.code === null ? "none" : String(row.code),
    [row.flags.map(({ short }) => short).join(","), row.codeDetails, row.failureReason ?? ""].filter(Boolean).join("; "),
    ms(row.durationMs),
    row.tlsMode || "–",
    row.detectPoint,
    row.requestId,
  ];
  return table(
    ["time", "who → whom", "endpoint", "code", "flags and details", "took", "tls", "side", "request"],
    rows.map(cells),
  );
}

/** What the flags in the rows mean, once. */
export function flagLegend(rows: readonly ToldLog[]): string {
  const flags = new Map(rows.flatMap((row) => row.flags.map((flag) => [flag.short, flag])));
  return flagTexts([...flags.values()]);
}
