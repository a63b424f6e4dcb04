/** TLS on both ports, in real handshakes with certificates made here. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { Client, credentials } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../../oap/config/load.ts";
import { type Ingest, startIngest } from "../../../../oap/ingest.ts";
import type { Logger } from "../../../../oap/telemetry/logger.ts";
import { tlsOf } from "../../../../oap/tls/port.ts";
import { httpEntry, message, plainNode } from "../../../builders/access-log.ts";
import { ALS_PATHS, sendMessages } from "../../../harness/als-client.ts";
import { Authority, type Issued, replaceBy } from "../../../harness/authority.ts";
import { startHttp } from "../../../harness/http-server.ts";
import { until } from "../../../harness/process.ts";

const clock = { now: () => Date.now() };
let ours: Authority;
let theirs: Authority;
let server: Issued;
let client: Issued;
let stranger: Issued;
let said: string[];
const log = {
  info: (_: object, text: string) => said.push(text),
  error: (_: object, text: string) => said.push(text),
  warn: () => {},
} as unknown as Logger;

beforeAll(() => {
  ours = new Authority();
  theirs = new Authority("somebody else");
  [server, client, stranger] = [ours.issue("server"), ours.issue("client"), theirs.issue("stranger")];
});
afterAll(() => {
  ours.close();
  theirs.close();
});

let dir: string;
let files: Issued & { ca: string };
let stops: (() => Promise<unknown> | unknown)[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-tls-"));
  files = { cert: join(dir, "cert.pem"), key: join(dir, "key.pem"), ca: join(dir, "ca.pem") };
  replaceBy(files, server);
  copyFileSync(ours.ca, files.ca);
  said = [];
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  rmSync(dir, { recursive: true, force: true });
});

function settings(port: "HTTP" | "GRPC", more: Record<string, string> = {}): Record<string, string> {
  return {
    OAP_DATA_DIR: dir,
    OAP_TLS_RELOAD_MS: "100",
    [`OAP_${port}_TLS_CERT_FILE`]: files.cert,
    [`OAP_${port}_TLS_KEY_FILE`]: files.key,
    ...more,
  };
}

async function startHttps(connectionsMax = 100) {
  const tls = tlsOf(loadConfig(settings("HTTP")), "http", log);
  const http = await startHttp({ tls: tls?.make, connectionsMax });
  stops.push(
    () => tls?.stop(),
    () => http.stop(),
  );
  return { http, counters: () => tls?.counters() ?? {} };
}

/** Resolves with the socket once the server has taken it, which in TLS 1.3 is after the client thinks so. */
function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ca: readFileSync(ours.ca), ...options }, () => resolve(socket));
    socket.once("error", reject);
    stops.push(() => socket.destroy());
  });
}

function get(
  port: number,
  agent: Agent | false = false,
  name = "127.0.0.1",
): Promise<{ status: number; hsts: string; name: string; isReused: boolean }> {
  return new Promise((resolve, reject) => {
    const headers = { host: name };
    const to = { host: "127.0.0.1", port, path: "/healthz/live", headers, ca: readFileSync(ours.ca), agent } as const;
    const asked = request(to, (answer) => {
      const subject = String((answer.socket as TLSSocket).getPeerX509Certificate()?.subject);
      answer.resume().on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          hsts: String(answer.headers["strict-transport-security"]),
          name: subject,
          isReused: asked.reusedSocket,
        }),
      );
    });
    asked.once("error", reject).end();
  });
}

test("HTTPS takes TLS 1.2 and 1.3, nothing older, and browsers are told to stay with it", async () => {
  const { http, counters } = await startHttps();
  expect(await get(http.port)).toMatchObject({ status: 200, hsts: "max-age=31536000", name: "CN=server" });
  expect((await get(http.port, false, "localhost:12800")).hsts).toBe("undefined"); // it would hold for all of its ports
  expect((await handshake(http.port, { maxVersion: "TLSv1.2" })).getProtocol()).toBe("TLSv1.2");
  expect((await handshake(http.port)).getProtocol()).toBe("TLSv1.3");
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  await expect(handshake(http.port, old)).rejects.toThrow(/version/i);
  await expect(http.ask("/healthz/live")).rejects.toThrow(); // plain HTTP
  expect(counters()).toMatchObject({ tlsHandshakesFailed: 2, certificateReloads: 0, certificateReloadsFailed: 0 });
  const inTwoDays = Date.now() / 1_000 + 2 * 86_400;
  expect(Math.abs((counters()["certificateExpiresSeconds"] ?? 0) - inTwoDays)).toBeLessThan(3_600);
});

