/** What was sent, in plain numbers and by minute: what a reader of the dashboard should find there. */
export interface TallyCounts {
  calls: number;
  failed: number;
}

/** Of the calls that started in one minute, as the reporting side saw their start. */
export interface TallyMinute {
  /** Server-side reports by service, and calls by `source -> destination` from either side. */
  readonly services: Record<string, TallyCounts>;
  readonly clientEdges: Record<string, TallyCounts>;
  readonly serverEdges: Record<string, TallyCounts>;
  /** TCP connections by `source -> destination`, as the server saw them. */
  readonly connections: Record<string, number>;
}

/** Who calls whom, as the tally names them; made once per pair. */
export interface Edge {
  readonly destination: string;
  /** `source -> destination` */
  readonly name: string;
}

export function edgeOf(source: string, destination: string): Edge {
  return { destination, name: `${source} -> ${destination}` };
}

const MINUTE_MS = 60_000;
/** Minutes kept: more than anybody compares. */
const MINUTES_MAX = 120;

export class Tally {
  entries = 0;
  /** By the minute's start, ms since the Unix epoch. */
  readonly minutes: Record<string, TallyMinute> = {};
  #lastStart = -1;
  #last = empty();

  /** `failing`: a flag that fails the call is set. A server answers for codes of 500 and above. */
  server(startMs: number, edge: Edge, code: number, failing: boolean): void {
    const { services, serverEdges } = this.#minute(startMs);
    const failed = failing || code >= 500 ? 1 : 0;
    add(services, edge.destination, 1, failed);
    add(serverEdges, edge.name, 1, failed);
  }

  /** `startMs`: when the first byte went upstream. */
  client(startMs: number, edge: Edge, code: number, failing: boolean): void {
    add(this.#minute(startMs).clientEdges, edge.name, 1, failing || code >= 400 ? 1 : 0);
  }

  connection(startMs: number, edge: Edge): void {
    const { connections } = this.#minute(startMs);
    connections[edge.name] = (connections[edge.name] ?? 0) + 1;
  }

  #minute(ms: number): TallyMinute {
    const start = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
    if (start === this.#lastStart) return this.#last;
    this.minutes[start] ??= empty();
    const keys = Object.keys(this.minutes); // integers: in ascending order
    if (keys.length > MINUTES_MAX) delete this.minutes[keys[0] as string];
    this.#lastStart = start;
    this.#last = this.minutes[start] as TallyMinute;
    return this.#last;
  }
}

/** The sum of all minutes in [fromMs, toMs). */
export function sumMinutes(minutes: Readonly<Record<string, TallyMinute>>, fromMs: number, toMs: number): TallyMinute {
  const sum = empty();
  for (const [key, minute] of Object.entries(minutes)) {
    if (Number(key) < fromMs || Number(key) >= toMs) continue;
    for (const kind of ["services", "clientEdges", "serverEdges"] as const)
      for (const [name, { calls, failed }] of Object.entries(minute[kind])) add(sum[kind], name, calls, failed);
    for (const [name, opened] of Object.entries(minute.connections))
      sum.connections[name] = (sum.connections[name] ?? 0) + opened;
  }
  return sum;
}

function empty(): TallyMinute {
  return { services: {}, clientEdges: {}, serverEdges: {}, connections: {} };
}

function add(counts: Record<string, TallyCounts>, key: string, calls: number, failed: number): void {
  counts[key] ??= { calls: 0, failed: 0 };
  counts[key].calls += calls;
  counts[key].failed += failed;
}
