/** Documents whose literals are variables. Horizon UI writes times and entities into its documents, so that no two are alike: each would be
 *  validated and executed as never seen before, which for the 150 expressions of a topology takes ten times as long as reading them. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  type ValueNode,
  valueFromAST,
  valueFromASTUntyped,
} from "graphql";

export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Below it a document is validated sooner than its literals are found. */
const LENGTH_MIN = 2_000;
/** The largest known documents are half as long. What is remembered of the longest ones, text and shape, comes to 20 MB. */
const LENGTH_MAX = 200_000;
/** Shapes of documents remembered, the longest unused going first: a few for each page of a client. */
const SHAPES_MAX = 50;
const PREFIX = "_l";

export class LiftedLiterals {
  readonly #schema: GraphQLSchema;
  readonly #tokensMax: number;
  /** What is between the literals -> the document with variables in their place. */
  readonly #shapes = new Map<string, string>();

  constructor(schema: GraphQLSchema, tokensMax: number) {
    this.#schema = schema;
    this.#tokensMax = tokensMax;
  }

  /** The same question with the arguments of its top fields as variables; null for documents that would gain nothing, or are not valid. Errors of
   *  its answer speak of another text than the client's: whoever asks it asks the client's own one then. */
  of(text: string): Question | null {
    if (text.length < LENGTH_MIN || text.length > LENGTH_MAX || text.includes("$")) return null;
    const document = this.#parsed(text);
    const operation = document === null ? null : onlyQuery(document);
    if (document === null || operation === null) return null;
    const literals = this.#literalsOf(operation);
    if (literals === null || literals.length === 0) return null;
    const key = between(text, literals);
    const query = this.#shapes.get(key) ?? print(withVariables(document, operation, literals));
    this.#remember(key, query);
    const variables = Object.fromEntries(literals.map(({ name, value }) => [name, valueFromASTUntyped(value)]));
    return { query, variables };
  }

  #parsed(text: string): DocumentNode | null {
    try {
      return parse(text, { maxTokens: this.#tokensMax });
    } catch {
      return null; // told by whoever answers
    }
  }

  /** In the order of the text. Null when one is not of its argument's type. */
  #literalsOf({ selectionSet }: OperationDefinitionNode): Literal[] | null {
    const fields = this.#schema.getQueryType()?.getFields() ?? {};
    const literals: Literal[] = [];
    for (const selection of selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) continue;
      const declared = fields[selection.name.value]?.args ?? [];
      for (const { name, value } of selection.arguments ?? []) {
        const argument = declared.find((one) => one.name === name.value);
        if (argument === undefined || valueFromAST(value, argument.type) === undefined) return null;
        literals.push({ name: `${PREFIX}${literals.length}`, type: String(argument.type), value });
      }
    }
    return literals;
  }

  #remember(key: string, query: string): void {
    this.#shapes.delete(key);
    this.#shapes.set(key, query);
    const [oldest] = this.#shapes.keys();
    if (this.#shapes.size > SHAPES_MAX && oldest !== undefined) this.#shapes.delete(oldest);
  }
}

interface Literal {
  readonly name: string;
  readonly type: string;
  readonly value: ValueNode;
}

function onlyQuery({ definitions }: DocumentNode): OperationDefinitionNode | null {
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  return operations.length === 1 && operation?.operation === OperationTypeNode.QUERY ? operation : null;
}

function between(text: string, literals: readonly Literal[]): string {
  let from = 0;
  const parts = literals.map(({ value, type }) => {
    const part = text.slice(from, value.loc?.start);
    from = value.loc?.end ?? from;
    return `${part}$${type}`;
  });
  return parts.join("") + text.slice(from);
}

function withVariables(document: DocumentNode, operation: OperationDefinitionNode, literals: readonly Literal[]): DocumentNode {
  let place = 0;
  const lifted = (argument: ArgumentNode): ArgumentNode => {
    const { name } = literals[place++] as Literal;
    return { ...argument, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } };
  };
  const selections = operation.selectionSet.selections.map((one) =>
    one.kind === Kind.FIELD ? ({ ...one, arguments: one.arguments?.map(lifted) } as FieldNode) : one,
  );
  const parameters = literals.map(({ name, type }) => `$${name}: ${type}`).join(", ");
  const declared = parse(`query (${parameters}) { __typename }`).definitions[0] as OperationDefinitionNode;
  const { variableDefinitions } = declared;
  const changed = { ...operation, variableDefinitions, selectionSet: { ...operation.selectionSet, selections } };
  return { ...document, definitions: document.definitions.map((one) => (one === operation ? changed : one)) };
}
