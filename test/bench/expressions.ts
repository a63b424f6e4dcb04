/** The expressions' bench: the mesh dashboards of SkyWalking's two user interfaces, request by request as those send them. Alone:
 *  `node test/bench/expressions.ts`, or with a word of the dashboards' names. */
import type { EntityInput } from "../../query/entity-input.ts";
import { BOOSTER, type Dashboard, HORIZON, type Of } from "../builders/dashboards.ts";
import { boosterDocuments, horizonDocuments } from "../builders/expression-documents.ts";
import { askAll, HEAD, type Question, type ReaderResult, RUNS } from "./asking.ts";
import { DATA_END_MS } from "./data-set.ts";
import { HOUR_DURATION } from "./readers.ts";

const TARGET_MS = 150;
/** Of a topology's batch: every expression of 50 nodes or links. */
const BATCH_TARGET_MS = 300;
const BATCH_ENTITIES = 50;
const RUNS_EACH = 12;

export const EXPRESSIONS_SETTING = `The same data and way of asking. A dashboard is all of its requests in turn, an hour by minutes: widgets by six, the rows of a list or the nodes and links of a
topology in one request; each time of other entities. Found: values that are not null, of one request. The data set has no Envoy statistics and no TCP: requests for nothing else are left out.`;

/** An entity of the data set by number. */
export function entityOf(of: Of, number: number): EntityInput {
  const service = number % 200;
  const called = (service + 1 + (number % 25) * 7) % 200;
  const edge = service * 25 + (number % 25);
  const named = (one: number) => `service-${one}.bench`;
  const pod = (one: number, i: number) => `service-${one}-v1-7d4b9c6f5-x${i % 10}`;
  const self = { serviceName: named(service), normal: true };
  const both = { ...self, destServiceName: named(called), destNormal: true };
  switch (of) {
    case "nothing":
      return {};
    case "service":
      return self;
    case "instance":
      return { ...self, serviceInstanceName: pod(service, number) };
    case "endpoint":
      return { ...self, endpointName: endpointOf(service) };
    case "service_relation":
      return both;
    case "instance_relation":
      return { ...both, serviceInstanceName: pod(service, edge), destServiceInstanceName: pod(called, edge) };
  }
}

/** The first endpoint of a service, as traffic.sql names them. */
function endpointOf(service: number): string {
  const entity = 2_200 + service * 50;
  return `${entity % 5 === 0 ? "POST" : "GET"}:/api/v1/area-${entity % 10}/action-0${entity % 7 === 0 ? "/{var}" : ""}`;
}

interface Answer {
  readonly error: string | null;
  readonly results: readonly { readonly values: readonly { readonly value: string | null }[] }[];
}

function valuesOf(data: Readonly<Record<string, Answer>>): number {
  return Object.values(data)
    .flatMap(({ results }) => results.flatMap(({ values }) => values))
    .filter(({ value }) => value !== null).length;
}

function questionOf(client: string, make: typeof boosterDocuments, dashboard: Dashboard): Question {
  const documents = (run: number) =>
    make(dashboard, HOUR_DURATION, (of, i) => entityOf(of, i + run * 37)).filter(({ expressions }) =>
      isMeasured(Object.values(expressions)),
    );
  const { length } = documents(0);
  const requests = length === 1 ? "1 request" : `${length} requests`;
  return {
    what: `${client}, ${dashboard.name}, ${requests}`,
    target: (dashboard.entities ?? 0) >= BATCH_ENTITIES ? BATCH_TARGET_MS : TARGET_MS,
    runs: Math.max(RUNS, RUNS_EACH * length),
    document: (run) => documents(run)[run % length] as ReturnType<typeof boosterDocuments>[number],
    size: valuesOf,
  };
}

/** The data set has no Envoy statistics, none of Istio's control plane, nothing over TCP, and only services with times within proxies. */
const isMeasured = (expressions: readonly string[]): boolean =>
  !expressions.every((one) => /\b(envoy|meter)_|_throughput_|_sidecar_/.test(one));

/** @throws when a request fails or finds nothing. */
export function benchExpressions(say: (text: string) => void, only = ""): Promise<ReaderResult[]> {
  const questions = [
    ...BOOSTER.filter(({ expressions }) => isMeasured(expressions)).map((one) => questionOf("Booster", boosterDocuments, one)),
    ...HORIZON.filter(({ expressions }) => isMeasured(expressions)).map((one) => questionOf("Horizon", horizonDocuments, one)),
  ];
  return askAll(async () => questions.filter(({ what }) => what.includes(only)), say);
}

if (import.meta.main) {
  console.log(`data until ${new Date(DATA_END_MS).toISOString()}`);
  console.log(HEAD.join(" | "));
  await benchExpressions(console.log, process.argv[2]);
}
