/** Asks over HTTP as a client does: with its headers, and with its idea of what a failure is. */
import { expect } from "vitest";

export interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
type Data = any;

/** Answers a request's data. What any of the clients takes for a failure fails: a status other than 200, another type than JSON, an entry in `errors`. */
export type Ask = (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<Data>;

export function clientOf(url: string, headers: Readonly<Record<string, string>>): Ask {
  return async (query, variables) => {
    const answer = await post(url, { query, ...(variables === undefined ? {} : { variables }) }, headers);
    expect([answer.status, answer.type, answer.body.errors]).toEqual([200, "application/json", undefined]);
    return answer.body.data;
  };
}

export async function post(url: string, request: Request, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(request),
  });
  const body = (await answer.json()) as { data?: Data; errors?: { message: string; path?: string[] }[] };
  return { status: answer.status, type: (answer.headers.get("content-type") ?? "").split(";")[0], body };
}
