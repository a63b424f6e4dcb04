/** Log lines as JSON by pino; pretty only on a terminal. And the few plain lines that tell people, and scripts, where things are. */
import pino, { type Logger } from "pino";

export type { Logger };

export function createLogger(name: string, level: string): Logger {
  const transport = process.stdout.isTTY
    ? { target: "pino-pretty", options: { ignore: "pid,hostname", translateTime: "HH:MM:ss" } }
    : undefined;
  return pino({ name, level, ...(transport === undefined ? {} : { transport }) });
}

/** A plain line on standard output. */
export function announce(line: string): void {
  console.log(line);
}

/** A plain line on standard error: why a start failed. */
export function complain(line: string): void {
  console.error(line);
}
