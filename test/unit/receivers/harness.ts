import { WorkloadNames } from "../../../oap/analysis/names.ts";
import { SCHEMA } from "../../../oap/config/schema.ts";
import type { EntryBatch } from "../../../oap/model/batch.ts";
import { LogKept, LogRows } from "../../../oap/model/log-rows.ts";
import type { LogSampler } from "../../../oap/model/ports.ts";
import { EntryLogs } from "../../../receivers/envoy-als/entry-logs.ts";
import { Peers } from "../../../receivers/envoy-als/peer.ts";
import { AlsStream, type StreamContext, StreamDecoder } from "../../../receivers/envoy-als/stream.ts";
import { StreamBytes } from "../../../receivers/envoy-als/stream-bytes.ts";
import { WorkloadNaming } from "../../../receivers/envoy-als/workload.ts";
import { Proxies } from "../../../receivers/proxies.ts";
import { ReceiverCounters } from "../../../receivers/receiver.ts";
import { NAMES_LIMITS, PEER_LIMITS, PROXIES_MAX, STREAMS_MAX, TEXT_LIMITS } from "../../builders/limits.ts";

export const NOW = Date.parse("2026-03-01T10:16:30Z");

/** One row of a batch in words. */
export interface Row {
  readonly side: string;
  readonly source: string | null;
  readonly sourceInstance: string | null;
  readonly destination: string | null;
  readonly destinationInstance: string | null;
  readonly kind: number;
  readonly path: string;
  readonly method: number;
  readonly counted: number;
  readonly success: number;
  readonly code: number;
  readonly flags: number;
  readonly tls: number;
  readonly attempts: number;
  readonly latencyUs: number;
  readonly latencyMs: number;
  readonly internalRequestNs: number;
  readonly internalResponseNs: number;
  readonly startMs: number;
  readonly received: number;
  readonly sent: number;
  readonly opened: number;
  readonly closed: number;
}

/** The real decoder and names; rows are read before the batch is reused. `logRowsMax`: rows of the access log that there is room for. */
export function decoding({ logRowsMax = 1_000_000, recallBytes = 0 } = {}) {
  const names = new WorkloadNames({ ...NAMES_LIMITS, servicesMax: 1_000, instancesMax: 1_000 });
  const naming = new WorkloadNaming(names, {
    service: SCHEMA["names.service"].default,
    instance: SCHEMA["names.instance"].default,
    serviceMaxBytes: 255,
    instanceMaxBytes: 255,
  });
  const rows: Row[] = [];
  const clock = { now: () => NOW };
  const counters = new ReceiverCounters();
  const proxies = new Proxies(clock, PROXIES_MAX);
  const sink = {
    add: (batch: EntryBatch) => void rows.push(...Array.from({ length: batch.length }, (_, row) => rowOf(batch, row, names))),
  };
  const peers = new Peers(naming, PEER_LIMITS);
  // Every other entry is kept, the rest recalled: both ways to a row of the access log are gone.
  const logRows = new LogRows({ rowsMax: logRowsMax, bytesMax: 1 << 30 });
  let asked = 0;
  const sampler: LogSampler = {
    weight: 1,
    kind: LogKept.rest,
    decide: () => (asked++ % 2 === 0 ? LogKept.rest : LogKept.none),
    recall: () => LogKept.context,
  };
  const logs = new EntryLogs(sampler, logRows, naming, peers, {
    ...TEXT_LIMITS,
    queryString: true,
    redact: ["token"],
    recallBytes,
  });
  const context: StreamContext = {
    naming,
    peers,
    logs,
    streamBytes: new StreamBytes(STREAMS_MAX),
    proxies,
    counters,
    sink,
    clock,
  };
  const decoder = new StreamDecoder(context);
  const stream = new AlsStream(proxies);
  return {
    names,
    naming,
    logs,
    logRows,
    rows,
    counters,
    proxies,
    context,
    stream,
    message: (bytes: Buffer) => decoder.message(bytes, stream),
  };
}

function rowOf(batch: EntryBatch, row: number, names: WorkloadNames): Row {
  const source = names.describe(batch.source[row] as number);
  const destination = names.describe(batch.destination[row] as number);
  return {
    side: batch.detectPoint[row] === 1 ? "client" : "server",
    source: source.service,
    sourceInstance: source.instance,
    destination: destination.service,
    destinationInstance: destination.instance,
    kind: batch.kind[row] as number,
    path: batch.path[row] === 0 ? "" : names.pathText(batch.path[row] as number),
    method: batch.method[row] as number,
    counted: batch.counted[row] as number,
    success: batch.success[row] as number,
    code: batch.responseCode[row] as number,
    flags: batch.flags[row] as number,
    tls: batch.tlsMode[row] as number,
    attempts: batch.attempts[row] as number,
    latencyUs: batch.latencyUs[row] as number,
    latencyMs: batch.latencyMs[row] as number,
    internalRequestNs: batch.internalRequestNs[row] as number,
    internalResponseNs: batch.internalResponseNs[row] as number,
    startMs: batch.startMs[row] as number,
    received: batch.receivedBytes[row] as number,
    sent: batch.sentBytes[row] as number,
    opened: batch.opened[row] as number,
    closed: batch.closed[row] as number,
  };
}
