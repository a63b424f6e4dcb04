/** The highest endpoints of the mesh. */
import type { GraphQLResolveInfo } from "graphql";
import { endpointId, parseServiceId, serviceId } from "../../oap/model/entity.ts";
import { QueryError } from "../../oap/model/errors.ts";
import type { QueryContext } from "../context.ts";
import {
  type CountOrder,
  type LatencyOrder,
  msOf,
  type TopEndpoint,
  topByCount,
  topByLatency,
} from "../readers/top-endpoints.ts";
import { share } from "../readers/traffic.ts";
import { selects } from "../selection.ts";
import { type MeshWindow, meshWindow, type WindowInput } from "../window.ts";

const LIMIT_MAX = 200;
const PERCENTILES: ReadonlySet<string> = new Set(["p50", "p95", "p99"]);

interface TopArguments {
  readonly window: WindowInput;
  readonly by: CountOrder | LatencyOrder;
  readonly limit?: number | null;
  readonly service?: string | null;
  readonly minCalls?: number | null;
}

export const topEndpoints = {
  Query: {
    meshTopEndpoints: async (_: unknown, args: TopArguments, context: QueryContext, info: GraphQLResolveInfo) => {
      const { sql, clock, retention } = context;
      const window = meshWindow(args.window, { nowMs: clock.now(), ...retention });
      const limit = args.limit ?? 20;
      if (limit < 1 || limit > LIMIT_MAX) throw new QueryError(`limit: ${limit} is not from 1 to ${LIMIT_MAX}`);
      const service = args.service == null ? "" : parseServiceId(args.service)?.service;
      if (service === undefined || (service === "" && args.service != null))
        throw new QueryError("service: this is not the id of a service");
      const question = { service, minCalls: Math.max(1, args.minCalls ?? 1), limit };
      const { by } = args;
      const { rows, isExact } =
        by === "P95" || by === "P99"
          ? await topByLatency(sql, window, by, question)
          : { rows: await topByCount(sql, window, by, question, selects(info, "endpoints", PERCENTILES)), isExact: true };
      return { endpoints: rows.map((row) => endpointOf(row, window)), isExact };
    },
  },
};

function endpointOf(row: TopEndpoint, window: MeshWindow) {
  const { service, normal, endpoint, calls, failed } = row;
  return {
    id: endpointId(service, endpoint, normal === 1),
    name: endpoint,
    service,
    serviceId: serviceId(service, normal === 1),
    calls,
    failed,
    callRate: calls / window.elapsedSeconds,
    errorShare: share(failed, calls),
    p50: msOf(row, 0),
    p95: msOf(row, 1),
    p99: msOf(row, 2),
  };
}
