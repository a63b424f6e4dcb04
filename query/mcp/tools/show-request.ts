/** One request with all its hops. */
import { z } from "zod";
import { QueryError } from "../../../oap/model/errors.ts";
import { Links } from "../links.ts";
import { LOG_FIELDS, LogRow, type LogRowAnswer, toldLog } from "../log-rows.ts";
import { flagTexts } from "../shapes.ts";
import { answerShape, defineTool } from "../tool.ts";
import { isoOf } from "../when.ts";
import { ms, paragraphs, table } from "../words.ts";

const HOPS_MAX = 100;
/** Around the request, so that the page's window holds it. */
const AROUND_MS = 60_000;
const QUERY = `query ($id: String!) {
  meshRequest(id: $id) { id from to truncated hops { caller callee depth parent from duration failed client { ${LOG_FIELDS} } server { ${LOG_FIELDS} } } }
}`;

interface HopAnswer {
  readonly caller: string;
  readonly callee: string;
  readonly depth: number;
  readonly from: number;
  readonly duration: number | null;
  readonly failed: boolean;
  readonly client: LogRowAnswer | null;
  readonly server: LogRowAnswer | null;
}

export const showRequest = defineTool({
  name: "show_request",
  title: "One request, hop by hop",
  description:
    "One request by its id (x-request-id; search_logs tells it): the calls it consisted of in order of nesting, when each was under way, which failed, and what both ends reported.",
  input: z.strictObject({ requestId: z.string().min(1).max(1_000).describe("As search_logs tells it.") }),
  output: answerShape({
    requestId: z.string(),
    hops: z.array(
      z.object({
        caller: z.string(),
        callee: z.string(),
        depth: z.number().describe("Calls around this one."),
        startMs: z.number().describe("After the start of the request."),
        durationMs: z.number().nullable(),
        failed: z.boolean(),
        client: LogRow.nullable().describe("Report of the calling end; null: none was kept."),
        server: LogRow.nullable().describe("Report of the called end."),
      }),
    ),
  }),
  answer: async ({ requestId }, question) => {
    const { meshRequest } = await question.ask(QUERY, { id: requestId });
    if (meshRequest === null)
      throw new QueryError(
        `requestId: no report of ${JSON.stringify(requestId)} was kept; it may be too old, not in the sample of a busy mesh, or never made`,
      );
    const told = (meshRequest.hops as readonly HopAnswer[]).slice(0, HOPS_MAX);
    if (meshRequest.truncated || told.length < meshRequest.hops.length)
      question.note(`The request has more reports than are shown: these are the first ${told.length} calls.`);
    const hops = told.map(({ from, duration, client, server, ...hop }) => ({
      caller: hop.caller,
      callee: hop.callee,
      depth: hop.depth,
      failed: hop.failed,
      startMs: from,
      durationMs: duration,
      client: client === null ? null : toldLog(client),
      server: server === null ? null : toldLog(server),
    }));
    const rows = hops.map(({ caller, callee, depth, startMs, durationMs, failed, client, server }) => {
      const row = client ?? server;
      const why = [flagTexts(row?.flags ?? []), row?.codeDetails ?? ""].filter(Boolean).join("; ");
      return [
        `${"· ".repeat(depth)}${caller} → ${callee}`,
        row?.endpoint ?? "",
        `${startMs.toFixed(1)} ms`,
        ms(durationMs),
        String(row?.code ?? "none"),
        failed ? `FAILED ${why}` : why,
      ];
    });
    const [from, to] = [Math.floor(meshRequest.from), Math.ceil(meshRequest.to)];
    const links = new Links(question.base, { from: from - AROUND_MS, to: to + AROUND_MS });
    return {
      window: { from: isoOf(from), to: isoOf(to) },
      link: links.request(requestId),
      structured: { requestId, hops },
      body: paragraphs(
        `Request ${requestId}: ${hops.length} calls`,
        table(["who → whom", "endpoint", "start", "took", "code", "outcome"], rows),
      ),
    };
  },
});
