/** What a document may cost. Fields count one each, those of a fragment once per use. */
import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

/** What a request may cost. The defaults are above what the largest known client asks for. */
export interface RequestLimits {
  readonly bodyMaxBytes: number;
  readonly tokensMax: number;
  readonly fieldsMax: number;
  /** Values that the metrics expressions of a request read and make. */
  readonly valuesMax: number;
}

/** Requests refused, by the limit they hit. */
export class RefusedRequests {
  bodies = 0;
  tokens = 0;
  fields = 0;
  /** Of these, single expressions. */
  values = 0;
}

/** A validation rule that refuses, and counts, documents with more fields. */
export function fieldLimit(fieldsMax: number, refused: RefusedRequests): (context: ValidationContext) => ASTVisitor {
  return (context) => visitor(context, fieldsMax, refused);
}

function visitor(context: ValidationContext, fieldsMax: number, refused: RefusedRequests): ASTVisitor {
  const counted = new Map<string, number>();
  const count = (selections: SelectionSetNode): number => {
    let fields = 0;
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) fields += countFragment(selection.name.value);
      else
        fields +=
          (selection.kind === Kind.FIELD ? 1 : 0) + (selection.selectionSet === undefined ? 0 : count(selection.selectionSet));
    }
    return Math.min(fields, fieldsMax + 1);
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
    if (count(operation.selectionSet) <= fieldsMax) return;
    refused.fields++;
    context.reportError(new GraphQLError(`The query selects more than ${fieldsMax} fields`, { nodes: operation }));
  };
  return { [Kind.OPERATION_DEFINITION]: enter };
}
