/** Which service is meant: assistants write "reviews" for "reviews.default". */
import { serviceId } from "../../oap/model/entity.ts";
import { QueryError } from "../../oap/model/errors.ts";
import { namespaceOf } from "../namespace.ts";
import { nameOfId } from "./links.ts";
import type { Span } from "./when.ts";

const SUGGESTED_MAX = 10;
const SERVICES = "{ listServices { name } }";
const TAKES_PART = "query ($id: ID!, $window: Window!) { meshService(id: $id, window: $window) { name } }";

export interface ResolvedName {
  readonly name: string;
  /** It is not what was written. */
  readonly isGuess: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of GraphQL
type Ask = (query: string, variables: object) => Promise<any>;

export class ServiceNames {
  readonly #ask: Ask;
  #listed: Promise<readonly string[]> | null = null;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** By whole name, id, name in another case, or name without namespace where only one fits; else a peer that somebody called in the window.
   *  @throws QueryError naming the argument, with what there is */
  async resolve(argument: string, given: string, window: Span): Promise<ResolvedName> {
    this.#listed ??= this.#list();
    const names = await this.#listed;
    const wanted = given.trim();
    const exact = names.find((name) => name === wanted) ?? nameOfId(wanted);
    if (exact !== null) return { name: exact, isGuess: false };
    const lower = wanted.toLowerCase();
    const close = [(name: string) => name, shortName].map((of) => names.filter((name) => of(name).toLowerCase() === lower));
    const found = close.find((some) => some.length > 0) ?? [];
    if (found.length === 1) return { name: found[0] as string, isGuess: true };
    if (found.length > 1) throw new QueryError(`${argument}: there are several services of that name: ${someOf(found)}`);
    if (await this.#takesPart(wanted, window)) return { name: wanted, isGuess: false };
    const similar = names.filter((name) => name.toLowerCase().includes(lower) || lower.includes(shortName(name).toLowerCase()));
    const hint =
      similar.length > 0 ? `did you mean ${someOf(similar)}?` : `there are ${names.length === 0 ? "none yet" : someOf(names)}`;
    throw new QueryError(`${argument}: there is no service "${wanted.slice(0, 300)}"; ${hint}`);
  }

  async #list(): Promise<string[]> {
    const { listServices } = (await this.#ask(SERVICES, {})) as { listServices: readonly { readonly name: string }[] };
    return listServices.map(({ name }) => name);
  }

  /** Peers that report nothing themselves are in no list. */
  async #takesPart(name: string, window: Span): Promise<boolean> {
    const { meshService } = await this.#ask(TAKES_PART, { id: serviceId(name), window });
    return meshService !== null;
  }
}

function shortName(name: string): string {
  const namespace = namespaceOf(name);
  return namespace === null ? name : name.slice(0, -namespace.length - 1);
}

function someOf(names: readonly string[]): string {
  const more = names.length - SUGGESTED_MAX;
  return names.slice(0, SUGGESTED_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
