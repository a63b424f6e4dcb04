import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../../../oap/config/load.ts";
import { accessOf } from "../../../../query/access/access.ts";
import { FailedLogins } from "../../../../query/access/failed-logins.ts";
import { neededRole } from "../../../../query/access/role.ts";
import { hashPassword, hashToken, newToken } from "../../../../query/access/secret-hash.ts";
import { basic, bearer, type Http, startHttp } from "../../../harness/http-server.ts";

const TOKENS = { machine: newToken(), admin: newToken() };
/** The least that is taken: these tests are about other things. */
const QUICK = { ln: 14, r: 8, p: 1 };
const PASSWORD = "correct horse: ünd more";
const JSON_TYPE = { "Content-Type": "application/json" };
const VERSION = JSON.stringify({ query: "{ version }" });
const MUTATION = JSON.stringify({ query: "query q { version } mutation m { version }", operationName: "m" });

let http: Http;
let users: string;
const tokens = `machine:read:${hashToken(TOKENS.machine)},boss:admin:${hashToken(TOKENS.admin)}`;
beforeAll(async () => {
  users = `ann:admin:${await hashPassword(PASSWORD)},bob:read:${await hashPassword("another one", QUICK)}`;
  http = await startHttp({
    settings: { OAP_HTTP_USERS: users, OAP_HTTP_TOKENS: tokens, OAP_HTTP_FAILED_LOGINS_PER_MINUTE: "3" },
  });
});
afterAll(() => http.stop());

const paths = ["/", "/services", "/assets/x.js", "/metrics", "/graphql", "/debugging/config/dump", "/no/such"];

test.each(paths)("%s asks who is there, and browsers open their own form", async (path) => {
  const answer = await http.ask(path);
  expect([answer.status, answer.text]).toEqual([401, "log in\n"]);
  expect(answer.headers["www-authenticate"]).toContain('Basic realm="Sidelight", charset="UTF-8"');
});

test.each(["/healthz/live", "/healthz/ready"])("%s is answered to everybody", async (path) => {
  expect((await http.ask(path)).status).toBe(200);
});

test("whoever has a password or a token gets in, with every character of it", async () => {
  for (const headers of [basic("ann", PASSWORD), basic("bob", "another one"), bearer(TOKENS.machine), bearer(TOKENS.admin)]) {
    expect((await http.ask("/metrics", headers)).text).toBe("sidelight_up 1\n");
    expect((await http.ask("/graphql", { ...headers, ...JSON_TYPE }, VERSION)).status).toBe(200);
  }
});

test("what changes or tells the configuration needs the role admin, by path and by GraphQL operation", async () => {
  const statusOf = async (headers: Record<string, string>) => (await http.ask("/debugging/config/dump", headers)).status;
  expect([await statusOf(bearer(TOKENS.machine)), await statusOf(basic("bob", "another one"))]).toEqual([403, 403]);
  expect(await statusOf(bearer(TOKENS.admin))).not.toBe(403);
  const needed = [
    "/debugging",
    "/debugging/config",
    "/debugging/query",
    "/debugging/other/x",
    "/debugging/query/mqe",
    "/status/config/ttl",
  ];
  expect(needed.map(neededRole)).toEqual(["admin", "admin", "admin", "admin", "read", "read"]);
  const mutate = async (headers: Record<string, string>) =>
    JSON.parse((await http.ask("/graphql", { ...headers, ...JSON_TYPE }, MUTATION)).text);
  for (let i = 0; i < 2; i++) {
    expect(await mutate(bearer(TOKENS.machine))).toMatchObject({
      data: null,
      errors: [{ message: "mutations need the role admin", extensions: { code: "FORBIDDEN" } }],
    });
    expect(await mutate(bearer(TOKENS.admin))).toEqual({ data: { version: expect.any(String) } });
  }
});

test("a password is checked once for all that a page asks at the same time, and for five minutes after", async () => {
  const { logins } = http.http.gate;
  const before = logins.checks;
  const page = () => Promise.all(Array.from({ length: 20 }, () => http.ask("/metrics", basic("bob", "another one"))));
  http.clock.nowMs += 3_600_000;
  expect(new Set((await page()).map(({ status }) => status))).toEqual(new Set([200]));
  http.clock.nowMs += 299_000;
  await page();
  expect(logins.checks - before).toBe(1);
  http.clock.nowMs += 2_000;
  await page();
  expect(logins.checks - before).toBe(2);
});

