/** Bytes on disk of a row of access_log: half an hour of the demo, every entry kept, merged. */
import { sendDemo } from "../harness/demo-load.ts";
import { type RunningProcess, startProcess, until } from "../harness/process.ts";
import { askClickHouse } from "./stored-keys.ts";

const SECONDS = 1_800;
const ALL = { OAP_ACCESS_LOG_ROWS_PER_SECOND: "1000000", OAP_ACCESS_LOG_FAILED_ROWS_PER_SECOND: "1000000" };

export interface LogSize {
  readonly rows: number;
  readonly bytes: number;
  /** Bytes per row of each column. */
  readonly columns: Readonly<Record<string, number>>;
}

export async function logSize(): Promise<LogSize> {
  const oap = startProcess({ settings: { ...ALL, OAP_INGEST_PROCESSES: "1" } });
  try {
    const { grpc } = await oap.ready();
    const { entries } = await sendDemo(grpc, SECONDS);
    await until(
      () => storedRows(oap),
      (rows) => rows >= entries,
      60_000,
    );
    await askClickHouse(oap, "OPTIMIZE TABLE sidelight.access_log FINAL");
    const [[bytes = 0, rows = 1] = []] = await askClickHouse(
      oap,
      "SELECT sum(bytes_on_disk), sum(rows) FROM system.parts WHERE database = 'sidelight' AND table = 'access_log' AND active FORMAT TSV",
    );
    const columns = await askClickHouse(
      oap,
      "SELECT column, sum(column_data_compressed_bytes) FROM system.parts_columns WHERE database = 'sidelight' AND table = 'access_log' AND active GROUP BY column ORDER BY 2 DESC FORMAT TSV",
    );
    const perRow = columns.map(([name, size]) => [String(name), Number(size) / Number(rows)]);
    return { rows: Number(rows), bytes: Number(bytes), columns: Object.fromEntries(perRow) };
  } finally {
    await oap.end();
  }
}

async function storedRows(oap: RunningProcess): Promise<number> {
  const [[rows = 0] = []] = await askClickHouse(oap, "SELECT count() FROM sidelight.access_log FORMAT TSV");
  return Number(rows);
}

if (import.meta.main) {
  const { rows, bytes, columns } = await logSize();
  console.log(rows, "rows", (bytes / rows).toFixed(1), "bytes per row");
  for (const [name, size] of Object.entries(columns)) if (size >= 0.01) console.log(name.padEnd(30), size.toFixed(2));
}
