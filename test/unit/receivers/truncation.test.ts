import { expect, test } from "vitest";
import { httpEntry, istioNode, message, tcpEntry } from "../../builders/access-log.ts";
import { REVIEWS, SERVER_COMMON } from "../../builders/worked-example.ts";
import { decoding } from "./harness.ts";

const shape = { common: SERVER_COMMON };
const MESSAGES = {
  HTTP: message(istioNode(REVIEWS), { http: [httpEntry(shape), httpEntry(shape), httpEntry(shape)] }),
  TCP: message(istioNode(REVIEWS), { tcp: [tcpEntry(1, 2, shape), tcpEntry(3, 4, shape)] }),
};

/** Where each entry of a message ends. */
function entryEnds(bytes: Buffer): number[] {
  const varint = (from: number): [number, number] => {
    let value = 0;
    for (let at = from, scale = 1; ; at++, scale *= 128) {
      const byte = bytes[at] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return [value, at + 1];
    }
  };
  const ends: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const isIdentifier = (bytes[at] as number) >> 3 === 1;
    const [length, start] = varint(at + 1);
    for (let inner = start; !isIdentifier && inner < start + length; ) {
      const [size, body] = varint(inner + 1);
      inner = body + size;
      ends.push(inner);
    }
    at = start + length;
  }
  return ends;
}

test.for(["HTTP", "TCP"] as const)(
  "wherever a message of %s entries is cut off, its whole entries count and the loss is counted once",
  (kind) => {
    const bytes = MESSAGES[kind];
    const ends = entryEnds(bytes);
    expect(ends.at(-1)).toBe(bytes.length);
    const logsStart = bytes.indexOf(
      Buffer.from([kind === "HTTP" ? 0x12 : 0x1a]),
      (ends[0] as number) - ((ends[1] as number) - (ends[0] as number)) - 8,
    );
    for (let end = logsStart + 1; end < bytes.length; end++) {
      const { counters, rows, message: send } = decoding();
      send(bytes.subarray(0, end));
      const whole = ends.filter((one) => one <= end).length;
      expect([end, counters.entries, rows.length]).toEqual([end, whole, whole]);
      expect([end, Object.values(counters.refused)]).toEqual([end, [1]]);
    }
  },
);
