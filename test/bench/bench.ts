/** Runs parts one after the other. One that fails stands as failed, and the others go on. */
import type { Part, Row } from "./part.ts";
import { Runs, reasonOf, secondsSince } from "./runs.ts";

/** When and on what a part was taken. */
export interface Taken {
  /** UTC, to the minute. */
  readonly date: string;
  /** And whether there was more than it. */
  readonly commit: string;
  readonly machine: string;
}

export interface PartRecord extends Taken {
  readonly seconds: number;
  /** Empty when it failed. */
  readonly rows: readonly Row[];
  /** Why there are no figures. */
  readonly failed?: string;
}

export interface BenchOptions {
  readonly taken: () => Taken;
  /** Called after every part. */
  readonly keep: (part: string, record: PartRecord) => void;
  readonly say: (line: string) => void;
  /** Ends the bench; the part that ran then leaves no record. */
  readonly stop?: AbortSignal;
}

/** @returns the names of the parts that failed */
export async function runParts(parts: readonly Part[], { taken, keep, say, stop }: BenchOptions): Promise<string[]> {
  const failed: string[] = [];
  for (const part of parts) {
    const record = await recordOf(part, taken(), new Runs(part.name, say, stop));
    if (stop?.aborted) break;
    keep(part.name, record);
    for (const row of record.rows) say(`  ${row.filter((cell) => cell !== "").join(" | ")}`);
    if (record.failed !== undefined) {
      failed.push(part.name);
      say(`  ${part.what}: FAILED: ${record.failed}`);
    }
  }
  return failed;
}

async function recordOf(part: Part, taken: Taken, runs: Runs): Promise<PartRecord> {
  const startedAt = performance.now();
  const ended = (): Taken & { seconds: number } => ({ ...taken, seconds: secondsSince(startedAt) });
  try {
    const rows = await part.rows(runs, part.what);
    return { ...ended(), rows };
  } catch (error) {
    return { ...ended(), rows: [], failed: reasonOf(error) };
  }
}
