import fc from "fast-check";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { DecodeError } from "../../../oap/model/errors.ts";
import { expectType, LENGTH, VARINT, Wire } from "../../../receivers/decode/wire.ts";

function wireOver(bytes: Uint8Array | readonly number[]): Wire {
  const wire = new Wire();
  wire.reset(Buffer.from(bytes));
  return wire;
}

function reasonOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof DecodeError) return error.reason;
    throw error;
  }
  return "";
}

const SAFE = Number.MAX_SAFE_INTEGER;

test("numbers come back as protobufjs wrote them", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: -0x80000000, max: 0x7fffffff }),
      fc.integer({ min: 0, max: SAFE }),
      fc.integer({ min: -SAFE, max: SAFE }),
      fc.boolean(),
      (uint32, int32, uint64, int64, bool) => {
        const writer = protobuf.Writer.create().uint32(uint32).int32(int32).uint64(uint64).int64(int64).bool(bool);
        const wire = wireOver(writer.finish());
        expect([wire.uint32(), wire.int32(), wire.uint64(), wire.int64(), wire.bool()]).toEqual([
          uint32,
          int32,
          uint64,
          int64,
          bool,
        ]);
        expect(wire.at).toBe(wire.limit);
      },
    ),
    { numRuns: 5_000 },
  );
});

test("a varint of ten bytes is the longest; one that ends with its message is cut off", () => {
  const ten = [...Array<number>(9).fill(0xff), 0x01];
  expect(wireOver(ten).uint32()).toBe(0xffffffff);
  expect(wireOver(ten).int64()).toBe(-1);
  expect(wireOver(ten).bool()).toBe(true);
  const eleven = [...Array<number>(10).fill(0x80), 0x01];
  expect(reasonOf(() => wireOver(eleven).uint32())).toBe("varint");
  expect(reasonOf(() => wireOver(eleven).uint64())).toBe("varint");
  for (let length = 0; length < 10; length++) {
    expect(reasonOf(() => wireOver(ten.slice(0, length)).uint32())).toBe("truncated");
    expect(reasonOf(() => wireOver(ten.slice(0, length)).uint64())).toBe("truncated");
  }
});

test("a bool whose low half is zero is still true", () => {
  expect(wireOver([0x80, 0x80, 0x80, 0x80, 0x80, 0x01]).bool()).toBe(true);
});

test("nothing is read beyond the end of the message it stands in", () => {
  const wire = wireOver([0x02, 0x01, 0x80, 0x05]);
  const outer = wire.enter();
  expect(wire.uint32()).toBe(1);
  expect(reasonOf(() => wire.uint32())).toBe("truncated");
  expect(wire.leave(outer)).toBe(3);
  expect(wire.uint32()).toBe(5);
  expect(reasonOf(() => wireOver([0x03, 0x01, 0x02]).enter())).toBe("truncated");
  expect(reasonOf(() => wireOver([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]).enter())).toBe("truncated");
});

test("a value of any wire type is skipped, groups with all they hold, and what is no wire type is refused", () => {
  const group = [0x0b, 0x10, 0x05, 0x1b, 0x22, 0x01, 0x00, 0x1c, 0x0c];
  for (const bytes of [[0x08, 0x96, 0x01], [0x09, 1, 2, 3, 4, 5, 6, 7, 8], [0x0a, 0x02, 1, 2], [0x0d, 1, 2, 3, 4], group]) {
    const wire = wireOver(bytes);
    wire.skip(wire.tag());
    expect(wire.at).toBe(bytes.length);
    for (let length = 1; length < bytes.length; length++) {
      const cut = wireOver(bytes.slice(0, length));
      expect(reasonOf(() => cut.skip(cut.tag()))).toBe("truncated");
    }
  }
  for (const bytes of [[0x0c], [0x0e], [0x0f], [0x0b, 0x14]]) {
    const wire = wireOver(bytes);
    expect(reasonOf(() => wire.skip(wire.tag()))).toBe("wire_type");
  }
  expect(reasonOf(() => wireOver([0x02]).tag())).toBe("field_number");
});

test("groups nested without end are refused before the stack is", () => {
  const wire = wireOver(Buffer.alloc(100_000, 0x0b));
  expect(reasonOf(() => wire.skip(wire.tag()))).toBe("nesting");
});

test("a known field of another wire type is refused", () => {
  expect(reasonOf(() => expectType(0x0a, LENGTH))).toBe("");
  expect(reasonOf(() => expectType(0x0a, VARINT))).toBe("wire_type");
});
