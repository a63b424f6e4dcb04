/** What a tool is: a question of the mesh that an assistant may ask. */
import { z } from "zod";
import type { Question } from "./question.ts";
import { bounded, list, paragraphs } from "./words.ts";

export interface Told {
  /** What it is of; null where no window applies. */
  readonly window: { readonly from: string; readonly to: string } | null;
  /** The dashboard's page that shows the same. */
  readonly link: string;
  /** Checked against `output` before it is sent. */
  readonly structured: Readonly<Record<string, unknown>>;
  /** The same for whoever reads no structure. */
  readonly body: string;
}

export interface Tool<Input extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: z.ZodType;
  /** @throws QueryError for what the asker can mend; its message names the argument */
  readonly answer: (args: z.output<Input>, question: Question) => Promise<Told>;
}

/** Arguments that every tool over a window takes. */
export const WHEN = {
  window: z
    .string()
    .optional()
    .describe('Length of time up to now, as "last 30m", "2 hours", "today", or two ISO times "A/B". Default: last 15m.'),
  from: z.string().optional().describe('Instead of window: ISO 8601 (UTC without a zone), or "now-1h".'),
  to: z.string().optional().describe("End, exclusive. Default: now."),
};

export const ServiceName = z
  .string()
  .min(1)
  .max(1_000)
  .describe('Name of a service, "reviews.default"; "reviews" will do where it is clear.');

export function limit(initial: number, max: number) {
  return z.number().int().min(1).max(max).optional().describe(`At most so many. Default ${initial}, at most ${max}.`);
}

/** An answer's shape: what is told, and what goes with every answer. */
export function answerShape<Shape extends z.ZodRawShape>(shape: Shape) {
  const window = z.object({ from: z.string(), to: z.string() });
  return z.object({
    ...shape,
    window: window.nullable().describe("What the numbers are of: half-open, UTC."),
    notes: z.array(z.string()).describe("What limits this answer: rounding, samples, what is missing."),
    link: z.string().describe("The dashboard's page that shows the same."),
  });
}

/** The answer as the protocol has it. */
export function toldAs({ window, link, structured, body }: Told, notes: readonly string[]) {
  const about = window === null ? "" : `Window: ${window.from} to ${window.to} (UTC)`;
  const said = paragraphs(bounded(body), list(notes), [about, `Dashboard: ${link}`].filter(Boolean).join("\n"));
  return { content: [{ type: "text" as const, text: said }], structuredContent: { ...structured, window, notes, link } };
}

/** For a list of tools of any arguments. */
export function defineTool<Input extends z.ZodType>(tool: Tool<Input>): Tool {
  return tool as unknown as Tool;
}
