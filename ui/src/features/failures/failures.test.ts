import { expect, test } from "vitest";
import { encodeFilter, filterInput } from "../../lib/log-filter.ts";
import type { MeshFailure } from "../../lib/mesh-log-types.ts";
import { failureFilter } from "./failure-filter.ts";
import { causeText, withParts } from "./group-failures.ts";
import { lastSeenText, sinceText } from "./seen.ts";

const failure = (given: Partial<MeshFailure>): MeshFailure => ({
  detectPoint: "client",
  source: null,
  sourceId: null,
  destination: null,
  destinationId: null,
  endpoint: null,
  code: null,
  flags: null,
  codeDetails: null,
  calls: 1,
  share: 1,
  callShare: 0.1,
  firstSeen: 0,
  firstSeenWithin: 60_000,
  mayHaveBegunBefore: false,
  lastSeen: 1,
  lastSeenWithin: 1,
  ...given,
});
const UF = { short: "UF", text: "No connection." };
const UH = { short: "UH", text: "No host." };

test("a group's rows are found by all that sets it apart, and by the side that reported", () => {
  const group = failure({ code: 503, flags: [UF], codeDetails: "upstream_reset", source: "web.shop", destination: "cart.shop" });
  expect(filterInput(failureFilter(group, "web.shop"))).toEqual({
    kept: ["FAILED"],
    detectPoints: ["client", "both"],
    callers: ["web.shop"],
    callees: ["cart.shop"],
    codes: [503],
    flags: ["UF"],
    codeDetails: ["upstream_reset"],
  });
});

test("no response, no flags and no details are filters too; a group that names no service is of the page's", () => {
  const group = failure({ detectPoint: "server", code: 0, flags: [], codeDetails: "" });
  expect(encodeFilter(failureFilter(group, "cart.shop"))).toBe(
    "kept:failed;side:server;side:both;service:cart.shop;code:none;flag:none;details:",
  );
  const other = failure({ code: 0, flags: [], codeDetails: "{other}", endpoint: "{other}", source: "a", destination: "{other}" });
  expect(encodeFilter(failureFilter(other, null))).toBe("kept:failed;side:client;side:both;caller:a");
});

test("a group consists of the parts with its side and its fields", () => {
  const cause = { code: 503, flags: [UF], codeDetails: "x" };
  const parts = [
    failure({ ...cause, source: "a", destination: "b", calls: 5 }),
    failure({ ...cause, source: "c", destination: "b", calls: 2 }),
    failure({ ...cause, detectPoint: "server", source: "a", destination: "b" }),
    failure({ ...cause, flags: [UF, UH], source: "a", destination: "b" }),
  ];
  const sources = (groups: MeshFailure[], by: "cause" | "edge"): unknown =>
    withParts(groups, parts, by).map((group) => group.parts.map(({ source, flags }) => `${source} ${flags?.length}`));
  expect(sources([failure(cause), failure({ ...cause, detectPoint: "server" })], "cause")).toEqual([["a 1", "c 1"], ["a 1"]]);
  expect(sources([failure({ source: "a", destination: "b" })], "edge")).toEqual([["a 1", "a 2"]]);
});

test("a cause reads as a sentence, with flags and without", () => {
  expect(causeText({ code: 503, flags: [UH, UF], codeDetails: "x" })).toBe("No host. No connection.");
  expect(causeText({ code: 500, flags: [], codeDetails: "via_upstream" })).toBe("The called service itself answered 500.");
  expect(causeText({ code: 403, flags: [], codeDetails: "rbac_access_denied" })).toBe("A proxy on the way answered 403.");
  expect(causeText({ code: 404, flags: [], codeDetails: "" })).toBe("The answer was 404.");
  expect(causeText({ code: 0, flags: [], codeDetails: "" })).toBe("There was no response.");
  expect(causeText({ code: 0, flags: [], codeDetails: "{other}" })).toBe("Further causes, too many to be told apart.");
});

test("when failures were seen is told no more exactly than is known", () => {
  const at = (hour: number, minute = 0): number => new Date(2026, 2, 1, hour, minute).getTime();
  const [minute, hour, now] = [60_000, 3_600_000, at(19, 5)];
  expect(lastSeenText({ lastSeen: now, lastSeenWithin: 20_000 }, now)).toBe("last seen now");
  expect(lastSeenText({ lastSeen: at(18, 45), lastSeenWithin: minute }, now)).toBe("last seen 20 min ago");
  expect(lastSeenText({ lastSeen: at(19), lastSeenWithin: hour }, now)).toBe("last seen in the hour from 2026-03-01 18:00");
  expect(lastSeenText({ lastSeen: at(1), lastSeenWithin: 24 * hour }, now)).toBe("last seen in the day from 2026-02-28 01:00");
  const first = { firstSeen: at(18, 50), firstSeenWithin: minute, mayHaveBegunBefore: false };
  expect(sinceText(first, now)).toBe("since 15 min ago");
  expect(sinceText({ ...first, mayHaveBegunBefore: true }, now)).toBe("since 2026-03-01 18:50 or before");
  expect(sinceText({ ...first, firstSeen: at(18), firstSeenWithin: hour }, now)).toBe(
    "first seen in the hour from 2026-03-01 18:00",
  );
});
