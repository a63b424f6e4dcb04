/** What the access log costs on the way from gRPC to slots: the same load with it, at its default budgets, and without, in turns. */
import { grpcToSlot } from "./grpc-to-slot.ts";
import { MESH } from "./load.ts";
import { median } from "./measure.ts";

const RUNS = 5;
/** How the bench's request ids begin; what follows is made anew for each message. */
const ID_START = Buffer.from("5f3c1d2e-0000-4000-9000-");
const ID_DIGITS = 12;

export interface AccessLogCost {
  /** Throughput with the access log ÷ without, medians. */
  readonly ratio: number;
  readonly on: readonly number[];
  readonly off: readonly number[];
  /** Of 1,000 entries. */
  readonly rowsPerMille: number;
}

export async function accessLogCost(): Promise<AccessLogCost> {
  const on: number[] = [];
  const off: number[] = [];
  let rows = 0;
  for (let run = 0; run < RUNS; run++) {
    off.push((await grpcToSlot(MESH, { renew: newIds })).perCpuSecond);
    const { perCpuSecond, logRows, entries } = await grpcToSlot(MESH, { renew: newIds, accessLog: true });
    on.push(perCpuSecond);
    rows += (1_000 * logRows) / entries / RUNS;
  }
  return { ratio: median(on) / median(off), on, off, rowsPerMille: rows };
}

let ids = 0;

/** A copy of a message whose entries have request ids of their own. */
function newIds(message: Buffer): Buffer {
  const copy = Buffer.from(message);
  for (let at = copy.indexOf(ID_START); at >= 0; at = copy.indexOf(ID_START, at + 1))
    copy.write((ids++).toString(16).padStart(ID_DIGITS, "0"), at + ID_START.length, "latin1");
  return copy;
}

if (import.meta.main) console.log(await accessLogCost());
