/** The Logs and Failures pages in a real browser, on the demo's traffic; what they show is compared with GraphQL. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fieldValue, findBrowser, openBrowser, screenshot } from "../harness/browser.ts";
import { addTallies, sendDemo, untilTotals } from "../harness/demo-load.ts";
import { ask, type RunningProcess, startProcess, until } from "../harness/process.ts";

const browser = findBrowser();
const SECONDS = 30;
const MINUTE_MS = 60_000;

let oap: RunningProcess;
let http: string;
let page: Page;
let problems: string[];
let close: (() => Promise<void>) | undefined;
let window: { from: number; to: number };
let t: string;

interface Total {
  readonly rows: number;
  readonly calls: number;
  readonly isExact: boolean;
}

/** What GraphQL says of a filter. */
async function totalOf(filter: object): Promise<Total> {
  const query =
    "query ($window: LogWindow!, $filter: MeshLogFilter) { meshLogs(window: $window, filter: $filter) { total { rows calls isExact } } }";
  return (await ask<{ meshLogs: { total: Total } }>(http, query, { window, filter })).meshLogs.total;
}

beforeAll(async () => {
  if (browser === null) return;
  oap = startProcess();
  const { grpc, http: at } = await oap.ready();
  http = at;
  const now = Date.now();
  window = { from: Math.floor(now / MINUTE_MS - 5) * MINUTE_MS, to: Math.ceil(now / MINUTE_MS + 1) * MINUTE_MS };
  t = `${window.from}-${window.to}`;
  const tally = await sendDemo(grpc, SECONDS, 7, now);
  await untilTotals(http, addTallies(tally));
  // Rows may go in after the sums: they are all there when their number stands still.
  let before = -1;
  await until(
    async () => (await totalOf({})).rows,
    (rows) => {
      const stands = rows > 0 && rows === before;
      before = rows;
      return stands;
    },
  );
  ({ page, problems, close } = await openBrowser(browser));
});

afterAll(async () => {
  await close?.();
  await oap?.end();
});

beforeEach(() => {
  problems?.splice(0);
});

const rows = () => page.getByRole("table", { name: "Access log" }).locator("tbody tr");
const shownRows = async (): Promise<number> => Number(await fieldValue(page, null, "totalRows"));
/** Waits until the page counts as many rows as GraphQL does. */
const counts = (filter: object) =>
  until(shownRows, () => true).then(async () => {
    const { rows: expected } = await totalOf(filter);
    expect(await until(shownRows, (shown) => shown === expected)).toBe(expected);
    return expected;
  });

test.skipIf(browser === null)(
  "search: typed filters and facets narrow the rows to what GraphQL counts, and live in the address",
  async () => {
    await page.goto(`${http}/logs?t=${t}`);
    await rows().first().waitFor();
    const all = await totalOf({});
    expect(await counts({})).toBe(all.rows);
    expect(await fieldValue(page, null, "totalCalls")).toBe(String(all.calls));
    expect((await page.locator("main").textContent())?.includes("about")).toBe(!all.isExact);
    const bars = page.getByRole("img", { name: /Calls over time/ });
    const barSum = async (of: "calls" | "failed"): Promise<number> => {
      const values = await bars
        .locator(`[data-${of}]`)
        .evaluateAll((all, name) => all.map((bar) => bar.getAttribute(name)), `data-${of}`);
      return values.reduce((sum, value) => sum + Number(value), 0);
    };
    expect(
      await until(
        () => barSum("calls"),
        (sum) => sum > 0,
      ),
    ).toBe(all.calls);
    expect(await barSum("failed")).toBeGreaterThan(0);
    await page.keyboard.press("/");
    await page.keyboard.type("callee:reviews.bookinfo");
    await page.keyboard.press("Enter");
    await page.waitForURL(/f=callee%3Areviews\.bookinfo|f=callee:reviews\.bookinfo/);
    await counts({ callees: ["reviews.bookinfo"] });
    await page.keyboard.type("reviews/");
    await page.keyboard.press("Enter");
    await counts({ callees: ["reviews.bookinfo"], path: "reviews/" });
    const caller = page.locator("[data-facet=CALLER]").getByRole("button", { name: /productpage\.bookinfo/ });
    const said = await caller.locator("[data-rows]").getAttribute("data-rows");
    await caller.click();
    const narrowed = await counts({ callees: ["reviews.bookinfo"], path: "reviews/", callers: ["productpage.bookinfo"] });
    expect(String(narrowed)).toBe(said);
    await page.reload();
    await counts({ callees: ["reviews.bookinfo"], path: "reviews/", callers: ["productpage.bookinfo"] });
    expect(await page.locator("[data-filter]").count()).toBe(3);
    expect(narrowed).toBeGreaterThan(100);
    await until(
      () => rows().count(),
      (count) => count === 100,
    );
    await screenshot(page, "logs");
    await page.getByRole("button", { name: /Show 100 older rows/ }).click();
    await until(
      () => rows().count(),
      (count) => count === Math.min(200, narrowed),
    );
    await page.locator("[data-facet=CALLER]").getByRole("button", { pressed: true }).click();
    await counts({ callees: ["reviews.bookinfo"], path: "reviews/" });
    expect(problems).toEqual([]);
  },
);

