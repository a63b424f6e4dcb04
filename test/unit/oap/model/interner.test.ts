import fc from "fast-check";
import { expect, test } from "vitest";
import { Interner, OVERFLOW_ID } from "../../../../oap/model/interner.ts";

const intern = (interner: Interner, text: string): number => {
  const bytes = Buffer.from(`<${text}>`);
  return interner.intern(bytes, 1, bytes.length - 1);
};

test("the same bytes give the same id, other bytes another one, and ids give the text back", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 400 }), (texts) => {
      const interner = new Interner({ entriesMax: 10_000, bytesMax: 1 << 20 });
      const ids = texts.map((text) => intern(interner, text));
      const byText = new Map(texts.map((text, i) => [text, ids[i] as number]));
      expect(interner.size).toBe(byText.size);
      for (const [text, id] of byText) {
        expect(intern(interner, text)).toBe(id);
        expect(interner.text(id)).toBe(Buffer.from(text).toString("utf8"));
      }
    }),
  );
});

test("ids survive growth", () => {
  const interner = new Interner({ entriesMax: 200_000, bytesMax: 16 << 20 });
  for (let i = 0; i < 100_000; i++) expect(intern(interner, `/users/${i}`)).toBe(i + 1);
  for (let i = 0; i < 100_000; i += 997) expect(interner.text(i + 1)).toBe(`/users/${i}`);
});

test("both bounds answer OVERFLOW_ID and count; clear makes room again", () => {
  const byCount = new Interner({ entriesMax: 2, bytesMax: 1_000 });
  expect([intern(byCount, "a"), intern(byCount, "b"), intern(byCount, "c"), intern(byCount, "a")]).toEqual([
    1,
    2,
    OVERFLOW_ID,
    1,
  ]);
  expect(byCount.overflowed).toBe(1);
  byCount.clear();
  expect(intern(byCount, "c")).toBe(1);
  const byBytes = new Interner({ entriesMax: 100, bytesMax: 10 });
  expect([intern(byBytes, "12345678"), intern(byBytes, "123")]).toEqual([1, OVERFLOW_ID]);
});
