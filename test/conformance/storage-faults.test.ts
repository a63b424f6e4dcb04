import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Engine } from "../../oap/storage/engine.ts";
import { SpoolReader } from "../../oap/storage/spool-reader.ts";
import { SpoolWriter } from "../../oap/storage/spool-writer.ts";
import { Writer } from "../../oap/storage/writer.ts";
import { delta } from "../builders/delta.ts";
import { startClickHouse, systemClock } from "../harness/clickhouse.ts";

const TABLES = ["traffic_minute", "traffic_hour", "traffic_day"];

let ch: Awaited<ReturnType<typeof startClickHouse>>;
let dir: string;

beforeAll(async () => {
  ch = await startClickHouse();
});
afterAll(() => ch.close());
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-spool-"));
  for (const table of TABLES) await ch.engine.command("TRUNCATE TABLE {table:Identifier}", { table });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Calls of cart in each table. */
async function stored(): Promise<number[]> {
  const rows = TABLES.map((table) => ch.engine.query<{ calls: number }>(`SELECT sum(calls) AS calls FROM ${table}`, {}));
  return (await Promise.all(rows)).map(([row]) => row?.calls ?? 0);
}

async function spool(batches: number): Promise<void> {
  const writer = await SpoolWriter.open({ dir, part: "ingest-0" }, systemClock);
  for (let i = 1; i <= batches; i++) {
    await writer.append(delta(["cart"], i));
    await writer.close();
  }
}

function writerOf(engine: Engine): Writer {
  const options = { node: "faults", keepMs: 60_000, maxBytes: 1 << 30, onProblem: () => {} };
  return new Writer(engine, new SpoolReader(dir, 50), options, systemClock);
}

/** Passes requests on to ClickHouse and cuts the connection of every third one after ClickHouse has answered it. */
async function startDroppingProxy(): Promise<{ server: Server; url: string; dropped: () => number }> {
  let answers = 0;
  let dropped = 0;
  const server = createServer((incoming, outgoing) => {
    const { hostname, port } = new URL(ch.embedded.connection.url);
    const options = { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers };
    const forwarded = request(options, (answer) => {
      if (++answers % 3 !== 0) {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      dropped++;
      answer.resume().on("end", () => incoming.socket.destroy());
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, dropped: () => dropped };
}

test("every third answer of ClickHouse lost on the way: each batch is there once, in the roll-ups too", async () => {
  const { server, url, dropped } = await startDroppingProxy();
  const engine = new Engine({ connection: { ...ch.embedded.connection, url }, database: ch.engine.database });
  try {
    await spool(20);
    const writer = writerOf(engine);
    for (let attempt = 0; attempt < 40 && !(await writer.drain()); attempt++);
    expect(dropped()).toBeGreaterThan(5);
    expect(writer.stats.retries).toBeGreaterThan(5);
    expect(await stored()).toEqual([210, 210, 210]);
  } finally {
    await engine.close();
    server.closeAllConnections();
    server.close();
  }
});

test("a view that fails once: the batch is tried again and counts once in every table", async () => {
  await spool(2);
  const writer = writerOf(ch.engine);
  await ch.engine.command("RENAME TABLE traffic_hour TO traffic_hour_away");
  try {
    expect(await writer.drain()).toBe(false);
  } finally {
    await ch.engine.command("RENAME TABLE traffic_hour_away TO traffic_hour");
  }
  expect(await writer.drain()).toBe(true);
  expect(await stored()).toEqual([3, 3, 3]);
});
