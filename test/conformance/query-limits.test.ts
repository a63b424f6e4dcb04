/** What a request may cost, and what is told when it costs more or fails. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { LARGEST_REQUESTS } from "../builders/client-requests.ts";
import { type Query, startQuery } from "./query-fixture.ts";

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T10:30:00Z" });
});
afterAll(() => query.close());

async function post(body: object) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${query.url}/graphql`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, ...((await answer.json()) as { data?: unknown; errors?: { message: string }[] }) };
}

test.each(Object.entries(LARGEST_REQUESTS))("%s is within the limits", async (_, request) => {
  const { status, data, errors } = await post(request);
  expect(errors?.map(({ message }) => message)).toBeUndefined();
  expect([status, data == null]).toEqual([200, false]);
});

test.each([
  ["fields", `{ ${"listLayerLevels { layer level } ".repeat(2_001)} }`, "6000 fields (query.maxFields)"],
  ["aliases", `{ ${"a: version ".repeat(2_001)} }`, "2000 aliases (query.maxAliases)"],
  ["aliases in fragments", `{ ...A ...A } fragment A on Query { ${"a: version ".repeat(1_001)} }`, "query.maxAliases"],
  [
    "depth",
    `{ __schema { types { ${"fields { type { ".repeat(10)} name ${"} } ".repeat(10)} } } }`,
    "20 fields (query.maxDepth)",
  ],
  [
    "depth of fragments",
    `{ __schema { types { ...A } } } fragment A on __Type { ${"ofType { ".repeat(19)} name ${"} ".repeat(19)} }`,
    "query.maxDepth",
  ],
  ["tokens", `{ ${"version ".repeat(20_001)} }`, "20000 tokens (query.maxTokens)"],
])("a document with too many %s is refused with the limit's name", async (_, text, message) => {
  const { status, errors, ...rest } = await post({ query: text });
  expect([status, rest]).toEqual([400, {}]);
  expect(errors?.map((one) => one.message).join()).toContain(message);
}); // prettier-ignore

test("a mistake of the client is told, a failure of the server only by an id that the log has too", async () => {
  const bad = await query.gql(
    '{ findEndpoint(serviceId: "YQ==.1", limit: 5, duration: { start: "x", end: "y", step: DAY }) { id } }',
  );
  expect(bad.errors?.[0]).toMatchObject({
    message: expect.stringContaining('"x" is no time'),
    extensions: { code: "BAD_QUERY" },
  });
  expect(bad.errors?.[0]?.extensions).not.toHaveProperty("id");
  expect(query.failures).toEqual([]);
  await query.engine.command("RENAME TABLE endpoint_meta TO endpoint_meta_away");
  const twice = '{ a: findEndpoint(serviceId: "YQ==.1", limit: 5) { id } b: getInstance(instanceId: "x") { id } }';
  const { data, errors } = await query.gql(twice);
  await query.engine.command("RENAME TABLE endpoint_meta_away TO endpoint_meta");
  expect(data).toBeNull();
  const [error] = errors ?? [];
  const id = error?.extensions?.["id"];
  expect(error?.message).toBe(`Storage cannot be read at the moment (error ${id})`);
  expect(error?.extensions).toMatchObject({ code: "STORAGE", retryable: true });
  expect(query.failures).toHaveLength(1);
  expect(query.failures[0]).toContain(`"id":"${id}"`);
  expect(query.failures[0]).toContain("endpoint_meta");
});
