import { expect, test } from "vitest";
import { MessageFrames } from "../../../receivers/message-frames.ts";
import { readSeeds } from "../../harness/fuzz.ts";
import { decoding } from "./harness.ts";

const seed = (name: string): Buffer => readSeeds().find((one) => one.name === `${name}.bin`)?.bytes as Buffer;

test.for([
  ["als-nested-groups", 0, { entry_nesting: 1 }],
  ["als-invalid-utf8", 2, {}],
  ["als-huge-length", 2, { message_truncated: 1 }],
] as const)("of %s, %d reports are made", ([name, reports, refused]) => {
  const { counters, message } = decoding();
  message(seed(name));
  expect([counters.reports, counters.refused]).toEqual([reports, refused]);
});

test.for(["struct-nested", "struct-huge-length", "flatbuffer-huge-vector", "flatbuffer-cycle", "flatbuffer-negative-vtable"])(
  "the peer %s cannot be read, and is counted",
  (name) => {
    const { context } = decoding();
    const bytes = seed(name);
    expect(context.peers.resolve(bytes, 0, bytes.length, name.startsWith("flatbuffer"))).toBe(-1);
    expect(context.peers.undecodable).toBe(1);
  },
);

test("a peer of more fields than any has is not read to its end", () => {
  const { context } = decoding();
  const bytes = Buffer.concat(Array.from({ length: 2_100 }, () => Buffer.from([0x0a, 8, 0x0a, 1, 0x6b, 0x12, 3, 0x1a, 1, 0x76])));
  expect(context.peers.resolve(bytes, 0, bytes.length, false)).toBe(-1);
  expect(context.peers.undecodable).toBe(1);
});

test.for(["struct-invalid-utf8", "flatbuffer-invalid-utf8"])("the peer %s is read, with replacement characters", (name) => {
  const { context } = decoding();
  const bytes = seed(name);
  context.peers.resolve(bytes, 0, bytes.length, name.startsWith("flatbuffer"));
  expect(context.peers.undecodable).toBe(0);
});

test.for([
  ["frames-two", null, 3, 0],
  ["frames-half", null, 0, 105],
  ["frames-compressed", "compressed", 0, 0],
  ["frames-huge-length", "message_too_large", 0, 5],
] as const)("%s: fault %s, %d messages", ([name, fault, messages, partialBytes]) => {
  const frames = new MessageFrames(50 << 20);
  expect([frames.follow(seed(name)), frames.messages, frames.partialBytes]).toEqual([fault, messages, partialBytes]);
});
