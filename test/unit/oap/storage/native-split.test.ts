import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeltaBlock } from "../../../../oap/model/batch.ts";
import { encodeNative } from "../../../../oap/storage/native.ts";
import { partByService, splitNative } from "../../../../oap/storage/native-split.ts";

interface Row {
  readonly service: string;
  readonly small: number;
  readonly large: number;
  readonly counts: readonly (readonly [number, number])[];
  readonly labels: readonly (readonly [string, string])[];
}

const row: fc.Arbitrary<Row> = fc.record({
  service: fc.oneof(fc.constantFrom("", "cart", "web"), fc.string({ unit: "binary", maxLength: 200 })),
  small: fc.nat(255),
  large: fc.nat(Number.MAX_SAFE_INTEGER),
  counts: fc.array(fc.tuple(fc.nat(65_535), fc.nat(Number.MAX_SAFE_INTEGER)), { maxLength: 5 }),
  labels: fc.array(fc.tuple(fc.string({ maxLength: 50 }), fc.string({ maxLength: 50 })), { maxLength: 3 }),
});

/** A block of all kinds of columns; the service stands in the middle, as it may. */
function block(rows: readonly Row[]): DeltaBlock {
  const ends = (lengths: readonly number[]): number[] =>
    lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, one) => sum + one, 0));
  return {
    table: "t",
    rows: rows.length,
    columns: [
      { name: "small", type: "UInt8", values: rows.map(({ small }) => small) },
      {
        name: "labels",
        type: "Map(String, String)",
        ends: ends(rows.map(({ labels }) => labels.length)),
        keys: rows.flatMap(({ labels }) => labels.map(([key]) => key)),
        values: rows.flatMap(({ labels }) => labels.map(([, value]) => value)),
      },
      { name: "service", type: "String", values: rows.map(({ service }) => service) },
      {
        name: "counts",
        type: "Map(UInt16, UInt64)",
        ends: ends(rows.map(({ counts }) => counts.length)),
        keys: rows.flatMap(({ counts }) => counts.map(([key]) => key)),
        values: rows.flatMap(({ counts }) => counts.map(([, value]) => value)),
      },
      { name: "large", type: "UInt64", values: rows.map(({ large }) => large) },
    ],
  };
}

test("each part is byte for byte what its rows alone would have been, in every block", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      (blocks, parts) => {
        const partOf = partByService(parts);
        const native = Buffer.concat(blocks.map((rows) => encodeNative(block(rows))));
        const expected = Array.from({ length: parts }, (_, part) => {
          const ours = blocks
            .map((rows) => rows.filter(({ service }) => partOf(Buffer.from(service)) === part))
            .filter(({ length }) => length > 0);
          return {
            rows: ours.flat().length,
            native: Buffer.concat(ours.map((rows) => encodeNative(block(rows)))).toString("hex"),
          };
        });
        const split = splitNative(native, parts, partByService(parts)).map((one) => ({
          rows: one.rows,
          native: one.native.toString("hex"),
        }));
        expect(split).toEqual(expected);
      },
    ),
  );
});

test("rows of a table without a service go to the first part", () => {
  const native = encodeNative({ table: "t", rows: 2, columns: [{ name: "n", type: "UInt8", values: [1, 2] }] });
  expect(splitNative(native, 3, partByService(3)).map(({ rows }) => rows)).toEqual([2, 0, 0]);
});

test("bytes that are no blocks are an error, not rows", () => {
  const native = encodeNative({ table: "t", rows: 1, columns: [{ name: "service", type: "String", values: ["cart"] }] });
  expect(() => splitNative(native.subarray(0, native.length - 1), 2, partByService(2))).toThrow("ends before");
  const unknown = Buffer.from(native.toString("latin1").replace("String", "Strung"), "latin1");
  expect(() => splitNative(unknown, 2, partByService(2))).toThrow("Strung");
});
