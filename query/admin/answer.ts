/** The paths under /status, /debugging and /inspect, and how they are answered: as JSON, YAML or plain text, by what the client accepts. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { GraphQLError } from "graphql";
import { QueryError, StorageError } from "../../oap/model/errors.ts";
import { type Format, formatOf } from "../accept.ts";
import type { QueryContext, QueryOptions } from "../context.ts";
import type { ErrorAnswers } from "../error-answers.ts";
import { readBody, sendJson, sendText } from "../http.ts";
import type { RefusedRequests } from "../limits.ts";
import { ask } from "./ask.ts";
import { inspectEntities, inspectMetrics, inspectValues, inspectValuesOf } from "./inspect.ts";
import { Parameters } from "./parameters.ts";
import { QUESTIONS, type Question } from "./questions.ts";
import { alarmRules, clusterNodes, configDump, ttl } from "./status.ts";
import { withTree } from "./trace-tree.ts";

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly context: QueryContext;
  readonly options: QueryOptions;
  readonly errors: ErrorAnswers;
  readonly refused: RefusedRequests;
}

interface Route {
  /** The first is for clients that do not mind. */
  readonly formats: readonly [Format, ...Format[]];
  readonly answer: (given: Parameters, context: QueryContext) => Promise<unknown>;
  /** Where questions may come as the body of a POST, too. */
  readonly answerBody?: (body: Readonly<Record<string, unknown>>, context: QueryContext) => Promise<unknown>;
}

const JSON_FIRST = ["json", "yaml"] as const;
/** Lines `key=value`, which scripts of the reference's users read. */
const LINES_FIRST = ["text", "json", "yaml"] as const;
const YAML_FIRST = ["yaml", "json"] as const;

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...["/status", "/debugging", "/inspect"].map(
    (path) => [path, { formats: JSON_FIRST, answer: async () => below(path) }] as const,
  ),
  ["/status/cluster/nodes", { formats: JSON_FIRST, answer: (_, context) => clusterNodes(context) }],
  ["/status/config/ttl", { formats: LINES_FIRST, answer: (_, context) => ttl(context) }],
  ["/status/alarm/rules", { formats: JSON_FIRST, answer: (_, context) => alarmRules(context) }],
  ["/debugging/config/dump", { formats: LINES_FIRST, answer: (_, context) => configDump(context) }],
  ...Object.entries(QUESTIONS).map(([path, question]) => [`/debugging/query/${path}`, debugging(question)] as const),
  ["/inspect/metrics", { formats: JSON_FIRST, answer: inspectMetrics }],
  ["/inspect/entities", { formats: JSON_FIRST, answer: inspectEntities }],
  ["/inspect/values", { formats: JSON_FIRST, answer: inspectValues, answerBody: inspectValuesOf }],
]);

/** What there is to ask; parameters are in oap/docs/status.md. */
function below(path: string): { readonly paths: readonly string[] } {
  return { paths: [...ROUTES.keys()].filter((one) => one.startsWith(`${path}/`)) };
}

/** One alarm rule, and one of its entities. */
const RULE = /^\/status\/alarm\/[^/]+(\/[^/]+)?$/;

export async function answerAdmin(asked: Asked): Promise<void> {
  const { request, response, url, options, errors } = asked;
  const route = ROUTES.get(url.pathname.replace(/^(\/[^/]+)\/$/, "$1")); // an index with a slash behind it, too
  if (route === undefined) {
    if (RULE.test(url.pathname)) return sendJson(response, 404, { error: "there is no such rule" });
    return sendText(response, 404, "not found");
  }
  const methods = ["GET", "HEAD", ...(route.answerBody === undefined ? [] : ["POST"])];
  if (!methods.includes(request.method ?? "")) {
    return sendText(response, 405, `only ${methods.join(", ")}`, { Allow: methods.join(", ") });
  }
  try {
    const value = await answerOf(route, asked);
    const why = options.partial?.() ?? null;
    await send(asked, formatOf(request, ...route.formats), why === null ? value : { ...(value as object), partial: why });
  } catch (error) {
    const { status, message } = failure(error, errors);
    sendJson(response, status, { error: message });
  }
}

async function answerOf(route: Route, { request, url, context, options, refused }: Asked): Promise<unknown> {
  if (request.method !== "POST" || route.answerBody === undefined) {
    return await route.answer(new Parameters(url.searchParams), context);
  }
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    request.resume();
    throw new BodyFault(415, "the body must be application/json");
  }
  const { bodyMaxBytes } = options.limits;
  const body = await readBody(request, bodyMaxBytes);
  if (body === null) {
    refused.bodies++;
    throw new BodyFault(413, `the body is larger than ${bodyMaxBytes} bytes (query.maxBodyBytes)`);
  }
  return await route.answerBody(parsed(body), context);
}

/** A body that is not looked into. */
class BodyFault extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new QueryError("the body is no JSON object");
}

function debugging({ document, variables }: Question): Route {
  const answer: Route["answer"] = async (given, context) =>
    withTree(Object.values(await ask(context, document, variables(given)))[0]);
  return { formats: YAML_FIRST, answer };
}

async function send({ response }: Asked, format: Format, value: unknown): Promise<void> {
  if (format === "json") return sendJson(response, 200, value);
  if (format === "text") return sendText(response, 200, linesOf(value as object, "").join("\n"), { Vary: "Accept" });
  const { stringify } = await import("yaml");
  const text = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
  sendText(response, 200, text, { "Content-Type": "application/yaml; charset=utf-8", Vary: "Accept" });
}

/** Nested keys are joined by dots; what could end a line is written as JSON has it. */
function linesOf(object: object, prefix: string): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (typeof value === "object" && value !== null) return linesOf(value, `${prefix}${key}.`);
    const text = String(value ?? "");
    return [`${prefix}${key}=${/[\r\n]/.test(text) ? JSON.stringify(text) : text}`];
  });
}

/** What the client got wrong is told as it is; what failed here as GraphQL clients are told. */
function failure(error: unknown, errors: ErrorAnswers): { status: number; message: string } {
  if (error instanceof BodyFault) return error;
  const cause = error instanceof GraphQLError ? error.originalError : error;
  const isOfClient =
    cause instanceof QueryError || (error instanceof GraphQLError && cause == null) || cause instanceof GraphQLError;
  const { message } = errors.of(error);
  if (isOfClient) return { status: 400, message };
  return { status: cause instanceof StorageError && cause.retryable ? 503 : 500, message };
}
