/** Questions through the schema, as GraphQL clients ask them: the same checks, the same resolvers. */
import { graphql } from "graphql";
import type { QueryContext } from "../context.ts";
import { querySchema } from "../schema.ts";

/** @returns the answer by field. @throws GraphQLError, the first of the answer's */
export async function ask(
  context: QueryContext,
  source: string,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const { data, errors } = await graphql({ schema: querySchema(), source, variableValues, contextValue: context });
  if (errors?.[0] !== undefined) throw errors[0];
  return { ...data };
}
