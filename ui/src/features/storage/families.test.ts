import { expect, test } from "vitest";
import { bytesByFamily, foldSmall, titleOf } from "./families.ts";

const table = (name: string, bytes: number, kind = "") => ({
  name,
  kind,
  rows: 1,
  bytes,
  uncompressedBytes: 2 * bytes,
  oldest: 0,
  newest: 0,
  bytesPerDay: 1,
  retentionDays: name === "service_meta" ? 90 : 8,
});
const tables = [
  table("traffic_minute", 50),
  table("access_log", 40, "failed"),
  table("service_meta", 3),
  table("schema_migration", 2),
];

test("tables of names and of our own bookkeeping are one row, with nothing lost", () => {
  const folded = foldSmall(tables);
  expect(folded.map(({ name, bytes }) => [name, bytes])).toEqual([
    ["traffic_minute", 50],
    ["access_log", 40],
    ["other", 5],
  ]);
  expect(folded.at(-1)).toMatchObject({ rows: 2, uncompressedBytes: 10, retentionDays: 90, oldest: null });
  expect(foldSmall(tables.slice(0, 2)).length).toBe(2);
});

test("every table has a name for people, and a family", () => {
  expect(folded()).toEqual(["Metrics by minute", "Access logs of failed calls", "Names and bookkeeping"]);
  expect(bytesByFamily(tables)).toEqual([
    { family: "metrics", bytes: 50 },
    { family: "logs", bytes: 40 },
    { family: "other", bytes: 5 },
  ]);
});

function folded(): string[] {
  return foldSmall(tables).map(({ name, kind }) => titleOf(name, kind));
}
