import { readFileSync, writeFileSync } from "node:fs";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { encode, TYPES } from "../../../oap/demo/proto.ts";
import { httpEntry, istioNode, message, peerOf, pod, tcpEntry } from "../../builders/access-log.ts";
import { CLIENT_COMMON, PRODUCTPAGE, REVIEWS, SERVER_COMMON } from "../../builders/worked-example.ts";
import { decoding, type Row } from "./harness.ts";

/** Messages as they were on the wire when the test was written: GOLDEN=update writes them anew. */
function golden(name: string, make: () => Buffer): Buffer {
  const file = new URL(`../../golden/${name}.base64`, import.meta.url);
  if (process.env["GOLDEN"] === "update")
    writeFileSync(
      file,
      `${make()
        .toString("base64")
        .replace(/.{100}/g, "$&\n")}\n`,
    );
  return Buffer.from(readFileSync(file, "ascii"), "base64");
}

const rich = {
  ...SERVER_COMMON,
  response_flags: { upstream_remote_reset: true, unauthorized_details: { reason: 1 } },
  upstream_request_attempt_count: 2,
  stream_id: "7f1c2b9e-77b8-4b2c-9d6e-0d7f6f1b2a10",
};
const HTTP_ENTRIES = [
  httpEntry({ common: CLIENT_COMMON, request: { path: "/reviews/1?u=x", request_body_bytes: 300 } }),
  httpEntry({ common: rich, response: { response_trailers: { "grpc-status": "14" }, response_body_bytes: 70_000 } }),
  httpEntry({ common: CLIENT_COMMON, response: null }),
];
const TCP_ENTRIES = [
  tcpEntry(100, 900, { common: { ...SERVER_COMMON, filter_state_objects: { downstream_peer: peerOf(PRODUCTPAGE) } } }),
  tcpEntry(3, 5_000_000_000, { common: CLIENT_COMMON }),
];

const http = golden("http", () => message(istioNode(REVIEWS), { http: HTTP_ENTRIES }));
const tcp = golden("tcp", () => message(istioNode(pod("mysql")), { tcp: TCP_ENTRIES }));

/** One for all messages: to make one takes longer than what it reads. */
const line = decoding();

/** What comes of a message whose stream and names nothing is known of before. */
function decoded(bytes: Buffer) {
  line.rows.length = 0;
  line.names.forgetWorkloads();
  line.stream.forget();
  const before = counted();
  line.message(bytes);
  const after = counted();
  return {
    rows: [...line.rows],
    counters: {
      entries: after.entries - before.entries,
      intermediate: after.intermediate - before.intermediate,
      unresolved: after.unresolved - before.unresolved,
    },
    refused: after.refused - before.refused,
  };
}

function counted() {
  const { entries, intermediate, unresolved, refused } = line.counters;
  return { entries, intermediate, unresolved, refused: Object.values(refused).reduce((sum, count) => sum + count, 0) };
}

/** Where the entries of a message stand. Written for the test: it knows that tags are one byte here. */
function entryRanges(bytes: Buffer): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  const lengthAt = (at: number): { length: number; next: number } => {
    let length = 0;
    for (let shift = 0, i = at; ; shift += 7, i++) {
      length += ((bytes[i] as number) & 127) * 2 ** shift;
      if ((bytes[i] as number) < 128) return { length, next: i + 1 };
    }
  };
  for (let at = 0; at < bytes.length; ) {
    const isEntries = (bytes[at] as number) >>> 3 !== 1;
    const { length, next } = lengthAt(at + 1);
    for (let inner = next; isEntries && inner < next + length; ) {
      const entry = lengthAt(inner + 1);
      inner = entry.next + entry.length;
      ranges.push({ start: entry.next, end: inner });
    }
    at = next + length;
  }
  return ranges;
}

test("the golden messages say what they said when they were recorded", () => {
  const fromHttp = decoded(http);
  expect(fromHttp.refused).toBe(0);
  expect(fromHttp.rows).toHaveLength(3);
  expect(fromHttp.rows[1]).toMatchObject({ kind: 1, success: 0, flags: 0x1010, sent: 70_000, tls: 2 });
  expect(fromHttp.rows[0]).toMatchObject({ path: "/reviews/1", received: 300, code: 200, success: 1 });
  const fromTcp = decoded(tcp);
  expect(fromTcp.refused).toBe(0);
  expect(fromTcp.rows.map(({ received, sent }) => [received, sent])).toEqual([
    [100, 900],
    [3, 5_000_000_000],
  ]);
});

