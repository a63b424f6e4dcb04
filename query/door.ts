/** A way in over HTTP: the paths it takes, and what it answers there. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "./access/gate.ts";
import type { QueryContext, QueryOptions } from "./context.ts";

export interface Door {
  /** `path` is decoded and without its parameters. */
  readonly takes: (path: string) => boolean;
  /** What it throws is answered as 500, without its text, and told to `onError`. `caller` has the role that the path needs (access/role.ts). */
  readonly answer: (request: IncomingMessage, response: ServerResponse, url: URL, caller: Caller) => Promise<void> | void;
}

/** What every door is made from. */
export interface DoorParts {
  readonly options: QueryOptions;
  /** Readers for one request. */
  readonly makeContext: () => QueryContext;
}
