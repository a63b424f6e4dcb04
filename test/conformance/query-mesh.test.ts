/** Our own questions on stored rows. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { relationId, serviceId } from "../../oap/model/entity.ts";
import type { SetupReader } from "../../oap/model/ports.ts";
import { READY_NODE } from "../builders/node.ts";
import { QUIET_SERVER } from "../builders/server-status.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const NOW = "2026-03-01T10:30:00Z";
const MINUTE = "2026-03-01 10:16:00";
const CART = serviceId("cart.shop");

const setup: SetupReader = {
  problems: async () => ["The disk is full."],
  server: async () => ({
    ...QUIET_SERVER,
    entriesPerSecond: 2.5,
    auditDifference: -3,
    processes: [{ name: "clickhouse", memoryBytes: 2 ** 31, cpuSeconds: 1.5, loopDelayMs: null }],
    boundsHit: [{ bound: "endpoints", hits: 7, settings: ["endpoints.perService"] }],
  }),
  listeners: async () => [{ protocol: "grpc", address: "127.0.0.1:11800" }],
  proxies: async () => [
    {
      node: "sidecar~1",
      service: "cart.shop",
      instance: "cart-1",
      streams: 1,
      since: 5,
      lastEntry: 7,
      entriesPerSecond: 2.5,
      entriesTotal: 9,
      clockSkewed: 1,
      resolved: true,
      reason: null,
    },
    {
      node: "",
      service: null,
      instance: null,
      streams: 1,
      since: 6,
      lastEntry: null,
      entriesPerSecond: 0,
      entriesTotal: 0,
      clockSkewed: 0,
      resolved: false,
      reason: "it sent no node",
    },
  ], // prettier-ignore
};

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: NOW, setup });
  const edge = { scope: "service_relation", minute: MINUTE } as const;
  await query.traffic(
    {
      scope: "service",
      service: "cart.shop",
      minute: MINUTE,
      calls: 4,
      failed: 1,
      status_2xx: 3,
      status_5xx: 1,
      tls_mtls: 3,
      tls_tls: 1,
      grpc_calls: 4,
      request_bytes: 400,
      response_bytes: 4_000,
      apdex_satisfied: 2,
      apdex_tolerating: 1,
      latencies: [10, 20, 30, 400],
    },
    {
      scope: "service",
      service: "cart.shop",
      minute: "2026-03-01 10:18:00",
      calls: 2,
      status_2xx: 2,
      tls_none: 2,
      latencies: [10.5, 10.5],
    },
    { scope: "service", service: "db.shop", minute: MINUTE, tcp_opened: 1, tcp_carried: 2, tcp_received: 70, tcp_sent: 30 },
    { scope: "endpoint", service: "cart.shop", endpoint: "GET:/items", minute: MINUTE, calls: 4, latencies: [10, 20, 30, 400] },
    { scope: "instance", service: "cart.shop", instance: "cart-1", minute: MINUTE, calls: 4, latencies: [10] },
    {
      ...edge,
      service: "web.shop",
      dest_service: "cart.shop",
      detect_point: "server",
      calls: 6,
      failed: 1,
      tls_mtls: 6,
      latencies: [10, 10, 10],
    },
    { ...edge, service: "web.shop", dest_service: "cart.shop", detect_point: "client", calls: 6, latencies: [11] },
    {
      ...edge,
      service: "cart.shop",
      dest_service: "db.shop",
      detect_point: "client",
      tcp_records: 3,
      tcp_received: 7,
      tcp_sent: 3,
    },
    { ...edge, service: "far.away", dest_service: "web.shop", detect_point: "server", calls: 1 },
  ); // prettier-ignore
  const seen = { normal: 1, layer: "MESH", first_seen: MINUTE, last_seen: "2026-03-01 10:29:00" };
  await query.insert("service_meta", [
    { ...seen, service: "cart.shop" },
    { ...seen, service: "web.shop" },
    { ...seen, service: "db.shop" },
  ]);
  const { layer: _, ...alive } = seen;
  await query.insert("instance_meta", [{ ...alive, service: "cart.shop", instance: "cart-1", attributes: { pod: "cart-1" } }]);
});
afterAll(() => query.close());

const WINDOW = `window: { from: ${Date.parse("2026-03-01T10:00:00Z")}, to: ${Date.parse(NOW)} }`;
const TRAFFIC =
  "traffic { calls failed callRate errorShare p50 p75 p90 p95 p99 avg apdex tlsShare mtlsShare bytesIn bytesOut tcpConnections }";
const SIDE = "{ calls failed callRate p50 p95 p99 tlsShare bytesIn bytesOut tcpConnections }";

test("services are listed busiest first with their numbers; who was not called has none", async () => {
  const { data } = await query.gql(
    `{ meshServices(${WINDOW}) { truncated services { id name layers ${TRAFFIC} sparkline { at calls failed connections } } } }`,
  );
  const { services, truncated } = data.meshServices;
  expect(truncated).toBe(false);
  expect(services.map(({ name }: { name: string }) => name)).toEqual(["cart.shop", "db.shop", "web.shop"]);
  const [cart, db, web] = services;
  expect(cart).toMatchObject({ id: CART, layers: ["MESH"] });
  expect(cart.traffic).toMatchObject({
    calls: 6,
    failed: 1,
    callRate: 6 / 1_797,
    errorShare: 1 / 6,
    avg: (10 + 20 + 30 + 400 + 21) / 6,
    apdex: 2.5 / 6,
    tlsShare: 4 / 6,
    mtlsShare: 3 / 6,
    bytesIn: 400,
    bytesOut: 4_000,
    tcpConnections: 0,
  });
  expect(cart.traffic.p50).toBeCloseTo(10.5, 0);
  expect(Math.abs(cart.traffic.p99 / 400 - 1)).toBeLessThan(0.01);
  expect(db.traffic).toMatchObject({
    calls: 0,
    errorShare: null,
    p95: null,
    avg: null,
    apdex: null,
    tlsShare: null,
    bytesIn: 70,
    bytesOut: 30,
  });
  expect(web.traffic).toBeNull();
  const at = cart.sparkline.at.indexOf(Date.parse("2026-03-01T10:16:00Z"));
  expect(cart.sparkline.at).toHaveLength(30);
  expect(cart.sparkline.calls.slice(at - 1, at + 3)).toEqual([null, 4, null, 2]);
});

test("a service that connections end at has a rate and series of them", async () => {
  const row = { scope: "service", service: "db.shop" } as const;
  await query.traffic(
    { ...row, minute: "2026-02-26 10:01:00", tcp_records: 6, tcp_closed: 6 },
    { ...row, minute: "2026-02-26 10:03:00", tcp_records: 3 },
  );
  const window = `window: { from: ${Date.parse("2026-02-26T10:00:00Z")}, to: ${Date.parse("2026-02-26T10:05:00Z")} }`;
  const asked = "traffic { tcpConnections connectionRate callRate }";
  const { data } = await query.gql(`{ meshServices(${window}) { services { name ${asked} sparkline { calls connections } } }
    meshService(id: "${serviceId("db.shop")}", ${window}) { ${asked} series { calls connections } } }`);
  const db = data.meshServices.services.find(({ name }: { name: string }) => name === "db.shop");
  const traffic = { tcpConnections: 9, connectionRate: 9 / 300, callRate: 0 };
  const points = { calls: [null, 0, null, 0, null], connections: [null, 6, null, 3, null] };
  expect(db).toEqual({ name: "db.shop", traffic, sparkline: points });
  expect(data.meshService).toEqual({ traffic, series: points });
});

test("what callers saw of a service is told beside what it saw itself", async () => {
  const edge = { scope: "service_relation", minute: "2026-02-20 10:00:00", dest_service: "cart.shop" } as const;
  await query.traffic(
    { ...edge, service: "web.shop", detect_point: "client", calls: 8, failed: 2 },
    { ...edge, service: "mail.shop", detect_point: "client", calls: 2, failed: 1 },
    { ...edge, service: "web.shop", detect_point: "server", calls: 6 },
    { ...edge, service: "web.shop", dest_service: "db.shop", detect_point: "client", tcp_records: 3 },
  );
  const window = `window: { from: ${Date.parse("2026-02-20T09:00:00Z")}, to: ${Date.parse("2026-02-20T11:00:00Z")} }`;
  const { data } = await query.gql(
    `{ meshServices(${window}) { services { name traffic { calls } seenByCallers { calls failed errorShare } } } }`,
  );
  expect(data.meshServices.services).toEqual([
    { name: "cart.shop", traffic: null, seenByCallers: { calls: 10, failed: 3, errorShare: 0.3 } },
    { name: "db.shop", traffic: null, seenByCallers: null },
    { name: "web.shop", traffic: null, seenByCallers: null },
  ]);
});

test("percentiles are ms with fractions, within 1 %", async () => {
  const window = `window: { from: ${Date.parse("2026-03-01T10:18:00Z")}, to: ${Date.parse("2026-03-01T10:19:00Z")} }`;
  const { data } = await query.gql(`{ meshService(id: "${CART}", ${window}) { ${TRAFFIC} } }`);
  const { p50, p99 } = data.meshService.traffic;
  expect(p50).toBe(p99);
  expect(Number.isInteger(p50)).toBe(false);
  expect(Math.abs(p50 / 10.5 - 1)).toBeLessThan(0.01);
});

test("a service is told in full", async () => {
  const { data } = await query.gql(`{ meshService(id: "${CART}", ${WINDOW}) {
    id name layers firstSeen lastSeen ${TRAFFIC} series { at stepMs calls failed p50 p95 p99 } statusClasses { class calls }
    endpoints { id name ${TRAFFIC} } endpointsTruncated instances { id name lastSeen attributes { name value } ${TRAFFIC} }
    callers { id name client ${SIDE} server ${SIDE} } callees { id name client ${SIDE} server ${SIDE} } } }`);
  const service = data.meshService;
  expect(service).toMatchObject({
    name: "cart.shop",
    layers: ["MESH"],
    firstSeen: Date.parse("2026-03-01T10:16:00Z"),
    lastSeen: Date.parse("2026-03-01T10:29:00Z"),
    statusClasses: [
      { class: "2xx", calls: 5 },
      { class: "5xx", calls: 1 },
    ],
    endpoints: [{ name: "GET:/items", traffic: { calls: 4 } }],
    endpointsTruncated: false,
    instances: [{ name: "cart-1", attributes: [{ name: "pod", value: "cart-1" }], traffic: { calls: 4 } }],
    callers: [{ id: serviceId("web.shop"), client: { calls: 6, failed: 0 }, server: { calls: 6, failed: 1, tlsShare: 1 } }],
    callees: [
      { id: serviceId("db.shop"), client: { calls: 0, tcpConnections: 3, bytesIn: 7, bytesOut: 3, p95: null }, server: null },
    ],
  }); // prettier-ignore
  const { at, stepMs, ...lists } = service.series;
  expect([at.length, stepMs]).toEqual([30, 60_000]);
  for (const list of Object.values(lists) as (number | null)[][]) {
    expect(list).toHaveLength(30);
    expect(list.filter((value) => value !== null)).toHaveLength(2);
  }
});

test("an id that nobody has is null, and one that was only called is there without traffic", async () => {
  const gone = await query.gql(
    `{ a: meshService(id: "${serviceId("nobody")}", ${WINDOW}) { id } b: meshService(id: "x", ${WINDOW}) { id } }`,
  );
  expect(gone.data).toEqual({ a: null, b: null });
  const { data } = await query.gql(
    `{ meshService(id: "${serviceId("far.away")}", ${WINDOW}) { layers ${TRAFFIC} callees { name } } }`,
  );
  expect(data.meshService).toEqual({ layers: ["UNDEFINED"], traffic: null, callees: [{ name: "web.shop" }] });
});

test("the map has every node and edge, with what each side reported", async () => {
  const { data } = await query.gql(
    `{ meshMap(${WINDOW}) { truncated nodes { id name namespace layers protocol traffic { calls } } edges { id source target protocols client ${SIDE} server ${SIDE} } } }`,
  );
  const { nodes, edges, truncated } = data.meshMap;
  expect(truncated).toBe(false);
  expect(nodes).toEqual([
    { id: CART, name: "cart.shop", namespace: "shop", layers: ["MESH"], protocol: "grpc", traffic: { calls: 6 } },
    { id: serviceId("db.shop"), name: "db.shop", namespace: "shop", layers: ["MESH"], protocol: "tcp", traffic: { calls: 0 } },
    { id: serviceId("far.away"), name: "far.away", namespace: "away", layers: ["UNDEFINED"], protocol: null, traffic: null },
    { id: serviceId("web.shop"), name: "web.shop", namespace: "shop", layers: ["MESH"], protocol: null, traffic: null },
  ]);
  const edge = edges.find(({ id }: { id: string }) => id === relationId(serviceId("web.shop"), CART));
  expect(edge).toMatchObject({ protocols: ["http"], client: { calls: 6, callRate: 6 / 1_797 }, server: { calls: 6, failed: 1 } });
  expect(Math.abs(edge.server.p95 / 10 - 1)).toBeLessThan(0.01);
  expect(Math.abs(edge.client.p99 / 11 - 1)).toBeLessThan(0.01);
  expect(edges.find(({ target }: { target: string }) => target === serviceId("db.shop"))).toMatchObject({
    protocols: ["tcp"],
    client: { p95: null },
    server: null,
  });
});

test("an instance was seen last when it last had traffic, to the minute, however old its metadata is", async () => {
  const told = Date.parse("2026-03-01T10:28:00Z");
  const instance = { scope: "instance", service: "seen.shop", calls: 1 } as const;
  const meta = { service: "seen.shop", normal: 1, first_seen: told / 1_000, last_seen: told / 1_000, attributes: {} };
  await query.insert("service_meta", [
    { service: "seen.shop", normal: 1, layer: "MESH", first_seen: 0, last_seen: told / 1_000 },
  ]);
  await query.insert(
    "instance_meta",
    ["idle", "just", "now"].map((name) => ({ ...meta, instance: name })),
  );
  await query.traffic(
    { ...instance, instance: "idle", minute: "2026-03-01 10:27:00" },
    { ...instance, instance: "just", minute: "2026-03-01 10:29:00" },
    { ...instance, instance: "now", minute: "2026-03-01 10:30:00" },
  );
  query.clock.nowMs += 20_000;
  try {
    const { data } = await query.gql(
      `{ meshService(id: "${serviceId("seen.shop")}", ${WINDOW}) { instances { name lastSeen } } }`,
    );
    expect(data.meshService.instances).toEqual([
      { name: "idle", lastSeen: told },
      { name: "just", lastSeen: Date.parse("2026-03-01T10:30:00Z") },
      { name: "now", lastSeen: Date.parse("2026-03-01T10:30:20Z") },
    ]);
  } finally {
    query.clock.nowMs -= 20_000;
  }
});

test("what a caller's proxy does not know of an edge's encryption is null, and what it tells counts", async () => {
  const relation = { scope: "service_relation", minute: "2026-02-20 10:16:00", service: "from.tls" } as const;
  await query.traffic(
    { ...relation, dest_service: "to.tls", detect_point: "client", calls: 4, tls_none: 4 },
    { ...relation, dest_service: "to.tls", detect_point: "server", calls: 4, tls_none: 1, tls_mtls: 3 },
    { ...relation, dest_service: "told.tls", detect_point: "client", calls: 4, tls_none: 1, tls_tls: 2, tls_mtls: 1 },
    { ...relation, dest_service: "plain.tls", detect_point: "server", calls: 4, tls_none: 4 },
  );
  const window = `window: { from: ${Date.parse("2026-02-20T10:00:00Z")}, to: ${Date.parse("2026-02-20T10:30:00Z")} }`;
  const sides = "client { tlsShare mtlsShare } server { tlsShare mtlsShare }";
  const { data } = await query.gql(
    `{ meshMap(${window}) { edges { target ${sides} } } meshService(id: "${serviceId("from.tls")}", ${window}) { callees { id ${sides} } } }`,
  );
  const expected: [string, unknown, unknown][] = [
    ["to.tls", { tlsShare: null, mtlsShare: null }, { tlsShare: 0.75, mtlsShare: 0.75 }],
    ["told.tls", { tlsShare: 0.75, mtlsShare: 0.25 }, null],
    ["plain.tls", null, { tlsShare: 0, mtlsShare: 0 }],
  ];
  for (const [name, client, server] of expected) {
    const id = serviceId(name);
    expect(data.meshMap.edges.find(({ target }: { target: string }) => target === id)).toMatchObject({ client, server });
    expect(data.meshService.callees.find((one: { id: string }) => one.id === id)).toMatchObject({ client, server });
  }
});

test("around a service the map ends after the asked number of calls", async () => {
  const names = async (hops: number) => {
    const { data } = await query.gql(
      `{ meshMap(${WINDOW}, around: "${serviceId("db.shop")}", hops: ${hops}) { nodes { name } edges { id } } }`,
    );
    return [data.meshMap.nodes.map(({ name }: { name: string }) => name), data.meshMap.edges.length];
  };
  expect(await names(0)).toEqual([["db.shop"], 0]);
  expect(await names(1)).toEqual([["cart.shop", "db.shop"], 1]);
  expect(await names(3)).toEqual([["cart.shop", "db.shop", "far.away", "web.shop"], 3]);
});

test("percentiles of edges are read only when they are asked for, through fragments too", async () => {
  const statements = async (text: string): Promise<number> => {
    const before = query.engine.queries;
    expect((await query.gql(text)).errors).toBeUndefined();
    return query.engine.queries - before;
  };
  const plain = await statements(`{ meshMap(${WINDOW}) { nodes { traffic { p95 } } edges { client { calls } } } }`);
  expect(await statements(`{ meshMap(${WINDOW}) { edges { client { p95 } } } }`)).toBe(plain + 1);
  expect(
    await statements(`{ meshMap(${WINDOW}) { ...M } } fragment M on MeshMap { edges { ... on MeshEdge { server { p50 } } } }`),
  ).toBe(plain + 1);
});

test("a number of a service that is asked for alone is the one that is asked for with all others", async () => {
  const fields =
    "calls failed callRate errorShare p50 p75 p90 p95 p99 avg apdex tlsShare mtlsShare bytesIn bytesOut tcpConnections";
  const nodes = async (selected: string) =>
    (await query.gql(`{ meshMap(${WINDOW}) { nodes { id ${selected} } } }`)).data.meshMap.nodes;
  const all: { id: string; protocol: string; traffic: Record<string, number> | null }[] = await nodes(
    `protocol traffic { ${fields} }`,
  );
  expect(all.some(({ traffic }) => traffic !== null)).toBe(true);
  for (const field of fields.split(" ")) {
    const alone = all.map(({ id, traffic }) => ({ id, traffic: traffic === null ? null : { [field]: traffic[field] } }));
    expect(await nodes(`traffic { ${field} }`)).toEqual(alone);
  }
  expect(await nodes("protocol")).toEqual(all.map(({ id, protocol }) => ({ id, protocol })));
});

test("longer windows read the hours, and rates are over what has passed", async () => {
  const window = `window: { from: ${Date.parse("2026-02-28T10:30:00Z")}, to: ${Date.parse("2026-03-01T10:30:00Z")} }`;
  const { data } = await query.gql(
    `{ meshService(id: "${CART}", ${window}) { traffic { calls callRate p50 } series { stepMs calls } } }`,
  );
  const { traffic, series } = data.meshService;
  expect(series.stepMs).toBe(3_600_000);
  expect(series.calls.at(-1)).toBe(6);
  expect(traffic).toMatchObject({ calls: 6, callRate: 6 / (24.5 * 3_600 - 3) });
});

test("a window that is empty or too long is an error", async () => {
  const message = async (from: number, to: number) =>
    (await query.gql(`{ meshServices(window: { from: ${from}, to: ${to} }) { truncated } }`)).errors?.[0]?.message;
  const now = Date.parse(NOW);
  expect(await message(now, now)).toMatch(/^window: from/);
  expect(await message(now - 1_500 * 86_400_000, now)).toMatch(/^window: 1500 days/);
});

test("setup tells how many further servers take in reports, and nothing of them while storage does not answer", async () => {
  const others = async () => (await query.gql("{ meshSetup { now otherNodes } }")).data.meshSetup.otherNodes;
  expect(await others()).toBe(0);
  const at = (secondsAgo: number) => Math.floor(query.clock.nowMs / 1_000) - secondsAgo;
  await query.insert("node_progress", [
    { node: READY_NODE.name(), handed_over_until: at(5) },
    { node: "another", handed_over_until: at(60) },
    { node: "long-gone", handed_over_until: at(120) },
  ]);
  expect(await others()).toBe(1);
  await query.engine.command("RENAME TABLE node_progress TO away");
  expect(await others()).toBeNull();
  await query.engine.command("RENAME TABLE away TO node_progress");
});

test("setup tells listeners and proxies as they are", async () => {
  const { data } = await query.gql(
    "{ meshSetup { now problems listeners { protocol address } proxies { node service serviceId instance streams since lastEntry entriesPerSecond entriesTotal clockSkewed resolved reason } server { entriesPerSecond streams reportsDurable reportsLost spoolBytes spoolOldestSeconds insertRetries auditDifference auditedAt processes { name memoryBytes cpuSeconds loopDelayMs } boundsHit { bound hits settings } } } }",
  );
  expect(data.meshSetup.now).toBe(query.clock.nowMs);
  expect(data.meshSetup.problems).toEqual(["The disk is full."]);
  expect(data.meshSetup.listeners).toEqual(await setup.listeners());
  expect(data.meshSetup.server).toEqual(await setup.server());
  const proxies = await setup.proxies();
  expect(data.meshSetup.proxies).toEqual([
    { ...proxies[0], serviceId: CART },
    { ...proxies[1], serviceId: null },
  ]);
});

test("200 services with 2000 endpoints are answered in less than 1 MB each", async () => {
  const big = "2026-02-27 10:00:00";
  const from = Date.parse("2026-02-27T09:00:00Z");
  const each = "toDateTime('2026-02-27 09:00:00', 'UTC') + (number % 120) * 60";
  const name = (every: number) => `concat('a-service-with-a-long-name-', toString(intDiv(number, ${every}) % 200), '.namespace')`;
  const histogram = "map(toUInt16(400), toUInt64(15))";
  await query.engine.command(
    `INSERT INTO traffic_minute (scope, service, normal, minute, calls, timed, latency_us, latency_histogram) SELECT 'service', ${name(120)}, 1, ${each}, 15, 15, 300000, ${histogram} FROM numbers(24000)`,
  );
  await query.engine.command(
    `INSERT INTO traffic_minute (scope, service, normal, endpoint, minute, calls, timed, latency_us, latency_histogram) SELECT 'endpoint', ${name(1)}, 1, concat('GET:/some/long/path/', toString(number)), toDateTime('${big}', 'UTC'), 15, 15, 300000, ${histogram} FROM numbers(2000)`,
  );
  await query.engine.command(
    `INSERT INTO service_meta SELECT ${name(1)}, 1, 'MESH', toDateTime('${big}', 'UTC'), toDateTime('${big}', 'UTC') FROM numbers(200)`,
  );
  query.clock.nowMs += 10_000;
  const window = `window: { from: ${from}, to: ${from + 7_200_000} }`;
  const listed = await query.gql(
    `{ meshServices(${window}) { services { id name layers ${TRAFFIC} sparkline { at calls failed } } } }`,
  );
  expect(listed.data.meshServices.services.length).toBeGreaterThanOrEqual(200);
  expect(JSON.stringify(listed).length).toBeLessThan(1_000_000);
  const map = await query.gql(`{ meshMap(${window}) { nodes { id name namespace layers protocol ${TRAFFIC} } edges { id } } }`);
  expect(map.data.meshMap.nodes).toHaveLength(200);
  expect(JSON.stringify(map).length).toBeLessThan(1_000_000);
});
