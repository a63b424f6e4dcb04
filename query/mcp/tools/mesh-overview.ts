/** What is wrong in the mesh right now. */
import { z } from "zod";
import { changes } from "../changes.ts";
import { CAUSES, Cause, type CauseRow, toldCause } from "../failure-causes.ts";
import { overviewBody } from "../overview-words.ts";
import { TRAFFIC, Traffic, type TrafficNumbers } from "../shapes.ts";
import { answerShape, defineTool, WHEN } from "../tool.ts";

const SERVICES_MAX = 10;
const CAUSES_MAX = 8;
const PROBLEMS_MAX = 20;
const QUERY = `query ($window: Window!, $before: Window!) {
  now: meshGroup(window: $window) { services traffic { ${TRAFFIC} } }
  before: meshGroup(window: $before) { traffic { ${TRAFFIC} } }
  services: meshServices(window: $window) { services { name traffic { ${TRAFFIC} } } }
  servicesBefore: meshServices(window: $before) { services { name traffic { ${TRAFFIC} } } }
  failures: meshFailures(window: $window, groupBy: [SOURCE, DESTINATION, CODE, FLAGS, CODE_DETAILS], first: ${CAUSES_MAX}) { ${CAUSES} }
  byCallee: meshFailures(window: $window, groupBy: [DESTINATION], first: 100) { groups { detectPoint destination calls } }
  meshSetup { problems proxies { node resolved reason } }
}`;

interface Row {
  readonly name: string;
  readonly traffic: TrafficNumbers | null;
}

const Noticed = z.object({
  name: z.string(),
  now: Traffic.nullable().describe("As its own proxies saw it; null: they reported nothing."),
  before: Traffic.nullable(),
  failedAsCallersSaw: z.number().describe("Calls to it that failed for their callers, whether they arrived or not."),
  changes: z.array(z.string()),
});

export const meshOverview = defineTool({
  name: "mesh_overview",
  title: "What is wrong in the mesh right now?",
  description:
    "The place to begin: the whole mesh over a window against the window before, the services that fail, the services that changed, the main causes of failures with who calls whom, and what is wrong with the observation itself.",
  input: z.strictObject({ ...WHEN }),
  output: answerShape({
    services: z.number().describe("How many are known."),
    now: Traffic.nullable().describe("All services as if they were one."),
    before: Traffic.nullable(),
    changes: z.array(z.string()),
    failing: z.array(Noticed).describe("Services that calls to failed, as they or their callers saw it, most first."),
    changed: z.array(Noticed).describe("Services that differ from the window before by more than chance would, busiest first."),
    failures: z.array(Cause).describe("Main causes and between whom, most calls first."),
    problems: z.array(z.string()).describe("Of this observability backend: what it drops, holds back or cannot resolve."),
  }),
  answer: async (when, question) => {
    const { variables, window, before, links } = question.when(when);
    const answer = await question.ask(QUERY, { ...variables, before });
    const earlier = new Map((answer.servicesBefore.services as readonly Row[]).map(({ name, traffic }) => [name, traffic]));
    const seen = failedForCallers(answer.byCallee.groups);
    const rows = (answer.services.services as readonly Row[]).map(({ name, traffic: now }) => {
      const then = earlier.get(name) ?? null;
      return { name, now, before: then, failedAsCallersSaw: seen.get(name) ?? 0, changes: changes(now, then) };
    });
    const listed = new Set(rows.map(({ name }) => name));
    const others = [...seen].filter(([name]) => !listed.has(name));
    const peers = others.map(([name, failed]) => ({ name, now: null, before: null, failedAsCallersSaw: failed, changes: [] }));
    const failing = [...rows, ...peers]
      .filter((one) => failedOf(one) > 0)
      .sort((a, b) => failedOf(b) - failedOf(a))
      .slice(0, SERVICES_MAX);
    // Where nothing was seen before at all, every service is new, and that tells nothing.
    const changed = (answer.before.traffic === null ? [] : rows.filter((row) => row.changes.length > 0)).slice(0, SERVICES_MAX);
    const causes = (answer.failures.groups as readonly CauseRow[]).map(toldCause);
    const structured = {
      services: answer.now.services,
      now: answer.now.traffic,
      before: answer.before.traffic,
      changes: changes(answer.now.traffic, answer.before.traffic),
      failing,
      changed,
      failures: causes,
      problems: problemsOf(answer.meshSetup),
    };
    return { window, link: links.services({ sort: "-errors" }), structured, body: overviewBody(structured) };
  },
});

function problemsOf({
  problems,
  proxies,
}: {
  readonly problems: readonly string[];
  readonly proxies: readonly { readonly node: string; readonly resolved: boolean; readonly reason: string | null }[];
}): string[] {
  const unresolved = proxies.filter(({ resolved }) => !resolved);
  const [first] = unresolved;
  const lost =
    first === undefined
      ? []
      : [
          `${unresolved.length} of ${proxies.length} proxies talk, but yield no service; ${first.node || "one without a node"}: ${first.reason ?? "not told why"}.`,
        ];
  return [...problems, ...lost].slice(0, PROBLEMS_MAX);
}

function failedForCallers(
  groups: readonly { readonly detectPoint: string; readonly destination: string; readonly calls: number }[],
) {
  return new Map(
    groups.filter(({ detectPoint }) => detectPoint === "client").map(({ destination, calls }) => [destination, calls]),
  );
}

function failedOf({
  now,
  failedAsCallersSaw,
}: {
  readonly now: TrafficNumbers | null;
  readonly failedAsCallersSaw: number;
}): number {
  return Math.max(now?.failed ?? 0, failedAsCallersSaw);
}
