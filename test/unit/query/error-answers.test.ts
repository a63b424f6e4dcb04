import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { QueryError, StorageError } from "../../../oap/model/errors.ts";
import { ErrorAnswers } from "../../../query/error-answers.ts";

function start() {
  const said: Record<string, unknown>[] = [];
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const answers = new ErrorAnswers({ clock, onError: (_, detail) => said.push(detail) });
  const of = (cause: Error) => answers.of(new GraphQLError(cause.message, { originalError: cause, path: ["a"] })) as GraphQLError;
  return { said, clock, answers, of };
}

test("a mistake of the client is told in its own words, and to nobody else", () => {
  const { of, said } = start();
  expect(of(new QueryError("window: too long"))).toMatchObject({
    message: "window: too long",
    extensions: { code: "BAD_QUERY" },
    path: ["a"],
  });
  expect(said).toEqual([]);
});

test("what the document itself has wrong is passed on", () => {
  const { answers, said } = start();
  const error = new GraphQLError("Cannot query field");
  expect(answers.of(error)).toBe(error);
  expect(said).toEqual([]);
});

test.each([
  [new Error("secret"), "Something went wrong on the server", "INTERNAL", false],
  [
    new StorageError("ClickHouse: connect 10.0.0.1", { retryable: true }),
    "Storage cannot be read at the moment",
    "STORAGE",
    true,
  ],
  [
    new StorageError("ClickHouse: SELECT secret", { retryable: false, clickhouseCode: 47 }),
    "Storage cannot answer this",
    "STORAGE",
    false,
  ],
  [
    new StorageError("ClickHouse: memory", { retryable: true, clickhouseCode: 241 }),
    "The question needs more than storage may use",
    "STORAGE",
    true,
  ],
])("%s is told by an id only", (cause, message, code, retryable) => {
  const { of, said } = start();
  const { message: told, extensions } = of(cause);
  expect(told).toContain(message);
  expect(told).not.toContain(cause.message);
  expect(extensions).toMatchObject({ code, retryable, id: expect.stringMatching(/^[0-9a-f]{8}$/) });
  expect(said).toEqual([{ id: extensions["id"], error: expect.stringContaining(cause.message) }]);
}); // prettier-ignore

test("the same failure is said once a minute, and keeps its id for that long", () => {
  const { of, said, clock } = start();
  const fail = (at: number) => {
    clock.nowMs = at;
    return of(new StorageError(`ClickHouse: connect ${"x".repeat(80)} ${at}`, { retryable: true })).extensions["id"];
  };
  const first = fail(0);
  expect([fail(1_000), fail(59_999)]).toEqual([first, first]);
  expect(said).toHaveLength(1);
  expect(fail(60_000)).not.toBe(first);
  expect(said).toHaveLength(2);
});

test("what is remembered of failures is bounded", () => {
  const { of, said } = start();
  for (let i = 0; i < 250; i++) of(new Error(`${i}`));
  expect(said).toHaveLength(250);
  of(new Error("249"));
  expect(said).toHaveLength(250);
});
