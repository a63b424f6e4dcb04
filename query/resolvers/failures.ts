/** Failed calls grouped by cause. */
import type { GraphQLResolveInfo } from "graphql";
import { parseServiceId, serviceId } from "../../oap/model/entity.ts";
import { QueryError } from "../../oap/model/errors.ts";
import { flagsOf } from "../../oap/model/response-flags.ts";
import { MINUTE_MS } from "../../oap/model/time-bucket.ts";
import type { QueryContext } from "../context.ts";
import { type FailureRow, type Grouping, readFailures } from "../readers/failures.ts";
import { share } from "../readers/traffic.ts";
import { selects } from "../selection.ts";
import { type MeshWindow, meshWindow, type WindowInput } from "../window.ts";

const GROUPS_MAX = 1_000;
const ENDPOINT_MAX = 8_192;
const CALL_SHARE: ReadonlySet<string> = new Set(["callShare"]);

type Field = "SOURCE" | "DESTINATION" | "ENDPOINT" | "CODE" | "FLAGS" | "CODE_DETAILS";

interface FailuresArguments {
  readonly window: WindowInput;
  readonly groupBy?: readonly Field[] | null;
  readonly around?: string | null;
  readonly endpoint?: string | null;
  readonly first?: number | null;
}

export const failures = {
  Query: {
    meshFailures: async (_: unknown, args: FailuresArguments, context: QueryContext, info: GraphQLResolveInfo) => {
      const { sql, clock, retention } = context;
      const nowMs = clock.now();
      const window = meshWindow(args.window, { nowMs, ...retention });
      const grouping = groupingOf(args.groupBy ?? ["CODE", "FLAGS", "CODE_DETAILS"]);
      const scope = { around: aroundOf(args.around), endpoint: args.endpoint ?? "" };
      const first = args.first ?? 100;
      if (first < 1 || first > GROUPS_MAX) throw new QueryError(`first: ${first} is not from 1 to ${GROUPS_MAX}`);
      if (scope.endpoint.length > ENDPOINT_MAX) throw new QueryError(`endpoint: longer than ${ENDPOINT_MAX} characters`);
      const withCalls = selects(info, "groups", CALL_SHARE);
      const rows = await readFailures(sql, window, grouping, scope, { limit: first + 1, withCalls });
      const side = (detectPoint: string): number => rows.find((row) => row.detect_point === detectPoint)?.side_calls ?? 0;
      return {
        client: side("client"),
        server: side("server"),
        groups: rows.slice(0, first).map((row) => ({
          ...groupOf(row, grouping),
          ...seenOf(row, window, nowMs),
        })),
        truncated: rows.length > first,
      };
    },
  },
};

function groupOf(row: FailureRow, by: Grouping) {
  const { detect_point, source, source_normal, destination, destination_normal, calls } = row;
  return {
    detectPoint: detect_point,
    source: by.by_source ? source : null,
    sourceId: by.by_source ? serviceId(source, source_normal === 1) : null,
    destination: by.by_destination ? destination : null,
    destinationId: by.by_destination ? serviceId(destination, destination_normal === 1) : null,
    endpoint: by.by_endpoint ? row.of_endpoint : null,
    code: by.by_code ? row.code : null,
    flags: by.by_flags ? flagsOf(row.flags) : null,
    codeDetails: by.by_code_details ? row.details : null,
    calls,
    share: calls / row.side_calls,
    callShare: share(calls, row.edge_calls ?? 0),
  };
}

/** A row tells no moment, only that there were calls in its minute, hour or day: as far as that has passed. */
function seenOf(row: FailureRow, { fromMs, failureSlices }: MeshWindow, nowMs: number) {
  const [firstMs, lastMs] = [row.first_seen * 1_000, row.last_seen * 1_000];
  const endOf = (startMs: number): number => {
    const rowMs = failureSlices.find((slice) => startMs >= slice.fromMs && startMs < slice.toMs)?.rowMs ?? MINUTE_MS;
    return Math.max(startMs, Math.min(startMs + rowMs, nowMs));
  };
  return {
    firstSeen: firstMs,
    firstSeenWithin: endOf(firstMs) - firstMs,
    mayHaveBegunBefore: firstMs === fromMs,
    lastSeen: endOf(lastMs),
    lastSeenWithin: endOf(lastMs) - lastMs,
  };
}

function groupingOf(fields: readonly Field[]): Grouping {
  const by = (field: Field): 0 | 1 => (fields.includes(field) ? 1 : 0);
  return {
    by_source: by("SOURCE"),
    by_destination: by("DESTINATION"),
    by_endpoint: by("ENDPOINT"),
    by_code: by("CODE"),
    by_flags: by("FLAGS"),
    by_code_details: by("CODE_DETAILS"),
  };
}

/** @throws QueryError when the text is no id: an empty name would stand for every service. */
function aroundOf(id: string | null | undefined): string {
  if (id == null) return "";
  const service = parseServiceId(id)?.service;
  if (!service) throw new QueryError(`around: ${id.slice(0, 300)} is not the id of a service`);
  return service;
}
