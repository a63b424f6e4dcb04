import { expect, test } from "vitest";
import { killRounds, LOST_PER_KILL_MAX_S } from "../harness/kill-rounds.ts";

const RATE = 5_000;
const ROUNDS = 200;
const SEED = Number(process.env["KILL_SEED"] ?? 20_261_124);

test("200 rounds of kill -9: nothing handed over is lost, nothing is doubled", async () => {
  const result = await killRounds({ rounds: ROUNDS, seed: SEED, perSecond: RATE });
  console.log("kill rounds, seed", SEED, result);
  const { kills, sent, durable, stored, auditDifference, replacedMs } = result;
  expect(stored).toBeLessThanOrEqual(sent);
  expect(auditDifference).toBe(0);
  expect(stored).toBeGreaterThanOrEqual(durable);
  expect(sent - stored).toBeLessThanOrEqual(kills.ingest * RATE * LOST_PER_KILL_MAX_S);
  expect(replacedMs).toBeLessThan(2_000);
});
