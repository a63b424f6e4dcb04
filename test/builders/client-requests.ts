/** The largest requests that known clients send, in their own shapes. */
import { getIntrospectionQuery } from "graphql";
import { instanceId, serviceId } from "../../oap/model/entity.ts";

export interface ClientRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const HOUR_DURATION = '{ start: "2026-02-15 10", end: "2026-03-01 10", step: HOUR }';
const MINUTES = { start: "2026-03-01 1000", end: "2026-03-01 1030", step: "MINUTE", coldStage: false };
/** Everything of a result, with the names that Booster UI gives. */
const BOOSTER_RESULT =
  "{ type results { metric { labels { key value } } values { name: id value refId: traceID owner { scope serviceID serviceName normal serviceInstanceID serviceInstanceName endpointID endpointName } } } error }";
const HORIZON_RESULT = "{ type error results { metric { labels { key value } } values { id value } } }";
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Booster UI: one document for `entities` with `expressions` each, everything in variables. */
function booster(entities: number, expressions: readonly string[]): ClientRequest {
  const fields = range(entities).flatMap((i) =>
    expressions.map(
      (_, j) =>
        `expression${i}${j}: execExpression(expression: $expression${j}, entity: $entity${i}, duration: $duration) ${BOOSTER_RESULT}`,
    ),
  ); // prettier-ignore
  const declared = [
    "$duration: Duration!",
    ...range(entities).map((i) => `$entity${i}: Entity!`),
    ...expressions.map((_, j) => `$expression${j}: String!`),
  ];
  return {
    query: `query queryData(${declared.join(", ")}) { ${fields.join(" ")} }`,
    variables: {
      duration: MINUTES,
      ...Object.fromEntries(range(entities).map((i) => [`entity${i}`, { serviceName: `s${i}.shop`, normal: true }])),
      ...Object.fromEntries(expressions.map((text, j) => [`expression${j}`, text])),
    },
  };
}

/** Horizon UI: literals in the document. */
function horizon(entities: number, expressions: readonly string[], duration: string): ClientRequest {
  const fields = range(entities).flatMap((i) => {
    const entity = `{ scope: ServiceRelation, serviceName: "a${i}.shop", normal: true, destServiceName: "b${i}.shop", destNormal: true }`;
    return expressions.map(
      (text, j) =>
        `s${i}_${j}: execExpression(expression: ${JSON.stringify(text)}, entity: ${entity}, duration: ${duration}) ${HORIZON_RESULT}`,
    );
  });
  return { query: `query EdgeMetrics { ${fields.join(" ")} }` };
}

const SERVICE = ["cpm", "sla", "resp_time", "apdex"];
const NODE = [...SERVICE, ...SERVICE].map((name, i) => (i < SERVICE.length ? `avg(service_${name})` : `service_${name}`));

export const LARGEST_REQUESTS: Readonly<Record<string, ClientRequest>> = {
  "a page of ten services of Booster UI": booster(10, NODE),
  "a topology of Booster UI: 20 nodes with 10 expressions": booster(20, [...NODE, "service_percentile", "service_cpm * 2"]),
  "a topology of Horizon UI: 150 node expressions": horizon(150, ["service_cpm"], HOUR_DURATION),
  "a topology of Horizon UI: 200 edge expressions over 14 days": horizon(
    50,
    ["cpm", "resp_time", "percentile{p='95'}", "call_sla/100"].map((name) => `service_relation_server_${name}`),
    HOUR_DURATION,
  ),
  "the services of 50 layers for Horizon UI": {
    query: `query HorizonServiceCatalogServices { ${range(50)
      .map((i) => `_${i}: listServices(layer: "MESH") { id name group shortName layers normal }`)
      .join(" ")} }`,
  },
  "the introspection of tools": { query: getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true }) },
  "the start of Booster UI": {
    query:
      "query { getMenuItems { title icon layer activate description documentLink i18nKey subItems { title icon layer activate description documentLink i18nKey subItems { title } } } getAllTemplates { id configuration } }",
  },
  "the values of 2,000 edges for the Grafana plugin": {
    query: "query ($m: BatchMetricConditions!, $d: Duration!) { getValues(metric: $m, duration: $d) { values { id value } } }",
    variables: { m: { name: "service_instance_cpm", ids: range(2_000).map((i) => instanceId("a.shop", `a-${i}`)) }, d: MINUTES },
  },
  "a topology of 1,000 services": {
    query:
      "query ($ids: [ID!]!, $d: Duration!) { topology: getServicesTopology(serviceIds: $ids, duration: $d) { nodes { id name type isReal layers } calls { id source target detectPoints sourceComponents targetComponents } } }",
    variables: { ids: range(1_000).map((i) => serviceId(`s${i}.shop`)), d: MINUTES },
  },
}; // prettier-ignore
