import { constants, PerformanceObserver } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { deflateRawSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { GrpcServer } from "../../../receivers/grpc-server.ts";
import { NOTICED_MS } from "../../harness/guarded-server.ts";

const LIMIT = 2 ** 30;
/** Each takes 260 KB outside the heap and gives them back at once. */
const TAKEN = 20_000;
const ROUNDS = 3;

let used = 0;
let server: GrpcServer | null = null;

afterEach(async () => {
  await server?.stop();
  server = null;
});

/** The fewest of some rounds: a round may fall on a collection that has other reasons. */
async function fewestCollections(): Promise<number> {
  const rounds: number[] = [];
  while (rounds.length < ROUNDS) rounds.push(await collections());
  return Math.min(...rounds);
}

/** Collections of the whole heap while memory outside of it is taken and let go, as node:http2 does for what it reads. */
async function collections(): Promise<number> {
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail } = entry as unknown as { detail: { kind: number } };
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) count++;
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  for (let i = 0; i < TAKEN; i++) {
    deflateRawSync("");
    if (i % 200 === 0) await sleep(1);
  }
  await sleep(50);
  observer.disconnect();
  return count;
}

test("while there is room, buffers that are free again do not have the heap collected; short of memory they do", async () => {
  const options = { maxMessageBytes: 1 << 20, streamMaxAgeMs: 1_800_000, memoryMaxBytes: LIMIT, streamsMax: 100 };
  used = 0;
  server = new GrpcServer({ ...options, memoryBytes: () => used }, []);
  const roomy = await fewestCollections();
  used = LIMIT * 0.8;
  await sleep(NOTICED_MS);
  const short = await fewestCollections();
  expect(server.pauses).toBe(0);
  expect(short).toBeGreaterThan(2 * roomy + 1);
});
