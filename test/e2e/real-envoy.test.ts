import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findEnvoy, freePort, startEnvoy } from "../harness/envoy.ts";
import { type Oap, startOap } from "../harness/oap.ts";
import { until } from "../harness/process.ts";

const envoy = findEnvoy();
const COUNTS = { ok: 120, fail: 30, missing: 30, dead: 20 };
const APP_MS = 15;
/** A timer of Node may come up to a millisecond early. */
const APP_MIN_MS = APP_MS - 1;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

let oap: Oap;
let app: Server;
const stops: (() => Promise<void>)[] = [];

/** Two Envoys in a chain before a small server: front -> shop -> app; `dead` leads to a port nobody listens on. */
beforeAll(async () => {
  if (envoy === null) return;
  oap = await startOap({ at: new Date().toISOString() });
  app = createServer(async (request, response) => {
    await sleep(APP_MS);
    response.writeHead(request.url?.startsWith("/shop/fail") ? 503 : 200).end("answer");
  });
  const appPort = await new Promise<number>((resolve) =>
    app.listen(0, "127.0.0.1", () => resolve((app.address() as { port: number }).port)),
  );
  const shopPort = await freePort();
  const shop = await startEnvoy(envoy, {
    id: "shop-1",
    cluster: "shop",
    port: shopPort,
    routes: [["/shop", "app"]],
    clusters: { app: appPort },
    collector: oap.grpcAddress,
  }); // prettier-ignore
  const front = await startEnvoy(envoy, {
    id: "front-1",
    cluster: "front",
    port: await freePort(),
    routes: [
      ["/shop", "shop"],
      ["/dead", "dead"],
    ],
    clusters: { shop: shopPort, dead: await freePort() },
    collector: oap.grpcAddress,
  }); // prettier-ignore
  stops.push(front.stop, shop.stop);
  const before = oap.ingest.counters.entries;
  const codes: Record<number, number> = {};
  const get = async (path: string): Promise<void> => {
    const { status } = await fetch(`${front.url}${path}`, { headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
    codes[status] = (codes[status] ?? 0) + 1;
  };
  for (let i = 0; i < COUNTS.ok; i++) await get(`/shop/item?number=${i}`);
  for (let i = 0; i < COUNTS.fail; i++) await get("/shop/fail");
  for (let i = 0; i < COUNTS.missing; i++) await get("/nothing-here");
  for (let i = 0; i < COUNTS.dead; i++) await get("/dead/end");
  expect(codes).toEqual({ 200: COUNTS.ok, 404: COUNTS.missing, 503: COUNTS.fail + COUNTS.dead });
  const entries = 200 + COUNTS.ok + COUNTS.fail;
  await until(
    async () => oap.ingest.counters.entries - before,
    (count) => count >= entries,
  ); // prettier-ignore
  await oap.flush();
});

afterAll(async () => {
  for (const stop of stops) await stop();
  app?.close();
  await oap?.stop();
});

interface Side {
  calls: number;
  failed: number;
  p50: number;
}
interface Answer {
  meshMap: {
    nodes: { name: string; traffic: Side | null }[];
    edges: { source: string; target: string; protocols: string[]; client: Side | null; server: Side | null }[];
  };
}

async function readMap(): Promise<Answer["meshMap"]> {
  const now = Date.now();
  const side = "{ calls failed p50 }";
  const query = `query ($window: Window!) { meshMap(window: $window) { nodes { name traffic ${side} } edges { source target protocols client ${side} server ${side} } } }`;
  return (await oap.graphql<Answer>(query, { window: { from: now - 600_000, to: now + 60_000 } })).meshMap;
}

const nameOf = (id: string): string => Buffer.from(id.split(".")[0] ?? "", "base64").toString();

test.skipIf(envoy === null)("every request of 200 is counted where it went, with its outcome", async () => {
  const { nodes, edges } = await readMap();
  const traffic = (name: string) => nodes.find((node) => node.name === name)?.traffic;
  // The probes that waited for each listener are 404s of their own.
  const { calls: frontCalls = 0, failed: frontFailed = 0 } = traffic("front") ?? {};
  const probes = frontCalls - 200;
  expect(probes).toBeGreaterThanOrEqual(0);
  expect(frontFailed - probes).toBe(COUNTS.missing + COUNTS.fail + COUNTS.dead);
  const edge = (source: string, target: string) =>
    edges.find((one) => nameOf(one.source) === source && nameOf(one.target) === target);
  expect(edge("front", "shop")).toMatchObject({
    protocols: ["http"],
    client: { calls: COUNTS.ok + COUNTS.fail, failed: COUNTS.fail },
    server: null,
  });
  expect(edge("front", "dead")).toMatchObject({ client: { calls: COUNTS.dead, failed: COUNTS.dead } });
  expect(edge("shop", "app")).toMatchObject({ client: { calls: COUNTS.ok + COUNTS.fail, failed: COUNTS.fail } });
  expect(edge("UNKNOWN", "front")?.server).toMatchObject({ calls: frontCalls, failed: frontFailed });
});

test.skipIf(envoy === null)("latencies grow outward: the front waits for the shop, and the shop for the app", async () => {
  const { nodes, edges } = await readMap();
  const shop = nodes.find(({ name }) => name === "shop")?.traffic?.p50 ?? 0;
  const seen = (source: string, target: string): number =>
    edges.find((one) => nameOf(one.source) === source && nameOf(one.target) === target)?.client?.p50 ?? 0; // prettier-ignore
  expect(seen("shop", "app")).toBeGreaterThanOrEqual(APP_MIN_MS);
  expect(shop).toBeGreaterThanOrEqual(seen("shop", "app") * 0.98);
  expect(seen("front", "shop")).toBeGreaterThanOrEqual(shop * 0.98);
});

test.skipIf(envoy === null)(
  "endpoints have no query, services are those of the bootstrap, and the setup page knows both proxies",
  async () => {
    const id = `${Buffer.from("shop").toString("base64")}.1`;
    const now = Date.now();
    const { meshService, meshSetup } = await oap.graphql<{
      meshService: {
        endpoints: { name: string; traffic: { calls: number } }[];
        statusClasses: { class: string; calls: number }[];
      };
      meshSetup: { proxies: { node: string; service: string; resolved: boolean }[] };
    }>(
      `query ($id: ID!, $window: Window!) { meshService(id: $id, window: $window) { endpoints { name traffic { calls } } statusClasses { class calls } }
      meshSetup { proxies { node service resolved } } }`,
      { id, window: { from: now - 600_000, to: now + 60_000 } },
    );
    expect(meshService.endpoints).toEqual(
      expect.arrayContaining([
        { name: "GET:/shop/item", traffic: { calls: COUNTS.ok } },
        { name: "GET:/shop/fail", traffic: { calls: COUNTS.fail } },
      ]),
    ); // prettier-ignore
    expect(meshService.statusClasses).toEqual(
      expect.arrayContaining([
        { class: "2xx", calls: COUNTS.ok },
        { class: "5xx", calls: COUNTS.fail },
      ]),
    ); // prettier-ignore
    expect(meshSetup.proxies).toEqual(
      expect.arrayContaining([
        { node: "front-1", service: "front", resolved: true },
        { node: "shop-1", service: "shop", resolved: true },
      ]),
    ); // prettier-ignore
  },
);

test.skipIf(envoy === null)(
  "both hops of a request are rows of the access log, with one request id and what each saw",
  async () => {
    interface LogRow {
      request_id: string;
      service: string;
      callee: string;
      path: string;
      response_code: number;
      kept: string;
      weight: number;
      user_agent: string;
      trace_id: string;
      protocol: string;
      upstream_address: string;
      duration_us: number;
    }
    const rows = await oap.sql<LogRow>(
      "SELECT * EXCEPT (time), trace_id FROM access_log WHERE startsWith(path, '/shop') AND request_id IN (SELECT request_id FROM access_log WHERE service = 'front')",
    );
    const requests = Map.groupBy(rows, ({ request_id }) => request_id);
    expect(requests.size).toBe(COUNTS.ok + COUNTS.fail);
    for (const hops of requests.values()) {
      const [front, shop] = hops.toSorted((a, b) => (a.service < b.service ? -1 : 1)) as [LogRow, LogRow];
      expect([hops.length, front.service, front.callee, shop.service, shop.callee]).toEqual([2, "front", "shop", "shop", "app"]);
      expect(front.request_id).toMatch(/^[0-9a-f-]{36}$/);
      const isFailed = front.path === "/shop/fail";
      for (const hop of hops) {
        expect(hop).toMatchObject({ path: front.path, response_code: isFailed ? 503 : 200, weight: 1, protocol: "HTTP/1.1" });
        expect(hop.kept === "failed").toBe(isFailed);
        expect(hop.upstream_address).toBe("127.0.0.1");
        expect(hop.user_agent).not.toBe("");
        expect(hop.trace_id).toBe(TRACE);
        expect(hop.duration_us).toBeGreaterThanOrEqual(APP_MIN_MS * 1_000);
      }
      expect(front.duration_us).toBeGreaterThanOrEqual(shop.duration_us);
    }
    const dead = await oap.sql<{ rows: number }>(
      "SELECT count() AS rows FROM access_log WHERE callee = 'dead' AND kept = 'failed' AND code_details LIKE 'upstream_reset_before_response_started%' AND failure_reason != ''",
    );
    expect(dead).toEqual([{ rows: COUNTS.dead }]);
    const failures = await oap.sql(
      "SELECT code_details, sum(calls) AS calls FROM failure_minute WHERE dest_service = 'dead' GROUP BY code_details",
    );
    expect(failures).toEqual([{ code_details: "upstream_reset_before_response_started", calls: COUNTS.dead }]);
  },
);
