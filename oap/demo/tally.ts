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

const MINUTE_MS = 60_000;
/** Minutes kept: more than anybody compares. */
const MINUTES_MAX = 120;

export class Tally {
  entries = 0;
  /** By the minute's start, ms since the Unix epoch. */
  readonly minutes: Record<string, TallyMinute> = {};

  /** `failing`: a flag that fails the call is set. A server answers for codes of 500 and above. */
  server(startMs: number, source: string, destination: string, code: number, failing: boolean): void {
    const { services, serverEdges } = this.#minute(startMs);
    const failed = failing || code >= 500 ? 1 : 0;
    add(services, destination, 1, failed);
    add(serverEdges, `${source} -> ${destination}`, 1, failed);
  }

  /** `startMs`: when the first byte went upstream. */
  client(startMs: number, source: string, destination: string, code: number, failing: boolean): void {
    add(this.#minute(startMs).clientEdges, `${source} -> ${destination}`, 1, failing || code >= 400 ? 1 : 0);
  }

  connection(startMs: number, source: string, destination: string): void {
    const { connections } = this.#minute(startMs);
    const edge = `${source} -> ${destination}`;
    connections[edge] = (connections[edge] ?? 0) + 1;
  }

  #minute(ms: number): TallyMinute {
    const key = String(Math.floor(ms / MINUTE_MS) * MINUTE_MS);
    let minute = this.minutes[key];
    if (minute === undefined) {
      minute = empty();
      this.minutes[key] = minute;
      const keys = Object.keys(this.minutes);
      if (keys.length > MINUTES_MAX) delete this.minutes[keys.sort()[0] as string];
    }
    return minute;
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
