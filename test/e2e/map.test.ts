import { afterAll, beforeAll, expect, test } from "vitest";
import { encode, TYPES } from "../../oap/demo/proto.ts";
import { httpEntry, istioNode, message, peerOf, pod } from "../builders/access-log.ts";
import { findBrowser, openBrowser, screenshot } from "../harness/browser.ts";
import { type Oap, startOap } from "../harness/oap.ts";

const browser = findBrowser();
const SERVICES = 60;
/** The last of them calls nobody and nobody calls it. */
const CONNECTED = SERVICES - 1;

let oap: Oap;

/** A number below i, the same every time. */
function scattered(i: number, ratio: number): number {
  return Math.floor(i * ((i * ratio) % 1));
}

/** Calls between the connected services: a tree, edges that close cycles, and one self-call. */
function generatedEdges(): [number, number][] {
  const edges: [number, number][] = [];
  for (let i = 1; i < CONNECTED; i++) {
    edges.push([scattered(i, 0.618), i]);
    if (i % 6 === 0) edges.push([i, scattered(i, 0.414)]);
  }
  return [...edges, [5, 5]];
}

const edges = [...new Map(generatedEdges().map((edge) => [edge.join(), edge])).values()];
const serviceOf = (index: number) =>
  pod(`service-${index}`, { namespace: `team-${index % 7}`, pod: `service-${index}-1`, ip: `10.2.0.${index}` });

beforeAll(async () => {
  if (browser === null) return;
  oap = await startOap({ at: new Date().toISOString() });
  const startTime = new Date().toISOString();
  for (const [source, target] of edges) {
    const code = (source + target) % 9 === 0 ? 503 : 200;
    const common = { upstream_cluster: "inbound|80||", filter_state_objects: { downstream_peer: peerOf(serviceOf(source)) } };
    const entries = Array.from({ length: 1 + (target % 5) * 4 }, () =>
      httpEntry({ startTime, common, response: { response_code: { value: code } } }),
    );
    await oap.send([message(istioNode(serviceOf(target)), { http: entries })]);
  }
  const alone = {
    startTime: Date.parse(startTime),
    destServiceName: "alone.nowhere",
    endpoint: "GET:/",
    latency: 3,
    responseCode: 200,
    status: true,
    detectPoint: 1,
  };
  await oap.send([encode(TYPES.meshMetrics, { httpMetrics: { metrics: [alone] } })], "mesh");
  await oap.flush();
});

afterAll(async () => {
  await oap?.stop();
});

test.for(["light", "dark"] as const)(
  "a generated mesh of 60 services with cycles, a self-call and an isolated node is drawn whole, in %s colours",
  { skip: browser === null },
  async (theme) => {
    const { page, problems, close } = await openBrowser(browser as string, theme);
    try {
      await page.goto(`${oap.url}/map`);
      await page
        .getByRole("img", { name: `Map of ${SERVICES} services and ${edges.length} connections. The table shows the same.` })
        .waitFor();
      await screenshot(page, `map-generated-${theme}`);
      await page.getByRole("button", { name: "As a table" }).click();
      const rows = page.getByRole("table", { name: "Connections" }).locator("tbody tr");
      await rows.first().waitFor();
      expect(await rows.count()).toBe(edges.length);
      expect(problems).toEqual([]);
    } finally {
      await close();
    }
  },
);
