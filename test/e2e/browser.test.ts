import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sumMinutes, type Tally, type TallyMinute } from "../../oap/demo/tally.ts";
import { fieldValue, findBrowser, openBrowser, screenshot } from "../harness/browser.ts";
import { addTallies, untilTotals } from "../harness/demo-load.ts";
import { cutOff } from "../harness/narrow.ts";
import { ask, type RunningProcess, startProcess } from "../harness/process.ts";

const browser = findBrowser();
const MINUTE_MS = 60_000;
const LAST_HOP = '[data-hop="reviews.bookinfo > ratings.bookinfo"]';
const idOf = (name: string): string => `${Buffer.from(name).toString("base64")}.1`;

let oap: RunningProcess;
let dir: string | undefined;
let http: string;
let page: Page;
let problems: string[];
let close: (() => Promise<void>) | undefined;
let tally: Tally;
let sent: TallyMinute;
/** Ends with the minute the history ended in. */
let window: { from: number; to: number };
let t: string;

/** The demo as its users start it, without what it would send live: numbers stand still. */
beforeAll(async () => {
  if (browser === null) return;
  dir = mkdtempSync(join(tmpdir(), "sidelight-browser-test-"));
  const file = join(dir, "tally.json");
  const settings = { OAP_ACCESS_LOG_ROWS_PER_SECOND: "1000", OAP_ACCESS_LOG_FAILED_ROWS_PER_SECOND: "1000" }; // few rows will do
  oap = startProcess({ command: ["npm", "run", "demo", "--", "--history-only", "--tally", file], settings });
  ({ http } = await oap.ready());
  await oap.line("demo: ");
  tally = JSON.parse(readFileSync(file, "utf8")) as Tally;
  await untilTotals(http, addTallies(tally));
  const to = Math.ceil((Date.now() + 1) / MINUTE_MS) * MINUTE_MS;
  window = { from: to - 22 * MINUTE_MS, to };
  sent = sumMinutes(tally.minutes, window.from, window.to);
  t = `${window.from}-${window.to}`;
  ({ page, problems, close } = await openBrowser(browser));
});

afterAll(async () => {
  await close?.();
  await oap?.end();
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
});

beforeEach(() => {
  problems?.splice(0);
});

async function open(path: string): Promise<void> {
  await page.goto(`${http}${path}`);
}

