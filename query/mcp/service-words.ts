/** One service in words. */
import { z } from "zod";
import { causeTable, type ToldCause } from "./failure-causes.ts";
import { type SidesOf, sidesTable, TRAFFIC_HEAD, type TrafficNumbers, trafficCells } from "./shapes.ts";
import { count, list, ms, paragraphs, percent, section, table } from "./words.ts";

export const Endpoint = z
  .object({
    name: z.string(),
    calls: z.number(),
    failed: z.number(),
    errorShare: z.number().nullable(),
    p95: z.number().nullable(),
  })
  .meta({ id: "Endpoint" });
export type TopEndpoint = z.infer<typeof Endpoint>;

export interface ToldService {
  readonly service: { readonly name: string; readonly layers: readonly string[] };
  readonly now: TrafficNumbers | null;
  readonly before: TrafficNumbers | null;
  readonly changes: readonly string[];
  readonly failedCalls: Readonly<Record<"received" | "receivedAsCallersSaw" | "made", number>>;
  readonly busiestEndpoints: readonly TopEndpoint[];
  readonly failingEndpoints: readonly TopEndpoint[];
  readonly slowestEndpoints: readonly TopEndpoint[];
  readonly failures: readonly ToldCause[];
  readonly instances: readonly { readonly name: string; readonly traffic: TrafficNumbers | null }[];
  readonly callers: readonly (SidesOf & { readonly name: string })[];
  readonly callees: readonly (SidesOf & { readonly name: string })[];
  readonly totals: Readonly<Record<"endpoints" | "instances" | "callers" | "callees", number>>;
}

export function serviceBody(told: ToldService): string {
  const { service, now, before, totals, instances } = told;
  const numbers = [
    ["now", ...trafficCells(now)],
    ["before", ...trafficCells(before)],
  ];
  const instanceRows = instances.map(({ name, traffic }) => [name, ...trafficCells(traffic)]);
  return paragraphs(
    `# ${service.name} (${service.layers.join(", ")})`,
    table(["", ...TRAFFIC_HEAD], numbers),
    failedText(told),
    list(told.changes),
    section("Why calls of and to it fail", causeTable(told.failures)),
    section("Failing endpoints", endpointTable(told.failingEndpoints)),
    section(`Busiest endpoints (${totals.endpoints} in all)`, endpointTable(told.busiestEndpoints)),
    section("Slowest endpoints", endpointTable(told.slowestEndpoints)),
    section(`Instances (${totals.instances})`, table(["instance", ...TRAFFIC_HEAD], instanceRows)),
    section(`Who calls it (${totals.callers})`, sidesTable("caller", told.callers)),
    section(`Whom it calls (${totals.callees})`, sidesTable("callee", told.callees)),
  );
}

/** Whose failures: a service may be well, and its callees or the way to it not. */
function failedText({ failedCalls: { received, receivedAsCallersSaw, made }, callees }: ToldService): string {
  const worst = callees
    .filter(({ client }) => (client?.failed ?? 0) > 0)
    .map(({ name, client }) => `${name} ${count(client?.failed ?? 0)}`);
  const whose = worst.length === 0 ? "" : ` (${worst.slice(0, 5).join(", ")})`;
  return `Failed calls to it: ${count(received)} as it saw them, ${count(receivedAsCallersSaw)} as its callers did. Failed calls that it made: ${count(made)}${whose}.`;
}

function endpointTable(rows: readonly TopEndpoint[]): string {
  const cells = rows.map(({ name, calls, failed, errorShare, p95 }) => [
    name,
    count(calls),
    count(failed),
    percent(errorShare),
    ms(p95),
  ]);
  return table(["endpoint", "calls", "failed", "of its calls", "p95"], cells);
}
