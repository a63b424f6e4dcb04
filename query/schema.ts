/** The schema: all .graphql files, one topic each, and their resolvers. */
import { readdirSync, readFileSync } from "node:fs";
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { createSchema } from "graphql-yoga";
import type { QueryContext } from "./context.ts";
import { debuggable } from "./debugging/debuggable.ts";
import { emptyResolvers } from "./empty-answers.ts";
import { common } from "./resolvers/common.ts";
import { endpointTopology } from "./resolvers/endpoint-topology.ts";
import { failures } from "./resolvers/failures.ts";
import { logs } from "./resolvers/logs.ts";
import { mesh } from "./resolvers/mesh.ts";
import { meshGroup } from "./resolvers/mesh-group.ts";
import { metadata } from "./resolvers/metadata.ts";
import { metrics } from "./resolvers/metrics.ts";
import { metricsV1 } from "./resolvers/metrics-v1.ts";
import { metricsV2 } from "./resolvers/metrics-v2.ts";
import { queryLogs } from "./resolvers/query-logs.ts";
import { storage } from "./resolvers/storage.ts";
import { topEndpoints } from "./resolvers/top-endpoints.ts";
import { topology } from "./resolvers/topology.ts";
import { uiConfiguration } from "./resolvers/ui-configuration.ts";

const FILES = new URL("./schema/", import.meta.url);

const Long = new GraphQLScalarType<number, number>({
  name: "Long",
  serialize: (value) => whole(value),
  parseValue: (value) => whole(value),
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT && node.kind !== Kind.STRING) throw new GraphQLError("Long: not a whole number", { nodes: node });
    return whole(node.value);
  },
});

function whole(value: unknown): number {
  const number = typeof value === "number" ? value : Number(String(value).trim() || Number.NaN);
  if (!Number.isSafeInteger(Math.round(number)) || !Number.isFinite(number))
    throw new GraphQLError(`Long: ${String(value)} is not a whole number`);
  return Math.round(number);
}

type QuerySchema = ReturnType<typeof buildQuerySchema>;
let shared: QuerySchema | null = null;

/** The one that every way in asks: it takes some megabytes, and holds nothing of a request. */
export function querySchema(): QuerySchema {
  shared ??= buildQuerySchema();
  return shared;
}

export function buildQuerySchema() {
  const names = readdirSync(FILES).filter((name) => name.endsWith(".graphql"));
  const typeDefs = names.map((name) => readFileSync(new URL(name, FILES), "utf8"));
  const topics = [
    { Query: emptyResolvers("Query") },
    common,
    metadata,
    metrics,
    metricsV2,
    metricsV1,
    topology,
    endpointTopology,
    queryLogs,
    uiConfiguration,
    mesh,
    meshGroup,
    logs,
    failures,
    topEndpoints,
    storage,
  ];
  const Query = debuggable(Object.assign({}, ...topics.map((topic) => topic.Query)));
  return createSchema<QueryContext>({
    typeDefs,
    resolvers: { Long, Query, Mutation: { ...emptyResolvers("Mutation"), ...common.Mutation } },
  });
}
