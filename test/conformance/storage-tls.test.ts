import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../oap/config/load.ts";
import { serverOf } from "../../oap/storage/connection.ts";
import { Engine } from "../../oap/storage/engine.ts";
import { migrate } from "../../oap/storage/migrate.ts";
import { encodeNative } from "../../oap/storage/native.ts";
import { explained } from "../../oap/storage/open-error.ts";
import { block } from "../builders/delta.ts";
import { KEEP_ALL, systemClock } from "../harness/clickhouse.ts";
import { type ClickHouseServer, PASSWORD, startServer, USERNAME } from "../harness/clickhouse-server.ts";
import { startTlsProxy, type TlsProxy } from "../harness/tls-proxy.ts";

let server: ClickHouseServer;
let open: TlsProxy;
let strict: TlsProxy;

beforeAll(async () => {
  server = await startServer();
  [open, strict] = await Promise.all([startTlsProxy(server.url), startTlsProxy(server.url, true)]);
});
afterAll(async () => {
  open.close();
  strict.close();
  await server.close();
});

/** The connection that settings make. */
function connectionOf(url: string, more: Record<string, string> = {}) {
  const variables = { OAP_STORAGE_URL: url, OAP_STORAGE_USERNAME: USERNAME, OAP_STORAGE_PASSWORD: PASSWORD, ...more };
  return serverOf(loadConfig(variables)) as NonNullable<ReturnType<typeof serverOf>>;
}

/** Migrates, inserts, and counts what is there. */
async function used(connection: ReturnType<typeof connectionOf>, database: string): Promise<unknown> {
  await migrate({ connection, database }, KEEP_ALL, systemClock);
  const engine = new Engine({ connection, database });
  try {
    const one = block(["cart", "web"], 5);
    const names = one.columns.map(({ name }) => name);
    await engine.insert("traffic_minute", names, encodeNative(one), "one");
    return await engine.query("SELECT sum(calls) AS calls FROM traffic_hour", {});
  } finally {
    await engine.close();
  }
}

/** What a start says when it fails. */
async function said(connection: ReturnType<typeof connectionOf>): Promise<string> {
  const error = await migrate({ connection, database: "x" }, KEEP_ALL, systemClock).then(
    () => new Error("it works"),
    (cause: unknown) => explained(cause, connection) as Error,
  );
  return error.message;
}

test("everything works over TLS with an authority of one's own, compressed both ways", async () => {
  const connection = connectionOf(open.url, { OAP_STORAGE_TLS_CA_FILE: open.files.ca, OAP_STORAGE_COMPRESSION: "both" });
  expect(await used(connection, "tls")).toEqual([{ calls: 10 }]);
  expect([open.encodings.requests.has("gzip"), open.encodings.answers.has("gzip")]).toEqual([true, true]);
});

test("a server that asks for a certificate gets ours, and the password too", async () => {
  const { ca, cert, key } = strict.files;
  const files = { OAP_STORAGE_TLS_CA_FILE: ca, OAP_STORAGE_TLS_CERT_FILE: cert, OAP_STORAGE_TLS_KEY_FILE: key };
  expect(await used(connectionOf(strict.url, files), "mutual")).toEqual([{ calls: 10 }]);
  expect(strict.encodings).toEqual({ requests: new Set(["none"]), answers: new Set(["none"]) });
  expect(await said(connectionOf(strict.url, { OAP_STORAGE_TLS_CA_FILE: ca }))).toContain("storage.tls.certFile");
});

test("what keeps a server from being used is said with the setting to look at", async () => {
  expect(await said(connectionOf(open.url))).toMatch(/^ClickHouse at https:.* no secure connection .*storage\.tls\.caFile/);
  expect(await said(connectionOf(open.url.replace("https", "http")))).toMatch(/check storage\.url/);
  expect(await said(connectionOf("http://127.0.0.1:1"))).toMatch(/does not answer \(ECONNREFUSED.*check storage\.url/);
  expect(await said(connectionOf("http://nowhere.invalid:8123"))).toMatch(
    /does not answer \(E\w+.*nowhere\.invalid.*check storage\.url/,
  );
  const secret = { OAP_STORAGE_PASSWORD: "wrong-password" };
  expect(await said(connectionOf(server.url, secret))).toMatch(/check storage\.username and storage\.password/);
  expect(await said(connectionOf(server.url, secret))).not.toContain("wrong-password");
});
