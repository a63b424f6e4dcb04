import fc from "fast-check";
import { expect, test } from "vitest";
import { Slots } from "../../../../oap/analysis/slots.ts";

test("slots and histograms equal a plain map's, over any order and after being emptied", () => {
  const call = fc.record({
    minute: fc.integer({ min: 0, max: 3 }),
    a: fc.nat(60),
    b: fc.nat(5),
    c: fc.integer({ min: -1, max: 2 }),
    bucket: fc.nat(1111),
  });
  fc.assert(
    fc.property(fc.array(fc.array(call, { maxLength: 1_500 }), { maxLength: 3 }), (rounds) => {
      const slots = new Slots(2);
      for (const calls of rounds) {
        const expected = new Map<string, { calls: number; histogram: Map<number, number> }>();
        for (const { minute, a, b, c, bucket } of calls) {
          const slot = slots.slot(minute, a, b, c);
          (slots.rows[slots.at(slot) + 1] as number) += 1;
          slots.logLatency(slot, bucket);
          const key = [minute, a, b, c].join();
          const known = expected.get(key) ?? { calls: 0, histogram: new Map() };
          known.calls++;
          known.histogram.set(bucket, (known.histogram.get(bucket) ?? 0) + 1);
          expected.set(key, known);
        }
        expect(slots.length).toBe(expected.size);
        const { ends, keys, counts } = slots.takeHistograms();
        for (let slot = 0; slot < slots.length; slot++) {
          const key = [0, 1, 2, 3].map((part) => slots.key(slot, part)).join();
          const from = slot === 0 ? 0 : (ends[slot - 1] as number);
          const buckets = [...keys.subarray(from, ends[slot])];
          expect(slots.rows[slots.at(slot) + 1]).toBe(expected.get(key)?.calls);
          expect(new Map(buckets.map((bucket, i) => [bucket, counts[from + i]]))).toEqual(expected.get(key)?.histogram);
          expect(buckets).toEqual(buckets.toSorted((x, y) => x - y));
        }
        slots.clear();
      }
    }),
    { numRuns: 60 },
  );
});
