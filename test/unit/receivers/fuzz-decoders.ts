import { isUtf8 } from "node:buffer";
import { setImmediate as breathe } from "node:timers/promises";
import { expect } from "vitest";
import type { LogRows } from "../../../oap/model/log-rows.ts";
import { MessageFrames } from "../../../receivers/message-frames.ts";
import { SkyWalkingMesh } from "../../../receivers/skywalking-mesh/service.ts";
import { mutate, readSeeds } from "../../harness/fuzz.ts";
import { mulberry32 } from "../../harness/random.ts";
import { decoding, NOW } from "./harness.ts";

/** A message that takes this much CPU hangs the others. */
const SLOW_MS = 250;
/** Runs between two recalls of what was not kept. */
const RECALL_EVERY = 64;
const HEAP_GROWTH_MAX = 200 << 20;

/** Feeds spoilt seeds to the decoders for a while: nothing throws, nothing hangs, memory stays, every entry is accounted for. */
export async function fuzzDecoders(durationMs: number, seed: number): Promise<void> {
  const random = mulberry32(seed);
  const seeds = readSeeds();
  const { context, counters, rows, message, logs, logRows } = decoding({ recallBytes: 4 << 20 });
  const mesh = new SkyWalkingMesh(context);
  const proxy = context.proxies.connected("mesh");
  const pick = () => seeds[Math.floor(random() * seeds.length)] as (typeof seeds)[number];
  const heapBefore = process.memoryUsage().heapUsed;
  const endsAt = performance.now() + durationMs;
  let runs = 0;
  let slowestMs = 0;
  let logged = 0;
  while (performance.now() < endsAt) {
    const { name, bytes } = pick();
    const spoilt = mutate(bytes, pick().bytes, random);
    const startedAt = process.cpuUsage();
    if (name.startsWith("als-")) {
      message(spoilt);
      if (runs % RECALL_EVERY === 0) logs.recall(NOW);
    } else if (name.startsWith("mesh-")) mesh.message(spoilt, proxy);
    else if (name.startsWith("frames-")) followFrames(spoilt, random);
    else context.peers.resolve(spoilt, 0, spoilt.length, name.startsWith("flatbuffer-"));
    const { user, system } = process.cpuUsage(startedAt);
    slowestMs = Math.max(slowestMs, (user + system) / 1_000);
    rows.length = 0;
    logged += checkLogRows(logRows);
    logRows.clear();
    if (++runs % 2_000 === 0) await breathe();
  }
  console.log(`fuzz: ${runs} runs, seed ${seed}, slowest ${slowestMs.toFixed(1)} ms`, counters.refused);
  const refused = Object.entries(counters.refused).filter(([reason]) => reason.startsWith("entry_"));
  const told =
    counters.entries - counters.intermediate - counters.unresolved - refused.reduce((sum, [, count]) => sum + count, 0);
  expect(counters.reports).toBeGreaterThanOrEqual(told);
  expect(counters.reports).toBeLessThanOrEqual(2 * told);
  expect(refused.length).toBeGreaterThan(2);
  expect(logged).toBeGreaterThan(told / 4);
  expect(logs.written.reduce((sum, count) => sum + count, 0)).toBe(logged);
  expect(logs.unreadable).toBeGreaterThan(0);
  expect(slowestMs).toBeLessThan(SLOW_MS);
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(HEAP_GROWTH_MAX);
}

/** A row has all of its texts and headers, in UTF-8. @returns how many there are. */
function checkLogRows({ length, texts, requestHeaders, responseHeaders, nodes }: LogRows): number {
  for (const column of texts) {
    if (column.length !== length || !isUtf8(column.bytes.subarray(0, column.size))) throw new Error("a row's texts are torn");
  }
  for (const { length: rows, ends, keys, values } of [requestHeaders, responseHeaders]) {
    const isWhole = rows === length && keys.length === values.length && (rows === 0 ? 0 : ends[rows - 1]) === keys.length;
    if (!isWhole || !isUtf8(keys.bytes.subarray(0, keys.size))) throw new Error("a row's headers are torn");
  }
  if (nodes.length !== length) throw new Error("a row has no node");
  return length;
}

const FRAME_MAX = 64 * 1024;

/** However the bytes are cut into chunks, the same messages come out of them, or the same fault. */
function followFrames(bytes: Buffer, random: () => number): void {
  const [messages, messagesCut]: [Buffer[], Buffer[]] = [[], []];
  const whole = new MessageFrames(FRAME_MAX, (message) => messages.push(Buffer.from(message)));
  const cut = new MessageFrames(FRAME_MAX, (message) => messagesCut.push(Buffer.from(message)));
  const fault = whole.follow(bytes);
  let cutFault: string | null = null;
  for (let at = 0; at < bytes.length && cutFault === null; ) {
    const end = at + 1 + Math.floor(random() * 64);
    cutFault = cut.follow(bytes.subarray(at, end));
    at = end;
  }
  const sameBytes = messages.every((message, i) => messagesCut[i]?.equals(message));
  const isSame = cutFault === fault && sameBytes && cut.messages === whole.messages && cut.partialBytes === whole.partialBytes;
  if (!isSame || whole.partialBytes > Math.min(bytes.length, FRAME_MAX + 5)) {
    expect([cutFault, cut.messages, cut.partialBytes]).toEqual([fault, whole.messages, whole.partialBytes]);
    expect(messagesCut).toEqual(messages);
    expect(whole.partialBytes).toBeLessThanOrEqual(Math.min(bytes.length, FRAME_MAX + 5));
  }
}
