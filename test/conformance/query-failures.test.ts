/** Failures by cause, the highest endpoints, and one request, on stored rows. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { endpointId, serviceId } from "../../oap/model/entity.ts";
import { logRow } from "../builders/log-row.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const NOW = "2026-03-01T10:30:00Z";
const at = (text: string): number => Date.parse(`2026-03-01T${text}Z`);
const WINDOW = { from: at("10:00:00"), to: at("10:30:00") };

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: NOW });
  const failure = {
    service: "web.shop",
    normal: 1,
    dest_service: "cart.shop",
    dest_normal: 1,
    endpoint: "GET:/items",
    detect_point: "client",
    response_code: 503,
    response_flags: 32,
    code_details: "upstream_reset_before_response_started",
    minute: "2026-03-01 10:16:00",
    calls: 5,
  };
  await query.insert("failure_minute", [
    failure,
    { ...failure, minute: "2026-03-01 10:20:00", calls: 2 },
    { ...failure, endpoint: "GET:/{other}", calls: 1 },
    { ...failure, detect_point: "server", response_code: 500, response_flags: 0, code_details: "via_upstream", calls: 3 },
    { ...failure, detect_point: "server", dest_service: "db.shop", response_code: 0, response_flags: 2 | 64, calls: 1 },
    { ...failure, service: "far.away", dest_service: "db.shop", calls: 4 },
    { ...failure, minute: "2026-03-01 09:59:00", calls: 1_000 },
  ]);
  const edge = { scope: "service_relation", minute: "2026-03-01 10:16:00", service: "web.shop", detect_point: "client" } as const;
  const endpoint = { scope: "endpoint", minute: "2026-03-01 10:16:00" } as const;
  await query.traffic(
    { ...edge, dest_service: "cart.shop", calls: 80, failed: 8 },
    { ...edge, service: "far.away", dest_service: "db.shop", calls: 20, failed: 4 },
    { ...edge, dest_service: "cart.shop", detect_point: "server", calls: 72, failed: 3 },
    { ...endpoint, service: "cart.shop", endpoint: "GET:/items", calls: 100, failed: 2, latencies: [10, 10, 10, 700] },
    { ...endpoint, service: "cart.shop", endpoint: "GET:/items", minute: "2026-03-01 10:17:00", calls: 10, latencies: [10] },
    { ...endpoint, service: "web.shop", endpoint: "GET:/", calls: 50, failed: 5, latencies: [20, 30, 40] },
    { ...endpoint, service: "db.shop", endpoint: "GET:/rare", calls: 1, failed: 1, latencies: [650] },
    { ...endpoint, service: "db.shop", endpoint: "GET:/old", minute: "2026-03-01 09:00:00", calls: 9_999, latencies: [5_000] },
    { ...endpoint, service: "tcp.shop", endpoint: "GET:/untimed", calls: 3 },
  );
});
afterAll(() => query.close());

const FAILURES = `query ($window: Window!, $groupBy: [MeshFailureField!], $around: ID, $endpoint: String, $first: Int) {
  meshFailures(window: $window, groupBy: $groupBy, around: $around, endpoint: $endpoint, first: $first) { client server truncated groups {
    detectPoint source sourceId destination destinationId endpoint code flags { short text } codeDetails calls share callShare firstSeen firstSeenWithin mayHaveBegunBefore lastSeen lastSeenWithin } } }`;
const failures = (variables: object = {}) => query.gql(FAILURES, { window: WINDOW, ...variables });

test("failures are grouped by cause, exactly, with their shares and when they were seen", async () => {
  const { data } = await failures();
  const { client, server, truncated, groups } = data.meshFailures;
  expect({ client, server, truncated }).toEqual({ client: 12, server: 4, truncated: false });
  expect(groups).toHaveLength(3);
  expect(groups[0]).toEqual({
    detectPoint: "client",
    source: null,
    sourceId: null,
    destination: null,
    destinationId: null,
    endpoint: null,
    code: 503,
    flags: [{ short: "UF", text: "No connection to the called service could be made." }],
    codeDetails: "upstream_reset_before_response_started",
    calls: 12,
    share: 1,
    callShare: 0.12,
    firstSeen: at("10:16:00"),
    firstSeenWithin: 60_000,
    mayHaveBegunBefore: false,
    lastSeen: at("10:21:00"),
    lastSeenWithin: 60_000,
  });
  expect(groups[1]).toMatchObject({ detectPoint: "server", code: 500, flags: [], calls: 3, share: 0.75 });
  expect(groups[2].flags.map(({ short }: { short: string }) => short)).toEqual(["UH", "UC"]);
});

test("groups are told apart by what is asked for, and shares are of the edges they were seen on", async () => {
  const { data } = await failures({ groupBy: ["SOURCE", "DESTINATION", "ENDPOINT"] });
  expect(
    data.meshFailures.groups.map((one: Record<string, unknown>) => [
      one["detectPoint"],
      one["source"],
      one["destination"],
      one["endpoint"],
      one["calls"],
      one["callShare"],
    ]),
  ).toEqual([
    ["client", "web.shop", "cart.shop", "GET:/items", 7, 7 / 80],
    ["client", "far.away", "db.shop", "GET:/items", 4, 0.2],
    ["server", "web.shop", "cart.shop", "GET:/items", 3, 3 / 72],
    ["client", "web.shop", "cart.shop", "GET:/{other}", 1, 1 / 80],
    ["server", "web.shop", "db.shop", "GET:/items", 1, null],
  ]); // prettier-ignore
  expect(data.meshFailures.groups[0]).toMatchObject({
    sourceId: serviceId("web.shop"),
    code: null,
    flags: null,
    codeDetails: null,
  });
});

test("a share of calls is of the edges that failures were seen on, whatever they are grouped by and looked at from", async () => {
  const minute = "2026-03-01 07:10:00";
  const edge = { service: "UNKNOWN", normal: 0, dest_service: "gate.shop", dest_normal: 1, detect_point: "server" } as const;
  const cause = { endpoint: "GET:/x", response_code: 404, response_flags: 0, code_details: "route_not_found", minute };
  await query.insert("failure_minute", [
    { ...edge, ...cause, calls: 10 },
    { ...edge, ...cause, endpoint: "GET:/y", calls: 2 },
  ]);
  const relation = { scope: "service_relation", minute, detect_point: "server" } as const;
  await query.traffic(
    { ...relation, ...edge, calls: 1_000, failed: 12 },
    { ...relation, service: "gate.shop", dest_service: "web.shop", calls: 4_000 },
    { ...relation, service: "gate.shop", dest_service: "far.away", calls: 50 },
  );
  const window = { from: at("07:00:00"), to: at("07:30:00") };
  const shares = async (variables: object): Promise<unknown[]> => {
    const { data } = await failures({ window, ...variables });
    return data.meshFailures.groups.map((one: { calls: number; callShare: number }) => [one.calls, one.callShare]);
  };
  expect(await shares({})).toEqual([[12, 0.012]]);
  expect(await shares({ around: serviceId("gate.shop") })).toEqual([[12, 0.012]]);
  expect(await shares({ groupBy: ["SOURCE", "DESTINATION"] })).toEqual([[12, 0.012]]);
  expect(await shares({ groupBy: [] })).toEqual([[12, 0.012]]);
  expect(await shares({ groupBy: ["DESTINATION", "ENDPOINT"] })).toEqual([
    [10, 0.01],
    [2, 0.002],
  ]);
  await query.insert("failure_minute", [{ ...edge, ...cause, service: "{other}", dest_service: "{other}", calls: 1 }]);
  expect(await shares({})).toEqual([[13, null]]);
});

test("failures around a service, of one endpoint, and only the most frequent ones", async () => {
  const calls = async (variables: object) => {
    const { data } = await failures(variables);
    return [data.meshFailures.groups.map((one: { calls: number }) => one.calls), data.meshFailures.truncated];
  };
  expect(await calls({ around: serviceId("db.shop") })).toEqual([[4, 1], false]);
  expect(await calls({ around: serviceId("nobody") })).toEqual([[], false]);
  expect(await calls({ endpoint: "GET:/{other}" })).toEqual([[1], false]);
  expect(await calls({ first: 1 })).toEqual([[12], true]);
  expect(await calls({ window: { from: at("08:00:00"), to: at("09:00:00") } })).toEqual([[], false]);
});

const HOUR = 3_600_000;
/** Until now, by destination: the first group of those that this side reported to that service. */
async function seenOf(length: number, destination: string, detectPoint: string) {
  const window = { from: at("10:30:00") - length, to: at("10:30:00") };
  const { data } = await failures({ window, groupBy: ["DESTINATION"] });
  return data.meshFailures.groups.find(
    (one: Record<string, unknown>) => one["destination"] === destination && one["detectPoint"] === detectPoint,
  );
}

