/** What changes something needs a role of its own. A GraphQL request tells whether it does only once its document is read. */
import { type ExecutionArgs, GraphQLError, getOperationAST } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Caller } from "./gate.ts";
import { allows, MUTATION_ROLE } from "./role.ts";

/** Reads `caller` of the context; without one nothing is allowed. */
export function guardedMutations(): Plugin {
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const { document, operationName, contextValue } = args as ExecutionArgs;
      if (getOperationAST(document, operationName)?.operation !== "mutation") return;
      const { caller } = contextValue as { readonly caller?: Caller };
      if (caller !== undefined && allows(caller.role, MUTATION_ROLE)) return;
      const message = `mutations need the role ${MUTATION_ROLE}`;
      setResultAndStopExecution({ data: null, errors: [new GraphQLError(message, { extensions: { code: "FORBIDDEN" } })] });
    },
  };
}
