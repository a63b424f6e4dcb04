/** Prometheus' HTTP API, as far as Grafana asks it: which path answers what. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { METRICS } from "../../oap/catalog/metrics.ts";
import { QueryError, StorageError } from "../../oap/model/errors.ts";
import type { QueryContext } from "../context.ts";
import type { DoorParts } from "../door.ts";
import type { ErrorAnswers } from "../error-answers.ts";
import { BudgetFault } from "../expression/budget.ts";
import { decodedPath, sendPacked } from "../http.ts";
import type { RefusedRequests } from "../limits.ts";
import { evaluate, type Plan, planInstant, planRange } from "./evaluate.ts";
import { type FaultType, PromqlFault } from "./fault.ts";
import { instantData, rangeData } from "./format.ts";
import type { Present } from "./grid.ts";
import { matchingValues } from "./matchers.ts";
import { type Parameters, readParameters } from "./parameters.ts";
import { parse, parseSelector } from "./parse.ts";
import { print } from "./print.ts";
import { readSelectors } from "./read.ts";
import { labelNames, labelValues, seriesOf } from "./series.ts";
import type { When } from "./traffic.ts";
import type { Expression } from "./tree.ts";

/** What Grafana takes us for: it asks newer ones for things that there are not here. */
const VERSION = "2.45.0";
const API = "/api/v1/";
const LABEL_VALUES = /^label\/([^/]+)\/values$/;
const STATUS: Readonly<Record<FaultType, number>> = { bad_data: 400, not_found: 404, execution: 422 };

type Reading = QueryContext & { readonly present: Present };
type Answer = (parameters: Parameters, reading: Reading) => Promise<unknown> | unknown;

const ANSWERS: Readonly<Record<string, Answer>> = {
  query: instantQuery,
  query_range: rangeQuery,
  format_query: (parameters) => print(parse(parameters.needed("query"))),
  labels: async (parameters, reading) =>
    (await labelNames(parameters.all("match[]"), reading)).slice(0, parameters.limit("limit")),
  series: async (parameters, reading) => {
    const selectors = parameters.all("match[]");
    if (selectors.length === 0) throw new PromqlFault("no match[] parameter provided");
    const matchers = selectors.map((text) => parseSelector(text).matchers);
    return (await seriesOf(matchers, whenOf(parameters), reading)).slice(0, parameters.limit("limit"));
  },
  metadata,
  // Grafana asks for these whatever a data source is for.
  rules: () => ({ groups: [] }),
  alerts: () => ({ alerts: [] }),
  query_exemplars: () => [],
  "status/buildinfo": () => ({ version: VERSION, revision: "", branch: "", buildUser: "", buildDate: "", goVersion: "" }),
};

export class PromqlApi {
  readonly #parts: DoorParts;
  readonly #refused: RefusedRequests;
  readonly #errors: ErrorAnswers;

  constructor(parts: DoorParts, refused: RefusedRequests) {
    this.#parts = parts;
    this.#refused = refused;
    this.#errors = parts.makeContext().failures;
  }

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { status, body } = await this.#answered(request, url);
    await sendPacked(request, response, status, { "Content-Type": "application/json" }, JSON.stringify(body));
  }

  async #answered(request: IncomingMessage, url: URL): Promise<{ status: number; body: object }> {
    const { options, makeContext } = this.#parts;
    try {
      if (request.method !== "GET" && request.method !== "POST") return failed(405, "bad_data", "only GET and POST are answered");
      const { bodyMaxBytes } = options.limits;
      const parameters = await readParameters(request, url, bodyMaxBytes);
      if (parameters === null) {
        this.#refused.bodies++;
        return failed(413, "bad_data", `the body is larger than ${bodyMaxBytes} bytes (query.maxBodyBytes)`);
      }
      const { minuteDays, hourDays } = options.retention;
      const reading = { ...makeContext(), present: { nowMs: options.clock.now(), minuteDays, hourDays } };
      const data = await answerFor((decodedPath(url) ?? "").slice(API.length))(parameters, reading);
      const partial = options.partial?.() ?? null;
      return { status: 200, body: { status: "success", data, ...(partial === null ? {} : { warnings: [partial] }) } };
    } catch (error) {
      request.resume();
      if (error instanceof PromqlFault) return failed(STATUS[error.type], error.type, error.message);
      if (error instanceof QueryError) return failed(400, "bad_data", error.message);
      if (error instanceof BudgetFault) return failed(422, "execution", error.message);
      const { message } = this.#errors.of(error);
      const isAway = error instanceof StorageError && error.retryable;
      return isAway ? failed(503, "unavailable", message) : failed(500, "internal", message);
    }
  }
}

function failed(status: number, errorType: string, error: string) {
  return { status, body: { status: "error", errorType, error } };
}

function answerFor(path: string): Answer {
  const label = LABEL_VALUES.exec(path)?.[1];
  if (label !== undefined)
    return async (parameters, reading) => {
      const values = await labelValues(label, parameters.all("match[]"), whenOf(parameters), reading);
      return values.slice(0, parameters.limit("limit"));
    };
  const answer = Object.hasOwn(ANSWERS, path) ? ANSWERS[path] : undefined;
  if (answer === undefined) throw new PromqlFault(`there is no ${API}${path} here`, "not_found");
  return answer;
}

async function instantQuery(parameters: Parameters, reading: Reading): Promise<unknown> {
  const expression = parse(parameters.needed("query"));
  const atMs = parameters.time("time") ?? reading.present.nowMs;
  const value = await calculated(expression, planInstant(expression, atMs, reading.present), reading);
  return instantData(value, atMs);
}

async function rangeQuery(parameters: Parameters, reading: Reading): Promise<unknown> {
  const expression = parse(parameters.needed("query"));
  parameters.needed("start");
  parameters.needed("end");
  const [fromMs, toMs] = [parameters.time("start") as number, parameters.time("end") as number];
  if (toMs < fromMs) throw new PromqlFault('invalid parameter "end": end timestamp must not be before start time');
  const plan = planRange(expression, { fromMs, toMs, stepMs: parameters.step("step") }, reading.present);
  return rangeData(await calculated(expression, plan, reading), plan.moments);
}

async function calculated(expression: Expression, plan: Plan, reading: Reading) {
  return evaluate(expression, plan, await readSelectors(plan.wanted, reading), reading.storedMetrics.budget);
}

/** Type, help and unit of each metric. */
async function metadata(parameters: Parameters, { sql }: Reading): Promise<unknown> {
  const pattern = parameters.text("metric");
  const names = [...METRICS.keys()];
  const wanted = pattern === null ? new Set(names) : await matchingValues("metric", pattern, names, sql);
  const metrics = [...METRICS.values()].filter(({ name }) => wanted.has(name)).slice(0, parameters.limit("limit"));
  return Object.fromEntries(metrics.map(({ name, help, unit }) => [name, [{ type: "gauge", help, unit }]]));
}

function whenOf(parameters: Parameters): When {
  return { fromMs: parameters.time("start"), toMs: parameters.time("end") };
}
