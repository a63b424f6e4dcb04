/** The product with its doors closed: logins and HTTPS for whoever asks, client certificates for proxies. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { hashPassword, hashToken, newToken } from "../../query/access/secret-hash.ts";
import { sendMessages } from "../harness/als-client.ts";
import { Authority, type Issued, replaceBy } from "../harness/authority.ts";
import { findBrowser, openBrowser } from "../harness/browser.ts";
import { findEnvoy, freePort, startEnvoy } from "../harness/envoy.ts";
import { bearer } from "../harness/http-server.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";

const envoy = findEnvoy();
const browser = findBrowser();
const PASSWORD = "a password with ünicode";
const TOKEN = newToken();
const REQUESTS = 12;

let authority: Authority;
let dir: string;
let files: Issued & { ca: string };
let proxy: Issued;
let oap: RunningProcess;
let [grpc, http] = ["", ""];

beforeAll(async () => {
  authority = new Authority();
  dir = mkdtempSync(join(tmpdir(), "sidelight-secured-"));
  files = { cert: join(dir, "tls.crt"), key: join(dir, "tls.key"), ca: join(dir, "ca.crt") };
  replaceBy(files, authority.issue("server"));
  copyFileSync(authority.ca, files.ca);
  proxy = authority.issue("proxy");
  oap = startProcess({
    settings: {
      OAP_HTTP_HOST: "0.0.0.0",
      OAP_INGEST_PROCESSES: "1",
      OAP_FLUSH_INTERVAL_MS: "200",
      OAP_TLS_RELOAD_MS: "200",
      OAP_HTTP_USERS: `ann:read:${await hashPassword(PASSWORD)}`,
      OAP_HTTP_TOKENS: `machine:read:${hashToken(TOKEN)}`,
      OAP_HTTP_TLS_CERT_FILE: files.cert,
      OAP_HTTP_TLS_KEY_FILE: files.key,
      OAP_GRPC_TLS_CERT_FILE: files.cert,
      OAP_GRPC_TLS_KEY_FILE: files.key,
      OAP_GRPC_TLS_CLIENT_CA_FILE: files.ca,
    },
  });
  ({ grpc, http } = await oap.ready());
});
afterAll(async () => {
  await oap?.end();
  authority?.close();
  rmSync(dir, { recursive: true, force: true });
});

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const port = (address: string): number => Number(address.split(":").at(-1));

/** Over HTTPS on a connection of its own, trusting our authority alone. */
function ask(path: string, headers: Record<string, string> = {}, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const to = {
      host: "127.0.0.1",
      port: port(http),
      path,
      method,
      headers,
      agent: false,
      ca: readFileSync(authority.ca),
    } as const;
    const asked = request(to, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.once("error", reject).end(body);
  });
}

async function callsOf(service: string): Promise<number> {
  const now = Date.now();
  const query = "query ($window: Window!) { meshServices(window: $window) { services { name traffic { calls } } } }";
  const variables = { window: { from: now - 600_000, to: now + 60_000 } };
  const headers = { ...bearer(TOKEN), "Content-Type": "application/json" };
  const { text } = await ask("/graphql", headers, JSON.stringify({ query, variables }));
  const { services } = JSON.parse(text).data.meshServices as { services: { name: string; traffic: { calls: number } }[] };
  return services.find(({ name }) => name === service)?.traffic.calls ?? 0;
}

/** The certificate that a port shows now. */
function shownAt(at: number, protocol: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const keys = { key: readFileSync(proxy.key), cert: readFileSync(proxy.cert), ca: readFileSync(authority.ca) };
    const socket = connect({ host: "127.0.0.1", port: at, ALPNProtocols: [protocol], ...keys }, () => {
      resolve(String(socket.getPeerX509Certificate()?.subject));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

test("who has no password gets nothing, who has a token reads, and neither sees the configuration", async () => {
  expect(http).toMatch(/^https:/);
  expect([(await ask("/")).status, (await ask("/metrics")).status, (await ask("/healthz/ready")).status]).toEqual([
    401, 401, 200,
  ]);
  const metrics = await ask("/metrics", bearer(TOKEN));
  expect(metrics.status).toBe(200);
  for (const one of [
    'sidelight_logins_failed_total{process="main"} 0',
    'sidelight_tls_handshakes_failed_total{process="main"} 0',
    /sidelight_certificate_expires_timestamp_seconds\{process="main"\} \d{10}/,
  ]) {
    expect(metrics.text).toMatch(one);
  }
  expect((await ask("/debugging/config/dump", bearer(TOKEN))).status).toBe(403);
});

test.skipIf(envoy === null)("a real Envoy with a certificate of the authority is heard, one without is not", async () => {
  const shape = { routes: [["/", "nowhere"]], clusters: { nowhere: await freePort() }, collector: grpc } as const;
  const keys = { ...proxy, ca: authority.ca };
  const front = await startEnvoy(envoy as string, {
    ...shape,
    id: "front-1",
    cluster: "front",
    port: await freePort(),
    collectorTls: keys,
  });
  stops.push(front.stop);
  for (let i = 0; i < REQUESTS; i++) await fetch(`${front.url}/item`);
  await until(
    () => callsOf("front"),
    (calls) => calls >= REQUESTS,
  );
  await expect(sendMessages(grpc, [])).rejects.toThrow();
});

test.skipIf(browser === null)(
  "the dashboard works after the browser's own login, under the policy that it is sent with",
  async () => {
    const { page, problems, close } = await openBrowser(browser as string, "light", { username: "ann", password: PASSWORD });
    stops.push(close);
    const base = http.replace("0.0.0.0", "127.0.0.1");
    await page.goto(`${base}/`);
    await page.getByRole("link", { name: "Map", exact: true }).click();
    await page.getByRole("heading", { name: "Map" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Service or page").fill("setup");
    await page.getByRole("option", { name: "Setup" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("table", { name: "Processes" }).waitFor();
    expect(problems).toEqual([]);
    const inline = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.injected = true";
      document.body.append(script);
      return "injected" in window;
    });
    expect(inline).toBe(false);
  },
);

test("both ports show a renewed certificate without a restart", async () => {
  replaceBy(files, authority.issue("renewed"));
  await until(
    () => shownAt(port(http), "http/1.1"),
    (name) => name === "CN=renewed",
  );
  await until(
    () => shownAt(port(grpc), "h2"),
    (name) => name === "CN=renewed",
  );
});

test("a start that would open the port to everybody stops, and names what to set", async () => {
  const open = startProcess({ settings: { OAP_HTTP_HOST: "0.0.0.0" } });
  stops.push(() => open.end());
  expect(await open.exited).toBe(78);
  expect(open.output.err).toMatch(/^bad setting: .*http\.users.*http\.tokens.*http\.allowAnonymous/);
  expect(open.output.out).toBe("");
});

test("a start with a certificate that cannot be used stops, and names the file", async () => {
  const cert = join(dir, "broken.crt");
  writeFileSync(cert, "-----BEGIN CERTIFICATE-----\n");
  const broken = startProcess({ settings: { OAP_GRPC_TLS_CERT_FILE: cert, OAP_GRPC_TLS_KEY_FILE: files.key } });
  stops.push(() => broken.end());
  expect(await broken.exited).toBe(78);
  expect(broken.output.err).toMatch(/^bad setting: grpc\.tls\.certFile: .*broken\.crt holds no certificate/);
});
