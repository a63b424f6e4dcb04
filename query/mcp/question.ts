/** One call of a tool: asks our own GraphQL, and collects what has to be said with the answer. */
import { serviceId } from "../../oap/model/entity.ts";
import { QueryError } from "../../oap/model/errors.ts";
import type { QueryOptions } from "../context.ts";
import type { AskGraphql } from "../graphql-endpoint.ts";
import { meshWindow } from "../window.ts";
import { Links } from "./links.ts";
import { ServiceNames } from "./service-names.ts";
import { isoOf, type Span, spanOf, type WhenInput } from "./when.ts";

export interface QuestionParts {
  readonly options: Pick<QueryOptions, "clock" | "retention">;
  readonly ask: AskGraphql;
  /** What links begin with. */
  readonly base: string;
}

/** A window, the one before it, and the addresses of pages over it. */
export interface Asked {
  readonly span: Span;
  /** What GraphQL is asked for. */
  readonly variables: { readonly window: Span };
  readonly links: Links;
  /** As answers tell it: rounded as it was read. */
  readonly window: { readonly from: string; readonly to: string };
  /** Of the same length, right before. */
  readonly before: Span;
}

export class Question {
  readonly notes: string[] = [];
  readonly base: string;
  readonly #parts: QuestionParts;
  readonly #names: ServiceNames;

  constructor(parts: QuestionParts) {
    this.#parts = parts;
    this.base = parts.base;
    this.#names = new ServiceNames((query, variables) => this.ask(query, variables));
  }

  get now(): number {
    return this.#parts.options.clock.now();
  }

  /** The data of an answer. @throws QueryError with the text that any client of GraphQL gets */
  // biome-ignore lint/suspicious/noExplicitAny: the tool's own output shape checks what is made of it
  async ask(query: string, variables: object): Promise<any> {
    const { data, errors = [], extensions } = await this.#parts.ask({ query, variables });
    const [error] = errors;
    if (error !== undefined) throw new QueryError(error.message);
    if (extensions?.partial !== undefined) this.note(`Rows are missing at the moment: ${extensions.partial}`);
    return data;
  }

  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  /** Numbers of minutes, hours or days, whichever suits the window. @throws QueryError naming the argument */
  when(input: WhenInput): Asked {
    const span = spanOf(input, this.now);
    const { fromMs, toMs } = meshWindow(span, { nowMs: this.now, ...this.#parts.options.retention });
    if (fromMs < span.from || toMs > span.to)
      this.note("The window was widened to whole minutes, hours or days: as far apart the rows are that it is read from.");
    return {
      ...this.#asked(span),
      window: { from: isoOf(fromMs), to: isoOf(toMs) },
      before: { from: 2 * fromMs - toMs, to: fromMs },
    };
  }

  /** Rows of access logs: to the millisecond. @throws QueryError naming the argument */
  whenExactly(input: WhenInput): Asked {
    const span = spanOf(input, this.now);
    return {
      ...this.#asked(span),
      window: { from: isoOf(span.from), to: isoOf(span.to) },
      before: { from: 2 * span.from - span.to, to: span.from },
    };
  }

  #asked(span: Span) {
    return { span, variables: { window: span }, links: new Links(this.base, span) };
  }

  /** The whole name of a service. @throws QueryError that lists what it may have meant */
  async service(argument: string, given: string, { variables }: Pick<Asked, "variables">): Promise<string> {
    const { name, isGuess } = await this.#names.resolve(argument, given, variables.window);
    if (isGuess) this.note(`"${given}" was taken for the service ${name}.`);
    return name;
  }
}

export function idOf(service: string): string {
  return serviceId(service);
}
