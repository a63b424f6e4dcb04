/** Errors as clients get them. Mistakes of the client are told as they are; what fails on our side is told to the operator, and to the client
 *  only by an id that finds it in the log: messages of storage hold addresses, names and statements. */
import { randomUUID } from "node:crypto";
import { GraphQLError } from "graphql";
import { QueryError, SidelightError, StorageError } from "../oap/model/errors.ts";
import type { Clock } from "../oap/model/ports.ts";

interface ErrorAnswersOptions {
  readonly onError: (message: string, detail: Record<string, unknown>) => void;
  readonly clock: Clock;
}

/** Numbers of ClickHouse's errors when a statement needs more memory, time or rows than it may. */
const TOO_LARGE: readonly (number | null)[] = [158, 159, 160, 241, 307, 396];

/** For so long the same failure is told once, and keeps its id: a dashboard that asks again and again would fill the log. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 100;
/** Failures are the same when they begin so: further on, texts have numbers and statements in them. */
const BEGINNING = 80;

export class ErrorAnswers {
  readonly #onError: ErrorAnswersOptions["onError"];
  readonly #clock: Clock;
  readonly #told = new Map<string, { readonly id: string; readonly at: number }>();

  constructor({ onError, clock }: ErrorAnswersOptions) {
    this.#onError = onError;
    this.#clock = clock;
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

  /** What clients are told of a failure on our side, where it is a part of an answer. */
  textOf(cause: unknown): string {
    return this.#masked(cause).message;
  }

  #masked(cause: unknown): { message: string; id: string } {
    const id = this.#idOf(cause);
    return { message: `${opaque(cause)} (error ${id})`, id };
  }

  #idOf(cause: unknown): string {
    const now = this.#clock.now();
    const key = `${cause instanceof Error ? cause.name : ""} ${textOf(cause).slice(0, BEGINNING)}`;
    const told = this.#told.get(key);
    if (told !== undefined && Math.abs(now - told.at) < REMEMBERED_MS) return told.id;
    const id = randomUUID().slice(0, 8);
    if (this.#told.size >= REMEMBERED_MAX) this.#told.clear();
    this.#told.set(key, { id, at: now });
    this.#onError("a question failed", { id, error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
    return id;
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function opaque(cause: unknown): string {
  if (!(cause instanceof StorageError)) return "Something went wrong on the server";
  if (TOO_LARGE.includes(cause.clickhouseCode))
    return "The question needs more than storage may use for it: ask for less at a time";
  return cause.retryable ? "Storage cannot be read at the moment" : "Storage cannot answer this";
}
