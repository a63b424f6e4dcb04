/** What the product says of one service, and of itself. */
import { ask, until } from "./process.ts";
import { STEADY_SERVICE } from "./steady-load.ts";

/** Calls of a service, the steady load's unless told otherwise, over the last two hours. */
export async function storedCalls(http: string, service = STEADY_SERVICE): Promise<number> {
  const window = { from: Date.now() - 7_000_000, to: Date.now() + 120_000 };
  const query = "query ($window: Window!) { meshServices(window: $window) { services { name traffic { calls } } } }";
  const { meshServices } = await ask<{ meshServices: { services: { name: string; traffic: { calls: number } | null }[] } }>(
    http,
    query,
    { window },
  );
  return meshServices.services.find(({ name }) => name === service)?.traffic?.calls ?? 0;
}

/** The stored calls once they have stood still for a while. */
export async function settledCalls(http: string, service = STEADY_SERVICE): Promise<number> {
  const STILL = 16;
  const seen: number[] = [];
  await until(
    async () => seen.push(await storedCalls(http, service)),
    () => seen.length > STILL && seen.slice(-STILL).every((one) => one === seen.at(-1)),
    40_000,
  );
  return seen.at(-1) as number;
}

/** Sum of one of the product's own counters over its processes and labels. */
export async function ownMetric(http: string, name: string): Promise<number> {
  const text = await (await fetch(`${http}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** What the audit says once it has compared twice from now on, the second time with all that had come in. */
export async function auditedDifference(http: string): Promise<number> {
  const comparedAt = (): Promise<number> => ownMetric(http, "sidelight_audit_timestamp_seconds");
  for (let times = 0, last = await comparedAt(); times < 2; times++) last = await until(comparedAt, (at) => at !== last);
  return await ownMetric(http, "sidelight_audit_difference");
}
