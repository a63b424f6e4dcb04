/** What is kept of a mesh that says far more than the budgets allow: whole requests, true sums, within the budget. */
import { expect, test } from "vitest";
import { messageBytes } from "../../oap/demo/entry.ts";
import type { Pod } from "../../oap/demo/mesh.ts";
import { Traffic } from "../../oap/demo/traffic.ts";
import { LogKept } from "../../oap/model/log-rows.ts";
import { LogNode } from "../harness/log-node.ts";
import { mulberry32 } from "../harness/random.ts";

const START = Date.parse("2026-03-01T10:00:00Z");
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const PROCESSES = 3;
/** Seconds of the demo's traffic that come in within one. */
const FASTER = 8;
const SECONDS = 14;
const BUDGETS = { failed: 400, other: 600 };

interface Sent {
  readonly pod: Pod;
  readonly entry: Buffer;
  readonly isTcp: boolean;
  /** Quarters of a second since the start. */
  readonly tick: number;
}

/** Bookinfo, each proxy sending once a second, at another moment of it than the others. */
function bookinfo() {
  const sent: Sent[] = [];
  const entriesOf = new Map<string, number>();
  const random = mulberry32(11);
  const offsets = new Map<Pod, number>();
  let at = 0;
  const traffic = new Traffic(5, (pod, entry, isTcp) => {
    if (!offsets.has(pod)) offsets.set(pod, random());
    // Sent with the proxy's next message, one a second.
    const offset = offsets.get(pod) as number;
    const tick = Math.floor(4 * (Math.ceil(at - offset) + offset));
    sent.push({ pod, entry, isTcp, tick });
    const id = ID.exec(entry.toString("latin1"))?.[0] as string;
    if (!isTcp) entriesOf.set(id, (entriesOf.get(id) ?? 0) + 1);
  });
  const step = 0.05;
  for (; at < SECONDS - 1; at += step) traffic.between(START + at * FASTER * 1_000, START + (at + step) * FASTER * 1_000);
  return { sent, entriesOf };
}

test("of the requests that are kept at least 95 % have all their reports, sums of weights are true, and budgets hold", async () => {
  const { sent, entriesOf } = bookinfo();
  const node = new LogNode(PROCESSES, BUDGETS, START);
  const byTick = Map.groupBy(sent, ({ tick }) => tick);
  for (let tick = 0; tick < 4 * (SECONDS + 4); tick++) {
    const due = byTick.get(tick) ?? [];
    for (const [pod, list] of Map.groupBy(due, ({ pod }) => pod)) {
      for (const isTcp of [false, true]) {
        const entries = list.filter((one) => one.isTcp === isTcp).map(({ entry }) => entry);
        if (entries.length > 0) node.processes[pod.index % PROCESSES]?.message(pod, messageBytes(entries, isTcp));
      }
    }
    node.tick();
    if (tick % 4 === 3) await node.second();
  }
  const rowsOf = Map.groupBy(
    node.rows.filter(({ kind }) => kind !== "tcp"),
    ({ requestId }) => requestId,
  );
  const whole = [...rowsOf].filter(([id, rows]) => rows.length === entriesOf.get(id));
  const withFailed = [...rowsOf].filter(([, rows]) => rows.some(({ kept }) => kept === LogKept.failed));
  const wholeFailed = withFailed.filter(([id, rows]) => rows.length === entriesOf.get(id));
  console.log(
    `kept ${rowsOf.size} of ${entriesOf.size} requests, whole ${((100 * whole.length) / rowsOf.size).toFixed(1)} %, with failures ${withFailed.length}, ` +
      `whole ${((100 * wholeFailed.length) / withFailed.length).toFixed(1)} %; ${node.rows.length} rows of ${sent.length} entries; by second ${node.rowsBySecond.join(" ")}`,
  );
  expect(rowsOf.size).toBeLessThan(entriesOf.size / 2); // the budgets do bite
  expect(rowsOf.size).toBeGreaterThan(entriesOf.size / 50);
  expect(whole.length / rowsOf.size).toBeGreaterThanOrEqual(0.95);
  expect(wholeFailed.length / withFailed.length).toBeGreaterThanOrEqual(0.95);
  const estimate = node.rows.reduce((sum, { weight }) => sum + weight, 0);
  expect(Math.abs(estimate / sent.length - 1)).toBeLessThan(0.1);
  const settled = node.rowsBySecond.slice(4);
  expect(Math.max(...settled)).toBeLessThanOrEqual((BUDGETS.failed + BUDGETS.other) * 1.3);
  expect(new Set(node.rows.map(({ service }) => service)).size).toBe(6);
});
