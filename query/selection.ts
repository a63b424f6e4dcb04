/** Whether a question asks for something that costs extra. */
import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

/** Whether any of `wanted` is selected anywhere below a field of this answer, null: anywhere in the answer. Ignores @skip and
 *  @include: then true. */
export function selects(info: GraphQLResolveInfo, field: string | null, wanted: ReadonlySet<string>): boolean {
  return info.fieldNodes.some((node) => below(node.selectionSet, info, field, wanted, field === null));
}

function below(
  selections: SelectionSetNode | undefined,
  info: GraphQLResolveInfo,
  field: string | null,
  wanted: ReadonlySet<string>,
  isInside: boolean,
): boolean {
  return (selections?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return below(info.fragments[selection.name.value]?.selectionSet, info, field, wanted, isInside);
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) return below(selection.selectionSet, info, field, wanted, isInside);
    if (isInside && wanted.has(selection.name.value)) return true;
    return below(selection.selectionSet, info, field, wanted, isInside || selection.name.value === field);
  });
}
