/** What a document may cost. Fields count one each, those of a fragment once per use. */
import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

/** Above what the largest known client asks for in one request. */
export const FIELDS_MAX = 6_000;
export const TOKENS_MAX = 20_000;

export function fieldLimit(context: ValidationContext): ASTVisitor {
  const counted = new Map<string, number>();
  const count = (selections: SelectionSetNode): number => {
    let fields = 0;
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) fields += countFragment(selection.name.value);
      else
        fields +=
          (selection.kind === Kind.FIELD ? 1 : 0) + (selection.selectionSet === undefined ? 0 : count(selection.selectionSet));
    }
    return Math.min(fields, FIELDS_MAX + 1);
  };
  const countFragment = (name: string): number => {
    const known = counted.get(name);
    if (known !== undefined) return known;
    counted.set(name, 0); // a fragment that spreads itself is another rule's business
    const fragment = context.getFragment(name);
    const fields = fragment ? count(fragment.selectionSet) : 0;
    counted.set(name, fields);
    return fields;
  };
  const enter = (operation: OperationDefinitionNode): void => {
    if (count(operation.selectionSet) <= FIELDS_MAX) return;
    context.reportError(new GraphQLError(`The query selects more than ${FIELDS_MAX} fields`, { nodes: operation }));
  };
  return { [Kind.OPERATION_DEFINITION]: enter };
}
