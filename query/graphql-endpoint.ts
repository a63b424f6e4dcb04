/** POST /graphql with the HTTP behaviour that clients of the query protocol know. Yoga executes; what it would answer otherwise
 *  (other methods, content types, broken bodies) is answered here. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { maxTokensPlugin } from "@escape.tech/graphql-armor-max-tokens";
import { createYoga, type Plugin } from "graphql-yoga";
import { contextFactory, type QueryOptions } from "./context.ts";
import { readBody, sendText } from "./http.ts";
import { fieldLimit, TOKENS_MAX } from "./limits.ts";
import { buildQuerySchema } from "./schema.ts";

const BODY_MAX = 4 << 20;
/** What yoga is asked for, so that its status codes tell errors of the request from errors of the answer. */
const GRAPHQL_RESPONSE = "application/graphql-response+json";
const ACCEPTABLE: readonly string[] = ["application/json", "application/graphql+json", GRAPHQL_RESPONSE];

export type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function graphqlEndpoint(options: QueryOptions): Endpoint {
  const makeContext = contextFactory(options);
  const limits: Plugin = { onValidate: ({ addValidationRule }) => addValidationRule(fieldLimit) };
  const yoga = createYoga({
    schema: buildQuerySchema(),
    context: makeContext,
    maskedErrors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
    plugins: [limits, maxTokensPlugin({ n: TOKENS_MAX })],
  });
  return async (request, response) => {
    if (request.method !== "POST") return sendText(response, 405, "GraphQL takes POST only", { Allow: "POST" });
    const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
    if (type !== "application/json" && type !== "application/graphql") {
      return sendText(response, 415, "the body must be application/json or application/graphql");
    }
    const answerType = acceptable(request.headers.accept);
    if (answerType === null) return sendText(response, 406, `only ${ACCEPTABLE.join(", ")} can be answered`);
    const body = await readBody(request, BODY_MAX);
    if (body === null) return sendText(response, 413, `the body is larger than ${BODY_MAX} bytes`);
    const parameters = type === "application/graphql" ? { query: body } : parseJson(body);
    if (typeof parameters?.query !== "string" || parameters.query.trim() === "")
      return sendText(response, 400, "the body holds no query");
    const headers = { "content-type": "application/json", accept: GRAPHQL_RESPONSE };
    const answer = await yoga.fetch("http://localhost/graphql", { method: "POST", headers, body: JSON.stringify(parameters) });
    response.writeHead(statusOf(answer.status), { "Content-Type": `${answerType}; charset=utf-8` }).end(await answer.text());
  };
}

/** A resolver's error is part of an answer: 200. Only a request that could not be executed is 400. */
function statusOf(status: number): number {
  return status >= 500 ? 200 : status;
}

function parseJson(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The content type to answer with; null when the client takes none of ours. */
function acceptable(accept: string | undefined): string | null {
  if (accept === undefined || accept.trim() === "") return "application/json";
  const types = accept.split(",").map((one) => one.split(";")[0]?.trim().toLowerCase() ?? "");
  if (types.some((one) => one === "*/*" || one === "application/*")) return "application/json";
  return types.find((one) => ACCEPTABLE.includes(one)) ?? null;
}
