/** GraphQL documents as the two user interfaces send expressions. */
import type { DurationInput } from "../../query/duration.ts";
import type { EntityInput } from "../../query/entity-input.ts";
import type { Dashboard, Of } from "./dashboards.ts";

export interface ExpressionDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** By alias. */
  readonly expressions: Readonly<Record<string, string>>;
  /** By alias: of whom it is asked. */
  readonly entities: Readonly<Record<string, EntityInput>>;
}

const WIDGETS = 6;
const OWNER = "owner { scope serviceID serviceName normal serviceInstanceID serviceInstanceName endpointID endpointName }";
const BOOSTER_SELECTION = `{ type results { metric { labels { key value } } values { name: id value refId: traceID ${OWNER} } } error }`;
const HORIZON_SELECTION = `{ type error results { metric { labels { key value } } values { id value ${OWNER} } } }`;
/** The entity that a dashboard is asked of, by number. */
type EntityAt = (of: Of, i: number) => EntityInput;

/** Everything in variables: one entity, or one for each row. */
export function boosterDocuments(dashboard: Dashboard, duration: DurationInput, at: EntityAt = entityAt): ExpressionDocument[] {
  return batches(dashboard, at).map((batch) => {
    const isOne = batch.every(({ i }) => i === 0);
    const entityName = (i: number): string => (isOne ? "entity" : `entity${i}`);
    const named = batch.map((one) => ({ ...one, alias: `expression${one.i}${one.j}` }));
    const entities = new Map(named.map(({ i, entity }) => [entityName(i), entity]));
    const parameters = [
      "$duration: Duration!",
      ...[...entities.keys()].map((name) => `$${name}: Entity!`),
      ...named.map(({ alias }) => `$${alias}: String!`),
    ];
    const fields = named.map(
      ({ alias, i }) =>
        `${alias}: execExpression(expression: $${alias}, entity: $${entityName(i)}, duration: $duration) ${BOOSTER_SELECTION}`,
    );
    const expressions = Object.fromEntries(named.map(({ alias, text }) => [alias, text]));
    return {
      query: `query queryData(${parameters.join(", ")}) { ${fields.join(" ")} }`,
      variables: { duration, ...Object.fromEntries(entities), ...expressions },
      expressions,
      entities: Object.fromEntries(named.map(({ alias, entity }) => [alias, entity])),
    };
  });
}

/** Everything as literals. */
export function horizonDocuments(
  dashboard: Dashboard,
  { start, end, step }: DurationInput,
  at: EntityAt = entityAt,
): ExpressionDocument[] {
  const { alias = (i, j) => `w${j}_e${i}` } = dashboard;
  const duration = `{ start: "${start}", end: "${end}", step: ${step} }`;
  return batches(dashboard, at).map((batch) => {
    const fields = batch.map(
      ({ text, entity, i, j }) =>
        `${alias(i, j)}: execExpression(expression: ${JSON.stringify(text)}, entity: ${literal(entity, SCOPES[dashboard.of])}, duration: ${duration}) ${HORIZON_SELECTION}`,
    );
    const expressions = Object.fromEntries(batch.map(({ text, i, j }) => [alias(i, j), text]));
    const entities = Object.fromEntries(batch.map(({ entity, i, j }) => [alias(i, j), entity]));
    return { query: `query DashboardMqe { ${fields.join(" ")} }`, variables: {}, expressions, entities };
  });
}

export const SERVICES = 50;

/** The entity of a dashboard, by number: there are 50 services, each with an instance and an endpoint and a call to the next. */
export function entityAt(of: Of, i: number): EntityInput {
  const serviceName = `svc-${i % SERVICES}`;
  const destServiceName = `svc-${(i + 1) % SERVICES}`;
  switch (of) {
    case "nothing":
      return {};
    case "service":
      return { serviceName, normal: true };
    case "instance":
      return { serviceName, normal: true, serviceInstanceName: `pod-of-${serviceName}` };
    case "endpoint":
      return { serviceName, normal: true, endpointName: "GET:/" };
    case "service_relation":
      return { serviceName, normal: true, destServiceName, destNormal: true };
    case "instance_relation": {
      const pods = { serviceInstanceName: `pod-of-${serviceName}`, destServiceInstanceName: `pod-of-${destServiceName}` };
      return { serviceName, normal: true, destServiceName, destNormal: true, ...pods };
    }
  }
}

interface Asked {
  readonly text: string;
  readonly entity: EntityInput;
  /** Number of the entity, and of the expression. */
  readonly i: number;
  readonly j: number;
}

/** Rows, nodes and links go with all of their expressions in one document, widgets by six. */
function batches({ of, expressions, entities }: Dashboard, at: EntityAt): Asked[][] {
  const asked = (i: number): Asked[] => expressions.map((text, j) => ({ text, entity: at(of, i), i, j }));
  if (entities !== undefined) return [Array.from({ length: entities }, (_, i) => asked(i)).flat()];
  const widgets = asked(0);
  return Array.from({ length: Math.ceil(widgets.length / WIDGETS) }, (_, i) => widgets.slice(i * WIDGETS, (i + 1) * WIDGETS));
}

const SCOPES: Readonly<Record<Of, string>> = {
  nothing: "Service",
  service: "Service",
  instance: "ServiceInstance",
  endpoint: "Endpoint",
  service_relation: "ServiceRelation",
  instance_relation: "ServiceInstanceRelation",
};

function literal(entity: EntityInput, scope: string): string {
  const fields = Object.entries(entity).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{ ${[`scope: ${scope}`, ...fields].join(", ")} }`;
}
