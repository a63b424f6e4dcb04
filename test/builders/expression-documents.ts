/** GraphQL documents as the two user interfaces send expressions. */
import type { DurationInput } from "../../query/duration.ts";
import type { EntityInput } from "../../query/entity-input.ts";
import type { Dashboard, Of } from "./dashboards.ts";

export interface ExpressionDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** By alias. */
  readonly expressions: Readonly<Record<string, string>>;
}

const WIDGETS = 6;
const OWNER = "owner { scope serviceID serviceName normal serviceInstanceID serviceInstanceName endpointID endpointName }";
const BOOSTER_SELECTION = `{ type results { metric { labels { key value } } values { name: id value refId: traceID ${OWNER} } } error }`;
const HORIZON_SELECTION = `{ type error results { metric { labels { key value } } values { id value ${OWNER} } } }`;

/** Everything in variables; one `$entity`, or one for each row. */
export function boosterDocuments(dashboard: Dashboard, duration: DurationInput): ExpressionDocument[] {
  return batches(dashboard).map((batch) => {
    const aliases = batch.map((_, i) => `expression${i}`);
    const parameters = aliases.map((alias, i) => `$${alias}: String!, $entity${i}: Entity!`);
    const fields = aliases.map(
      (alias, i) =>
        `${alias}: execExpression(expression: $${alias}, entity: $entity${i}, duration: $duration) ${BOOSTER_SELECTION}`,
    );
    return {
      query: `query queryData($duration: Duration!, ${parameters.join(", ")}) { ${fields.join(" ")} }`,
      variables: {
        duration,
        ...Object.fromEntries(
          batch.flatMap(([text, entity], i) => [[aliases[i], text] as const, [`entity${i}`, entity] as const]),
        ),
      },
      expressions: Object.fromEntries(batch.map(([text], i) => [aliases[i], text])),
    };
  });
}

/** Everything as literals. */
export function horizonDocuments(dashboard: Dashboard, { start, end, step }: DurationInput): ExpressionDocument[] {
  const duration = `{ start: "${start}", end: "${end}", step: ${step} }`;
  return batches(dashboard).map((batch, document) => {
    const alias = (i: number): string => `w${document}_e${i}`;
    const fields = batch.map(
      ([text, entity], i) =>
        `${alias(i)}: execExpression(expression: ${JSON.stringify(text)}, entity: ${literal(entity)}, duration: ${duration}) ${HORIZON_SELECTION}`,
    );
    const expressions = Object.fromEntries(batch.map(([text], i) => [alias(i), text]));
    return { query: `query DashboardMqe { ${fields.join(" ")} }`, variables: {}, expressions };
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

/** Rows, nodes and links go with all of their expressions in one document, widgets by six. */
function batches({ of, expressions, entities }: Dashboard): (readonly [string, EntityInput])[][] {
  if (entities !== undefined) {
    return [Array.from({ length: entities }, (_, i) => expressions.map((text) => [text, entityAt(of, i)] as const)).flat()];
  }
  const widgets = expressions.map((text) => [text, entityAt(of, 0)] as const);
  return Array.from({ length: Math.ceil(widgets.length / WIDGETS) }, (_, i) => widgets.slice(i * WIDGETS, (i + 1) * WIDGETS));
}

function literal(entity: EntityInput): string {
  const fields = Object.entries(entity).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{ ${["scope: Service", ...fields].join(", ")} }`;
}
