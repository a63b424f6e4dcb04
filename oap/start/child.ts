/** The side of a process that the supervisor started: it is told to start, gets sockets, tells what it knows, and is told to
 *  stop. It ignores signals, which the supervisor gets too, and ends when the supervisor is gone. */
import type { Socket } from "node:net";
import type { FromChild, ToChild } from "../model/ipc.ts";

export interface Part<Settings> {
  accept(socket: Socket): void;
  /** A message that is neither of the above. */
  received(message: ToChild<Settings>): void;
  /** Ends cleanly: nothing that came in is lost. */
  stop(): Promise<void>;
}

export type Tell = (message: FromChild) => void;

/** How long an orphan may take to put its memory on disk: all are gone a second after their supervisor. Main needs none of it, the
 *  spool is replayed. */
const ORPHAN_MS = 800;

export function runChild<Settings>(start: (settings: Settings, index: number, tell: Tell) => Promise<Part<Settings>>): void {
  const tell: Tell = (message) => {
    if (process.connected) process.send?.(message);
  };
  let part: Promise<Part<Settings>> | null = null;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => (await part)?.stop())();
    return stopping;
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  process.on("disconnect", () => {
    setTimeout(() => process.exit(1), ORPHAN_MS);
    stop().finally(() => process.exit(1));
  });
  process.on("message", (message: ToChild<Settings>, handle?: unknown) => {
    if (message.type === "start") part ??= start(message.settings, message.index, tell);
    else if (message.type === "socket") {
      tell({ type: "took" });
      if (handle !== undefined) void part?.then((one) => one.accept(handle as Socket));
    } else if (message.type === "stop") {
      void stop().then(() => {
        tell({ type: "stopped" });
        process.disconnect();
        process.exit(0);
      });
    } else void part?.then((one) => one.received(message));
    part?.catch((error: Error) => {
      const exitCode = (error as { code?: string }).code === "CONFIG" ? 78 : 1;
      tell({ type: "failed", message: error.message, exitCode });
    });
  });
}
