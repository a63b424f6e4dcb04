/** What Envoy's response flags mean. */
import { z } from "zod";
import { QueryError } from "../../../oap/model/errors.ts";
import type { ResponseFlag } from "../../../oap/model/response-flags.ts";
import { answerShape, defineTool, WHEN } from "../tool.ts";
import { list, section, table } from "../words.ts";

const FLAGS_MAX = 10;
const QUERY = "{ meshResponseFlags { short text causes next } }";

export const explainResponseFlags = defineTool({
  name: "explain_response_flags",
  title: "What a response flag means",
  description:
    "What one or more of Envoy's response flags (UF, UH, UC, NR, URX …) mean, what usually causes them in a mesh, and what to look at next. Without flags: the list of all.",
  input: z.strictObject({
    flags: z
      .union([z.string().max(200), z.array(z.string().max(20)).max(FLAGS_MAX)])
      .optional()
      .describe('Short names, as "UF" or "UF,URX", the way Envoy writes them.'),
    ...WHEN,
  }),
  output: answerShape({
    flags: z.array(z.object({ short: z.string(), text: z.string(), causes: z.array(z.string()), next: z.array(z.string()) })),
  }),
  answer: async ({ flags: given, ...when }, question) => {
    const { links, window } = question.whenExactly(when);
    const { meshResponseFlags } = (await question.ask(QUERY, {})) as { meshResponseFlags: readonly ResponseFlag[] };
    const asked = namesOf(given);
    if (asked.length > FLAGS_MAX) throw new QueryError(`flags: ${asked.length} are more than ${FLAGS_MAX}`);
    const flags = asked.length === 0 ? meshResponseFlags : asked.map((short) => flagOf(short, meshResponseFlags));
    const body =
      asked.length === 0
        ? table(
            ["flag", "meaning"],
            flags.map(({ short, text: meaning }) => [short, meaning]),
          )
        : flags.map(explained).join("\n\n");
    const link = links.logs(asked.map((value) => ({ word: "flag", value })));
    return { window, link, structured: { flags }, body };
  },
});

function explained({ short, text: meaning, causes, next }: ResponseFlag): string {
  return [`# ${short}\n${meaning}`, section("Usual causes", list(causes)), section("Look at", list(next))].join("\n");
}

/** "-" is how Envoy writes that there is none. */
function namesOf(given: string | readonly string[] | undefined): string[] {
  const texts = given === undefined ? [] : [given].flat();
  const names = texts.flatMap((one) => one.split(/[\s,]+/)).map((one) => one.toUpperCase());
  return [...new Set(names.filter((one) => one !== "" && one !== "-"))];
}

function flagOf(short: string, all: readonly ResponseFlag[]): ResponseFlag {
  const flag = all.find((one) => one.short === short);
  if (flag === undefined)
    throw new QueryError(`flags: there is no flag ${JSON.stringify(short)}; there are ${all.map((one) => one.short).join(", ")}`);
  return flag;
}