test("wrong passwords of an address are counted, and soon no longer checked; who is known stays in", async () => {
  http.clock.nowMs += 3_600_000;
  const { logins } = http.http.gate;
  const { failed, refused } = logins;
  const statuses = [];
  expect((await http.ask("/metrics", basic("ann", PASSWORD))).status).toBe(200);
  for (const [user, password] of [
    ["ann", ""],
    ["nobody", PASSWORD],
    ["ann", `${PASSWORD} `],
    ["ann", "x"],
    ["bob", "another one"],
  ] as const)
    statuses.push((await http.ask("/metrics", basic(user, password))).status);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect([logins.failed - failed, logins.refused - refused]).toEqual([3, 2]);
  expect(Number((await http.ask("/metrics", basic("ann", "y"))).headers["retry-after"])).toBeGreaterThan(0);
  expect((await http.ask("/metrics", basic("ann", PASSWORD))).status).toBe(200);
  expect((await http.ask("/metrics", bearer(TOKENS.machine))).status).toBe(200);
  http.clock.nowMs += 21_000;
  expect((await http.ask("/metrics", basic("bob", "another one"))).status).toBe(200);
});

test("no more passwords wait to be checked than a few, and who waits longest is served", async () => {
  const busy = await startHttp({ settings: { OAP_HTTP_USERS: users, OAP_HTTP_FAILED_LOGINS_PER_MINUTE: "1000" } });
  const first = busy.ask("/metrics", basic("bob", "another one"));
  const guesses = Array.from({ length: 20 }, (_, i) => busy.ask("/metrics", basic("bob", `guess ${i}`)));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect((await first).status).toBe(200);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(4);
  expect(busy.http.gate.logins.refused).toBe(statuses.filter((status) => status === 429).length);
  await busy.stop();
});

test("wrong tokens and broken headers get nowhere, and lock nobody out", async () => {
  const wrong = [
    ...["", "Basic", "Basic ====", "Basic YW5u", "Bearer", "Bearer x", `Bearer ${TOKENS.machine}x`, `Token ${TOKENS.machine}`],
    ...[
      `Bearer ${hashToken(TOKENS.machine)}`,
      `Bearer ${"x".repeat(5_000)}`,
      `Basic ${Buffer.from(`ann:${PASSWORD}`).toString("hex")}`,
    ],
  ];
  for (const Authorization of wrong)
    expect([Authorization, (await http.ask("/metrics", { Authorization })).status]).toEqual([Authorization, 401]);
  expect((await http.ask("/metrics", bearer(TOKENS.machine))).status).toBe(200);
});

test("a token of one's own making may have a scrypt hash", async () => {
  const own = await startHttp({
    settings: { OAP_HTTP_TOKENS: `old:read:${await hashPassword("a-phrase-that-was-chosen", QUICK)}` },
  });
  const statusOf = async (token: string) => (await own.ask("/metrics", bearer(token))).status;
  expect([await statusOf("a-phrase-that-was-chosen"), await statusOf("chosen"), (await own.ask("/metrics")).status]).toEqual([
    200, 401, 401,
  ]);
  await own.stop();
});

test("where nobody can log in, anybody on this machine may all, and beyond it read when that is wanted", async () => {
  expect(accessOf(loadConfig({})).anonymous).toBe("admin");
  const open = { OAP_HTTP_HOST: "0.0.0.0", OAP_HTTP_ALLOW_ANONYMOUS: "true" };
  expect(accessOf(loadConfig(open)).anonymous).toBe("read");
  expect(accessOf(loadConfig({ OAP_HTTP_HOST: "0.0.0.0", OAP_HTTP_TOKENS: tokens })).anonymous).toBeNull();
  const anyone = await startHttp({ settings: open });
  const statuses = async (headers: Record<string, string> = {}) => [
    (await anyone.ask("/metrics", headers)).status,
    (await anyone.ask("/debugging/config/dump", headers)).status,
  ];
  expect(await statuses()).toEqual([200, 403]);
  expect(await statuses(basic("some", "proxy's own"))).toEqual([200, 403]);
  await anyone.stop();
});

