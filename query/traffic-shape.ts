/** Rows of sums -> the numbers of our own types. What the data does not hold is null. */
import { bucketMidpointUs } from "../oap/model/histogram.ts";
import type { SideNumbers } from "./readers/edges.ts";
import { percentileMs, share, type TrafficNumbers, type TrafficRow } from "./readers/traffic.ts";
import type { MeshWindow } from "./window.ts";

export function trafficOf(row: TrafficNumbers, window: MeshWindow) {
  const { calls, failed, timed, latency_us, apdex_satisfied, apdex_tolerating, tls_none, tls_tls, tls_mtls, tcp_records } = row;
  const connections = tls_none + tls_tls + tls_mtls;
  return {
    calls,
    failed,
    callRate: calls / window.elapsedSeconds,
    errorShare: share(failed, calls),
    p50: percentileMs(row, 0),
    p75: percentileMs(row, 1),
    p90: percentileMs(row, 2),
    p95: percentileMs(row, 3),
    p99: percentileMs(row, 4),
    avg: timed === 0 ? null : latency_us / timed / 1_000,
    apdex: share(apdex_satisfied + apdex_tolerating / 2, timed),
    tlsShare: share(tls_tls + tls_mtls, connections),
    mtlsShare: share(tls_mtls, connections),
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
    tcpConnections: tcp_records,
    connectionRate: tcp_records / window.elapsedSeconds,
  };
}

type Side = "client" | "server";

/** One side of an edge. Nothing is worked out that nobody asks for: maps have ten thousand sides. */
export class EdgeSide {
  readonly #numbers: SideNumbers;
  readonly #window: MeshWindow;
  readonly #detectPoint: Side;

  constructor(numbers: SideNumbers, window: MeshWindow, detectPoint: Side) {
    this.#numbers = numbers;
    this.#window = window;
    this.#detectPoint = detectPoint;
  }

  get calls(): number {
    return this.#numbers.calls;
  }
  get failed(): number {
    return this.#numbers.failed;
  }
  get callRate(): number {
    return this.#numbers.calls / this.#window.elapsedSeconds;
  }
  get p50(): number | null {
    return this.#ms(0);
  }
  get p95(): number | null {
    return this.#ms(1);
  }
  get p99(): number | null {
    return this.#ms(2);
  }
  get tlsShare(): number | null {
    const { tls_tls, tls_mtls } = this.#numbers;
    return share(tls_tls + tls_mtls, this.#toldTls());
  }
  get mtlsShare(): number | null {
    return share(this.#numbers.tls_mtls, this.#toldTls());
  }
  get bytesIn(): number {
    return this.#numbers.bytes_in;
  }
  get bytesOut(): number {
    return this.#numbers.bytes_out;
  }
  get tcpConnections(): number {
    return this.#numbers.tcp_records;
  }

  /** Calls of which it is told whether they were encrypted. A caller's proxy logs the TLS of whoever called it, which is its own application, and not
   *  that of the connection to the callee: its "none" says nothing of this edge. */
  #toldTls(): number {
    const { tls_none, tls_tls, tls_mtls } = this.#numbers;
    const encrypted = tls_tls + tls_mtls;
    return this.#detectPoint === "client" && encrypted === 0 ? 0 : tls_none + encrypted;
  }

  #ms(i: number): number | null {
    const us = this.#numbers.percentileUs(i);
    return us === null ? null : us / 1_000;
  }
}

/** A traffic row of a relation as a side of an edge: the percentiles that edges have. */
export function sideOf(row: TrafficRow): SideNumbers {
  const [p50 = 0, , , p95 = 0, p99 = 0] = row.percentiles;
  const buckets = [p50, p95, p99];
  return { ...row, percentileUs: (i) => (row.timed === 0 ? null : bucketMidpointUs(buckets[i] as number)) };
}

const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"] as const;

export function statusClasses(row: TrafficNumbers): { class: string; calls: number }[] {
  return CLASSES.map((one) => ({ class: one, calls: row[`status_${one}`] })).filter(({ calls }) => calls > 0);
}
