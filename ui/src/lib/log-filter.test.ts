import { expect, test } from "vitest";
import { decodeFilter, encodeFilter, filterInput, withoutPart, withPart, wordsOf } from "./log-filter.ts";

test("a filter survives its way through the address, whatever its values hold", () => {
  const parts = [
    { name: "path", value: "/a;b:c%20 ä&=#" },
    { name: "caller", value: "web.shop" },
    { name: "caller", value: "other:x" },
    { name: "principal", value: "" },
    { name: "code", value: "503" },
  ] as const;
  expect(decodeFilter(encodeFilter(parts))).toEqual(parts);
  expect(encodeFilter([])).toBeUndefined();
  expect(encodeFilter([{ name: "endpoint", value: "GET:/reviews/0" }])).toBe("endpoint:GET:/reviews/0");
});

test("what is no filter is left out", () => {
  const text = "nothing:x;path;:y;path:;code:abc;path:%E0%A4%A;caller:ok;constructor:1;kept:else;min:fast;flag:u-f";
  expect(decodeFilter(text)).toEqual([{ name: "caller", value: "ok" }]);
  expect(decodeFilter(undefined)).toEqual([]);
});

test("a word with one value takes the newest, a list each value once", () => {
  const parts = decodeFilter("path:a;path:b;flag:UF;flag:UH;flag:uf");
  expect(filterInput(parts)).toEqual({ path: "b", flags: ["UH", "UF"] });
  expect(filterInput(withPart(parts, { name: "path", value: "c" }))).toMatchObject({ path: "c" });
  expect(filterInput(withoutPart(parts, { name: "flag", value: "UF" }))).toEqual({ path: "b", flags: ["UH"] });
});

test("a filter becomes the question it stands for", () => {
  const text = "code:503;code:5xx;code:none;flag:none;kept:failed;min:12.5;attempts:2;grpc:-1;service:a;side:client";
  expect(filterInput(decodeFilter("wait:250;connect:2;header:x-a=b=c"))).toEqual({
    phases: [
      { name: "WAIT", min: 250 },
      { name: "CONNECT", min: 2 },
    ],
    header: { name: "x-a", value: "b=c" },
  });
  expect(filterInput(decodeFilter(text))).toEqual({
    codes: [503, 0],
    codeClasses: [5],
    hasFlags: false,
    kept: ["FAILED"],
    minDuration: 12.5,
    minAttempts: 2,
    grpcStatuses: [-1],
    services: ["a"],
    detectPoints: ["client"],
  });
});

test("a filter reads as words", () => {
  const words = [
    "min:1500",
    "max:20",
    "code:none",
    "flag:none",
    "path:/x",
    "principal:",
    "caller:web",
    "attempts:2",
    "wait:1500",
    "header:x-a=b",
  ];
  expect(decodeFilter(words.join(";")).map((part) => wordsOf(part).join(" "))).toEqual([
    "at least 1.5 s",
    "at most 20 ms",
    "code no response",
    "flag no flag",
    "path has /x",
    "principal (empty)",
    "caller web",
    "attempts at least 2",
    "wait at least 1.5 s",
    "header x-a=b",
  ]);
});
