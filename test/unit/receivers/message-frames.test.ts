import { expect, test } from "vitest";
import { MessageFrames } from "../../../receivers/message-frames.ts";
import { framed } from "../../harness/http2-client.ts";

const MAX = 4 << 20;
const bytesOf = (length: number, first: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (first + i) & 255));
/** Nothing, within a chunk, over several, larger than the memory that is used again, and small after it. */
const MESSAGES = [bytesOf(0, 1), bytesOf(100, 2), bytesOf(100_000, 3), bytesOf(3 << 20, 4), bytesOf(70_000, 5), bytesOf(9, 6)];
const STREAM = Buffer.concat(MESSAGES.map((message) => framed(0, message.length, message)));

test.for([1 << 24, 16_384, 4_099, 7])("in chunks of %d bytes, every message comes out as it went in", (chunk) => {
  const taken: Buffer[] = [];
  const frames = new MessageFrames(MAX, (message) => taken.push(Buffer.from(message)));
  for (let at = 0; at < STREAM.length; at += chunk) expect(frames.follow(STREAM.subarray(at, at + chunk))).toBe(null);
  expect(taken.map(({ length }) => length)).toEqual(MESSAGES.map(({ length }) => length));
  expect(taken.every((message, i) => message.equals(MESSAGES[i] as Buffer))).toBe(true);
  expect([frames.messages, frames.partialBytes]).toEqual([MESSAGES.length, 0]);
});

test("messages of streams that come in by turns are not mixed up", () => {
  const streams = [10, 20, 30].map((first) => {
    const message = bytesOf(50_000, first);
    const taken: Buffer[] = [];
    const frames = new MessageFrames(MAX, (bytes) => taken.push(Buffer.from(bytes)));
    return { message, taken, frames, bytes: framed(0, message.length, message) };
  });
  for (let at = 0; at < 50_005; at += 1_000)
    for (const { frames, bytes } of streams) frames.follow(bytes.subarray(at, at + 1_000));
  for (const { taken, message } of streams) expect(taken.map((bytes) => bytes.equals(message))).toEqual([true]);
});
