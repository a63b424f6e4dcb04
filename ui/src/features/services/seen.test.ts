import { expect, test } from "vitest";
import type { MeshTraffic } from "../../lib/mesh-types.ts";
import { isUnseen, shareToCallers, worstErrorShare } from "./seen.ts";

const row = (own: number | null | undefined, callers: number | undefined) => ({
  traffic: own === undefined ? null : ({ errorShare: own } as MeshTraffic),
  seenByCallers: callers === undefined ? null : { errorShare: callers },
});

test("a service that only its callers saw is seen: nobody may have reached it", () => {
  expect([row(undefined, undefined), row(undefined, 1), row(0, undefined)].map(isUnseen)).toEqual([true, false, false]);
});

test("services are ordered by the worse of both shares, and the callers' is told where it is clearly worse", () => {
  const rows = [
    row(0, 0.01),
    row(0.02, 0.021),
    row(0.02, 0.04),
    row(null, 0.5),
    row(undefined, 1),
    row(0.1, undefined),
    row(0, 0),
  ];
  expect(rows.map(worstErrorShare)).toEqual([0.01, 0.021, 0.04, 0.5, 1, 0.1, 0]);
  expect(rows.map(shareToCallers)).toEqual([0.01, null, 0.04, 0.5, 1, null, null]);
  expect(worstErrorShare(row(undefined, undefined))).toBeNull();
});