test("sockets handed over paused are served; more than fit, and those that say nothing, are bounded", async () => {
  const { http } = await startHttps(2);
  const listener: Server = createServer({ pauseOnConnect: true }, (socket: Socket) => http.http.accept(socket));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  stops.push(() => listener.close());
  for (let i = 0; i < 5; i++) expect((await get(port)).status).toBe(200); // each gives its place back
  const silent = connectTcp(port, "127.0.0.1");
  stops.push(() => silent.destroy());
  await new Promise((resolve) => silent.once("connect", resolve));
  await handshake(port);
  await expect(handshake(port)).rejects.toThrow();
  expect(http.http.connectionsRefused).toBe(1);
});

test("a renewed certificate is what new connections get; those that are there go on", async () => {
  const { http, counters } = await startHttps();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  stops.push(() => agent.destroy());
  expect((await get(http.port, agent)).name).toBe("CN=server");
  replaceBy(files, ours.issue("renewed"));
  await until(
    async () => (await get(http.port)).name,
    (name) => name === "CN=renewed",
  );
  expect(await get(http.port, agent)).toMatchObject({ status: 200, isReused: true });
  expect(counters()).toMatchObject({ certificateReloads: 1 });
  expect(said.filter((one) => one === "a new certificate is in use")).toHaveLength(1);
});

test("files that cannot be used change nothing, which is counted and said once", async () => {
  const { http, counters } = await startHttps();
  const failed = (times: number) =>
    until(
      async () => counters()["certificateReloadsFailed"],
      (count) => count === times,
      5_000,
    );
  writeFileSync(files.cert, "no certificate");
  await failed(1);
  rmSync(files.cert);
  await failed(2);
  copyFileSync(ours.issue("another").cert, files.cert); // not the key's
  await failed(3);
  expect((await get(http.port)).name).toBe("CN=server");
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(counters()).toMatchObject({ certificateReloadsFailed: 3, certificateReloads: 0 });
  expect(said).toEqual(Array.from({ length: 3 }, () => "a new certificate cannot be used: the old one stays"));
  replaceBy(files, ours.issue("mended"));
  await until(
    async () => (await get(http.port)).name,
    (name) => name === "CN=mended",
  );
});

async function startGrpc(clientCa: boolean): Promise<{ ingest: Ingest; port: number }> {
  const more: Record<string, string> = clientCa ? { OAP_GRPC_TLS_CLIENT_CA_FILE: files.ca } : {};
  const ingest = await startIngest(loadConfig(settings("GRPC", more)), 0, clock, log);
  stops.push(() => ingest.stop());
  return { ingest, port: await ingest.listen("127.0.0.1", 0) };
}

const entry = { startTime: new Date().toISOString(), common: { upstream_cluster: "inbound|80||" }, request: { path: "/x" } };
const MESSAGE = message(plainNode("web-1", "web"), { http: [httpEntry(entry)] });

function send(port: number, as: Issued | null, ca = ours.ca): Promise<Buffer> {
  const [key, cert] = as === null ? [null, null] : [readFileSync(as.key), readFileSync(as.cert)];
  return sendMessages(`127.0.0.1:${port}`, [MESSAGE], "v3", credentials.createSsl(readFileSync(ca), key, cert));
}

test("access logs come in over TLS, and in the clear no longer", async () => {
  const { ingest, port } = await startGrpc(false);
  await send(port, null);
  await send(port, client);
  expect(ingest.counters.alsHttp).toBe(2);
  await expect(sendMessages(`127.0.0.1:${port}`, [MESSAGE])).rejects.toThrow();
  await expect(send(port, null, theirs.ca)).rejects.toThrow();
  expect(ingest.counters.alsHttp).toBe(2);
  expect(ingest.status().counters["tlsHandshakesFailed"]).toBeGreaterThanOrEqual(1);
});

