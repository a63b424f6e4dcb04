/** The answers of the mesh questions; the contract is query/schema/mesh.graphql. */
export interface MeshTraffic {
  readonly calls: number;
  readonly failed: number;
  readonly callRate: number;
  readonly errorShare: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly apdex: number | null;
  readonly tlsShare: number | null;
  readonly mtlsShare: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly tcpConnections: number;
  readonly connectionRate: number;
}

export interface MeshServiceRow {
  readonly id: string;
  readonly name: string;
  readonly layers: readonly string[];
  readonly traffic: MeshTraffic | null;
  readonly seenByCallers: { readonly errorShare: number } | null;
  readonly sparkline: {
    readonly at: readonly number[];
    readonly calls: readonly (number | null)[];
    readonly failed: readonly (number | null)[];
    readonly connections: readonly (number | null)[];
  };
}

export interface MeshEdgeSide {
  readonly calls: number;
  readonly failed: number;
  readonly callRate: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly tlsShare: number | null;
  readonly mtlsShare: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly tcpConnections: number;
}

export interface MeshNeighbour {
  readonly id: string;
  readonly name: string;
  readonly client: MeshEdgeSide | null;
  readonly server: MeshEdgeSide | null;
}

export interface MeshSeries {
  readonly at: readonly number[];
  readonly stepMs: number;
  readonly calls: readonly (number | null)[];
  readonly failed: readonly (number | null)[];
  readonly connections: readonly (number | null)[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

export interface MeshServiceDetail {
  readonly id: string;
  readonly name: string;
  readonly layers: readonly string[];
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly traffic: MeshTraffic | null;
  readonly series: MeshSeries;
  readonly statusClasses: readonly { readonly class: string; readonly calls: number }[];
  readonly endpoints: readonly { readonly id: string; readonly name: string; readonly traffic: MeshTraffic }[];
  readonly endpointsTruncated: boolean;
  readonly instances: readonly {
    readonly id: string;
    readonly name: string;
    readonly attributes: readonly { readonly name: string; readonly value: string }[];
    readonly lastSeen: number;
    readonly traffic: MeshTraffic | null;
  }[];
  readonly callers: readonly MeshNeighbour[];
  readonly callees: readonly MeshNeighbour[];
}

export interface MeshNode {
  readonly id: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly layers: readonly string[];
  readonly protocol: string | null;
  readonly traffic: MeshTraffic | null;
}

export interface MeshEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly protocols: readonly string[];
  readonly client: MeshEdgeSide | null;
  readonly server: MeshEdgeSide | null;
}

export interface MeshMap {
  readonly nodes: readonly MeshNode[];
  readonly edges: readonly MeshEdge[];
  /** How far a percentile of an edge may be off, as a share of it. */
  readonly percentileError: number | null;
  readonly truncated: boolean;
}

export interface MeshServer {
  readonly entriesPerSecond: number;
  readonly streams: number;
  readonly reportsDurable: number;
  readonly reportsLost: number;
  readonly spoolBytes: number;
  readonly spoolOldestSeconds: number;
  readonly insertRetries: number;
  readonly auditDifference: number;
  readonly auditedAt: number | null;
  readonly processes: readonly {
    readonly name: string;
    readonly memoryBytes: number;
    readonly cpuSeconds: number;
    readonly loopDelayMs: number | null;
  }[];
  readonly boundsHit: readonly { readonly bound: string; readonly hits: number; readonly settings: readonly string[] }[];
}

export interface MeshSetup {
  readonly server: MeshServer;
  readonly now: number;
  readonly problems: readonly string[];
  readonly listeners: readonly { readonly protocol: string; readonly address: string }[];
  readonly proxies: readonly {
    readonly node: string;
    readonly service: string | null;
    readonly serviceId: string | null;
    readonly instance: string | null;
    readonly streams: number;
    readonly since: number;
    readonly lastEntry: number | null;
    readonly entriesPerSecond: number;
    readonly entriesTotal: number;
    readonly clockSkewed: number;
    readonly resolved: boolean;
    readonly reason: string | null;
  }[];
}
