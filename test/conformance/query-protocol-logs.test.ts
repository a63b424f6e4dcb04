/** Access-log rows as the logs of the query protocol. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { endpointId, instanceId, serviceId } from "../../oap/model/entity.ts";
import { logRow } from "../builders/log-row.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const DAY = '{ start: "2026-03-01 000000", end: "2026-03-01 235959", step: SECOND }';

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T12:00:00Z" });
  const at = (second: number) => ({ time: `2026-03-01 10:00:${String(second).padStart(2, "0")}.000000` });
  await query.insert("access_log", [
    logRow({ ...at(1), path: "/items/1", user_agent: "first" }),
    logRow({ ...at(2), path: "/items/2", kept: "failed", response_code: 503, response_flags: 2 | 32, endpoint: "GET:/items" }),
    logRow({ ...at(3), path: "/items/3", kept: "failed", response_code: 504, response_flags: 32, instance: "cart-2" }),
    logRow({ ...at(4), path: "/home", service: "web.shop", instance: "web-1", caller: "edge", kept: "slow", request_id: "r-4" }),
    logRow({ ...at(5), kind: "tcp", service: "db.shop", endpoint: "", path: "", response_code: 0, method: "" }),
  ]);
});
afterAll(() => query.close());

const FIELDS =
  "errorReason logs { serviceName serviceId serviceInstanceName serviceInstanceId endpointName endpointId traceId timestamp contentType content tags { key value } }";

async function search(condition: string, operation = "queryLogs"): Promise<string[]> {
  const { data, errors } = await query.gql(`{ r: ${operation}(condition: { ${condition} }) { ${FIELDS} } }`);
  expect(errors).toBeUndefined();
  expect(data.r.errorReason).toBeNull();
  return data.r.logs.map(({ content }: { content: string }) => JSON.parse(content).path);
}
const within = (more = "", paging = "{ pageSize: 20 }") => `queryDuration: ${DAY}, paging: ${paging}, ${more}`;

test("a row is JSON with the names and ids of whoever wrote it, newest first", async () => {
  expect(await search(within())).toEqual(["", "/home", "/items/3", "/items/2", "/items/1"]);
  expect(await search(within("queryOrder: ASC"))).toEqual(["/items/1", "/items/2", "/items/3", "/home", ""]);
  const { data } = await query.gql(
    `{ queryLogs(condition: { ${within('tags: [{ key: "status.code", value: "503" }]')} }) { ${FIELDS} } }`,
  );
  const { content, ...log } = data.queryLogs.logs[0];
  expect(log).toEqual({
    serviceName: "cart.shop",
    serviceId: serviceId("cart.shop"),
    serviceInstanceName: "cart-1",
    serviceInstanceId: instanceId("cart.shop", "cart-1"),
    endpointName: "GET:/items",
    endpointId: endpointId("cart.shop", "GET:/items"),
    traceId: null,
    timestamp: Date.parse("2026-03-01T10:00:02Z"),
    contentType: "JSON",
    tags: [
      { key: "level", value: "ERROR" },
      { key: "status.code", value: "503" },
      { key: "response.flag", value: "UH" },
      { key: "response.flag", value: "UF" },
    ],
  });
  expect(JSON.parse(content)).toMatchObject({ method: "GET", code: 503, reporter: "cart.shop" });
});

test.each([
  ["a service", `serviceId: "${serviceId("cart.shop")}"`, ["/items/3", "/items/2", "/items/1"]],
  ["an instance", `serviceInstanceId: "${instanceId("cart.shop", "cart-2")}"`, ["/items/3"]],
  ["an endpoint", `endpointId: "${endpointId("web.shop", "GET:/items")}"`, ["/home"]],
  ["ids that contradict each other", `serviceId: "${serviceId("a")}", endpointId: "${endpointId("b", "c")}"`, []],
  ["an id that is none", 'serviceId: "x"', []],
  ["a blank id", 'serviceId: ""', ["", "/home", "/items/3", "/items/2", "/items/1"]],
  [
    "a service, with everything else blank",
    `serviceId: "${serviceId("cart.shop")}", serviceInstanceId: "", endpointId: "", relatedTrace: { traceId: "" }`,
    ["/items/3", "/items/2", "/items/1"],
  ],
  ["a code", 'tags: [{ key: "status.code", value: "504" }]', ["/items/3"]],
  ["a flag, which others may accompany", 'tags: [{ key: "response.flag", value: "UF" }]', ["/items/3", "/items/2"]],
  ["two flags", 'tags: [{ key: "response.flag", value: "UF" }, { key: "response.flag", value: "UH" }]', ["/items/2"]],
  ["a level", 'tags: [{ key: "level", value: "WARN" }]', ["/home"]],
  ["a code and a level", 'tags: [{ key: "level", value: "ERROR" }, { key: "status.code", value: "503" }]', ["/items/2"]],
  ["two codes at once", 'tags: [{ key: "status.code", value: "503" }, { key: "status.code", value: "504" }]', []],
  ["a tag that is not searched by", 'tags: [{ key: "pod", value: "x" }]', []],
  ["a keyword", 'keywordsOfContent: ["ITEMS/2"]', ["/items/2"]],
  ["two keywords", 'keywordsOfContent: ["items", "first"]', ["/items/1"]],
  ["no keywords", "keywordsOfContent: [], excludingKeywordsOfContent: []", ["", "/home", "/items/3", "/items/2", "/items/1"]],
  [
    "a keyword that must not be there",
    'keywordsOfContent: ["items"], excludingKeywordsOfContent: ["items/3", "first", "web-1", "db.shop"]',
    ["/items/2"],
  ],
  ["a keyword that is SQL", `keywordsOfContent: ["') OR 1=1 --"]`, []],
])("searched by %s", async (_, condition, paths) => {
  expect(await search(within(condition))).toEqual(paths);
}); // prettier-ignore

test("names do what ids do", async () => {
  const service = 'service: { serviceName: "cart.shop" }';
  expect(await search(within(service), "queryLogsByName")).toEqual(["/items/3", "/items/2", "/items/1"]);
  const instance = 'instance: { serviceName: "cart.shop", instanceName: "cart-2" }';
  expect(await search(within(instance), "queryLogsByName")).toEqual(["/items/3"]);
  const endpoint = 'endpoint: { serviceName: "web.shop", endpointName: "GET:/items" }';
  expect(await search(within(endpoint), "queryLogsByName")).toEqual(["/home"]);
  const blank = 'service: { serviceName: "web.shop" }, instance: { serviceName: "", instanceName: "" }';
  expect(await search(within(blank), "queryLogsByName")).toEqual(["/home"]);
});

test.each([
  ["seconds", '{ start: "2026-03-01 100002", end: "2026-03-01 100003", step: SECOND }', ["/items/3", "/items/2"]],
  [
    "minutes",
    '{ start: "2026-03-01 1000", end: "2026-03-01 1000", step: MINUTE, coldStage: true }',
    ["", "/home", "/items/3", "/items/2", "/items/1"],
  ],
  ["hours", '{ start: "2026-03-01 11", end: "2026-03-01 12", step: HOUR }', []],
  ["many days", '{ start: "2025-01-01", end: "2026-03-01", step: DAY }', ["", "/home", "/items/3", "/items/2", "/items/1"]],
  ["nothing, the end being before the start", '{ start: "2026-03-02", end: "2026-03-01", step: DAY }', []],
])("both ends of a range of %s are included", async (_, duration, paths) => {
  expect(await search(`queryDuration: ${duration}, paging: { pageSize: 20 }`)).toEqual(paths);
}); // prettier-ignore

test("pages follow each other; 0 is the first one", async () => {
  const pages = await Promise.all([0, 1, 2, 3, 4].map((num) => search(within("", `{ pageNum: ${num}, pageSize: 2 }`))));
  expect(pages).toEqual([["", "/home"], ["", "/home"], ["/items/3", "/items/2"], ["/items/1"], []]);
});

test.each([
  ["neither range nor trace", "paging: { pageSize: 5 }", "queryDuration or relatedTrace is needed"],
  ["a blank trace", 'relatedTrace: { traceId: "" }, paging: { pageSize: 5 }', "queryDuration or relatedTrace is needed"],
  ["an empty page", within("", "{ pageSize: 0 }"), "pageSize 0 is not 1 or more"],
  ["a page too far down", within("", "{ pageNum: 1001, pageSize: 10 }"), "only the first 10000 rows"],
])("%s is an error that says so", async (_, condition, message) => {
  const { errors } = await query.gql(`{ queryLogs(condition: { ${condition} }) { ${FIELDS} } }`);
  expect(errors?.[0]?.message).toContain(message);
});

test("tags and their values are those of the range", async () => {
  const { data } = await query.gql(
    `{ keys: queryLogTagAutocompleteKeys(duration: ${DAY}) codes: queryLogTagAutocompleteValues(tagKey: "status.code", duration: ${DAY}) flags: queryLogTagAutocompleteValues(tagKey: "response.flag", duration: ${DAY}) levels: queryLogTagAutocompleteValues(tagKey: "level", duration: ${DAY}) other: queryLogTagAutocompleteValues(tagKey: "pod", duration: ${DAY}) none: queryLogTagAutocompleteKeys(duration: { start: "2026-02-01", end: "2026-02-01", step: DAY }) }`,
  );
  expect(data).toEqual({
    keys: ["level", "status.code", "response.flag"],
    codes: ["200", "503", "504"],
    flags: ["UF", "UH"],
    levels: ["ERROR", "INFO", "WARN"],
    other: [],
    none: [],
  });
});

test("a trace, or a request where no trace is told, finds its rows without a range", async () => {
  expect(await search('relatedTrace: { traceId: "r-4" }, paging: { pageSize: 5 }')).toEqual(["/home"]);
  const [id, span] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
  const request_headers = { traceparent: `00-${id}-${span}-01` };
  await query.insert("access_log", [logRow({ request_headers, path: "/traced", time: "2026-03-01 09:00:00.000000" })]);
  const { data } = await query.gql(
    `{ queryLogs(condition: { relatedTrace: { traceId: "${id}" }, paging: { pageSize: 5 } }) { logs { traceId content } } }`,
  );
  const [{ traceId, content }] = data.queryLogs.logs;
  expect([traceId, JSON.parse(content)]).toEqual([id, expect.objectContaining({ path: "/traced", traceId: id })]);
  expect(await search(`relatedTrace: { traceId: "${span}" }, paging: { pageSize: 5 }`)).toEqual([]);
});
