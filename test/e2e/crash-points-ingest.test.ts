import { expect, test } from "vitest";
import { crashPoints } from "../harness/crash-points.ts";
import { LOST_PER_KILL_MAX_S } from "../harness/kill-rounds.ts";

const OPERATIONS = ["mkdir", "appendFile", "datasync", "rename"];

test("an ingest process killed before and after each thing it does: nothing handed over is lost or doubled", async () => {
  const { sent, durable, stored, rate } = await crashPoints("ingest", OPERATIONS);
  expect(stored).toBeLessThanOrEqual(sent);
  expect(stored).toBeGreaterThanOrEqual(durable);
  expect(sent - stored).toBeLessThanOrEqual(2 * OPERATIONS.length * rate * LOST_PER_KILL_MAX_S);
}, 120_000);
