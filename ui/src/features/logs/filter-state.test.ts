import { expect, test } from "vitest";
import { decodeFilter, encodeFilter, filterInput, withoutPart, withPart } from "./filter-state.ts";

test("a filter survives its way through the address, whatever its values hold", () => {
  const parts = [
    { key: "path", value: "/a;b:c%20 ä" },
    { key: "callers", value: "web.shop" },
    { key: "callers", value: "other:x" },
    { key: "codes", value: "503" },
  ] as const;
  expect(decodeFilter(encodeFilter(parts))).toEqual(parts);
  expect(encodeFilter([])).toBeUndefined();
});

test("what is no filter is left out", () => {
  expect(decodeFilter("nothing:x;path;:y;codes:abc;path:%E0%A4%A;callers:ok;__proto__:1")).toEqual([{ key: "callers", value: "ok" }]);
  expect(decodeFilter(undefined)).toEqual([]);
});

test("a key with one value takes the newest, a list each value once, and an empty value takes the key away", () => {
  const parts = decodeFilter("path:a;path:b;flags:UF;flags:UH;flags:UF");
  expect(filterInput(parts)).toEqual({ path: "b", flags: ["UH", "UF"] });
  expect(filterInput(withPart(parts, { key: "path", value: "" }))).toEqual({ flags: ["UH", "UF"] });
  expect(filterInput(withoutPart(parts, { key: "flags", value: "UF" }))).toEqual({ path: "b", flags: ["UH"] });
  expect(filterInput(decodeFilter("codes:503;minDuration:12.5"))).toEqual({ codes: [503], minDuration: 12.5 });
});
