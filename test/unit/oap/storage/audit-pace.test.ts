import { expect, test } from "vitest";
import type { IngestStatus } from "../../../../oap/model/ipc.ts";
import { AuditPace } from "../../../../oap/storage/audit-pace.ts";

const told = (...reports: number[]): IngestStatus[] =>
  reports.map((one) => ({ counters: { reports: one } }) as unknown as IngestStatus);

function dues(steps: readonly (readonly [IngestStatus[], boolean])[]): boolean[] {
  const pace = new AuditPace();
  return steps.map(([ingest, isSettled]) => pace.isDue(ingest, isSettled));
}

test("while entries come in, in whichever process, every interval is one for a comparison", () => {
  expect(
    dues([
      [told(1, 1), true],
      [told(1, 2), true],
      [told(3, 2), true],
      [told(0, 2), true],
    ]),
  ).toEqual([true, true, true, true]); // prettier-ignore
});

test("while nothing comes in every sixth is", () => {
  const quiet = Array.from({ length: 13 }, () => [told(7), true] as const);
  expect(dues(quiet).flatMap((isDue, i) => (isDue ? [i] : []))).toEqual([0, 6, 12]);
});

test("what is apart is looked at every interval until it is settled", () => {
  const steps = [false, false, true, true].map((isSettled) => [told(7), isSettled] as const);
  expect(dues(steps)).toEqual([true, true, false, false]);
});
