/** `npm run -s hash-password -- NAME [read|admin]`: asks for a password, or reads the first line of its input where that is no terminal, and
 *  prints the line for `http.users`. The password is no argument: arguments are seen by whoever lists processes. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { hashPassword } from "../../query/access/secret-hash.ts";
import { announce, complain } from "../telemetry/logger.ts";
import { accountOf } from "./account.ts";

const LENGTH_MIN = 8;

async function run(): Promise<void> {
  const { name, role } = accountOf(process.argv.slice(2), "hash-password");
  const password = await readPassword(`Password of ${name}: `);
  if (password.length < LENGTH_MIN) throw new Error(`a password has at least ${LENGTH_MIN} characters`);
  announce(`${name}:${role}:${await hashPassword(password)}`);
}

/** One line, not shown while it is typed. */
async function readPassword(prompt: string): Promise<string> {
  const isTyped = process.stdin.isTTY === true;
  if (isTyped) process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: isTyped ? nowhere : undefined, terminal: isTyped });
  for await (const line of lines) {
    lines.close();
    if (isTyped) process.stderr.write("\n");
    return line;
  }
  return "";
}

run().catch((error: Error) => {
  complain(error.message);
  process.exitCode = 1;
});
