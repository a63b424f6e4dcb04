/** A row's fields in groups, without those that say nothing. Pure. */
import { formatBytes } from "../../lib/format.ts";
import type { FilterName } from "../../lib/log-filter.ts";
import type { MeshLog } from "../../lib/mesh-log-types.ts";

export interface DetailField {
  readonly title: string;
  readonly value: string;
  /** The filter that finds other rows with this value. */
  readonly word?: FilterName;
}

export interface DetailGroup {
  readonly title: string;
  readonly fields: readonly DetailField[];
}

const SIDES: Readonly<Record<string, string>> = {
  server: "callee",
  client: "caller",
  both: "gateway: callee of one call, caller of the next",
};

export function detailGroups(log: MeshLog): DetailGroup[] {
  const isTcp = log.kind === "tcp";
  const groups: readonly (readonly [string, readonly (DetailField | null)[]])[] = [
    [
      "Who",
      [
        field("Caller", log.caller ?? (log.detectPoint === "client" ? log.reporter : null), "caller"),
        field("Caller’s instance", log.callerInstance, "instance"),
        field("Callee", log.callee ?? (log.detectPoint === "server" ? log.reporter : null), "callee"),
        field("Callee’s instance", log.calleeInstance, "instance"),
        field("Reported by", log.reporter, "reporter"),
        field("As the", SIDES[log.detectPoint] ?? log.detectPoint),
        field("Instance", log.instance, "instance"),
        field("Proxy", log.node, "node"),
      ],
    ],
    [
      "Request",
      [
        field("Request id", log.requestId, "request"),
        field("Trace id", log.traceId, "trace"),
        field("Endpoint", log.endpoint, "endpoint"),
        field("Method", log.method, "method"),
        field("Authority", log.authority, "authority"),
        field("Path", log.path, "path"),
        field("Query", log.query, "query"),
        field("Protocol", log.protocol, "protocol"),
        field("User agent", log.userAgent, "agent"),
        bytes("Header size", isTcp ? 0 : log.requestHeaderBytes),
        bytes(isTcp ? "Received" : "Body size", log.requestBodyBytes),
        ...headers(log.requestHeaders),
      ],
    ],
    [
      "Response",
      [
        field("Code", isTcp ? null : log.code === null ? "none" : String(log.code), "code"),
        field("gRPC status", log.grpcStatus === null ? null : String(log.grpcStatus), "grpc"),
        field("Details", log.codeDetails, "details"),
        field("Failure reason", log.failureReason, "reason"),
        bytes("Header size", isTcp ? 0 : log.responseHeaderBytes),
        bytes(isTcp ? "Sent" : "Body size", log.responseBodyBytes),
        ...headers(log.responseHeaders),
      ],
    ],
    [
      "Connection",
      [
        field("Downstream", log.downstreamAddress, "address"),
        field("Upstream", log.upstreamAddress, "address"),
        field("Upstream cluster", log.upstreamCluster, "cluster"),
        field("Route", log.route, "route"),
        field("Attempts", log.attempts > 1 ? String(log.attempts) : null, "attempts"),
      ],
    ],
    [
      "Security",
      [
        field("TLS", log.tlsMode, "tls"),
        field("Version", log.tlsVersion, "version"),
        field("Server name", log.serverName, "sni"),
        field("Own principal", log.localPrincipal, "principal"),
        field("Peer’s principal", log.peerPrincipal, "principal"),
      ],
    ],
  ];
  return groups
    .map(([title, fields]) => ({ title, fields: fields.filter((one) => one !== null) }))
    .filter(({ fields }) => fields.length > 0);
}

function field(title: string, value: string | null, word?: FilterName): DetailField | null {
  if (value === null || value === "") return null;
  return word === undefined ? { title, value } : { title, value, word };
}

function bytes(title: string, value: number): DetailField | null {
  return value === 0 ? null : { title, value: formatBytes(value) };
}

function headers(pairs: MeshLog["requestHeaders"]): DetailField[] {
  return pairs.map(({ key, value }) => ({ title: key, value: value ?? "" }));
}
