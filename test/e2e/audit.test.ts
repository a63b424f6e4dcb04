/** What the product tells of itself, on the product as its users start it. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { childrenOf } from "../harness/children.ts";
import { exposedProblems, families } from "../harness/exposition.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";
import { SteadyLoad } from "../harness/steady-load.ts";
import { settledCalls } from "../harness/stored.ts";

/** Family and type of all that an operator's rules and dashboards may build on. */
const EXPOSED = {
  sidelight_entries_total: "counter",
  sidelight_entries_skipped_total: "counter",
  sidelight_entries_durable_total: "counter",
  sidelight_streams: "gauge",
  sidelight_slots: "gauge",
  sidelight_interner_strings: "gauge",
  sidelight_bound_hits_total: "counter",
  sidelight_flush_duration_seconds: "histogram",
  sidelight_spool_bytes: "gauge",
  sidelight_spool_oldest_seconds: "gauge",
  sidelight_rows_inserted_total: "counter",
  sidelight_insert_retries_total: "counter",
  sidelight_dropped_total: "counter",
  sidelight_event_loop_delay_seconds: "gauge",
  sidelight_process_resident_memory_bytes: "gauge",
  sidelight_process_cpu_seconds_total: "counter",
  sidelight_audit_difference: "gauge",
  sidelight_audit_timestamp_seconds: "gauge",
};

let oap: RunningProcess | null = null;
afterEach(() => oap?.end());

test("what came in is what is stored, whichever process is killed meanwhile, and every metric is told by the conventions", async () => {
  oap = startProcess({ settings: { OAP_INGEST_PROCESSES: "1", OAP_AUDIT_INTERVAL_MS: "500" } });
  const { grpc, http } = await oap.ready();
  const supervisor = oap.child.pid as number;
  const metrics = async () => families(await (await fetch(`${http}/metrics`)).text());
  const value = async (name: string): Promise<number> => (await metrics()).get(name)?.samples[0]?.value ?? Number.NaN;
  const load = new SteadyLoad(grpc, 1_000);
  const seen = new Set<number>();
  let isWatching = true;
  const watching = (async () => {
    for (; isWatching; await sleep(100)) seen.add(await value("sidelight_audit_difference").catch(() => 0));
  })();
  const compared = async (): Promise<void> => {
    const since = Date.now() / 1_000;
    await until(
      () => value("sidelight_audit_timestamp_seconds"),
      (at) => at > since,
      30_000,
    );
  };
  const kill = async (parent: number, text: string): Promise<void> => {
    process.kill(childrenOf(parent, text)[0] as number, "SIGKILL");
    await sleep(1_000);
    await compared();
  };
  await compared();
  await kill(supervisor, "main.ts");
  await kill(supervisor, "ingest.ts");
  await kill(childrenOf(supervisor, "main.ts")[0] as number, "embedded-process");
  await load.end();
  const stored = await settledCalls(http);
  await compared();
  isWatching = false;
  await watching;
  expect([...seen]).toEqual([0]);
  expect(stored).toBeGreaterThan(load.sent / 2); // all but what the killed ingest process held

  const text = await (await fetch(`${http}/metrics`)).text();
  expect(exposedProblems(text)).toEqual([]);
  const found = families(text);
  const types = Object.fromEntries(Object.keys(EXPOSED).map((name) => [name, found.get(name)?.type]));
  expect(types).toEqual(EXPOSED);
  const processes = found.get("sidelight_process_resident_memory_bytes")?.samples;
  expect(processes?.map(({ labels }) => labels["process"]).sort()).toEqual(["clickhouse", "ingest-0", "main", "supervisor"]);
  expect(processes?.every((one) => one.value > 20e6 && one.value < 2e9)).toBe(true);
  const flushes = found.get("sidelight_flush_duration_seconds")?.samples.find(({ name }) => name.endsWith("_count"));
  expect(flushes?.value).toBeGreaterThan(1);
});
