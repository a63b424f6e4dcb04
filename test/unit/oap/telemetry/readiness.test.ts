import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Heartbeat } from "../../../../oap/telemetry/heartbeat.ts";
import { Readiness } from "../../../../oap/telemetry/readiness.ts";

function start() {
  const clock = { ms: 1_000_000 };
  const readiness = new Readiness(() => clock.ms);
  const reasons = () => readiness.lacks().map(({ part, reason }) => `${part}: ${reason}`);
  return { clock, readiness, reasons };
}

test("a start lacks storage and ingest processes until they are there", () => {
  const { readiness, reasons } = start();
  expect(reasons()).toEqual(["query: storage is not open yet", "ingest: no ingest process takes entries yet"]);
  readiness.well("storage");
  readiness.well("clickhouse");
  expect(reasons()).toEqual(["ingest: no ingest process takes entries yet"]);
  readiness.well("ingest");
  expect(reasons()).toEqual([]);
});

test("one slow answer or one process that is replaced is no lack, silence is, and the first sign ends it", () => {
  const { clock, readiness, reasons } = start();
  for (const need of ["storage", "clickhouse", "ingest"] as const) readiness.well(need);
  clock.ms += 10_000;
  expect(reasons()).toEqual([]);
  clock.ms += 5_001;
  readiness.well("ingest");
  expect(reasons()).toEqual(["query: ClickHouse has not answered for 15 s"]);
  clock.ms += 20_000;
  expect(reasons()).toEqual([
    "query: ClickHouse has not answered for 35 s",
    "ingest: no ingest process has told of itself for 20 s",
  ]);
  readiness.well("clickhouse");
  expect(reasons()).toEqual(["ingest: no ingest process has told of itself for 20 s"]);
});

test("what does not answer is asked again, a few times at once at most, and is well with the first answer", async () => {
  let beats = 0;
  let asked = 0;
  const late = Promise.withResolvers<void>();
  const heartbeat = new Heartbeat(
    async () => {
      asked++;
      if (asked === 1) throw new Error("refused");
      await late.promise;
    },
    () => beats++,
    5,
  );
  for (let waited = 0; asked < 5 && waited < 2_000; waited += 5) await sleep(5);
  await sleep(50);
  expect([asked, beats]).toEqual([5, 0]); // one that failed, four under way
  late.resolve();
  for (let waited = 0; beats < 6 && waited < 2_000; waited += 5) await sleep(5);
  expect(beats).toBeGreaterThanOrEqual(6);
  heartbeat.stop();
});
