/** Errors as clients get them. Mistakes of the client are told as they are; what fails on our side is told to the operator, and to the client
 *  only by an id that finds it in the log: messages of storage hold addresses, names and statements. */
import { randomUUID } from "node:crypto";
import { GraphQLError } from "graphql";
import { QueryError, SidelightError, StorageError } from "../oap/model/errors.ts";
import type { QueryOptions } from "./context.ts";

/** Numbers of ClickHouse's errors when a statement needs more memory, time or rows than it may. */
const TOO_LARGE: readonly (number | null)[] = [158, 159, 160, 241, 307, 396];

/** One for each endpoint. An error that several fields share is told to the operator once. */
export class ErrorAnswers {
  readonly #onError: QueryOptions["onError"];
  readonly #ids = new WeakMap<object, string>();

  constructor(onError: QueryOptions["onError"]) {
    this.#onError = onError;
  }

  of(error: unknown): Error {
    const cause = error instanceof GraphQLError ? error.originalError : error;
    if (error instanceof GraphQLError && (cause == null || cause instanceof GraphQLError)) return error;
    const { nodes, source, positions, path } = error instanceof GraphQLError ? error : {};
    const { message, id } = cause instanceof QueryError ? { message: cause.message } : this.#masked(cause);
    const known = cause instanceof SidelightError ? cause : null;
    return new GraphQLError(message, {
      ...(nodes === undefined ? { source, positions } : { nodes }),
      path,
      extensions: { code: known?.code ?? "INTERNAL", retryable: known?.retryable ?? false, ...(id === undefined ? {} : { id }) },
    });
  }

  #masked(cause: unknown): { message: string; id: string } {
    const key = typeof cause === "object" && cause !== null ? cause : {};
    const id = this.#ids.get(key) ?? randomUUID().slice(0, 8);
    if (!this.#ids.has(key)) {
      this.#ids.set(key, id);
      this.#onError("a question failed", { id, error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
    }
    return { message: `${opaque(cause)} (error ${id})`, id };
  }
}

function opaque(cause: unknown): string {
  if (!(cause instanceof StorageError)) return "Something went wrong on the server";
  if (TOO_LARGE.includes(cause.clickhouseCode))
    return "The question needs more than storage may use for it: ask for less at a time";
  return cause.retryable ? "Storage cannot be read at the moment" : "Storage cannot answer this";
}
