/** The reports of one request put together as calls: which two reports are the two ends of one call, and which call was made inside
 *  which. Pure. Clocks of two proxies differ, so ends are matched by names and order; times of one proxy are compared with its own only. */
import { UNKNOWN } from "../oap/model/entity.ts";
import { UNKNOWN_US } from "./log-filter.ts";
import type { LogRow } from "./readers/logs.ts";

export interface Hop {
  readonly caller: string;
  readonly callee: string;
  readonly client: LogRow | null;
  readonly server: LogRow | null;
}

export interface PlacedHop extends Hop {
  readonly depth: number;
  /** Index among the placed hops; null at the outside. */
  readonly parent: number | null;
}

/** @param rows oldest first. @returns calls in order of nesting: each is followed by those inside it. */
export function placeHops(rows: readonly LogRow[]): PlacedHop[] {
  const hops = pairEnds(rows).sort((a, b) => startOf(a) - startOf(b) || Number(b.server !== null) - Number(a.server !== null));
  const parents = new Map(hops.map((hop) => [hop, parentOf(hop, hops)]));
  const inside = Map.groupBy(hops, (hop) => unlooped(hop, parents));
  const placed: PlacedHop[] = [];
  const place = (hop: Hop, depth: number, parent: number | null): void => {
    const index = placed.push({ ...hop, depth, parent }) - 1;
    for (const one of inside.get(hop) ?? []) place(one, depth + 1, index);
  };
  for (const hop of inside.get(null) ?? []) place(hop, 0, null);
  return placed;
}

/** When a call began: as the called side saw it where both tell, µs. */
export function startOf({ client, server }: Hop): number {
  return (client ?? server)?.time_us ?? 0;
}

/** Client-side reports of an edge meet its server-side ones in order of time; where there are more of the latter, the caller tried
 *  again, and the further ones are calls of their own. */
function pairEnds(rows: readonly LogRow[]): Hop[] {
  const clients = rows.filter(isClientSide);
  const open = rows.filter(isServerSide);
  const take = (accepts: (row: LogRow) => boolean): LogRow | null => {
    const at = open.findIndex(accepts);
    return at < 0 ? null : (open.splice(at, 1)[0] ?? null);
  };
  // Those that name each other first: a server that does not know its caller takes what is left.
  const servers = new Map<LogRow, LogRow | null>();
  for (const client of clients)
    servers.set(
      client,
      take((row) => row !== client && row.service === client.callee && row.caller === client.service),
    );
  for (const client of clients)
    if (servers.get(client) === null)
      servers.set(
        client,
        take((row) => row !== client && row.service === client.callee && isNobody(row.caller)),
      );
  const both = clients.map((client): Hop => {
    const server = servers.get(client) ?? null;
    return { caller: client.service, callee: client.callee, client, server };
  });
  const alone = open.map((server): Hop => ({ caller: server.caller || UNKNOWN, callee: server.service, client: null, server }));
  return [...both, ...alone];
}

/** The call that this one was made inside of: the called side's report of its caller. A gateway's row is both at once. */
function parentOf(hop: Hop, hops: readonly Hop[]): Hop | null {
  const { client, server } = hop;
  const around = hops.filter((one) => one !== hop && one.callee === hop.caller && one.server !== null);
  if (client === null) return around.find((one) => one.server !== server) ?? null;
  const own = around.find((one) => one.server === client);
  if (own !== undefined) return own;
  const ofInstance = around.filter((one) => one.server?.instance === client.instance);
  const lasting = ofInstance.filter((one) => holds(one.server as LogRow, client));
  return lasting.at(-1) ?? ofInstance[0] ?? around[0] ?? null;
}

/** Whether a report was made while another of the same proxy was under way. */
function holds(outer: LogRow, inner: LogRow): boolean {
  const endUs = outer.duration_us === UNKNOWN_US ? Number.POSITIVE_INFINITY : outer.time_us + outer.duration_us;
  return inner.time_us >= outer.time_us && inner.time_us <= endUs;
}

/** A service that calls itself through others can make parents go in circles: who meets itself on the way out stands outside. */
function unlooped(hop: Hop, parents: Map<Hop, Hop | null>): Hop | null {
  const parent = parents.get(hop) ?? null;
  const met = new Set([hop]);
  for (let one = parent; one !== null; one = parents.get(one) ?? null) {
    if (met.has(one)) {
      parents.set(hop, null);
      return null;
    }
    met.add(one);
  }
  return parent;
}

const isClientSide = (row: LogRow): boolean => row.detect_point !== "server" && row.callee !== "";
const isServerSide = (row: LogRow): boolean => row.detect_point !== "client";
const isNobody = (name: string): boolean => name === "" || name === UNKNOWN;
