import { setTimeout as sleep } from "node:timers/promises";
import { addTallies, sendDemo, untilTotals } from "../harness/demo-load.ts";
import { startProcess } from "../harness/process.ts";
import { askClickHouse } from "./stored-keys.ts";

const DEMO_S = 1_800;
const MERGES_MS = 5_000;

/** Bytes on disk and rows of traffic_minute after half an hour of the demo, merged. */
export async function rowSize(): Promise<{ bytes: number; rows: number }> {
  const oap = startProcess();
  try {
    const { grpc, http } = await oap.ready();
    await untilTotals(http, addTallies(await sendDemo(grpc, DEMO_S)));
    await sleep(MERGES_MS);
    await askClickHouse(oap, "OPTIMIZE TABLE sidelight.traffic_minute FINAL");
    const [[bytes = 0, rows = 0] = []] = await askClickHouse(
      oap,
      "SELECT sum(bytes_on_disk), sum(rows) FROM system.parts WHERE database = 'sidelight' AND table = 'traffic_minute' AND active FORMAT TSV",
    );
    return { bytes: Number(bytes), rows: Number(rows) };
  } finally {
    await oap.end();
  }
}
