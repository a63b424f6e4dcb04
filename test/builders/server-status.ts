import type { ServerStatus } from "../../oap/model/ports.ts";

/** A server that has nothing to do and loses nothing. */
export const QUIET_SERVER: ServerStatus = {
  entriesPerSecond: 0,
  streams: 0,
  reportsDurable: 0,
  reportsLost: 0,
  spoolBytes: 0,
  spoolOldestSeconds: 0,
  insertRetries: 0,
  auditDifference: 0,
  auditedAt: null,
  processes: [],
  boundsHit: [],
};
