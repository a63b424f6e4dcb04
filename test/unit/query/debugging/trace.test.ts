import { expect, test } from "vitest";
import type { SqlReader } from "../../../../oap/model/ports.ts";
import { debuggable } from "../../../../query/debugging/debuggable.ts";
import { type DebuggingTrace, Trace, traced } from "../../../../query/debugging/trace.ts";

const SQL = "-- One thing, oldest first.\nSELECT 1";

/** Answers so many rows, or fails, when it is asked. */
function reader(rows: number | Error): SqlReader {
  return {
    query: async <Row>() => {
      await Promise.resolve();
      if (typeof rows !== "number") throw rows;
      return Array.from({ length: rows }, (_, i) => ({ i })) as Row[];
    },
  };
}

async function traceOf(work: (sql: SqlReader) => Promise<unknown>, rows: number | Error = 2): Promise<DebuggingTrace> {
  const trace = new Trace("question", "{}", false);
  await trace.run(() => work(traced(reader(rows)))).catch(() => {});
  return trace.told();
}

test("statements are told by what they say they read, with parameters and rows, in the trace they were sent in", async () => {
  const other = traceOf((sql) => sql.query("SELECT 2", {}));
  const { spans } = await traceOf(async (sql) => {
    await sql.query(SQL, { from: 1 });
  });
  expect(spans.map(({ operation }) => operation)).toEqual(["question", "ClickHouse: One thing, oldest first."]);
  expect(spans[1]?.msg).toBe(`2 rows\n{"from":1}\n${SQL}`);
  expect((await other).spans.map(({ operation }) => operation)).toEqual(["question", "ClickHouse"]);
});

test("a statement that fails is told without what storage said", async () => {
  const { spans } = await traceOf((sql) => sql.query(SQL, {}), new Error("password of db:8123"));
  expect(spans[1]).toMatchObject({ error: "not answered: Error", msg: `{}\n${SQL}` });
  expect(JSON.stringify(spans)).not.toContain("db:8123");
});

test("a question of many statements, and one of long ones, is told in part", async () => {
  const many = await traceOf(async (sql) => {
    for (let i = 0; i < 250; i++) await sql.query(SQL, {});
  });
  expect([many.spans.length, many.spans[0]?.msg]).toEqual([201, "50 more statements are not listed"]);
  const long = await traceOf(async (sql) => {
    for (let i = 0; i < 100; i++) await sql.query(SQL, { names: "x".repeat(20_000) });
  });
  expect(long.spans).toHaveLength(101);
  expect(JSON.stringify(long).length).toBeLessThan(100_000);
});

test("only a question asked with debug is traced, and what it throws is thrown", async () => {
  const sql = traced(reader(1));
  const resolvers = debuggable({
    ask: async (_: unknown, { fail }: { fail?: boolean }) => {
      if (fail) throw new Error("no");
      return { rows: await sql.query(SQL, {}), debuggingTrace: null };
    },
    plain: () => "text",
  });
  const ask = resolvers["ask"] as (source: unknown, args: unknown) => Promise<{ debuggingTrace: DebuggingTrace | null }>;
  expect((await ask(null, {})).debuggingTrace).toBeNull();
  expect((await ask(null, { debug: false })).debuggingTrace).toBeNull();
  expect((await ask(null, { debug: true })).debuggingTrace?.spans).toHaveLength(2);
  await expect(ask(null, { debug: true, fail: true })).rejects.toThrow("no");
  expect(await (resolvers["plain"] as (source: unknown, args: unknown) => unknown)(null, { debug: true })).toBe("text");
});
