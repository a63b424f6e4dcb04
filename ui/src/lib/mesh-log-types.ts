/** The answers about access logs and failures; the contract is query/schema/logs.graphql and failures.graphql. */
export interface MeshFlag {
  readonly short: string;
  readonly text: string;
  /** What usually makes it happen, and where to look: where asked for. */
  readonly causes?: readonly string[];
  readonly next?: readonly string[];
}

export type PhaseName = "REQUEST" | "CONNECT" | "SEND" | "WAIT" | "RECEIVE" | "RESPONSE";

export interface MeshPhase {
  readonly name: PhaseName;
  /** ms from the report's start. */
  readonly from: number;
  readonly to: number;
}

interface Pair {
  readonly key: string;
  readonly value: string | null;
}

export interface MeshLog {
  /** ms since the Unix epoch, with a fraction. */
  readonly time: number;
  readonly kept: "FAILED" | "SLOW" | "REST" | "CONTEXT";
  readonly weight: number;
  readonly kind: string;
  readonly detectPoint: string;
  readonly reporter: string;
  readonly instance: string;
  readonly node: string;
  readonly caller: string | null;
  readonly callerInstance: string | null;
  readonly callee: string | null;
  readonly calleeInstance: string | null;
  readonly endpoint: string | null;
  readonly method: string;
  readonly protocol: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string | null;
  readonly code: number | null;
  readonly grpcStatus: number | null;
  readonly flags: readonly MeshFlag[];
  readonly codeDetails: string;
  readonly failureReason: string | null;
  readonly duration: number | null;
  readonly phases: readonly MeshPhase[];
  readonly requestHeaderBytes: number;
  readonly requestBodyBytes: number;
  readonly responseHeaderBytes: number;
  readonly responseBodyBytes: number;
  readonly attempts: number;
  readonly tlsMode: string;
  readonly tlsVersion: string;
  readonly serverName: string;
  readonly localPrincipal: string;
  readonly peerPrincipal: string;
  readonly requestId: string;
  readonly traceId: string | null;
  readonly downstreamAddress: string;
  readonly upstreamAddress: string;
  readonly upstreamCluster: string;
  readonly route: string;
  readonly userAgent: string;
  readonly requestHeaders: readonly Pair[];
  readonly responseHeaders: readonly Pair[];
}

export interface MeshLogTotal {
  readonly rows: number;
  readonly calls: number;
  readonly isExact: boolean;
}

export interface MeshLogHistogram {
  /** Starts of the steps, ms. */
  readonly at: readonly number[];
  readonly stepMs: number;
  readonly calls: readonly number[];
  readonly failed: readonly number[];
  readonly isExact: boolean;
}

export interface MeshLogFacet {
  readonly field: string;
  readonly values: readonly { readonly value: string; readonly calls: number; readonly rows: number }[];
  readonly truncated: boolean;
  readonly isExact: boolean;
}

export interface MeshHop {
  readonly caller: string;
  readonly callee: string;
  readonly depth: number;
  readonly parent: number | null;
  /** ms after the start of the request. */
  readonly from: number;
  readonly duration: number | null;
  readonly failed: boolean;
  readonly client: MeshLog | null;
  readonly server: MeshLog | null;
}

export interface MeshRequest {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly hops: readonly MeshHop[];
  readonly truncated: boolean;
}

export interface MeshFailure {
  readonly detectPoint: string;
  readonly source: string | null;
  readonly sourceId: string | null;
  readonly destination: string | null;
  readonly destinationId: string | null;
  readonly endpoint: string | null;
  readonly code: number | null;
  readonly flags: readonly MeshFlag[] | null;
  readonly codeDetails: string | null;
  readonly calls: number;
  readonly share: number;
  readonly callShare: number | null;
  readonly firstSeen: number;
  readonly firstSeenWithin: number;
  readonly mayHaveBegunBefore: boolean;
  readonly lastSeen: number;
  readonly lastSeenWithin: number;
}

export interface MeshFailures {
  readonly client: number;
  readonly server: number;
  readonly groups: readonly MeshFailure[];
  readonly truncated: boolean;
}
