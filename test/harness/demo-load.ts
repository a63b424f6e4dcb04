import { Sender } from "../../oap/demo/sender.ts";
import { sumMinutes, type Tally, type TallyCounts } from "../../oap/demo/tally.ts";
import { Traffic } from "../../oap/demo/traffic.ts";
import { ask, until } from "./process.ts";

/** Sends some seconds of Bookinfo that ended just now; resolves when the server has answered every stream. */
export async function sendDemo(grpc: string, seconds: number, seed = 7, endMs = Date.now()): Promise<Tally> {
  const sender = new Sender(grpc);
  const traffic = new Traffic(seed, (pod, entry, isTcp) => sender.add(pod, entry, isTcp));
  traffic.between(endMs - seconds * 1_000, endMs);
  await sender.flush();
  await sender.close();
  return traffic.tally;
}

export interface ServiceTotals {
  readonly name: string;
  readonly traffic: { readonly calls: number; readonly failed: number; readonly tcpConnections: number } | null;
}

/** Calls and failed calls by service over the last two hours. */
export async function totals(http: string): Promise<Record<string, { calls: number; failed: number }>> {
  const now = Date.now();
  const window = { from: now - 7_000_000, to: now + 120_000 };
  const query =
    "query ($window: Window!) { meshServices(window: $window) { services { name traffic { calls failed tcpConnections } } } }";
  const { meshServices } = await ask<{ meshServices: { services: ServiceTotals[] } }>(http, query, { window });
  const seen = meshServices.services.filter(({ traffic }) => (traffic?.calls ?? 0) > 0);
  return Object.fromEntries(
    seen.map(({ name, traffic }) => [name, { calls: traffic?.calls ?? 0, failed: traffic?.failed ?? 0 }]),
  );
}

/** Waits until the stored totals are those of the tally, and returns them. */
export async function untilTotals(http: string, expected: Record<string, { calls: number; failed: number }>) {
  return await until(
    () => totals(http),
    (seen) => JSON.stringify(sorted(seen)) === JSON.stringify(sorted(expected)),
  ); // prettier-ignore
}

export function sorted<T>(record: Record<string, T>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Sums of several tallies, by service. */
export function addTallies(...tallies: readonly Tally[]): Record<string, TallyCounts> {
  const sums: Record<string, TallyCounts> = {};
  for (const { minutes } of tallies) {
    for (const [name, { calls, failed }] of Object.entries(sumMinutes(minutes, 0, Number.POSITIVE_INFINITY).services)) {
      sums[name] = { calls: (sums[name]?.calls ?? 0) + calls, failed: (sums[name]?.failed ?? 0) + failed };
    }
  }
  return sums;
}
