import fc from "fast-check";
import { expect, test } from "vitest";
import { equalBytes, hashBytes, viewOf } from "../../../../oap/model/byte-words.ts";

const hashOf = (text: string): number => {
  const bytes = Buffer.from(text);
  return hashBytes(viewOf(bytes), 0, bytes.length);
};

test("names that differ in one digit, wherever it stands, have hashes of their own", () => {
  for (const name of [(i: string) => `web-${i}`, (i: string) => `${i}.web.shop`, (i: string) => `x${i}-v1-7d4b9c6f5-abcde`]) {
    const hashes = new Set(Array.from({ length: 20_000 }, (_, i) => hashOf(name(String(i).padStart(5, "0")))));
    expect(hashes.size).toBeGreaterThan(19_990);
  }
});

test("the low bits that pick a slot are spread evenly", () => {
  const counts = new Uint32Array(256);
  for (let i = 0; i < 25_600; i++) (counts[hashOf(`/api/v1/area-${i % 10}/action-${i}`) & 255] as number)++;
  expect(Math.max(...counts)).toBeLessThan(160); // 100 on average
  expect(Math.min(...counts)).toBeGreaterThan(50);
});

test("ranges are equal exactly when their bytes are, at any offset and length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 9 }), fc.nat(39), (bytes, before, at) => {
      const a = Buffer.from(bytes);
      const b = Buffer.concat([before, bytes]);
      expect(equalBytes(viewOf(a), 0, viewOf(b), before.length, a.length)).toBe(true);
      if (a.length === 0) return;
      b[before.length + (at % a.length)] = (b[before.length + (at % a.length)] as number) ^ 1;
      expect(equalBytes(viewOf(a), 0, viewOf(b), before.length, a.length)).toBe(false);
      expect(hashBytes(viewOf(a), 0, a.length)).toBe(hashBytes(viewOf(Buffer.concat([before, bytes])), before.length, b.length));
    }),
  );
});
