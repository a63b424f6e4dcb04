/** The argument `debug` of the query protocol: an answer that says, in `debuggingTrace`, what it took. */
import { Trace } from "./trace.ts";

// biome-ignore lint/suspicious/noExplicitAny: arguments and answers are of the schema's types
type Resolver = (source: unknown, args: any, ...rest: any[]) => any;

/** The same resolvers; those that are asked with `debug: true` answer with a trace. */
export function debuggable(resolvers: Readonly<Record<string, Resolver>>): Record<string, Resolver> {
  return Object.fromEntries(
    Object.entries(resolvers).map(([operation, resolve]): [string, Resolver] => [
      operation,
      (source, args, ...rest) =>
        args?.debug === true ? withTrace(operation, args, () => resolve(source, args, ...rest)) : resolve(source, args, ...rest),
    ]),
  );
}

async function withTrace(operation: string, args: Readonly<Record<string, unknown>>, resolve: () => unknown): Promise<unknown> {
  const { debug, dumpDBRsp, ...condition } = args;
  const trace = new Trace(operation, JSON.stringify(condition), dumpDBRsp === true);
  const answer = await trace.run(resolve);
  return typeof answer === "object" && answer !== null ? { ...answer, debuggingTrace: trace.told() } : answer;
}
