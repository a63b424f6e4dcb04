/** What `sidelight query` takes. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "../model/errors.ts";
import { lengthMs, type PeriodOptions, STEPS, type StepName, timeMs } from "./period.ts";
import type { ServerOptions } from "./server.ts";

export type Output = "table" | "json" | "sparkline";
const OUTPUTS: readonly Output[] = ["table", "json", "sparkline"];
const URL_DEFAULT = "http://127.0.0.1:12800";

/** The entity of the query protocol; fields that were not named are not there. */
export interface Entity {
  readonly serviceName?: string;
  readonly normal?: boolean;
  readonly serviceInstanceName?: string;
  readonly endpointName?: string;
  readonly destServiceName?: string;
  readonly destNormal?: boolean;
  readonly destServiceInstanceName?: string;
}

export interface QueryCommand extends PeriodOptions {
  readonly expression: string;
  readonly entity: Entity;
  /** Where the last while ends; null: now. */
  readonly untilMs: number | null;
  readonly output: Output;
  readonly server: ServerOptions;
}

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  service: { type: "string", short: "s" },
  instance: { type: "string", short: "i" },
  endpoint: { type: "string", short: "e" },
  normal: { type: "boolean", default: true },
  "dest-service": { type: "string" },
  "dest-instance": { type: "string" },
  "dest-normal": { type: "boolean", default: true },
  last: { type: "string", short: "l", default: "30m" },
  until: { type: "string" },
  step: { type: "string" },
  output: { type: "string", short: "o", default: "table" },
  url: { type: "string" },
  token: { type: "string" },
  user: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

export const QUERY_HELP = `Usage: sidelight query '<expression>' [options]

  sidelight query service_cpm --service reviews.bookinfo --last 30m
  sidelight query "service_percentile{p='50,99'}" -s reviews.bookinfo -o sparkline
  sidelight query 'top_n(service_cpm,10,des)' --last 1h
  sidelight query service_relation_server_cpm -s productpage.bookinfo --dest-service reviews.bookinfo

The entity, by names (which of them a metric needs is in oap/docs/expressions.md):
  -s, --service <name>       -i, --instance <name>       -e, --endpoint <name>
      --dest-service <name>      --dest-instance <name>  the called side of a connection
      --no-normal, --no-dest-normal                      a peer that did not report itself

The time, in UTC:
  -l, --last <30m|6h|7d>     how much of it; default 30m
      --until <time>         where it ends, as 2026-03-01T10:20; default: now, by the server's clock
      --step <minute|hour|day>   default: by the length

  -o, --output <table|sparkline|json>

The server:
      --url <address>        default $SIDELIGHT_URL, else ${URL_DEFAULT}
      --token <token>        a bearer token; default $SIDELIGHT_TOKEN
      --user <name:password> instead of a token; default $SIDELIGHT_USER
      Other users of this machine can read what is typed as an option: put secrets into the variables.

Exit codes: 0 answered, 1 failed, 2 not typed as it takes it.
`;

/** @throws UsageError naming what is wrong */
export function parseQuery(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): QueryCommand | "help" {
  const { values, positionals } = parsed(args);
  if (values.help === true) return "help";
  const [expression, ...more] = positionals;
  if (expression === undefined) throw new UsageError("an expression is missing: sidelight query --help");
  if (more.length > 0) throw new UsageError(`one expression, in quotes; there is more: ${more.join(" ")}`);
  return {
    expression,
    entity: entityOf(values),
    lastMs: lengthMs(values.last),
    untilMs: values.until === undefined ? null : timeMs(values.until),
    step: values.step === undefined ? null : oneOf("--step", values.step, Object.keys(STEPS) as StepName[]),
    output: oneOf("--output", values.output, OUTPUTS),
    server: serverOf(values, environment),
  };
}

type Values = ReturnType<typeof parsed>["values"];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, allowNegative: true });
  } catch (cause) {
    throw new UsageError((cause as Error).message, cause);
  }
}

function entityOf(values: Values): Entity {
  const destService = values["dest-service"];
  const destInstance = values["dest-instance"];
  return {
    ...(values.service === undefined ? {} : { serviceName: values.service, normal: values.normal }),
    ...(values.instance === undefined ? {} : { serviceInstanceName: values.instance }),
    ...(values.endpoint === undefined ? {} : { endpointName: values.endpoint }),
    ...(destService === undefined ? {} : { destServiceName: destService, destNormal: values["dest-normal"] }),
    ...(destInstance === undefined ? {} : { destServiceInstanceName: destInstance }),
  };
}

/** What is typed comes before the environment, and either way in replaces the other. */
function serverOf(values: Values, environment: Readonly<Record<string, string | undefined>>): ServerOptions {
  if (values.token !== undefined && values.user !== undefined) throw new UsageError("--token or --user, not both");
  const isTyped = values.token !== undefined || values.user !== undefined;
  const token = isTyped ? values.token : environment["SIDELIGHT_TOKEN"] || undefined;
  const user = isTyped ? values.user : environment["SIDELIGHT_USER"] || undefined;
  if (user !== undefined && token === undefined && !user.includes(":")) throw new UsageError("--user: write name:password");
  const url = values.url ?? (environment["SIDELIGHT_URL"] || URL_DEFAULT);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) throw new UsageError(`--url: ${JSON.stringify(url)} is no HTTP address`);
  return { url, authorization: authorizationOf(token, user) };
}

function authorizationOf(token: string | undefined, user: string | undefined): string | null {
  if (token !== undefined) return `Bearer ${token}`;
  return user === undefined ? null : `Basic ${Buffer.from(user, "utf8").toString("base64")}`;
}

function oneOf<const T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text.toLowerCase());
  if (found === undefined) throw new UsageError(`${option}: one of ${known.join(", ")}, not ${JSON.stringify(text)}`);
  return found;
}
