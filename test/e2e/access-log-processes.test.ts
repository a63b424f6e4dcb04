/** Budgets of a node with several ingest processes, under more traffic than they allow. */
import { expect, test } from "vitest";
import { askClickHouse } from "../bench/stored-keys.ts";
import { sendDemo } from "../harness/demo-load.ts";
import { startProcess, until } from "../harness/process.ts";
import { auditedDifference, ownMetric } from "../harness/stored.ts";

const BUDGET = 1_000;

test("processes keep one k for the node: rows stay near the budget, their weights tell of every entry, and /metrics says so", async () => {
  const settings = {
    OAP_INGEST_PROCESSES: "2",
    OAP_AUDIT_INTERVAL_MS: "500",
    OAP_ACCESS_LOG_ROWS_PER_SECOND: `${BUDGET}`,
    OAP_ACCESS_LOG_FAILED_ROWS_PER_SECOND: `${BUDGET}`,
  };
  const oap = startProcess({ settings });
  try {
    const { grpc, http } = await oap.ready();
    const startedAt = Date.now();
    let entries = 0;
    for (let part = 0; part < 5; part++) entries += (await sendDemo(grpc, 120, 7 + part, startedAt - part * 120_000)).entries;
    const seconds = Math.ceil((Date.now() - startedAt) / 1_000);
    const kept = await until(
      async () => {
        const [row = []] = await askClickHouse(
          oap,
          "SELECT count(), sum(weight), max(weight), countIf(weight = 0), uniqExact(kept), uniqExact(service) FROM sidelight.access_log FORMAT TSV",
        );
        return row.map(Number);
      },
      ([rows, weights = 0]) => rows === lastRows(rows as number) && weights > 0,
      40_000,
    );
    const [rows = 0, weights = 0, largest = 0, recalled = 0, kinds = 0, services = 0] = kept;
    console.log({ entries, seconds, rows, weights, largest, recalled, kinds });
    expect(largest).toBeGreaterThan(1);
    expect(recalled).toBeGreaterThan(0);
    expect([kinds, services]).toEqual([4, 6]);
    expect(Math.abs(weights / entries - 1)).toBeLessThan(0.2);
    expect(rows).toBeLessThan(2 * BUDGET * (seconds + 5) * 1.5);
    expect(await ownMetric(http, "sidelight_log_rows_total")).toBe(rows);
    expect(await ownMetric(http, "sidelight_log_entries_not_kept_total")).toBeGreaterThan(entries / 4);
    expect(await auditedDifference(http)).toBe(0);
  } finally {
    await oap.end();
  }
});

let last = -1;
let still = 0;
/** The number once it has stood still for three seconds; before, another. */
function lastRows(rows: number): number {
  still = rows === last ? still + 1 : 0;
  last = rows;
  return still >= 15 ? rows : -1;
}
