/** One GraphQL question to the server this page came from. */
export class GraphqlError extends Error {}

/** Part of the data could not be read: what there is can be shown, with the reason. */
export interface Answer<T> {
  readonly data: T;
  readonly partial: string | null;
}

/** @throws GraphqlError with a sentence that can be shown. */
export async function ask<T>(query: string, variables: object, signal: AbortSignal): Promise<Answer<T>> {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  let response: Response;
  try {
    response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }), signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new GraphqlError("The server does not answer. Is it running?");
  }
  const body = (await response.json().catch(() => null)) as {
    data?: T;
    errors?: { message: string }[];
    extensions?: { partial?: string };
  } | null;
  if (body?.errors !== undefined && body.errors.length > 0)
    throw new GraphqlError(body.errors.map(({ message }) => message).join(" "));
  if (!response.ok || body?.data == null) throw new GraphqlError(`The server answered ${response.status}.`);
  return { data: body.data, partial: body.extensions?.partial ?? null };
}
