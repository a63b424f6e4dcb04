/** The protocol's side of our tools: what is announced, and one server per request, as the transport has it. */

import { createMcpHandler, type McpHttpHandler, McpServer } from "@modelcontextprotocol/server";
import about from "../../package.json" with { type: "json" };
import type { QueryOptions } from "../context.ts";
import { ErrorAnswers } from "../error-answers.ts";
import { registerPrompts } from "./prompts.ts";
import { Question, type QuestionParts } from "./question.ts";
import { type Tool, toldAs } from "./tool.ts";
import { checkEncryption } from "./tools/check-encryption.ts";
import { describeService } from "./tools/describe-service.ts";
import { explainResponseFlags } from "./tools/explain-response-flags.ts";
import { listEndpoints } from "./tools/list-endpoints.ts";
import { listFailures } from "./tools/list-failures.ts";
import { listMetrics } from "./tools/list-metrics.ts";
import { listServices } from "./tools/list-services.ts";
import { meshOverview } from "./tools/mesh-overview.ts";
import { queryMetrics } from "./tools/query-metrics.ts";
import { searchLogs } from "./tools/search-logs.ts";
import { showRequest } from "./tools/show-request.ts";
import { showTopology } from "./tools/show-topology.ts";

export const TOOLS: readonly Tool[] = [
  meshOverview,
  listServices,
  describeService,
  listEndpoints,
  showTopology,
  listFailures,
  explainResponseFlags,
  searchLogs,
  showRequest,
  checkEncryption,
  listMetrics,
  queryMetrics,
];

const ABOUT = { name: "sidelight", title: "Sidelight: what a service mesh's proxies saw", version: about.version };
const INSTRUCTIONS = `Sidelight knows every call between the services of a mesh from the access logs of its Envoy proxies. Nothing here changes anything.
Begin with mesh_overview ("what is wrong right now?") or describe_service; go on with list_failures, search_logs and show_request to causes.
Latencies are ms, shares 0 to 1, rates per second, times UTC. null or – means that nothing was seen, which is not 0. Give the link of an answer along with what you tell from it.`;
const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
/** Streams of changes that nobody ever publishes: a client may open one, and it costs a connection. */
const SUBSCRIPTIONS_MAX = 100;

export interface ServerParts extends Omit<QuestionParts, "base"> {
  readonly options: QuestionParts["options"] & Pick<QueryOptions, "onError">;
}

/** Links in an answer begin with the origin of its request's address. */
export function mcpHandler(parts: ServerParts): McpHttpHandler {
  const errors = new ErrorAnswers(parts.options);
  return createMcpHandler(({ requestInfo }) => mcpServer({ ...parts, base: new URL(requestInfo?.url ?? "").origin }, errors), {
    maxSubscriptions: SUBSCRIPTIONS_MAX,
    // What the library reports here are mistakes of clients, which were answered: a log that anybody can fill tells nothing.
    onerror: () => undefined,
  });
}

function mcpServer(parts: QuestionParts, errors: ErrorAnswers): McpServer {
  const server = new McpServer(ABOUT, {
    instructions: INSTRUCTIONS,
    capabilities: { tools: { listChanged: false }, prompts: { listChanged: false } },
  });
  for (const { name, title, description, input, output, answer } of TOOLS) {
    const annotations = { title, ...READ_ONLY };
    const config = { title, description, inputSchema: input, outputSchema: output, annotations };
    server.registerTool(name, config, async (args) => {
      try {
        const question = new Question(parts);
        return toldAs(await answer(args, question), question.notes);
      } catch (error) {
        return { content: [{ type: "text", text: errors.of(error).message }], isError: true };
      }
    });
  }
  registerPrompts(server);
  return server;
}
