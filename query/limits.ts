/** What a document may cost. Fields and aliases count one each, those of a fragment once per use. */
import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";

/** What a request may cost. The defaults are above what the largest known client asks for. */
export interface RequestLimits {
  readonly bodyMaxBytes: number;
  readonly tokensMax: number;
  readonly fieldsMax: number;
  readonly aliasesMax: number;
  readonly depthMax: number;
  /** Values that the metrics expressions of a request read and make. */
  readonly valuesMax: number;
}

/** Requests refused, by the limit they hit. */
export class RefusedRequests {
  bodies = 0;
  tokens = 0;
  fields = 0;
  aliases = 0;
  depth = 0;
  /** Of these, single expressions. */
  values = 0;
}

/** A validation rule that refuses, and counts, larger documents. */
export function documentLimits(limits: RequestLimits, refused: RefusedRequests): (context: ValidationContext) => ASTVisitor {
  return (context) => {
    const measure = new Measure(context);
    const enter = (operation: OperationDefinitionNode): void => {
      const { fields, aliases, depth } = measure.of(operation.selectionSet);
      const refuse = (what: keyof RefusedRequests, message: string): void => {
        refused[what]++;
        context.reportError(new GraphQLError(message, { nodes: operation }));
      };
      if (fields > limits.fieldsMax) refuse("fields", `The query selects more than ${limits.fieldsMax} fields (query.maxFields)`);
      if (aliases > limits.aliasesMax)
        refuse("aliases", `The query has more than ${limits.aliasesMax} aliases (query.maxAliases)`);
      if (depth > limits.depthMax) refuse("depth", `The query is nested deeper than ${limits.depthMax} fields (query.maxDepth)`);
    };
    return { [Kind.OPERATION_DEFINITION]: enter };
  };
}

interface Size {
  readonly fields: number;
  readonly aliases: number;
  readonly depth: number;
}

const NOTHING: Size = { fields: 0, aliases: 0, depth: 0 };
/** Where counting stops: fragments within fragments would count to infinity. */
const ENOUGH = 1e9;

class Measure {
  readonly #context: ValidationContext;
  readonly #fragments = new Map<string, Size>();

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  of({ selections }: SelectionSetNode): Size {
    let { fields, aliases, depth } = NOTHING;
    for (const selection of selections) {
      const size = this.#selection(selection);
      fields = Math.min(ENOUGH, fields + size.fields);
      aliases = Math.min(ENOUGH, aliases + size.aliases);
      depth = Math.max(depth, size.depth);
    }
    return { fields, aliases, depth };
  }

  #selection(selection: SelectionNode): Size {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value);
    const inner = selection.selectionSet === undefined ? NOTHING : this.of(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return inner;
    const alias = selection.alias === undefined ? 0 : 1;
    return { fields: inner.fields + 1, aliases: inner.aliases + alias, depth: inner.depth + 1 };
  }

  #fragment(name: string): Size {
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    this.#fragments.set(name, NOTHING); // a fragment that spreads itself is another rule's business
    const fragment = this.#context.getFragment(name);
    const size = fragment ? this.of(fragment.selectionSet) : NOTHING;
    this.#fragments.set(name, size);
    return size;
  }
}
