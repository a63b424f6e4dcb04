import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { httpEntry, istioNode, message, peerOf, pod } from "../builders/access-log.ts";
import { sendMessages } from "../harness/als-client.ts";
import { ask, type RunningProcess, startProcess, until } from "../harness/process.ts";
import { mulberry32 } from "../harness/random.ts";
import { STEADY_SERVICE } from "../harness/steady-load.ts";
import { storedCalls } from "../harness/stored.ts";

const STREAMS = 8;
const PER_STREAM = 60;

let oap: RunningProcess | null = null;
const dirs: string[] = [];

afterEach(async () => {
  await oap?.end();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

function entryOf(random: () => number): object {
  const at = Math.floor(random() * 90);
  const paths = [`/shelves/s${at}/books`, `/items/${at}`, `/cart/${at % 7}`, "/reviews/0", `/users/${100_000 + at}/orders/${at}`];
  const common = {
    upstream_cluster: "inbound|80||",
    filter_state_objects: { downstream_peer: peerOf(pod("web", { namespace: "shop" })) },
  };
  return httpEntry({
    startTime: new Date().toISOString(),
    common,
    request: { path: paths[Math.floor(random() * paths.length)] as string },
  });
}

/** The endpoints in storage after `starts` lives of the product, which got the test set in equal parts. */
async function endpointsAfter(processes: number, starts: number): Promise<string[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "sidelight-names-"));
  dirs.push(dataDir);
  const random = mulberry32(20_261_124);
  const settings = { OAP_INGEST_PROCESSES: String(processes) };
  for (let life = 1; ; life++) {
    oap = startProcess({ dataDir, settings });
    const { grpc, http } = await oap.ready();
    const send = (): Promise<unknown> => {
      const entries = Array.from({ length: PER_STREAM }, () => entryOf(random));
      return sendMessages(grpc, [message(istioNode(pod("cart", { namespace: "shop", pod: "cart-1" })), { http: entries })]);
    };
    const rounds = life === 1 ? 11 - starts : 1;
    for (let round = 0; round < rounds; round++) await Promise.all(Array.from({ length: STREAMS }, send));
    if (life === starts) {
      const sent = 10 * STREAMS * PER_STREAM;
      await until(
        () => storedCalls(http),
        (calls) => calls === sent,
      );
      const query = 'query ($service: ID!) { findEndpoint(keyword: "", serviceId: $service, limit: 500) { name } }';
      const service = `${Buffer.from(STEADY_SERVICE).toString("base64")}.1`;
      const { findEndpoint } = await ask<{ findEndpoint: { name: string }[] }>(http, query, { service });
      await oap.end();
      return findEndpoint.map(({ name }) => name);
    }
    oap.signal("SIGTERM");
    expect(await oap.exited).toBe(0);
  }
}

test("ten starts with four processes give the endpoints that one start with one process gives, within 20", async () => {
  const one = await endpointsAfter(1, 1);
  const many = await endpointsAfter(4, 10);
  for (const names of [one, many]) {
    expect(names).toContain("GET:/shelves/{var}/books");
    expect(names).toContain("GET:/reviews/0");
    expect(names.filter((name) => name.startsWith("GET:/cart/"))).toHaveLength(7);
  }
  expect(Math.abs(many.length - one.length)).toBeLessThanOrEqual(20);
}, 240_000);
