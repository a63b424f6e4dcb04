import { expect, test } from "vitest";
import { killRounds, LOST_PER_KILL_MAX_S } from "../harness/kill-rounds.ts";

const RATE = 2_000;
const ROUNDS = 20;
const SEED = 20_261_124;

test("kill -9 of main or ingest at random moments: what was handed over is there, once", async () => {
  const { kills, sent, durable, stored, auditDifference } = await killRounds({ rounds: ROUNDS, seed: SEED, perSecond: RATE });
  expect(stored).toBeLessThanOrEqual(sent);
  expect(auditDifference).toBe(0);
  expect(stored).toBeGreaterThanOrEqual(durable);
  expect(sent - stored).toBeLessThanOrEqual(kills.ingest * RATE * LOST_PER_KILL_MAX_S);
  expect([kills.main > 0, kills.ingest > 0]).toEqual([true, true]);
});