test("a window of more than twelve hours reads the hours, and the minutes of the one that is not over", async () => {
  const { data } = await failures({ window: { from: at("10:30:00") - 24 * HOUR, to: at("10:30:00") } });
  expect(data.meshFailures.client).toBe(1_012);
  expect(await seenOf(24 * HOUR, "cart.shop", "client")).toMatchObject({
    firstSeen: at("09:00:00"),
    firstSeenWithin: HOUR,
    lastSeen: at("10:21:00"),
    lastSeenWithin: 60_000,
  });
});

test("a window of more than 31 days reads the days, and hours and minutes of the day that is not over", async () => {
  const { data } = await failures({ window: { from: at("10:30:00") - 60 * 24 * HOUR, to: at("10:30:00") } });
  expect(data.meshFailures.client).toBe(1_012);
  expect(await seenOf(60 * 24 * HOUR, "cart.shop", "client")).toMatchObject({
    firstSeen: at("09:00:00"),
    firstSeenWithin: HOUR,
    lastSeen: at("10:21:00"),
  });
});

test("what ended in an hour or on a day is told as that, and nothing is seen later than now", async () => {
  const old = { service: "web.shop", normal: 1, dest_service: "old.shop", dest_normal: 1, detect_point: "client", calls: 1 };
  const running = { ...old, dest_service: "now.shop", minute: "2026-03-01 10:30:00" };
  await query.insert("failure_minute", [{ ...old, minute: "2026-02-27 18:20:00" }, running]);
  query.clock.nowMs += 20_000;
  try {
    expect(await seenOf(5 * 24 * HOUR, "old.shop", "client")).toMatchObject({
      lastSeen: Date.parse("2026-02-27T19:00:00Z"),
      lastSeenWithin: HOUR,
    });
    expect(await seenOf(60 * 24 * HOUR, "old.shop", "client")).toMatchObject({
      firstSeen: Date.parse("2026-02-27T00:00:00Z"),
      firstSeenWithin: 24 * HOUR,
      lastSeen: Date.parse("2026-02-28T00:00:00Z"),
      lastSeenWithin: 24 * HOUR,
    });
    for (const length of [HOUR, 24 * HOUR, 365 * 24 * HOUR]) {
      const window = { from: at("10:30:20") - length, to: at("10:30:20") };
      const { data } = await failures({ window, groupBy: ["DESTINATION"] });
      const group = data.meshFailures.groups.find((one: { destination: string }) => one.destination === "now.shop");
      expect(group).toMatchObject({ lastSeen: at("10:30:20"), lastSeenWithin: 20_000 });
    }
  } finally {
    query.clock.nowMs -= 20_000;
  }
});

