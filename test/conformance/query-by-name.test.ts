/** Metrics asked by name, for one entity or by ids, as older clients do. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { instanceId, relationId, serviceId } from "../../oap/model/entity.ts";
import { type Query, startQuery } from "./query-fixture.ts";

const CART = "cart.shop";
const WEB = "web.shop";
const POD = "cart-1";
const DURATION = '{ start: "2026-03-01 1015", end: "2026-03-01 1018", step: MINUTE }';

let query: Query;
beforeAll(async () => {
  query = await startQuery({ now: "2026-03-01T10:30:00Z" });
  const service = { scope: "service", service: CART } as const;
  await query.traffic(
    { ...service, minute: "2026-03-01 10:16:00", latencies: [10, 10] },
    { ...service, minute: "2026-03-01 10:18:00", latencies: [40, 40, 40] },
    { ...service, scope: "instance", instance: POD, minute: "2026-03-01 10:16:00", calls: 7 },
    {
      ...service,
      service: WEB,
      scope: "service_relation",
      dest_service: CART,
      detect_point: "client",
      minute: "2026-03-01 10:16:00",
      calls: 5,
    },
  ); // prettier-ignore
});
afterAll(() => query.close());

const ENTITY = `{ serviceName: "${CART}", normal: true }`;
const POINTS = "values { id value isEmptyValue }";

async function ask(question: string) {
  const { data, errors } = await query.gql(`{ r: ${question} }`);
  expect(errors).toBeUndefined();
  return data.r;
}

const points = (values: readonly { readonly value: number; readonly isEmptyValue: boolean }[]) =>
  values.map(({ value, isEmptyValue }) => (isEmptyValue ? null : value));

test("a series has one value for each point, with the bucket and the entity in its id, and says which are empty", async () => {
  const { label, values } = await ask(
    `readMetricsValues(condition: { name: "service_cpm", entity: ${ENTITY} }, duration: ${DURATION}) { label values { ${POINTS} } }`,
  );
  expect(label).toBeNull();
  expect(values.values).toEqual(
    [
      ["202603011015", 0, true],
      ["202603011016", 2, false],
      ["202603011017", 0, true],
      ["202603011018", 3, false],
    ].map(([bucket, value, isEmptyValue]) => ({ id: `${bucket}_${serviceId(CART)}`, value, isEmptyValue })),
  );
});

test("a single value is the mean of the points that have one", async () => {
  const condition = `condition: { name: "service_resp_time", entity: ${ENTITY} }, duration: ${DURATION}`;
  expect(await ask(`readMetricsValue(${condition})`)).toBe(25);
  expect(await ask(`readNullableMetricsValue(${condition}) { value isEmptyValue }`)).toEqual({ value: 25, isEmptyValue: false });
});

test("an entity that does not fit and a metric that is not known give empty values that say why", async () => {
  const of = (name: string, entity: string) => `(condition: { name: "${name}", entity: ${entity} }, duration: ${DURATION})`;
  for (const [name, entity, why] of [
    ["endpoint_cpm", ENTITY, "ILLEGAL_ENTITY"],
    ["nope", ENTITY, "UNKNOWN_METRIC_NAME"],
    ["service_cpm) + (1", ENTITY, "UNKNOWN_METRIC_NAME"],
  ] as const) {
    expect(await ask(`readMetricsValue${of(name, entity)}`)).toBe(0);
    expect(await ask(`readNullableMetricsValue${of(name, entity)} { value isEmptyValue }`)).toEqual({
      value: 0,
      isEmptyValue: true,
    });
    const { values } = await ask(`readMetricsValues${of(name, entity)} { values { ${POINTS} } }`);
    expect(points(values.values)).toEqual([null, null, null, null]);
    expect(values.values[0].id).toBe(`202603011015_${why}`);
  }
});

test("labels are asked for by their value or with their key", async () => {
  const labels = '["50", "p=99", "{p=95}", "nope"]';
  const read = await ask(
    `readLabeledMetricsValues(condition: { name: "service_percentile", entity: ${ENTITY} }, labels: ${labels}, duration: ${DURATION}) { label values { ${POINTS} } }`,
  );
  expect(read.map(({ label }: { label: string }) => label)).toEqual(["50", "p=99", "{p=95}", "nope"]);
  const all = read.map(({ values }: { values: { values: never[] } }) => points(values.values));
  expect(all.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => [null, 10, null, 40]));
  expect(all[3]).toEqual([null, null, null, null]);
  for (const none of ["[]", '[""]']) {
    const every = await ask(
      `readLabeledMetricsValues(condition: { name: "service_percentile", entity: ${ENTITY} }, labels: ${none}, duration: ${DURATION}) { label values { ${POINTS} } }`,
    );
    expect(every.map(({ label }: { label: string }) => label)).toEqual(["p=50", "p=75", "p=90", "p=95", "p=99"]);
    expect(points(every[4].values.values)).toEqual([null, 10, null, 40]);
  }
  const many = JSON.stringify(Array.from({ length: 101 }, () => "50"));
  const { errors } = await query.gql(
    `{ readLabeledMetricsValues(condition: { name: "service_percentile", entity: ${ENTITY} }, labels: ${many}, duration: ${DURATION}) { label } }`,
  );
  expect(errors?.[0]?.message).toBe("labels: 101 are more than 100");
});

test("ids of services, instances and relations are read as what their metric is of", async () => {
  const values = (name: string, ...ids: string[]) =>
    ask(`getValues(metric: { name: "${name}", ids: ${JSON.stringify(ids)} }, duration: ${DURATION}) { ${POINTS} }`);
  expect((await values("service_cpm", serviceId(CART), serviceId("gone"), "x")).values).toEqual([
    { id: serviceId(CART), value: 2, isEmptyValue: false },
    { id: serviceId("gone"), value: 0, isEmptyValue: true },
    { id: "x", value: 0, isEmptyValue: true },
  ]);
  expect(points((await values("service_instance_cpm", instanceId(CART, POD))).values)).toEqual([7]);
  const edge = relationId(serviceId(WEB), serviceId(CART));
  expect(points((await values("service_relation_client_cpm", edge)).values)).toEqual([5]);
  expect(points((await values("service_relation_client_cpm", serviceId(WEB))).values)).toEqual([null]);
});

test("lines of a percentile are counted, or picked by their place", async () => {
  const metric = `metric: { name: "service_percentile", id: "${serviceId(CART)}" }, duration: ${DURATION}`;
  expect(await ask(`getMultipleLinearIntValues(${metric}, numOfLinear: 3) { ${POINTS} }`)).toHaveLength(3);
  const picked = await ask(`getSubsetOfMultipleLinearIntValues(${metric}, linearIndex: [4, 9]) { ${POINTS} }`);
  expect(picked.map(({ values }: { values: never[] }) => points(values))).toEqual([[null, 10, null, 40]]);
});

test("rankings have ids, and are of the scope they are asked for", async () => {
  const ranked = await ask(
    `sortMetrics(condition: { name: "service_instance_cpm", parentService: "${CART}", normal: true, topN: 3, order: DES }, duration: ${DURATION}) { name id value refId }`,
  );
  expect(ranked).toEqual([{ name: POD, id: instanceId(CART, POD), value: "7", refId: null }]);
  const top = (operation: string) =>
    ask(`${operation}(name: "service_cpm", topN: 3, order: DES, duration: ${DURATION}) { name id value }`);
  expect(await top("getServiceTopN")).toEqual([{ name: CART, id: serviceId(CART), value: 2 }]);
  expect(await top("getAllEndpointTopN")).toEqual([]);
});

test("a hundred ids are one statement for sums", async () => {
  const before = query.engine.queries;
  const ids = Array.from({ length: 100 }, (_, i) => serviceId(`s${i}`));
  await ask(`getValues(metric: { name: "service_cpm", ids: ${JSON.stringify(ids)} }, duration: ${DURATION}) { ${POINTS} }`);
  expect(query.engine.queries - before).toBe(1);
});
