/** POST /graphql with the HTTP behaviour that clients of the query protocol know. Yoga executes; what it would answer otherwise
 *  (other methods, content types, broken bodies) is answered here. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { maxTokensPlugin } from "@escape.tech/graphql-armor-max-tokens";
import { createYoga, type Plugin } from "graphql-yoga";
import type { Caller } from "./access/gate.ts";
import { guardedMutations } from "./access/mutations.ts";
import { compiled } from "./compiled.ts";
import type { QueryOptions } from "./context.ts";
import type { Door, DoorParts } from "./door.ts";
import { contentType, readBody, sendPacked, sendText } from "./http.ts";
import { LiftedLiterals } from "./lifted-literals.ts";
import { documentLimits, type RefusedRequests } from "./limits.ts";
import { querySchema } from "./schema.ts";

/** What yoga is asked for, so that its status codes tell errors of the request from errors of the answer. */
const GRAPHQL_RESPONSE = "application/graphql-response+json";
/** In an answer that has some; whatever else holds this text is only asked once more. */
const ERRORS = '"errors":[';
const ACCEPTABLE: readonly string[] = ["application/json", "application/graphql+json", GRAPHQL_RESPONSE];

export interface GraphqlAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: as the question has it
  readonly data?: any;
  readonly errors?: readonly { readonly message: string }[];
  readonly extensions?: { readonly partial?: string };
}

/** Asks what a client could ask, without HTTP in between: the same limits, the same errors. For doors that speak another language. */
export type AskGraphql = (question: { readonly query: string; readonly variables: object }) => Promise<GraphqlAnswer>;

/** Counts in `refusedByLimit` what is larger than options.limits allow. */
export function graphqlEndpoint(
  { options, makeContext }: DoorParts,
  refusedByLimit: RefusedRequests,
): Door & { readonly ask: AskGraphql } {
  const { bodyMaxBytes, tokensMax } = options.limits;
  const rule = documentLimits(options.limits, refusedByLimit);
  const { failures: errors } = makeContext();
  const limits: Plugin = { onValidate: ({ addValidationRule }) => addValidationRule(rule) };
  const tokens = {
    n: tokensMax,
    exposeLimits: false,
    errorMessage: `the query has more than ${tokensMax} tokens (query.maxTokens)`,
    onReject: [() => void refusedByLimit.tokens++],
  };
  const yoga = createYoga({
    schema: querySchema(),
    context: makeContext,
    maskedErrors: { maskError: (error) => errors.of(error) },
    graphiql: false,
    landingPage: false,
    logging: false,
    plugins: [limits, guardedMutations(), compiled(), toldPartial(options), maxTokensPlugin(tokens)],
  });
  const execute = (parameters: object, caller?: Caller): Promise<Response> | Response => {
    const headers = { "content-type": "application/json", accept: GRAPHQL_RESPONSE };
    const asked = { method: "POST", headers, body: JSON.stringify(parameters) };
    return yoga.fetch("http://localhost/graphql", asked, { caller });
  };
  const literals = new LiftedLiterals(querySchema(), tokensMax);
  const executeLifted = async ({ query, variables, operationName }: Readonly<Record<string, unknown>>, caller?: Caller) => {
    const isBare = variables == null || Object.keys(variables).length === 0;
    const question = isBare ? literals.of(String(query)) : null;
    if (question === null) return null;
    const answered = await told(execute({ ...question, operationName }, caller));
    return answered.status === 200 && !answered.text.includes(ERRORS) ? answered : null;
  };
  const answer: Door["answer"] = async (request, response, _, caller) => {
    const refusal = refused(request);
    if (refusal !== null) {
      request.resume();
      sendText(response, refusal.status, refusal.text, refusal.headers);
      return;
    }
    const body = await readBody(request, bodyMaxBytes);
    if (body === null) {
      refusedByLimit.bodies++;
      sendText(response, 413, `the body is larger than ${bodyMaxBytes} bytes (query.maxBodyBytes)`);
      return;
    }
    const parameters = contentType(request) === "application/graphql" ? { query: body } : parseJson(body);
    if (typeof parameters?.query !== "string" || parameters.query.trim() === "") {
      sendText(response, 400, "the body holds no query");
      return;
    }
    const { status, text } = (await executeLifted(parameters, caller)) ?? (await told(execute(parameters, caller)));
    await send(request, response, statusOf(status), text);
  };
  const ask: AskGraphql = async (question) => (await (await execute(question)).json()) as GraphqlAnswer;
  return { takes: (path) => path === "/graphql", answer, ask };
}

async function told(answer: Promise<Response> | Response): Promise<{ readonly status: number; readonly text: string }> {
  const response = await answer;
  return { status: response.status, text: await response.text() };
}

/** Puts into `extensions.partial` why an answer lacks rows. */
function toldPartial({ partial = () => null }: QueryOptions): Plugin {
  return {
    onExecute: () => ({
      onExecuteDone: ({ result, setResult }) => {
        const why = partial();
        if (why === null || !("data" in result)) return;
        setResult({ ...result, extensions: { ...result.extensions, partial: why } });
      },
    }),
  };
}

/** Why a request is not even read; null when it is. */
function refused(request: IncomingMessage): { status: number; text: string; headers?: Record<string, string> } | null {
  if (request.method !== "POST") return { status: 405, text: "GraphQL takes POST only", headers: { Allow: "POST" } };
  const type = contentType(request);
  if (type !== "application/json" && type !== "application/graphql") {
    return { status: 415, text: "the body must be application/json or application/graphql" };
  }
  if (acceptable(request.headers.accept) === null) {
    return { status: 406, text: `only ${ACCEPTABLE.join(", ")} can be answered` };
  }
  return null;
}

async function send(request: IncomingMessage, response: ServerResponse, status: number, text: string): Promise<void> {
  await sendPacked(request, response, status, { "Content-Type": `${acceptable(request.headers.accept)}; charset=utf-8` }, text);
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
  const ours = types.find((one) => ACCEPTABLE.includes(one));
  if (ours !== undefined) return ours;
  return types.some((one) => one === "*/*" || one === "application/*") ? "application/json" : null;
}
