import { test } from "vitest";
import { storageAway } from "../harness/storage-away.ts";

test("ClickHouse away for 20 s at 20,000 entries a second: the spool takes them, and all are there once", async () => {
  await storageAway(20_000);
});
