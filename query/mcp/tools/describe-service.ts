/** One service in full: now against before, what of it fails, who calls it and whom it calls. */
import { z } from "zod";
import { QueryError } from "../../../oap/model/errors.ts";
import { changes } from "../changes.ts";
import { CAUSES, Cause, type CauseRow, toldCause } from "../failure-causes.ts";
import { idOf } from "../question.ts";
import { Endpoint, serviceBody, type TopEndpoint } from "../service-words.ts";
import { EDGE_SIDE, Sides, type SidesOf, TRAFFIC, Traffic, type TrafficNumbers, volumeOf } from "../shapes.ts";
import { answerShape, defineTool, ServiceName, WHEN } from "../tool.ts";

const LISTED_MAX = 10;
const INSTANCES_MAX = 20;
const NEIGHBOURS_MAX = 20;

const QUERY = `query ($id: ID!, $window: Window!, $before: Window!) {
  now: meshService(id: $id, window: $window) {
    name layers endpointsTruncated traffic { ${TRAFFIC} } statusClasses { class calls }
    endpoints { name traffic { ${TRAFFIC} } }
    instances { name traffic { ${TRAFFIC} } }
    callers { name client { ${EDGE_SIDE} } server { ${EDGE_SIDE} } }
    callees { name client { ${EDGE_SIDE} } server { ${EDGE_SIDE} } }
  }
  before: meshService(id: $id, window: $before) { traffic { ${TRAFFIC} } }
  failing: meshTopEndpoints(window: $window, by: FAILED, limit: ${LISTED_MAX}, service: $id) { endpoints { name calls failed errorShare p95 } }
  slowest: meshTopEndpoints(window: $window, by: P95, limit: ${LISTED_MAX}, service: $id) { endpoints { name calls failed errorShare p95 } }
  failures: meshFailures(window: $window, around: $id, groupBy: [SOURCE, DESTINATION, CODE, FLAGS, CODE_DETAILS], first: ${LISTED_MAX}) { ${CAUSES} }
}`;

interface Named {
  readonly name: string;
  readonly traffic: TrafficNumbers | null;
}
type Neighbour = SidesOf & { readonly name: string };

export const describeService = defineTool({
  name: "describe_service",
  title: "One service",
  description:
    "One service over a window against the window before: calls, success, latency, what changed; its busiest, failing and slowest endpoints; why calls of and to it fail; its instances; who calls it and whom it calls.",
  input: z.strictObject({ service: ServiceName, ...WHEN }),
  output: answerShape({
    service: z.object({ id: z.string(), name: z.string(), layers: z.array(z.string()) }),
    now: Traffic.nullable().describe("null: no proxy of this service reported a call to it in the window."),
    before: Traffic.nullable().describe("The window of the same length right before."),
    changes: z.array(z.string()).describe("What differs from before by more than chance would."),
    statusClasses: z.array(z.object({ class: z.string(), calls: z.number() })),
    busiestEndpoints: z.array(Endpoint),
    failingEndpoints: z.array(Endpoint),
    slowestEndpoints: z.array(Endpoint),
    failedCalls: z
      .object({
        received: z.number(),
        receivedAsCallersSaw: z.number(),
        made: z.number().describe("To its callees, as it saw them."),
      })
      .describe("A call that never arrives, or takes too long for its caller, has failed for the caller only."),
    failures: z.array(Cause).describe("Failed calls of and to this service by cause, most first."),
    instances: z.array(z.object({ name: z.string(), traffic: Traffic.nullable() })).describe("Those that fail most first."),
    callers: z.array(z.object({ name: z.string(), ...Sides })),
    callees: z.array(z.object({ name: z.string(), ...Sides })),
    totals: z
      .object({ endpoints: z.number(), instances: z.number(), callers: z.number(), callees: z.number() })
      .describe("How many there are; the lists are cut."),
  }),
  answer: async ({ service, ...when }, question) => {
    const asked = question.when(when);
    const { window, links, before } = asked;
    const name = await question.service("service", service, asked);
    const id = idOf(name);
    const answer = await question.ask(QUERY, { ...asked.variables, id, before });
    if (answer.now === null)
      throw new QueryError(`service: nothing was seen of "${name}" in this window, nor is it known otherwise`);
    const { traffic, layers, statusClasses, endpoints, instances, callers, callees } = answer.now;
    if (traffic === null)
      question.note("No proxy of this service reported calls to it: what its callers and callees saw is all there is.");
    if (answer.now.endpointsTruncated) question.note(`It has more than ${endpoints.length} endpoints.`);
    const causes = (answer.failures.groups as readonly CauseRow[]).map(toldCause);
    const busiest = (endpoints as readonly Named[])
      .slice(0, LISTED_MAX)
      .map(({ name, traffic: of }) => ({ name, ...endpointNumbers(of) }));
    const failing = (answer.failing.endpoints as readonly TopEndpoint[]).filter(({ failed }) => failed > 0);
    const shownInstances = byFailures(instances)
      .slice(0, INSTANCES_MAX)
      .map(({ name, traffic: of }) => ({ name, traffic: of }));
    const [calledBy, calls] = [callers, callees].map((some: readonly Neighbour[]) =>
      [...some].sort((a, b) => volumeOf(b) - volumeOf(a)).slice(0, NEIGHBOURS_MAX),
    ) as [Neighbour[], Neighbour[]];
    const said = changes(traffic, answer.before?.traffic ?? null);
    const totals = { endpoints: endpoints.length, instances: instances.length, callers: callers.length, callees: callees.length };
    const structured = {
      service: { id, name, layers },
      now: traffic,
      before: answer.before?.traffic ?? null,
      changes: said,
      statusClasses,
      failedCalls: {
        received: traffic?.failed ?? 0,
        receivedAsCallersSaw: clientFailed(callers),
        made: clientFailed(callees),
      },
      busiestEndpoints: busiest,
      failingEndpoints: failing,
      slowestEndpoints: answer.slowest.endpoints,
      failures: causes,
      instances: shownInstances,
      callers: calledBy,
      callees: calls,
      totals,
    };
    return { window, link: links.service(name), structured, body: serviceBody(structured) };
  },
});

function endpointNumbers(traffic: TrafficNumbers | null): Omit<TopEndpoint, "name"> {
  const { calls = 0, failed = 0, errorShare = null, p95 = null } = traffic ?? {};
  return { calls, failed, errorShare, p95 };
}

function byFailures(instances: readonly Named[]): Named[] {
  const rank = ({ traffic }: Named): number => (traffic === null ? -1 : traffic.failed * 1e9 + traffic.calls);
  return [...instances].sort((a, b) => rank(b) - rank(a));
}

function clientFailed(neighbours: readonly Neighbour[]): number {
  return neighbours.reduce((sum, { client }) => sum + (client?.failed ?? 0), 0);
}
