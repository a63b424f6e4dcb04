/** A running server, asked over HTTP. */
import { AnswerError } from "../model/errors.ts";

export interface ServerOptions {
  readonly url: string;
  /** The header of that name; null: none. */
  readonly authorization: string | null;
}

const TIMEOUT_MS = 60_000;
const ASKS_WHO = "asks who you are: set SIDELIGHT_TOKEN or SIDELIGHT_USER, or give --token or --user";

interface Body {
  readonly data?: unknown;
  readonly extensions?: { readonly partial?: string };
  readonly errors?: readonly { readonly message: string }[];
}

export class Server {
  /** Why the last answer lacks something; null when it does not. */
  partial: string | null = null;
  readonly #options: ServerOptions;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** @throws AnswerError in words for whoever typed the command */
  async ask<Data>(query: string, variables: object): Promise<Data> {
    const { authorization } = this.#options;
    const answer = await this.#post(JSON.stringify({ query, variables }), {
      "Content-Type": "application/json",
      Accept: "application/json",
      ...(authorization === null ? {} : { Authorization: authorization }),
    });
    const { status, text } = answer;
    if (status === 401)
      throw new AnswerError(`${this.#options.url} ${authorization === null ? ASKS_WHO : "does not know this login"}`);
    if (status === 403) throw new AnswerError(`${this.#options.url} does not let you ask this`);
    const body = parsed(text);
    if (body?.errors !== undefined) throw new AnswerError(body.errors.map(({ message }) => message).join("\n"));
    if (status !== 200 || body?.data == null)
      throw new AnswerError(`${this.#options.url} answered ${status}: ${text.trim().slice(0, 500)}`);
    this.partial = body.extensions?.partial ?? null;
    return body.data as Data;
  }

  async #post(body: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
    const { url } = this.#options;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const answer = await fetch(`${url.replace(/\/+$/, "")}/graphql`, {
        method: "POST",
        headers,
        body,
        signal,
        redirect: "error",
      });
      return { status: answer.status, text: await answer.text() };
    } catch (cause) {
      if (signal.aborted) throw new AnswerError(`${url} did not answer within ${TIMEOUT_MS / 1_000} s`, cause);
      const { cause: why } = cause as { cause?: { code?: string; message?: string } };
      throw new AnswerError(`${url} cannot be reached: ${why?.message || why?.code || (cause as Error).message}`, cause);
    }
  }
}

function parsed(text: string): Body | null {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return null;
  }
}
