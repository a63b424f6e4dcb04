/** Failed calls by cause, as several answers have them. */
import { z } from "zod";
import { Flag, type FlagText, flagTexts } from "./shapes.ts";
import { isoOf } from "./when.ts";
import { count, percent, table } from "./words.ts";

/** What GraphQL is asked for within meshFailures. */
export const CAUSES = `client server truncated groups {
  detectPoint source destination endpoint code flags { short text } codeDetails calls share callShare firstSeen mayHaveBegunBefore lastSeen }`;

export interface CauseRow {
  readonly detectPoint: string;
  readonly source: string | null;
  readonly destination: string | null;
  readonly endpoint: string | null;
  readonly code: number | null;
  readonly flags: readonly FlagText[] | null;
  readonly codeDetails: string | null;
  readonly calls: number;
  readonly share: number;
  readonly callShare: number | null;
  readonly firstSeen: number;
  readonly mayHaveBegunBefore: boolean;
  readonly lastSeen: number;
}

export const Cause = z
  .object({
    reportedBy: z.string().describe("server or client: the end whose proxy reported. The same call is often reported by both."),
    caller: z.string().nullable().describe("null: not what groups are told apart by."),
    callee: z.string().nullable(),
    endpoint: z.string().nullable(),
    code: z.number().nullable().describe("0: there was no response."),
    flags: z.array(Flag).nullable(),
    codeDetails: z.string().nullable().describe("Class of Envoy's response code details."),
    calls: z.number(),
    share: z.number().describe("Of all failed calls that this side reported, 0 to 1."),
    callShare: z
      .number()
      .nullable()
      .describe("Of all calls, failed or not, that this side reported from the callers to the callees where this was seen."),
    firstSeen: z
      .string()
      .describe(
        "Start of the first minute with such a call: of the first hour or day, in windows of more than 12 hours or 31 days.",
      ),
    mayHaveBegunBefore: z.boolean().describe("True: seen as soon as the window began."),
    lastSeen: z.string().describe("End of the last one, never later than now."),
  })
  .meta({ id: "Cause" });
export type ToldCause = z.infer<typeof Cause>;

export function toldCause({ detectPoint, source, destination, firstSeen, lastSeen, flags, ...rest }: CauseRow): ToldCause {
  return {
    reportedBy: detectPoint,
    caller: source,
    callee: destination,
    ...rest,
    flags: flags === null ? null : [...flags],
    firstSeen: isoOf(firstSeen),
    lastSeen: isoOf(lastSeen),
  };
}

export function causeTable(causes: readonly ToldCause[]): string {
  const columns: readonly (readonly [string, (cause: ToldCause) => string | null])[] = [
    ["calls", ({ calls }) => count(calls)],
    ["of failures", ({ share }) => percent(share)],
    ["of their edges' calls", ({ callShare }) => percent(callShare)],
    ["seen by", ({ reportedBy }) => (reportedBy === "client" ? "caller" : "callee")],
    ["caller", ({ caller }) => caller],
    ["callee", ({ callee }) => callee],
    ["endpoint", ({ endpoint }) => endpoint],
    ["code", ({ code }) => (code === null ? null : code === 0 ? "none" : String(code))],
    ["flags", ({ flags }) => (flags === null ? null : flagTexts(flags) || "none")],
    ["details", ({ codeDetails }) => codeDetails],
    ["since", ({ firstSeen, mayHaveBegunBefore }) => (mayHaveBegunBefore ? `${firstSeen} or before` : firstSeen)],
    ["until", ({ lastSeen }) => lastSeen],
  ];
  const told = columns.filter(([, of]) => causes.some((cause) => of(cause) !== null));
  return table(
    told.map(([title]) => title),
    causes.map((cause) => told.map(([, of]) => of(cause) ?? "–")),
  );
}