test("a stop takes what was sent over TLS before it, and answers the open stream", async () => {
  const { ingest, port } = await startGrpc(false);
  const channel = new Client(`127.0.0.1:${port}`, credentials.createSsl(readFileSync(ours.ca)));
  const identity = (bytes: Buffer): Buffer => bytes;
  const answer = new Promise((resolve) => {
    const stream = channel.makeClientStreamRequest(ALS_PATHS.v3, identity, identity, (error, bytes) => resolve(error ?? bytes));
    for (let i = 0; i < 50; i++) stream.write(MESSAGE);
  });
  await until(
    async () => ingest.counters.alsHttp,
    (entries) => entries > 0,
  );
  stops.pop();
  await ingest.stop();
  expect([await answer, ingest.counters.alsHttp]).toEqual([Buffer.alloc(0), 50]);
  channel.close();
});

test("with an authority for clients, only those get in that it vouches for", async () => {
  const { ingest, port } = await startGrpc(true);
  await send(port, client);
  await expect(send(port, null)).rejects.toThrow();
  await expect(send(port, stranger)).rejects.toThrow();
  expect(ingest.counters.alsHttp).toBe(1);
});

test("another authority for clients holds from the next connection on, even for who has a session from before", async () => {
  const { ingest, port } = await startGrpc(true);
  const as = { key: readFileSync(client.key), cert: readFileSync(client.cert), ALPNProtocols: ["h2"] };
  const before = await handshake(port, as);
  const session = await new Promise<Buffer>((resolve) => before.once("session", resolve));
  const resumed = await handshake(port, { ...as, session });
  expect(resumed.isSessionReused()).toBe(true);
  copyFileSync(theirs.ca, files.ca);
  await until(
    async () => ingest.status().counters["certificateReloads"],
    (count) => count === 1,
    5_000,
  );
  const refused = await handshake(port, { ...as, session }).then(
    (socket) =>
      new Promise<boolean>((resolve) =>
        socket
          .once("close", () => resolve(true))
          .on("error", () => {})
          .resume(),
      ),
    () => true,
  );
  expect(refused).toBe(true);
  await expect(send(port, client)).rejects.toThrow();
  await send(port, stranger);
  expect(ingest.counters.alsHttp).toBe(1);
  expect(before.destroyed).toBe(false);
});

test.each([
  ["a certificate without a key", () => ({ OAP_HTTP_TLS_CERT_FILE: files.cert }), /http\.tls\.certFile needs http\.tls\.keyFile/],
  ["a key without a certificate", () => ({ OAP_GRPC_TLS_KEY_FILE: files.key }), /grpc\.tls\.keyFile needs grpc\.tls\.certFile/],
  ["an authority alone", () => ({ OAP_GRPC_TLS_CLIENT_CA_FILE: files.ca }), /grpc\.tls\.clientCaFile needs grpc\.tls\.certFile/],
  [
    "a file that is not there",
    () => settings("HTTP", { OAP_HTTP_TLS_CERT_FILE: "/nowhere.pem" }),
    /http\.tls\.certFile: cannot read \/nowhere\.pem/,
  ],
  [
    "the key of another",
    () => settings("HTTP", { OAP_HTTP_TLS_KEY_FILE: client.key }),
    /http\.tls\.keyFile: .* is no key of the certificate/,
  ],
  [
    "an authority that is none",
    () => settings("GRPC", { OAP_GRPC_TLS_CLIENT_CA_FILE: files.key }),
    /grpc\.tls\.clientCaFile: .* holds no certificate/,
  ],
])("%s stops the start, which names the setting", (_, made, expected) => {
  const config = loadConfig(made());
  const start = () => {
    for (const port of ["http", "grpc"] as const) {
      const tls = tlsOf(config, port, log);
      stops.push(() => tls?.stop());
      tls?.make(() => {});
    }
  };
  expect(start).toThrow(expected);
});
