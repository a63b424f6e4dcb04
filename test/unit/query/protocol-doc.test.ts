import { expect, test } from "vitest";
import { EMPTY_ANSWERS } from "../../../query/empty-answers.ts";
import { buildQuerySchema } from "../../../query/schema.ts";
import { documentedOperations } from "../../builders/protocol-doc.ts";

const schema = buildQuerySchema();
const ofType = (type: { getFields: () => object } | null | undefined): string[] => Object.keys(type?.getFields() ?? {});
const isOwn = (name: string): boolean => /^mesh[A-Z]/.test(name);

test("the documentation lists every operation of the protocol once, and no other", () => {
  const queries = ofType(schema.getQueryType()).filter((name) => !isOwn(name));
  const mutations = ofType(schema.getMutationType()).filter((name) => name !== "version");
  expect(
    documentedOperations()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...queries, ...mutations].sort()); // prettier-ignore
});

test("what the documentation calls empty or refused is what has an empty answer", () => {
  const documented = (answer: string) =>
    documentedOperations()
      .filter((one) => one.answer === answer)
      .map(({ name }) => name)
      .sort();
  expect(documented("empty")).toEqual(Object.keys(EMPTY_ANSWERS.Query).sort());
  expect(documented("refused")).toEqual(Object.keys(EMPTY_ANSWERS.Mutation).sort());
});