test.skipIf(browser === null)("Services: the numbers are those of GraphQL, which are those that were sent", async () => {
  await open(`/?t=${t}`);
  await page.getByRole("table", { name: "Services" }).waitFor();
  const query =
    "query ($window: Window!) { meshServices(window: $window) { services { name seenByCallers { errorShare } traffic { calls failed errorShare p95 apdex } } } }";
  type Row = {
    name: string;
    seenByCallers: { errorShare: number } | null;
    traffic: { calls: number; errorShare: number | null; p95: number | null; apdex: number | null };
  };
  const { meshServices } = await ask<{ meshServices: { services: Row[] } }>(http, query, { window });
  expect(meshServices.services.length).toBe(6);
  for (const { name, traffic } of meshServices.services.filter(({ traffic: one }) => one.calls > 0)) {
    expect([name, traffic.calls]).toEqual([name, sent.services[name]?.calls]);
    expect([name, await fieldValue(page, name, "calls")]).toEqual([name, String(traffic.calls)]);
    expect([name, await fieldValue(page, name, "errorShare")]).toEqual([name, String(traffic.errorShare)]);
    expect([name, await fieldValue(page, name, "p95")]).toEqual([name, String(traffic.p95)]);
    expect([name, await fieldValue(page, name, "apdex")]).toEqual([name, String(traffic.apdex)]);
  }
  // Calls to ratings that fail do so before they arrive: only its callers know.
  const ratings = meshServices.services.find(({ name }) => name.startsWith("ratings."));
  expect(ratings?.traffic.errorShare).toBe(0);
  expect(ratings?.seenByCallers?.errorShare).toBeGreaterThan(0);
  expect(await fieldValue(page, ratings?.name as string, "errorShareToCallers")).toBe(String(ratings?.seenByCallers?.errorShare));
  await screenshot(page, "services");
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)("Services: sorting and filtering live in the address", async () => {
  await open(`/?t=${t}`);
  await page.getByRole("button", { name: "p95" }).click();
  await page.waitForURL(/sort=-p95/);
  await page.getByRole("searchbox", { name: "Filter by name" }).fill("review");
  await page.waitForURL(/q=review/);
  expect(await page.locator("tbody tr").count()).toBe(1);
  await page.reload();
  await page.getByRole("link", { name: "reviews.bookinfo" }).waitFor();
  expect(await page.locator("tbody tr").count()).toBe(1);
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)("Service: headline, endpoints, instances, callers and callees", async () => {
  await open(`/service?id=${encodeURIComponent(idOf("reviews.bookinfo"))}&t=${t}`);
  await page.getByRole("heading", { name: "reviews.bookinfo" }).waitFor();
  await page.getByRole("table", { name: "Endpoints" }).waitFor();
  const calls = sent.services["reviews.bookinfo"]?.calls;
  expect(await fieldValue(page, null, "calls")).toBe(String(calls));
  expect(await fieldValue(page, null, "tlsShare")).toBe("1");
  expect(await fieldValue(page, "GET:/reviews/0", "calls")).toBe(String(calls));
  const caller = "productpage.bookinfo -> reviews.bookinfo";
  expect(await fieldValue(page, "productpage.bookinfo caller", "calls")).toBe(String(sent.clientEdges[caller]?.calls));
  expect(await fieldValue(page, "productpage.bookinfo callee", "calls")).toBe(String(sent.serverEdges[caller]?.calls));
  const callee = "reviews.bookinfo -> ratings.bookinfo";
  expect(await fieldValue(page, "ratings.bookinfo caller", "calls")).toBe(String(sent.clientEdges[callee]?.calls));
  expect(await page.getByRole("table", { name: "Instances" }).locator("tbody tr").count()).toBe(6);
  expect(await page.locator(".uplot canvas").count()).toBe(2);
  await screenshot(page, "service");
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)(
  "Service: charts point at the same moment, and what is dragged over becomes the window of the page",
  async () => {
    await open(`/service?id=${encodeURIComponent(idOf("reviews.bookinfo"))}&t=${t}`);
    const [calls, latency] = ["Calls and errors", "Latency"].map((name) => page.getByRole("figure", { name }));
    const plot = page.locator(".u-over").first();
    await plot.waitFor();
    const box = (await plot.boundingBox()) as { x: number; y: number; width: number };
    const legend = (figure: typeof calls): Promise<string[]> => (figure as Locator).locator(".u-value").allTextContents();
    expect(await legend(calls)).toEqual(["", "", ""]);
    const drag = async (from: number, to: number): Promise<void> => {
      await page.mouse.move(box.x + box.width * from, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * to, box.y + 50, { steps: 4 });
      await page.mouse.up();
    };
    await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
    const [moment] = await legend(calls);
    expect(moment).toMatch(/^(\d\d-\d\d )?\d\d:\d\d$/);
    expect((await legend(latency))[0]).toBe(moment);
    await drag(0.4, 0.6);
    await page.waitForURL((url) => url.searchParams.get("t") !== t);
    const [from = 0, to = 0] = (new URL(page.url()).searchParams.get("t") ?? "").split("-").map(Number);
    expect(from).toBeGreaterThan(window.from);
    expect(to).toBeLessThan(window.to);
    const { services } = sumMinutes(tally.minutes, from, to);
    await page.locator(`main [data-field="calls"][data-value="${services["reviews.bookinfo"]?.calls}"]`).first().waitFor();
    await page.goBack();
    await page.waitForURL((url) => url.searchParams.get("t") === t);
    const all = sent.services["reviews.bookinfo"]?.calls;
    await page.locator(`main [data-field="calls"][data-value="${all}"]`).first().waitFor();
    expect(problems).toEqual([]);
  },
);

test.skipIf(browser === null)(
  "Map: all services and connections, as a picture and as a table, and a connection can be opened",
  async () => {
    await open(`/map?t=${t}`);
    await page.getByRole("img", { name: /Map of 7 services and 6 connections/ }).waitFor();
    await screenshot(page, "map");
    await page.getByRole("button", { name: "As a table" }).click();
    const rows = page.getByRole("table", { name: "Connections" }).locator("tbody tr");
    await rows.first().waitFor();
    expect(await rows.count()).toBe(6);
    await page
      .getByRole("button", { name: "Both sides of the connection from reviews.bookinfo to ratings.bookinfo" })
      .press("Enter");
    await page.getByRole("complementary", { name: "Connection" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("complementary", { name: "Connection" }).waitFor({ state: "detached" });
    const { meshMap } = await ask<{
      meshMap: { edges: { id: string; source: string; target: string; client: { calls: number } | null }[] };
    }>(http, "query ($window: Window!) { meshMap(window: $window) { edges { id source target client { calls } } } }", { window });
    const edge = meshMap.edges.find(
      ({ source, target }) => source === idOf("reviews.bookinfo") && target === idOf("ratings.bookinfo"),
    );
    expect(edge?.client?.calls).toBe(sent.clientEdges["reviews.bookinfo -> ratings.bookinfo"]?.calls);
    await open(`/map?t=${t}&edge=${encodeURIComponent(edge?.id ?? "")}`);
    const panel = page.getByRole("complementary", { name: "Connection" });
    await panel.waitFor();
    expect(await panel.locator('[data-field="calls"]').first().getAttribute("data-value")).toBe(String(edge?.client?.calls));
    await screenshot(page, "map-connection");
    expect(problems).toEqual([]);
  },
);

test.skipIf(browser === null)("a window without any report says so on every page, and never that all is well", async () => {
  const [from, to] = [window.from - 600 * MINUTE_MS, window.from - 590 * MINUTE_MS];
  const reviews = encodeURIComponent(idOf("reviews.bookinfo"));
  const titles = {
    "/?": "No service reported a call to it in this window",
    [`/service?id=${reviews}&`]: "Nothing was reported of this service in this window",
    "/map?": "Nobody has called anybody in this window",
    "/failures?": "No call was reported in this window, so none is known to have failed",
    [`/failures?id=${reviews}&`]: "No call was reported in this window, so none is known to have failed",
  };
  for (const [path, title] of Object.entries(titles)) {
    await open(`${path}t=${from}-${to}`);
    await page.getByRole("heading", { name: title }).waitFor();
    expect(await page.getByText("Nothing failed").count()).toBe(0);
    expect(await page.getByText("Nobody called it").count()).toBe(0);
    await page.getByRole("main").getByRole("link", { name: /prox/ }).waitFor();
  }
  await open(`/failures?id=${encodeURIComponent(idOf("details.bookinfo"))}&t=${t}`);
  await page.getByText("Nothing failed in this window.").waitFor();
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)("Map: a click on a service opens its page", async () => {
  await open(`/map?t=${t}`);
  const canvas = page.getByRole("img", { name: /Map of/ });
  await canvas.waitFor();
  const box = await canvas.boundingBox();
  const { scale, x } = JSON.parse((await canvas.getAttribute("data-view")) ?? "{}") as { scale: number; x: number };
  // The first layer holds one node, the callers nobody could name; its centre is half a node and a margin from the left.
  await page.mouse.click((box?.x ?? 0) + x + (36 + 95) * scale, (box?.y ?? 0) + (box?.height ?? 0) / 2);
  await page.waitForURL(/\/service\?/);
  await page.getByRole("heading", { name: "UNKNOWN" }).waitFor();
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)("Setup: what is listening, who talks, and configuration with our address in it", async () => {
  await open("/setup");
  await page.getByRole("table", { name: "Proxies" }).waitFor();
  expect(await fieldValue(page, null, "listener-http")).toBe(http.replace("http://", ""));
  expect(await page.getByRole("table", { name: "Proxies" }).locator("tbody tr").count()).toBe(14);
  expect(await fieldValue(page, null, "auditDifference")).toBe("0");
  expect(await fieldValue(page, null, "reportsLost")).toBe("0");
  expect(Number(await fieldValue(page, null, "reportsDurable"))).toBeGreaterThan(1_000);
  const processes = page.getByRole("table", { name: "Processes" }).locator("tbody tr td:first-child");
  expect(await processes.allTextContents()).toEqual(expect.arrayContaining(["ingest-0", "main", "clickhouse", "supervisor"]));
  const grpc = await fieldValue(page, null, "listener-grpc");
  expect(await page.getByText("envoyAccessLogService").first().textContent()).toContain(`address: ${grpc}`);
  await screenshot(page, "setup");
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)(
  "proxies that are gone are said on every page over a running window, and are not green on Setup",
  async () => {
    const silence = page.locator("[data-field=silence]");
    // The demo's proxies stay connected.
    await page.route("**/graphql", async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { data: { meshSetup?: { proxies: { streams: number }[] } } };
      for (const proxy of body.data.meshSetup?.proxies ?? []) proxy.streams = 0;
      await route.fulfill({ response: answer, json: body });
    });
    for (const path of ["/", "/map", "/failures", `/service?id=${encodeURIComponent(idOf("reviews.bookinfo"))}`]) {
      await open(path);
      await silence.getByText("14 of 14 proxies are gone.").waitFor();
    }
    await silence.getByRole("link", { name: "Which proxies report" }).click();
    const proxies = page.getByRole("table", { name: "Proxies" });
    await proxies.waitFor();
    expect(await proxies.getByText("Gone; was counted").count()).toBe(14);
    expect(await proxies.locator(".text-good").count()).toBe(0);
    await open(`/?t=${t}`);
    await page.getByRole("table", { name: "Services" }).waitFor();
    expect(await silence.count()).toBe(0);
    expect(problems).toEqual([]);
  },
);

test.skipIf(browser === null)("Storage: whether there is room, what takes it, and that nothing was dropped", async () => {
  await open(`/?t=${t}`);
  await page.getByRole("link", { name: "Storage", exact: true }).click();
  const tables = page.getByRole("table", { name: "Tables" });
  await tables.waitFor();
  expect(await fieldValue(page, null, "verdict")).toBe("good");
  const { meshStorage } = await ask<{ meshStorage: { tables: { name: string; kind: string; rows: number }[] } }>(
    http,
    "{ meshStorage { tables { name kind rows } } }",
  );
  for (const { name, kind } of meshStorage.tables.filter((one) => /^(traffic|failure)_|^access_log/.test(one.name))) {
    const row = `${name} ${kind}`.trim();
    expect([row, Number(await fieldValue(page, row, "rows")) > 0]).toEqual([row, true]);
  }
  expect(await fieldValue(page, "traffic_day", "rows")).not.toBeNull();
  expect(await page.getByRole("region", { name: "Dropped" }).textContent()).toContain("Nothing was ever dropped.");
  await page.getByRole("button", { name: "What" }).click();
  await page.waitForURL(/sort=what/);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Service or page").fill("storage");
  await page.getByRole("option", { name: "Storage" }).waitFor();
  await page.keyboard.press("Escape");
  await screenshot(page, "storage");
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)("dark colours, the command palette, and a page that does not exist", async () => {
  await open(`/?t=${t}`);
  await page.getByRole("button", { name: /^Colours/ }).click();
  await page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Service or page").fill("ratings");
  await page.getByRole("option", { name: "ratings.bookinfo" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "ratings.bookinfo" }).waitFor();
  await screenshot(page, "service-dark");
  await open("/no/such/page");
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)(
  "Map: Esc closes what lies on top, then the connection, which tells of TCP where there is TCP",
  async () => {
    const query = "query ($window: Window!) { meshMap(window: $window) { edges { id protocols } } }";
    const { meshMap } = await ask<{ meshMap: { edges: { id: string; protocols: string[] }[] } }>(http, query, { window });
    const panel = page.getByRole("complementary", { name: "Connection" });
    for (const isTcp of [true, false]) {
      const { id = "" } = meshMap.edges.find(({ protocols }) => protocols.includes("tcp") === isTcp) ?? {};
      await open(`/map?t=${t}&edge=${encodeURIComponent(id)}`);
      await panel.getByRole("rowheader", { name: "Bytes out" }).waitFor();
      expect(await panel.getByRole("rowheader", { name: "TCP connections" }).count()).toBe(isTcp ? 1 : 0);
    }
    await panel.getByRole("button", { name: "Close" }).focus();
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Service or page").waitFor();
    await page.keyboard.press("Escape");
    await page.getByPlaceholder("Service or page").waitFor({ state: "detached" });
    expect(await panel.count()).toBe(1);
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Close");
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(page.url()).not.toContain("edge=");
    expect(
      await page.evaluate(() => document.activeElement === document.querySelector("canvas")?.parentElement?.parentElement),
    ).toBe(true);
    expect(problems).toEqual([]);
  },
);

test.skipIf(browser === null)("on a phone nothing is wider than the screen, and what matters can be read", async () => {
  const logs = await ask<{ meshLogs: { rows: { requestId: string }[] } }>(
    http,
    "query ($window: LogWindow!) { meshLogs(window: $window, first: 1, filter: { codes: [503] }) { rows { requestId } } }",
    { window },
  );
  const service = `/service?id=${encodeURIComponent(idOf("reviews.bookinfo"))}&`;
  const request = `/logs/request?req=${logs.meshLogs.rows[0]?.requestId}&`;
  const row = page.locator("main tbody tr");
  const numbers = (name: string, fields: readonly string[]) =>
    fields.map((field) => page.locator(`[data-row="${name}"] [data-field="${field}"]`).first());
  const wanted: readonly (readonly [string, readonly Locator[]])[] = [
    ["/?", [row.getByRole("link").first(), ...numbers("istio-ingressgateway.istio-system", ["calls", "errorShare", "p95"])]],
    ["/map?view=table&", numbers("productpage.bookinfo reviews.bookinfo", ["callRate", "errorShare", "p95"])],
    [
      "/failures?",
      [row.locator("[data-field=failedCalls]").first(), row.getByText("No connection to the called service").first()],
    ],
    ["/failures?by=edge&", [row.getByRole("link", { name: "Logs of these calls" }).first()]],
    ["/logs?", [row.getByText("/productpage").first(), row.locator("td:nth-child(4) span").first()]],
    [request, ["reviews", "ratings"].map((name) => page.locator(LAST_HOP).getByText(name, { exact: true }).first())],
    [service, [page.getByRole("link", { name: "On the map" }), ...numbers("productpage.bookinfo caller", ["calls", "p95"])]],
    ["/storage?", numbers("traffic_minute", ["bytes", "rows"])],
    ["/setup?", [page.getByRole("table", { name: "Proxies" }), page.getByText("This address is reachable")]],
  ];
  const header = ["Find a service or page", /^Time window/, /^Colours/].map((name) => page.getByRole("button", { name }));
  const links = ["Services", "Setup"].map((name) => page.getByRole("link", { name, exact: true }));
  try {
    for (const [path, cells] of wanted) {
      await page.setViewportSize({ width: 390, height: 844 });
      await open(`${path}t=${t}`);
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 844 });
        expect([path, width, await cutOff(page, [...header, ...links, ...cells])]).toEqual([path, width, []]);
      }
      await screenshot(page, `phone${new URL(path, http).pathname.replaceAll("/", "-")}`);
    }
    // Lines of text, and not words in columns.
    expect((await page.getByText("This address is reachable").boundingBox())?.height).toBeLessThan(150);
    await page.getByRole("button", { name: /^Time window/ }).click();
    const field = page.getByLabel("From");
    const shown = await field.evaluate((input) => input.clientWidth);
    const needed = await field.evaluate((input) => {
      Object.assign((input as HTMLElement).style, { width: "max-content", alignSelf: "start" });
      return input.clientWidth;
    });
    expect(shown).toBeGreaterThanOrEqual(needed);
  } finally {
    await page.setViewportSize({ width: 1_440, height: 900 });
  }
  expect(problems).toEqual([]);
});
