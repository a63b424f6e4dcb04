/** What a page of somebody else can make a browser send. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashToken, newToken } from "../../../../query/access/secret-hash.ts";
import { bearer, type Http, startHttp } from "../../../harness/http-server.ts";

const JSON_TYPE = { "content-type": "application/json" };
const VERSION = JSON.stringify({ query: "{ version }" });

let http: Http;
beforeAll(async () => {
  http = await startHttp({ settings: { OAP_HTTP_ORIGINS: "https://sidelight.example" }, uiDir: "/nowhere" });
});
afterAll(() => http.stop());

const posted = (headers: Record<string, string>) => http.ask("/graphql", { ...JSON_TYPE, ...headers }, VERSION);

test("pages of our own, and machines, which have no page, are answered", async () => {
  const own = { host: "localhost:12800" };
  const fine: Record<string, string>[] = [
    {},
    own,
    { ...own, origin: "http://localhost:12800", "sec-fetch-site": "same-origin" },
    { host: "[::1]:12800", origin: "http://[::1]:12800" },
    { host: "127.0.0.1", origin: "http://127.0.0.1" },
    { host: "127.0.0.1:12800", origin: "https://sidelight.example" },
    { host: "sidelight.example", origin: "https://sidelight.example" },
    { host: "sidelight:12800" },
  ];
  for (const headers of fine) expect([headers, (await posted(headers)).status]).toEqual([headers, 200]);
});

test.each(["/graphql", "/mcp", "/api/v1/query", "/metrics", "/"])("a page from elsewhere gets nothing of %s", async (path) => {
  const host = "localhost:12800";
  const before = http.http.gate.foreign;
  const origins = [
    "https://evil.example",
    "null",
    "http://localhost:12801",
    "http://localhost",
    "http://localhost:12800.evil.example",
    "x",
  ];
  const simple = { "content-type": "application/x-www-form-urlencoded" };
  const marked = { ...JSON_TYPE, "sec-fetch-site": "cross-site" };
  for (const origin of origins) {
    expect([origin, (await http.ask(path, { host, origin, ...simple }, "query=up")).status]).toEqual([origin, 403]);
    expect([origin, (await http.ask(path, { host, origin, ...marked }, VERSION)).status]).toEqual([origin, 403]);
    expect([origin, (await http.ask(path, { host, origin })).status]).toEqual([origin, 403]);
  }
  for (const site of ["cross-site", "same-site"])
    expect((await http.ask(path, { host, "sec-fetch-site": site, "sec-fetch-mode": "no-cors" })).status).toBe(403);
  expect(http.http.gate.foreign - before).toBe(3 * origins.length + 2);
});

test("a page whose own server passes its questions on is answered: Booster UI's does, with the browser's Origin and our Host", async () => {
  const origin = "https://booster.example";
  expect((await posted({ host: "oap:12800", origin })).status).toBe(200);
  expect((await posted({ host: "oap:12800", origin, "sec-fetch-site": "same-origin" })).status).toBe(200);
  const read = { host: "oap:12800", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" };
  expect((await http.ask("/api/v1/labels", read)).status).toBe(200);
});

test.each(["/graphql", "/mcp", "/api/v1/query"])(
  "a browser that asks whether a page from elsewhere may send JSON to %s gets no permission",
  async (path) => {
    const { status, headers } = await http.ask(
      path,
      {
        host: "oap:12800",
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      },
      undefined,
      "OPTIONS",
    );
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  },
);

test("a link from elsewhere leads to the dashboard", async () => {
  const { status, text } = await http.ask("/", {
    host: "localhost",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
  });
  expect([status, text]).toEqual([503, expect.stringContaining("not built")]);
});

test("a name that somebody may have made to lead here is refused where nobody logs in", async () => {
  for (const host of [
    "evil.example",
    "evil.example:12800",
    "127.0.0.1.evil.example",
    "sidelight.example.evil.example",
    "a b",
    "localhost.evil.example.",
  ]) {
    expect([host, (await posted({ host })).status]).toEqual([host, 403]);
    expect((await http.ask("/healthz/ready", { host })).status).toBe(200);
  }
  const token = newToken();
  const closed = await startHttp({ settings: { OAP_HTTP_TOKENS: `machine:read:${hashToken(token)}` } });
  expect((await closed.ask("/metrics", { host: "oap.observability.example", ...bearer(token) })).status).toBe(200);
  await closed.stop();
  const open = await startHttp({ settings: { OAP_HTTP_HOST: "0.0.0.0", OAP_HTTP_ALLOW_ANONYMOUS: "true" } });
  expect((await open.ask("/metrics", { host: "oap.observability.example" })).status).toBe(200);
  await open.stop();
});

test("bodies that a form or a script without permission can send are not taken, on any path", async () => {
  const simple = [
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
    "text/plain; application/json",
  ];
  for (const path of ["/graphql", "/mcp", "/anything"]) {
    for (const type of simple)
      expect([path, type, (await http.ask(path, type === "" ? {} : { "content-type": type }, VERSION)).status]).toEqual([
        path,
        type,
        415,
      ]);
  }
  expect((await http.ask("/api/v1/query", { "content-type": simple[2] as string }, "query=up")).status).not.toBe(415);
  expect((await http.ask("/api/v1/query", { "content-type": "text/plain" }, "query=up")).status).toBe(415);
});

test("every answer tells browsers what it is good for", async () => {
  for (const path of ["/", "/graphql", "/metrics", "/healthz/live", "/no/such.file"]) {
    const { headers } = await http.ask(path);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/),
    });
    expect(headers["strict-transport-security"]).toBeUndefined(); // not over HTTP
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  }
  expect((await http.ask("/metrics")).headers["cache-control"]).toBe("no-store");
});
