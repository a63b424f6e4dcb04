/** `sidelight query`: an expression over one entity and the last while, as a running server answers it. */
import { AnswerError } from "../model/errors.ts";
import { expectKnown } from "./known-services.ts";
import { periodOf } from "./period.ts";
import { parseQuery, QUERY_HELP, type QueryCommand } from "./query-arguments.ts";
import { Server } from "./server.ts";
import { type ExpressionAnswer, shown } from "./shown.ts";

const NOW = "{ getTimeInfo { currentTimestamp } }";
const ANSWER = `query ($expression: String!, $entity: Entity!, $duration: Duration!) {
  execExpression(expression: $expression, entity: $entity, duration: $duration) {
    type error results { metric { labels { key value } } values { id value owner { scope serviceName serviceInstanceName endpointName } } }
  }
}`;

/** What is to be printed, and what is to be said beside it. */
export interface Said {
  readonly text: string;
  readonly note: string | null;
}

/** @throws UsageError, AnswerError */
export async function query(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<Said> {
  const command = parseQuery(args, environment);
  if (command === "help") return { text: QUERY_HELP, note: null };
  const server = new Server(command.server);
  const period = periodOf(command, command.untilMs ?? (await nowOf(server)));
  const { expression, entity, output } = command;
  const { duration } = period;
  const { execExpression } = await server.ask<{ execExpression: ExpressionAnswer }>(ANSWER, { expression, entity, duration });
  if (execExpression.error !== null) throw new AnswerError(execExpression.error);
  if (output !== "json" && execExpression.type === "UNKNOWN") throw new AnswerError(unfit(command));
  const note = server.partial;
  if (!hasValues(execExpression)) await expectKnown(server, entity);
  return { text: shown(execExpression, { title: titleOf(command), period, output }), note };
}

function hasValues({ results }: ExpressionAnswer): boolean {
  return results.some(({ values }) => values.some(({ value }) => value !== null));
}

/** The server's: a point is cut where its minute ends, not where that of this machine does. */
async function nowOf(server: Server): Promise<number> {
  const { getTimeInfo } = await server.ask<{ getTimeInfo: { currentTimestamp: number } }>(NOW, {});
  return getTimeInfo.currentTimestamp;
}

function titleOf({ expression, entity }: QueryCommand): string {
  const names = [entity.serviceName, entity.serviceInstanceName, entity.endpointName].filter((one) => one !== undefined);
  const dest = [entity.destServiceName, entity.destServiceInstanceName].filter((one) => one !== undefined);
  return [expression, names.join(" "), dest.length === 0 ? "" : `to ${dest.join(" ")}`].filter((one) => one !== "").join("  ");
}

function unfit({ entity }: QueryCommand): string {
  const given = Object.keys(entity).length === 0 ? "no entity was named" : "not all it needs was named";
  return `the expression reads a metric of a service, instance, endpoint or connection, and ${given}: see --service, --instance, --endpoint, --dest-service`;
}
