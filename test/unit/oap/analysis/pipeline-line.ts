/** The line from reports of calls to rows, for tests that tell calls in few words. */
import { Pipeline, type PipelineOptions } from "../../../../oap/analysis/pipeline.ts";
import { COLUMNS } from "../../../../oap/catalog/columns.ts";
import {
  type Delta,
  type DeltaBlock,
  EntryBatch,
  Kind,
  NO_DETAILS,
  NO_WORKLOAD,
  TlsMode,
  UNKNOWN_VALUE,
} from "../../../../oap/model/batch.ts";
import { DetectPoint } from "../../../../oap/model/entity.ts";
import { ENDPOINT_LIMITS, PIPELINE_OPTIONS } from "../../../builders/limits.ts";

export const NOW = Date.UTC(2026, 2, 1, 10, 16, 30);
const OPTIONS: PipelineOptions = {
  ...PIPELINE_OPTIONS,
  servicesMax: 100,
  instancesMax: 1_000,
  endpoints: { ...ENDPOINT_LIMITS, perService: 3 },
};

export type Row = Record<string, unknown>;

/** The rows of a block as objects, zero counters left out; read at once because the arrays are reused. */
function rowsOf(block: DeltaBlock): Row[] {
  return Array.from({ length: block.rows }, (_, row) => {
    const out: Row = {};
    for (const column of block.columns) {
      if ("texts" in column) continue; // of access logs: tests of their own
      if ("ends" in column) {
        const [keys, values] = [column.keys, column.values] as [ArrayLike<string | number>, ArrayLike<unknown>];
        const from = row === 0 ? 0 : (column.ends[row - 1] as number);
        const to = column.ends[row] as number;
        out[column.name] = Object.fromEntries(Array.from({ length: to - from }, (_, i) => [keys[from + i], values[from + i]]));
      } else if (!(COLUMNS as readonly string[]).includes(column.name) || column.values[row] !== 0)
        out[column.name] = column.values[row];
    }
    return out;
  });
}

/** A pipeline, what sends reports of calls into it, and the rows that it hands over, by table. */
export function line(options: Partial<PipelineOptions> = {}) {
  const deltas: { entries: number; booked: Delta["booked"]; tables: Record<string, Row[]> }[] = [];
  const pipeline = new Pipeline(
    { ...OPTIONS, ...options },
    {
      append: async (delta: Delta) => {
        deltas.push({
          entries: delta.entries,
          booked: delta.booked,
          tables: Object.fromEntries(delta.blocks.map((block) => [block.table, rowsOf(block)])),
        });
      },
    },
  ); // prettier-ignore
  const workload = (service: string, instance = `${service}-1`) =>
    pipeline.names.workload({ service, instance, attributes: { pod: instance }, own: true });
  const send = (...reports: Report[]): EntryBatch => {
    const batch = new EntryBatch();
    batch.clear(NOW);
    for (const report of reports) addReport(batch, pipeline, workload, report);
    pipeline.add(batch);
    return batch;
  };
  const handOver = async (nowMs = NOW, all = true) => {
    await pipeline.handOver(nowMs, all);
    return deltas.at(-1)?.tables ?? {};
  };
  return { pipeline, send, handOver, deltas };
}

export interface Report {
  from?: string | null;
  to?: string;
  toInstance?: string;
  side?: "client" | "server";
  kind?: number;
  path?: string;
  code?: number;
  success?: boolean;
  flags?: number;
  latencyUs?: number;
  startMs?: number;
  tls?: number;
  counted?: boolean;
  received?: number;
  sent?: number;
}

function addReport(
  batch: EntryBatch,
  pipeline: Pipeline,
  workload: (service: string, instance?: string) => number,
  report: Report,
): void {
  const path = Buffer.from(report.path ?? "/x");
  const row = batch.addRow();
  batch.startMs[row] = report.startMs ?? NOW;
  batch.kind[row] = report.kind ?? Kind.http;
  batch.detectPoint[row] = report.side === "client" ? DetectPoint.client : DetectPoint.server;
  batch.source[row] = report.from === null ? NO_WORKLOAD : workload(report.from ?? "web");
  batch.destination[row] = workload(report.to ?? "cart", report.toInstance);
  batch.method[row] = 1;
  batch.path[row] = pipeline.names.path(path, 0, path.length);
  batch.counted[row] = report.counted === false ? 0 : 1;
  batch.success[row] = report.success === false ? 0 : 1;
  batch.responseCode[row] = report.code ?? 200;
  batch.flags[row] = report.flags ?? 0;
  batch.details[row] = NO_DETAILS;
  batch.tlsMode[row] = report.tls ?? TlsMode.none;
  batch.attempts[row] = 1;
  batch.latencyUs[row] = report.latencyUs ?? 10_000;
  batch.latencyMs[row] = Math.floor((report.latencyUs ?? 10_000) / 1_000);
  batch.internalRequestNs[row] = UNKNOWN_VALUE;
  batch.internalResponseNs[row] = UNKNOWN_VALUE;
  batch.receivedBytes[row] = report.received ?? 0;
  batch.sentBytes[row] = report.sent ?? 0;
  batch.opened[row] = 0;
  batch.closed[row] = report.kind === Kind.tcp ? 1 : 0;
}
