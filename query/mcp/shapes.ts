/** Shapes that several answers have (an `id` makes a schema tell it once), and what GraphQL is asked for them. Shares 0 to 1, latencies ms, rates per second; null: nothing was seen. */
import { z } from "zod";
import { count, ms, percent, rate, table } from "./words.ts";

const Share = z.number().nullable();
const Ms = z.number().nullable();

export const Traffic = z
  .object({
    calls: z.number(),
    failed: z.number(),
    callRate: z.number().describe("Calls per second."),
    errorShare: Share.describe("failed / calls, 0 to 1."),
    p50: Ms.describe("ms"),
    p95: Ms,
    p99: Ms,
    apdex: Share,
    tlsShare: Share.describe("Calls over TLS or mTLS, 0 to 1."),
    mtlsShare: Share.describe("Calls over mTLS, 0 to 1."),
    bytesIn: z.number(),
    bytesOut: z.number(),
    tcpConnections: z.number(),
  })
  .meta({ id: "Traffic" });
export type TrafficNumbers = z.infer<typeof Traffic>;
export const TRAFFIC = Object.keys(Traffic.shape).join(" ");

export const EdgeSide = z
  .object({
    calls: z.number(),
    failed: z.number(),
    callRate: z.number(),
    p50: Ms,
    p95: Ms,
    p99: Ms,
    tlsShare: Share,
    mtlsShare: Share,
    tcpConnections: z.number(),
  })
  .meta({ id: "EdgeSide" });
export type SideNumbers = z.infer<typeof EdgeSide>;
export const EDGE_SIDE = Object.keys(EdgeSide.shape).join(" ");

/** What both ends of a connection saw; the called end's is the fuller where it reports. */
export const Sides = {
  client: EdgeSide.nullable().describe("As the calling side's proxy saw it."),
  server: EdgeSide.nullable().describe("As the called side's proxy saw it; null when it reports nothing."),
};
export interface SidesOf {
  readonly client: SideNumbers | null;
  readonly server: SideNumbers | null;
}

export const Flag = z.object({ short: z.string(), text: z.string() }).meta({ id: "Flag" });
export type FlagText = z.infer<typeof Flag>;

export const TRAFFIC_HEAD = ["calls", "rate", "success", "failed", "p50", "p95", "p99"];

export function trafficCells(traffic: TrafficNumbers | null): string[] {
  if (traffic === null) return TRAFFIC_HEAD.map(() => count(null));
  const { calls, failed, callRate, errorShare, p50, p95, p99, tcpConnections } = traffic;
  const seen = calls === 0 && tcpConnections > 0 ? `${count(tcpConnections)} TCP` : count(calls);
  return [
    seen,
    rate(calls === 0 ? null : callRate),
    percent(errorShare === null ? null : 1 - errorShare),
    count(failed),
    ms(p50),
    ms(p95),
    ms(p99),
  ];
}

/** Callers or callees: both sides' numbers where they differ, so that a missing report is seen. */
export function sidesTable(first: string, rows: readonly (SidesOf & { readonly name: string })[]): string {
  const cells = (side: SideNumbers | null): string[] =>
    side === null
      ? ["no report", "", ""]
      : [
          side.calls === 0 && side.tcpConnections > 0 ? `${count(side.tcpConnections)} TCP` : count(side.calls),
          count(side.failed),
          ms(side.p95),
        ];
  const head = [first, "calls (caller saw)", "failed", "p95", "calls (callee saw)", "failed", "p95", "mTLS"];
  return table(
    head,
    rows.map(({ name, client, server }) => [
      name,
      ...cells(client),
      ...cells(server),
      percent((server ?? client)?.mtlsShare ?? null),
    ]),
  );
}

/** What a connection amounts to: the fuller of both reports. */
export function volumeOf({ client, server }: SidesOf): number {
  const of = (side: SideNumbers | null): number => (side === null ? 0 : side.calls + side.tcpConnections);
  return Math.max(of(client), of(server));
}

export function failedOf({ client, server }: SidesOf): number {
  return Math.max(client?.failed ?? 0, server?.failed ?? 0);
}

/** `UF: No connection to the called service could be made.` */
export function flagTexts(flags: readonly FlagText[] | null): string {
  return (flags ?? []).map(({ short, text }) => `${short}: ${text}`).join(" ");
}
