/** Failed calls by cause, by who calls whom, or by endpoint. */
import { z } from "zod";
import { RESPONSE_FLAGS } from "../../../oap/model/response-flags.ts";
import { CAUSES, Cause, type CauseRow, causeTable, toldCause } from "../failure-causes.ts";
import { idOf } from "../question.ts";
import { answerShape, defineTool, limit, ServiceName, WHEN } from "../tool.ts";
import { count, list, paragraphs, section } from "../words.ts";

const LIMIT = 20;
const QUERY = `query ($window: Window!, $around: ID, $endpoint: String, $groupBy: [MeshFailureField!], $first: Int) {
  meshFailures(window: $window, around: $around, endpoint: $endpoint, groupBy: $groupBy, first: $first) { ${CAUSES} }
}`;
const CAUSE = ["CODE", "FLAGS", "CODE_DETAILS"] as const;
const GROUPS = {
  cause: { fields: CAUSE, page: undefined },
  edge: { fields: ["SOURCE", "DESTINATION"], page: "edge" },
  endpoint: { fields: ["DESTINATION", "ENDPOINT"], page: "endpoint" },
  everything: { fields: ["SOURCE", "DESTINATION", "ENDPOINT", ...CAUSE], page: undefined },
} as const;

export const listFailures = defineTool({
  name: "list_failures",
  title: "Failed calls",
  description:
    "Failed calls of the mesh, or of and to one service, exactly counted: by cause (response code, Envoy's flags with what they mean, code details), by who calls whom, by endpoint, or by all of these.",
  input: z.strictObject({
    service: ServiceName.optional(),
    endpoint: z.string().min(1).max(1_000).optional().describe("Only calls of this endpoint, as GET:/orders/{var}."),
    groupBy: z
      .enum(["cause", "edge", "endpoint", "everything"])
      .optional()
      .describe("What tells groups apart. Default: cause; edge: caller and callee."),
    limit: limit(LIMIT, 100),
    ...WHEN,
  }),
  output: answerShape({
    seenByCallers: z.number().describe("Failed calls as the calling side reported them; many are in both numbers."),
    seenByCallees: z.number().describe("Failed calls as the called side reported them."),
    groups: z.array(Cause).describe("Most calls first."),
    flagsSeen: z
      .array(z.object({ short: z.string(), text: z.string(), next: z.array(z.string()) }))
      .describe("Envoy's flags among them, and where to look."),
  }),
  answer: async ({ service, endpoint, groupBy = "cause", limit: first = LIMIT, ...when }, question) => {
    const asked = question.when(when);
    const name = service === undefined ? undefined : await question.service("service", service, asked);
    const { fields, page } = GROUPS[groupBy];
    const around = name === undefined ? null : idOf(name);
    const variables = { ...asked.variables, around, endpoint: endpoint ?? null, groupBy: fields, first };
    const { meshFailures } = await question.ask(QUERY, variables);
    const groups = (meshFailures.groups as readonly CauseRow[]).map(toldCause);
    if (meshFailures.truncated) question.note(`There are more groups; these ${groups.length} have the most calls (limit).`);
    if (endpoint !== undefined) question.note("The dashboard's page shows all endpoints of the service.");
    const shorts = new Set(groups.flatMap(({ flags }) => (flags ?? []).map(({ short }) => short)));
    const flagsSeen = RESPONSE_FLAGS.filter(({ short }) => shorts.has(short)).map(({ short, text, next }) => ({
      short,
      text,
      next: [...next],
    }));
    const whose = name === undefined ? "in the mesh" : `of and to ${name}`;
    const sides = `Failed calls ${whose}: ${count(meshFailures.client)} as callers saw them, ${count(meshFailures.server)} as callees saw them. A call that both saw is in both.`;
    const body = paragraphs(
      groups.length === 0 ? `Nothing failed ${whose} in this window.` : sides,
      causeTable(groups),
      section("Where to look", list(flagsSeen.map(({ short, next }) => `${short}: ${next.join(" ")}`))),
    );
    const structured = { seenByCallers: meshFailures.client, seenByCallees: meshFailures.server, groups, flagsSeen };
    return { window: asked.window, link: asked.links.failures({ service: name, by: page }), structured, body };
  },
});
