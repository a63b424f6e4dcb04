/** The schema is a contract: clients send documents of their own, and one unknown field empties a whole answer. */
import { type GraphQLObjectType, type GraphQLSchema, graphql, isEnumType, isInputObjectType, isObjectType } from "graphql";
import { expect, test } from "vitest";
import { EMPTY_ANSWERS } from "../../../query/empty-answers.ts";
import { buildQuerySchema } from "../../../query/schema.ts";
import { questionOf } from "../../builders/question.ts";

const schema = buildQuerySchema();

/** One line for each member of each type, sorted. */
function linesOf({ getTypeMap }: GraphQLSchema): string[] {
  const types = Object.values(getTypeMap.call(schema)).filter(({ name }) => !name.startsWith("__"));
  return types
    .flatMap((type) => {
      if (isEnumType(type)) return type.getValues().map(({ name }) => `enum ${type.name}.${name}`);
      if (isInputObjectType(type))
        return Object.values(type.getFields()).map((one) => `input ${type.name}.${one.name}: ${one.type}`);
      if (!isObjectType(type)) return [`scalar ${type.name}`];
      return Object.values(type.getFields()).map((field) => {
        const args = field.args.map(({ name, type: of, defaultValue }) => {
          const otherwise = defaultValue === undefined ? "" : ` = ${JSON.stringify(defaultValue)}`;
          return `${name}: ${of}${otherwise}`;
        });
        return `type ${type.name}.${field.name}${args.length === 0 ? "" : `(${args.join(", ")})`}: ${field.type}`;
      });
    })
    .sort();
}

test("nothing that a client may ask changes unnoticed (after a wanted change: npx vitest run test/unit/query/schema.test.ts -u)", async () => {
  await expect(`${linesOf(schema).join("\n")}\n`).toMatchFileSnapshot("../../golden/query-schema.txt");
});

test("every operation is answered by something", () => {
  const types = [schema.getQueryType(), schema.getMutationType()] as GraphQLObjectType[];
  const unanswered = types.flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => field.resolve === undefined)
      .map(({ name }) => name),
  ); // prettier-ignore
  expect(unanswered).toEqual([]);
});

test.each(["Query", "Mutation"] as const)(
  "what is not collected answers a %s empty and typed, without an error",
  async (kind) => {
    const fields = (kind === "Query" ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {};
    for (const [operation, answer] of Object.entries(EMPTY_ANSWERS[kind])) {
      const field = fields[operation];
      if (field === undefined) throw new Error(`${operation} is in no schema`);
      const document = `${kind.toLowerCase()} { ${questionOf(field)} }`;
      const { data, errors } = await graphql({ schema, source: document, contextValue: {} });
      expect([operation, errors]).toEqual([operation, undefined]);
      // debuggingTrace and the like are selected too, and null
      if (answer === null || typeof answer !== "object") expect(data?.[operation]).toEqual(answer);
      else expect(data?.[operation]).toMatchObject(answer);
    }
  },
);