test("what was seen as soon as the window began may have begun before it", async () => {
  const begun = async (from: string): Promise<boolean[]> => {
    const { data } = await failures({ window: { from: at(from), to: at("10:30:00") }, groupBy: ["DESTINATION"] });
    return data.meshFailures.groups.map((one: { mayHaveBegunBefore: boolean }) => one.mayHaveBegunBefore);
  };
  expect(await begun("10:16:30")).toEqual([true, true, true, true]);
  expect(await begun("10:15:59")).toEqual([false, false, false, false]);
});

test("bad arguments are refused with a code", async () => {
  for (const variables of [
    { around: "x' OR 1=1" },
    { first: 0 },
    { window: { from: 1, to: 1 } },
    { endpoint: "x".repeat(9_000) },
  ]) {
    const { errors } = await failures(variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_QUERY" });
  }
  expect((await failures({ endpoint: "' OR 1=1 --" })).data.meshFailures.groups).toEqual([]);
});

const TOP = `query ($window: Window!, $by: MeshTopBy!, $limit: Int, $service: ID, $minCalls: Long) {
  meshTopEndpoints(window: $window, by: $by, limit: $limit, service: $service, minCalls: $minCalls) { endpoints { id name service calls failed errorShare p50 p99 } isExact } }`;

test.each([
  ["CALLS", {}, ["GET:/items", "GET:/", "GET:/untimed", "GET:/rare"]],
  ["FAILED", {}, ["GET:/", "GET:/items", "GET:/rare", "GET:/untimed"]],
  ["ERROR_SHARE", {}, ["GET:/rare", "GET:/", "GET:/items", "GET:/untimed"]],
  ["ERROR_SHARE", { minCalls: 10 }, ["GET:/", "GET:/items"]],
  ["P99", {}, ["GET:/items", "GET:/rare", "GET:/"]],
  ["P99", { limit: 1 }, ["GET:/items"]],
  ["P95", { service: serviceId("cart.shop") }, ["GET:/items"]],
  ["CALLS", { service: serviceId("nobody") }, []],
])("the highest endpoints by %s %j", async (by, more, names) => {
  const { data, errors } = await query.gql(TOP, { window: WINDOW, by, ...more });
  expect(errors).toBeUndefined();
  expect(data.meshTopEndpoints.endpoints.map(({ name }: { name: string }) => name)).toEqual(names);
});

test("an endpoint of a ranking has its exact numbers", async () => {
  const { data } = await query.gql(TOP, { window: WINDOW, by: "P99", limit: 1 });
  const [top] = data.meshTopEndpoints.endpoints;
  expect(top).toMatchObject({ id: endpointId("cart.shop", "GET:/items"), service: "cart.shop", calls: 110, failed: 2 });
  expect(top.p50).toBeGreaterThan(9.9);
  expect(top.p50).toBeLessThan(10.1);
  expect(top.p99).toBeGreaterThan(693);
  expect(top.p99).toBeLessThan(707);
});

test("endpoints of equal coarse latency are ranked by their exact one", async () => {
  const minute = "2026-03-01 10:05:00";
  const tail = Array.from({ length: 30 }, (_, i) => i);
  await query.traffic(
    ...tail.map((i) => ({
      scope: "endpoint" as const,
      minute,
      service: "near.shop",
      endpoint: `GET:/${i}`,
      latencies: [Math.round(10_000 * 1.02 ** ((i * 7) % 30))],
    })),
  ); // prettier-ignore
  const { data } = await query.gql(TOP, { window: WINDOW, by: "P99", limit: 20, service: serviceId("near.shop") });
  const names = data.meshTopEndpoints.endpoints.map(({ name }: { name: string }) => name);
  expect(names).toEqual(
    tail
      .toSorted((a, b) => ((b * 7) % 30) - ((a * 7) % 30))
      .slice(0, 20)
      .map((i) => `GET:/${i}`),
  ); // prettier-ignore
});

test("a request is found by its id over all that is kept, with its calls in order of nesting", async () => {
  const id = "0a0b0c0d-0000-4000-9000-00000000000f";
  const hop = (time: string, given: object) =>
    logRow({ request_id: id, time: `2026-02-27 10:00:00.${time}`, duration_us: 9_000, ...given });
  await query.insert("access_log", [
    hop("000000", {
      detect_point: "both",
      service: "edge.istio",
      instance: "edge-1",
      caller: "UNKNOWN",
      callee: "web.shop",
      duration_us: 20_000,
    }),
    hop("001000", { service: "web.shop", instance: "web-1", caller: "edge.istio", duration_us: 18_000 }),
    hop("002000", {
      detect_point: "client",
      service: "web.shop",
      instance: "web-1",
      caller: "",
      callee: "cart.shop",
      kept: "failed",
      response_code: 503,
    }),
    hop("003000", { kept: "failed", response_code: 503 }),
    logRow({ request_id: `${id}0`, time: "2026-02-27 10:00:00.000000" }),
  ]); // prettier-ignore
  const text = `query ($id: String!, $window: LogWindow) { meshRequest(id: $id, window: $window) { id from to truncated
    hops { caller callee depth parent from duration failed client { reporter code phases { name } } server { reporter requestId } } } }`;
  const { data } = await query.gql(text, { id });
  const started = Date.parse("2026-02-27T10:00:00Z");
  expect(data.meshRequest).toMatchObject({ id, from: started, to: started + 20, truncated: false });
  expect(
    data.meshRequest.hops.map((one: Record<string, unknown>) => [
      one["depth"],
      one["caller"],
      one["callee"],
      one["from"],
      one["failed"],
    ]),
  ).toEqual([
    [0, "UNKNOWN", "edge.istio", 0, false],
    [1, "edge.istio", "web.shop", 0, false],
    [2, "web.shop", "cart.shop", 2, true],
  ]); // prettier-ignore
  expect(data.meshRequest.hops[2]).toMatchObject({
    client: { reporter: "web.shop", code: 503 },
    server: { reporter: "cart.shop" },
  });
  // What a caller's proxy timed begins with the first byte it sent on, 0.3 ms after the first it received.
  const sent = { request_id: `${id}1`, time: "2026-02-27 10:00:00.000000", detect_point: "client", callee: "cart.shop" };
  await query.insert("access_log", [logRow({ ...sent, caller: "", duration_us: 9_000 })]);
  expect((await query.gql(text, { id: `${id}1` })).data.meshRequest).toMatchObject({ from: started, to: started + 9.3 });
  expect((await query.gql(text, { id, window: WINDOW })).data.meshRequest).toBeNull();
  expect((await query.gql(text, { id: "" })).data.meshRequest).toBeNull();
});

test("every response flag has a short name of its own and a sentence", async () => {
  const { data } = await query.gql("{ meshResponseFlags { short text } }");
  expect(new Set(data.meshResponseFlags.map(({ short }: { short: string }) => short)).size).toBe(28);
  for (const { text } of data.meshResponseFlags) expect(text).toMatch(/^[A-Z].*\.$/);
});
