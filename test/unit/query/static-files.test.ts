import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Http, startHttp } from "../../harness/http-server.ts";

const SECRET = "not for you";
const PAGE = '<div id="root"></div>';

let dir: string;
let http: Http;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "sidelight-static-"));
  const uiDir = join(dir, "dist");
  mkdirSync(join(uiDir, "assets"), { recursive: true });
  mkdirSync(join(dir, "dist-other"));
  writeFileSync(join(uiDir, "index.html"), PAGE);
  writeFileSync(join(uiDir, "assets", "app.js"), "app");
  for (const name of ["secret.txt", "secret", "dist-other/secret.txt"]) writeFileSync(join(dir, name), SECRET);
  symlinkSync(join(dir, "secret.txt"), join(uiDir, "assets", "link.txt"));
  http = await startHttp({ uiDir });
});
afterAll(async () => {
  await http.stop();
  rmSync(dir, { recursive: true, force: true });
});

const UP = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "%c0%ae%c0%ae", "%uff0e%uff0e", "....", "．．"];
const SLASHES = ["/", "%2f", "%5c", "\\", "//", "%252f", "%c0%af", "/./"];
const WAYS = UP.flatMap((up) => SLASHES.map((slash) => `${up}${slash}`));

test("no path leads out of the built dashboard", async () => {
  const from = ["/", "/assets/", "/assets%2f"];
  const to = ["secret.txt", "secret", "dist-other/secret.txt", "secret.txt%00.js", "secret.txt%20", "secret.txt/."];
  const paths = from.flatMap((start) => WAYS.flatMap((way) => [1, 3].map((times) => start + way.repeat(times))));
  const asked = paths
    .map((path, i) => path + to[i % to.length])
    .concat([`/${join(dir, "secret.txt")}`, join(dir, "secret.txt"), "/assets/link.txt"]);
  for (let at = 0; at < asked.length; at += 50) {
    const answers = await Promise.all(asked.slice(at, at + 50).map((path) => http.askRaw(path)));
    for (const [i, { status, text }] of answers.entries()) {
      const what = [asked[at + i], status, text.includes(SECRET)];
      expect([
        [asked[at + i], 200, false],
        [asked[at + i], 400, false],
        [asked[at + i], 404, false],
      ]).toContainEqual(what);
      if (status === 200) expect(text).toBe(PAGE);
    }
  }
});

test("what is there is found under its own path alone", async () => {
  expect((await http.askRaw("/assets/app.js")).text).toBe("app");
  expect((await http.askRaw("/assets/x/../app.js")).text).toBe("app");
  for (const path of [
    "/assets/APP.js",
    "/assets/app.js/",
    "/assets/app.js%20",
    "/assets/app.js%00",
    "/assets\\..\\assets\\app.js%5c",
  ])
    expect([path, /%00|%5c/.test(path) ? 400 : 404]).toEqual([path, (await http.askRaw(path)).status]);
});

test("no way of writing it makes a path that needs no login of one that does", async () => {
  const closed = await startHttp({ settings: { OAP_HTTP_TOKENS: `x:read:sha256.${"a".repeat(43)}` } });
  const behind = ["/metrics", "/graphql", "/"];
  for (const path of behind) {
    for (const way of WAYS) {
      const asked = `/healthz/live/${way}${way}${path.slice(1)}`;
      expect([asked, [400, 401].includes((await closed.askRaw(asked)).status)]).toEqual([asked, true]);
    }
  }
  expect((await closed.askRaw("http://x/healthz/../metrics")).status).toBe(401);
  expect((await closed.askRaw("/healthz/%6cive")).status).toBe(200);
  await closed.stop();
});