test("the golden messages are those of the builders, so that both stay the same shape", () => {
  const type = TYPES.message;
  const fresh = message(istioNode(REVIEWS), { http: HTTP_ENTRIES });
  expect(encode(type, type.toObject(type.decode(http)))).toEqual(encode(type, type.toObject(type.decode(fresh))));
});

for (const [name, bytes] of Object.entries({ http, tcp })) {
  const ranges = entryRanges(bytes);

  test(`of a ${name} message cut off anywhere the whole entries count, and the rest is refused once`, () => {
    const whole = decoded(bytes).rows;
    const wrong: string[] = [];
    for (let length = 0; length < bytes.length; length++) {
      const { rows, refused } = decoded(bytes.subarray(0, length));
      const entries = ranges.filter(({ end }) => end <= length).length;
      if (JSON.stringify(rows) !== JSON.stringify(whole.slice(0, entries))) wrong.push(`rows of ${length} bytes`);
      if (refused !== (isBoundary(bytes, length) ? 0 : 1)) wrong.push(`${refused} refused of ${length} bytes`);
    }
    expect(wrong).toEqual([]);
  });

  test(`an entry of a ${name} message that is cut off costs that entry alone`, () => {
    const whole = decoded(bytes).rows;
    for (const [index, { start, end }] of ranges.entries()) {
      for (let at = start; at < end; at++) {
        // The entry keeps its length and is filled up with what is no field: tag 0.
        const cut = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(end - at), bytes.subarray(end)]);
        const { rows, counters, refused } = decoded(cut);
        expect(refused, `entry ${index} cut at ${at}`).toBeLessThanOrEqual(1);
        expect(counters.entries).toBe(ranges.length);
        expectOthersKept(rows, whole, index, ranges.length);
      }
    }
  });

  test(`any changed byte of a ${name} message throws nothing and adds no rows`, () => {
    const wrong: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (const change of CHANGES) {
        const { rows, counters } = decoded(changed(bytes, at, change));
        if (rows.length > counters.entries * 2) wrong.push(`byte ${at} ^ ${change}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test(`a changed byte inside an entry of a ${name} message costs at most that entry`, () => {
    const whole = decoded(bytes).rows;
    const wrong: string[] = [];
    for (const [index, { start, end }] of ranges.entries()) {
      for (let at = start; at < end; at++) {
        for (const change of CHANGES) {
          const { rows, counters, refused } = decoded(changed(bytes, at, change));
          // Every entry was either refused, understood as rows, or understood as one that is no call.
          const without = refused + counters.intermediate + counters.unresolved;
          if (counters.entries !== ranges.length || refused > 1 || rows.length < ranges.length - without)
            wrong.push(`entry ${index}, byte ${at} ^ ${change}`);
          expectOthersKept(rows, whole, index, ranges.length);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
}

/** Whether nothing is missing of what stands before: the identifier is the message's first field. */
function isBoundary(bytes: Buffer, length: number): boolean {
  const reader = protobuf.Reader.create(bytes);
  reader.skipType(reader.uint32() & 7);
  return length === 0 || length === reader.pos;
}

/** Single bits, all bits, and the bit that makes a varint go on. */
const CHANGES = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff] as const;

function changed(bytes: Buffer, at: number, change: number): Buffer {
  const copy = Buffer.from(bytes);
  (copy[at] as number) ^= change;
  return copy;
}

/** Each entry of the golden messages gives one row: those before `index` and those after it are as they were. */
function expectOthersKept(rows: readonly Row[], whole: readonly Row[], index: number, entries: number): void {
  const after = entries - index - 1;
  const others = (all: readonly Row[]): Row[] => [...all.slice(0, index), ...all.slice(all.length - after)];
  if (JSON.stringify(others(rows)) !== JSON.stringify(others(whole))) expect(others(rows)).toEqual(others(whole));
}
