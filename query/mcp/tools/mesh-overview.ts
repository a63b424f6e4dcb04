/** What is wrong in the mesh right now. */
import { z } from "zod";
import { changes } from "../changes.ts";
import { CAUSES, Cause, type CauseRow, causeTable, toldCause } from "../failure-causes.ts";
import { TRAFFIC, TRAFFIC_HEAD, Traffic, type TrafficNumbers, trafficCells } from "../shapes.ts";
import { answerShape, defineTool, WHEN } from "../tool.ts";
import { list, paragraphs, section, table } from "../words.ts";

const SERVICES_MAX = 10;
const CAUSES_MAX = 8;
const PROBLEMS_MAX = 20;
const QUERY = `query ($window: Window!, $before: Window!) {
  now: meshGroup(window: $window) { services traffic { ${TRAFFIC} } }
  before: meshGroup(window: $before) { traffic { ${TRAFFIC} } }
  services: meshServices(window: $window) { services { name traffic { ${TRAFFIC} } } }
  servicesBefore: meshServices(window: $before) { services { name traffic { ${TRAFFIC} } } }
  failures: meshFailures(window: $window, groupBy: [SOURCE, DESTINATION, CODE, FLAGS, CODE_DETAILS], first: ${CAUSES_MAX}) { ${CAUSES} }
  meshSetup { problems proxies { node resolved reason } }
}`;

interface Row {
  readonly name: string;
  readonly traffic: TrafficNumbers | null;
}

const Noticed = z.object({ name: z.string(), now: Traffic.nullable(), before: Traffic.nullable(), changes: z.array(z.string()) });

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
    failing: z.array(Noticed).describe("Services with failed calls, most failed calls first."),
    changed: z.array(Noticed).describe("Services that differ from the window before by more than chance would, busiest first."),
    failures: z.array(Cause).describe("Main causes and between whom, most calls first."),
    problems: z.array(z.string()).describe("Of this observability backend: what it drops, holds back or cannot resolve."),
  }),
  answer: async (when, question) => {
    const { variables, window, before, links } = question.when(when);
    const answer = await question.ask(QUERY, { ...variables, before });
    const earlier = new Map((answer.servicesBefore.services as readonly Row[]).map(({ name, traffic }) => [name, traffic]));
    const rows = (answer.services.services as readonly Row[]).map(({ name, traffic: now }) => {
      const then = earlier.get(name) ?? null;
      return { name, now, before: then, changes: changes(now, then) };
    });
    const failing = rows
      .filter(({ now }) => (now?.failed ?? 0) > 0)
      .sort((a, b) => (b.now?.failed ?? 0) - (a.now?.failed ?? 0))
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
    const numbers = table(
      ["all services", ...TRAFFIC_HEAD],
      [
        ["now", ...trafficCells(structured.now)],
        ["before", ...trafficCells(structured.before)],
      ],
    );
    const body = paragraphs(
      structured.now === null ? "Nothing was seen in this window." : numbers,
      list(structured.changes),
      section(
        "Services with failed calls",
        table(
          ["service", ...TRAFFIC_HEAD],
          failing.map((one) => [one.name, ...trafficCells(one.now)]),
        ),
      ) || "No service failed a call that it received.",
      section("Services that changed", list(changed.map((one) => `${one.name}: ${one.changes.join(" ")}`))),
      section("Main causes of failures", causeTable(causes)),
      section("What is wrong with the observation itself", list(structured.problems)),
    );
    return { window, link: links.services({ sort: "-errors" }), structured, body };
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
