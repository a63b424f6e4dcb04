import { expect, test } from "vitest";
import { pageOf } from "../../../query/paging.ts";

test.each([
  [{ pageSize: 21 }, { offset: 0, size: 21 }],
  [
    { pageNum: null, pageSize: 21 },
    { offset: 0, size: 21 },
  ],
  [
    { pageNum: 0, pageSize: 21 },
    { offset: 0, size: 21 },
  ],
  [
    { pageNum: -3, pageSize: 21 },
    { offset: 0, size: 21 },
  ],
  [
    { pageNum: 3, pageSize: 21 },
    { offset: 42, size: 21 },
  ],
  [
    { pageNum: 1, pageSize: 10_000 },
    { offset: 0, size: 10_000 },
  ],
])("%j begins at %j", (paging, page) => {
  expect(pageOf(paging)).toEqual(page);
});

test.each([{ pageSize: 0 }, { pageSize: -1 }, { pageNum: 2, pageSize: 5_001 }, { pageNum: 2 ** 31 - 1, pageSize: 21 }])(
  "%j is refused",
  (paging) => {
    expect(() => pageOf(paging)).toThrow(/^paging: /);
  },
);
