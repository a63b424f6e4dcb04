/** Questions that people choose from a menu of their assistant; it is told how to go about them. */
import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

const HOW = `Say first, in two or three sentences, what is wrong or that nothing is; then the evidence with numbers, and what to do next. Give the dashboard links of the answers you used. Say what the data cannot tell.`;

export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    "what_is_wrong",
    {
      title: "What is wrong in the mesh right now?",
      description: "Looks over the whole mesh, follows what stands out to its cause, and reports.",
      argsSchema: z.object({ window: z.string().max(100).optional().describe('As "last 30m".') }),
    },
    ({ window = "last 15m" }) =>
      asked(`What is wrong in the mesh right now? Window: ${window}.
1. Call mesh_overview. Services that changed matter more than those that always were so.
2. For each failing or changed service that matters, at most three, call describe_service, and follow failures to the callee they come from: a service that fails because its callee fails is not the cause.
3. Where the cause is not plain from flags and code details, call search_logs with kept: failed and facets, and show_request for one of the rows.
${HOW}`),
  );
  server.registerPrompt(
    "why_is_it_failing",
    {
      title: "Why is a service failing?",
      description: "Follows the failed calls of one service to their cause.",
      argsSchema: z.object({ service: z.string().max(1_000), window: z.string().max(100).optional().describe('As "last 30m".') }),
    },
    ({ service, window = "last 30m" }) =>
      asked(`Why is ${service} failing, or slow? Window: ${window}.
1. Call describe_service for it: what changed against before, which endpoints and instances, which causes.
2. Call list_failures with groupBy everything for it, and tell apart failures that it answered itself, that its callees caused, and that never reached it.
3. Look at its callees that fail or slowed down in the same way, at most two.
4. Call search_logs with service and kept: failed, with facets, and show_request for one of the rows: one instance, one address or one caller is a cause of its own.
${HOW}`),
  );
}

function asked(text: string) {
  return { messages: [{ role: "user" as const, content: { type: "text" as const, text } }] };
}
