/** What was sent, in plain numbers: what a reader of the dashboard should find there. */
export interface TallyCounts {
  calls: number;
  failed: number;
}

export class Tally {
  entries = 0;
  /** Server-side reports by service, and by `source -> destination` from either side. */
  readonly services: Record<string, TallyCounts> = {};
  readonly clientEdges: Record<string, TallyCounts> = {};
  readonly serverEdges: Record<string, TallyCounts> = {};
  /** TCP connections by `source -> destination`. */
  readonly connections: Record<string, number> = {};

  /** `failing`: a flag that fails the call is set. A server answers for codes of 500 and above. */
  server(source: string, destination: string, code: number, failing: boolean): void {
    const failed = failing || code >= 500;
    count(this.services, destination, failed);
    count(this.serverEdges, `${source} -> ${destination}`, failed);
  }

  client(source: string, destination: string, code: number, failing: boolean): void {
    count(this.clientEdges, `${source} -> ${destination}`, failing || code >= 400);
  }

  connection(source: string, destination: string): void {
    const edge = `${source} -> ${destination}`;
    this.connections[edge] = (this.connections[edge] ?? 0) + 1;
  }
}

function count(counts: Record<string, TallyCounts>, key: string, failed: boolean): void {
  counts[key] ??= { calls: 0, failed: 0 };
  counts[key].calls++;
  if (failed) counts[key].failed++;
}
