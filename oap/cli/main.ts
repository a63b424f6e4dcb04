/** The sidelight command: questions to a running server, from a terminal. Answers go to stdout, what went wrong to stderr.
 *  Exit codes: 0 answered, 1 failed, 2 not typed as it takes it. */
import { readFileSync } from "node:fs";
import { AnswerError, UsageError } from "../model/errors.ts";
import { query, type Said } from "./query.ts";

const HELP = `Questions to a running Sidelight, from a terminal.

  sidelight query '<expression>' [options]   a metrics expression, as table, sparkline or JSON
  sidelight query --help                     its options
  sidelight --help | --version
`;
const FAILED = 1;
const USAGE = 2;

/** @throws UsageError, AnswerError */
async function answerTo([command, ...rest]: readonly string[]): Promise<Said> {
  if (command === "query") return await query(rest, process.env);
  if (command === "--version" || command === "-v") return { text: `${version()}\n`, note: null };
  if (command === "--help" || command === "-h") return { text: HELP, note: null };
  throw new UsageError(
    command === undefined ? HELP.trimEnd() : `there is no command ${JSON.stringify(command)}\n\n${HELP.trimEnd()}`,
  );
}

function version(): string {
  const { version: of } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  return of;
}

process.stdout.on("error", () => {}); // whoever read it has seen enough
try {
  const { text, note } = await answerTo(process.argv.slice(2));
  process.stdout.write(text);
  if (note !== null) process.stderr.write(`sidelight: ${note}\n`);
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof AnswerError;
  process.stderr.write(`sidelight: ${isExpected ? error.message : (error as Error).stack}\n`);
  process.exitCode = error instanceof UsageError ? USAGE : FAILED;
}