test.skipIf(browser === null)("search: several filters are typed at once, and what is not understood is told", async () => {
  await page.goto(`${http}/logs?t=${t}`);
  await rows().first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("caller:productpage code:5xx min:0.5ms bogus:xx code:many");
  await page.keyboard.press("Enter");
  await page.getByText("“bogus:” is no filter.").waitFor();
  await page.getByText("“code:” does not take “many” (503, 5xx, or none).").waitFor();
  const field = page.getByRole("combobox", { name: "Search the access log" });
  expect(await field.inputValue()).toBe("bogus:xx code:many");
  expect(await page.locator("[data-filter]").allTextContents()).toEqual([
    "caller productpage.bookinfo",
    "code 5xx",
    "at least 500 µs",
  ]);
  await field.fill("code:404");
  await page.keyboard.press("Enter");
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.locator("[data-filter]").nth(3).waitFor();
  expect(await field.inputValue()).toBe("");
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)("a row is opened by keyboard and followed through the hops of its request", async () => {
  await page.goto(`${http}/logs?t=${t}&f=code:503`);
  await rows().first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("complementary", { name: "Row" });
  await drawer.getByText("No connection to the called service could be made.").waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  const id = (await rows().nth(1).getAttribute("data-request")) ?? "";
  await screenshot(page, "logs-row");
  await drawer.getByRole("link", { name: "All hops of this request" }).click();
  await page.waitForURL(/\/logs\/request\?/);
  await page.getByRole("region", { name: "Hops" }).waitFor();
  type Hop = { caller: string; callee: string; depth: number; failed: boolean };
  const { meshRequest } = await ask<{ meshRequest: { hops: Hop[] } }>(
    http,
    "query ($id: String!) { meshRequest(id: $id) { hops { caller callee depth failed } } }",
    { id },
  );
  const shown = await page
    .locator("[data-hop]")
    .evaluateAll((list) => list.map((hop) => `${hop.getAttribute("data-depth")} ${hop.getAttribute("data-hop")}`));
  expect(shown).toEqual(meshRequest.hops.map(({ caller, callee, depth }) => `${depth} ${caller} > ${callee}`));
  expect(shown).toContain("3 reviews.bookinfo > ratings.bookinfo");
  await page.locator('[data-hop="reviews.bookinfo > ratings.bookinfo"]').getByRole("button").first().click();
  await page
    .getByRole("region", { name: "As the caller saw it" })
    .getByText("upstream_reset_before_response_started")
    .first()
    .waitFor();
  await page.getByRole("region", { name: "As the callee saw it" }).getByText("No report of this end was kept").waitFor();
  await screenshot(page, "request");
  await page.goto(`${http}/logs/request/${id}`);
  await page.getByRole("heading", { name: `Request ${id}` }).waitFor();
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)("an open row is in the address: it can be shared, and Back closes it", async () => {
  await page.goto(`${http}/logs?t=${t}&f=code:503`);
  const drawer = page.getByRole("complementary", { name: "Row" });
  const rowOf = (): string | null => new URL(page.url()).searchParams.get("row");
  await rows().last().getByRole("button").click();
  await drawer.waitFor();
  await until(
    async () => rowOf(),
    (row) => row !== null,
  );
  const [key, path] = [rowOf(), await drawer.textContent()];
  // A held key repeats; the row where it is let go is the one that opens.
  for (let pressed = 0; pressed < 3; pressed++) await page.keyboard.down("ArrowUp");
  await page.keyboard.up("ArrowUp");
  await until(
    () => rows().nth(-4).getAttribute("data-open"),
    (open) => open === "true",
  );
  expect(rowOf()).not.toBe(key);
  await page.goBack();
  await drawer.waitFor({ state: "detached" });
  expect(rowOf()).toBeNull();
  // Among all rows it is none of the newest.
  await page.goto(`${http}/logs?t=${t}&row=${key}`);
  await drawer.waitFor();
  expect(await drawer.textContent()).toBe(path);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await page.goto(`${http}/logs?t=${t}&row=${key}&f=code:200`);
  await page.waitForURL((url) => !url.searchParams.has("row"));
  expect(await drawer.count()).toBe(0);
  expect(problems).toEqual([]);
});

test.skipIf(browser === null)(
  "every page says when what it shows is partial, and the map when its percentiles are coarse",
  async () => {
    const id = Buffer.from("reviews.bookinfo").toString("base64");
    const reason = "Shard 1 of 2 does not answer.";
    await page.route("**/graphql", async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { data: { meshMap?: { percentileError: number } }; extensions?: object };
      if (body.data.meshMap) body.data.meshMap.percentileError = 0.083;
      await route.fulfill({ response: answer, json: { ...body, extensions: { partial: reason } } });
    });
    const request = await ask<{ meshLogs: { rows: { requestId: string }[] } }>(
      http,
      "query ($window: LogWindow!) { meshLogs(window: $window, first: 1, filter: { codes: [503] }) { rows { requestId } } }",
      { window },
    );
    const [row] = request.meshLogs.rows;
    const paths = [
      "/?",
      "/map?",
      "/failures?",
      "/logs?",
      `/logs/request?req=${row?.requestId}&`,
      `/service?id=${id}.1&`,
      "/storage?",
      "/setup?",
    ];
    for (const path of paths) {
      await page.goto(`${http}${path}t=${t}`);
      await page.locator(`[data-field=partial][data-value="${reason}"]`).waitFor();
      if (path === "/map?") await page.getByText("percentiles within 8 %").waitFor();
    }
    await page.unroute("**/graphql");
    await page.goto(`${http}/map?t=${t}`);
    await page.getByRole("img", { name: /Map of/ }).waitFor();
    expect(await page.getByText("percentiles within").count()).toBe(0);
    expect(await page.locator("[data-field=partial]").count()).toBe(0);
    expect(problems).toEqual([]);
  },
);

test.skipIf(browser === null)("failures: groups are GraphQL's, and each leads to its rows in the logs", async () => {
  await page.goto(`${http}/failures?t=${t}`);
  const table = page.getByRole("table", { name: "Failures" });
  await table.waitFor();
  type Group = { code: number; detectPoint: string; calls: number; flags: { short: string }[]; codeDetails: string };
  const { meshFailures } = await ask<{ meshFailures: { client: number; server: number; groups: Group[] } }>(
    http,
    "query ($window: Window!) { meshFailures(window: $window) { client server groups { code detectPoint calls flags { short } codeDetails } } }",
    { window },
  );
  const numbers = await table
    .locator("[data-field=failedCalls]")
    .evaluateAll((list) => list.map((one) => Number(one.getAttribute("data-value"))));
  expect(numbers).toEqual(meshFailures.groups.map(({ calls }) => calls));
  expect(await fieldValue(page, null, "failedByCaller")).toBe(String(meshFailures.client));
  await screenshot(page, "failures");
  const unreachable = meshFailures.groups.findIndex(({ flags }) => flags[0]?.short === "UF");
  const { calls, code, detectPoint, codeDetails } = meshFailures.groups[unreachable] as Group;
  await table.locator("tbody tr").nth(unreachable).getByRole("link", { name: "Logs of these calls" }).click();
  await page.waitForURL(/\/logs\?/);
  await rows().first().waitFor();
  await counts({
    kept: ["FAILED"],
    codes: [code],
    flags: ["UF"],
    codeDetails: [codeDetails],
    detectPoints: [detectPoint, "both"],
  });
  // A few seconds of failures are below their budget: every one of them is a row.
  expect(await fieldValue(page, null, "totalCalls")).toBe(String(calls));
  await page.goto(`${http}/failures?t=${t}&by=edge`);
  await table.getByText("reviews.bookinfo").first().waitFor();
  await page.goto(`${http}/service?t=${t}&id=${Buffer.from("reviews.bookinfo").toString("base64")}.1`);
  await page.getByRole("region", { name: "Failures" }).getByText("No connection to the called service could be made.").waitFor();
  await page.getByRole("table", { name: "Endpoints" }).getByRole("link", { name: "Logs of GET:/reviews/0" }).click();
  await counts({ callees: ["reviews.bookinfo"], endpoints: ["GET:/reviews/0"] });
  expect(problems).toEqual([]);
});