test("with accounts and without a login, reading stays open when that is wanted, and admin logs in", async () => {
  const both = await startHttp({ settings: { OAP_HTTP_TOKENS: tokens, OAP_HTTP_ALLOW_ANONYMOUS: "true" } });
  const statusOf = async (path: string, headers: Record<string, string> = {}) => (await both.ask(path, headers)).status;
  expect([await statusOf("/metrics"), await statusOf("/debugging/config/dump")]).toEqual([200, 401]);
  expect(await statusOf("/metrics", bearer("wrong"))).toBe(401);
  expect(await statusOf("/debugging/config/dump", bearer(TOKENS.admin))).not.toBe(401);
  await both.stop();
});

test.each(["0.0.0.0", "::", "192.168.1.4", "sidelight.example", "::ffff:10.0.0.1", "127.0.0.1.example", "localhost.example"])(
  "HTTP on %s does not start until somebody says who may ask",
  (host) => {
    const start = (settings: Record<string, string> = {}) => accessOf(loadConfig({ OAP_HTTP_HOST: host, ...settings }));
    expect(() => start()).toThrow(/http\.users.*http\.tokens.*http\.allowAnonymous.*OAP_HTTP_ALLOW_ANONYMOUS/);
    expect(() => start({ OAP_HTTP_USERS: users })).not.toThrow();
    expect(() => start({ OAP_HTTP_TOKENS: tokens })).not.toThrow();
  },
);

test.each(["127.0.0.1", "127.8.9.1", "::1", "0:0:0:0:0:0:0:1", "localhost", "::ffff:127.0.0.1"])("%s is this machine", (host) => {
  expect(() => accessOf(loadConfig({ OAP_HTTP_HOST: host }))).not.toThrow();
});

test.each([
  ["a clear password", "http.users", "OAP_HTTP_USERS", "ann:admin:hunter2hunter2"],
  ["a role that is none", "http.users", "OAP_HTTP_USERS", "ann:root:HASH"],
  ["the same name twice", "http.users", "OAP_HTTP_USERS", "ann:admin:HASH,ann:read:HASH"],
  ["a hash that costs nothing", "http.users", "OAP_HTTP_USERS", "ann:admin:CHEAP"],
  ["a password by SHA-256", "http.users", "OAP_HTTP_USERS", `ann:admin:${hashToken("x")}`],
  ["a clear token", "http.tokens", "OAP_HTTP_TOKENS", `machine:read:${TOKENS.machine}`],
])("%s is no account, and the message shows no secret", (_, key, variable, value) => {
  const hash = users.split(",")[0]?.split(":")[2] as string;
  const line = value.replaceAll("HASH", hash).replaceAll("CHEAP", hash.replace("scrypt.15", "scrypt.10"));
  const start = () => accessOf(loadConfig({ [variable]: line }));
  expect(start).toThrow(new RegExp(`${key}|${variable}`));
  expect(start).not.toThrow(/hunter2|scrypt\.1|sidelight_/);
});

test("failures fade, and a network of IPv6 counts as one address", () => {
  const failures = new FailedLogins(2);
  const attempt = (address: string, seconds: number) => failures.attempt(address, seconds * 1_000);
  expect([attempt("2001:db8::1", 0), attempt("2001:db8:0:0:5::9", 0), attempt("2001:db8::2", 0)]).toEqual([0, 0, 30]);
  expect([attempt("2001:db8:1::1", 0), attempt("10.0.0.1", 0)]).toEqual([0, 0]);
  expect([attempt("2001:db8::3", 31), attempt("2001:db8::3", 31)]).toEqual([0, expect.any(Number)]);
});

test("more addresses than are remembered share one count, and old ones make room", () => {
  const failures = new FailedLogins(1);
  for (let i = 0; i < 10_000; i++) failures.attempt(`10.0.${i >> 8}.${i & 255}`, 0);
  expect([failures.attempt("10.1.0.1", 1), failures.attempt("10.1.0.2", 1)]).toEqual([0, expect.any(Number)]);
  expect(failures.attempt("10.1.0.2", 1)).toBeGreaterThan(0);
  expect([failures.attempt("10.1.0.3", 61_000), failures.attempt("10.1.0.4", 61_000)]).toEqual([0, 0]);
});
