/** Every bound that can be hit, once: its name on /metrics and in the log, and the settings that move it. What is done about a hit
 *  stands with the part that counts it. */
import type { Key } from "../config/schema.ts";

export interface Bound {
  readonly bound: string;
  readonly settings: readonly Key[];
}

/** Counter, as a process tells it, -> the bound that was hit. */
export const BOUNDS: Readonly<Record<string, Bound>> = {
  // ingest processes
  refused_stream_connections: { bound: "connections", settings: ["grpc.streamsMax"] },
  refused_stream_silent: { bound: "streams", settings: ["grpc.streamsMax"] },
  proxiesEvicted: { bound: "proxies", settings: ["proxies.max"] },
  peersEvicted: { bound: "peers", settings: ["peers.max", "peers.maxBytes"] },
  peersTooLarge: { bound: "peer_bytes", settings: ["peers.peerMaxBytes"] },
  streamsEvicted: { bound: "periodic_streams", settings: ["periodicStreams.max"] },
  workloadsOverflowed: { bound: "workloads", settings: ["services.max", "instances.max"] },
  workloadsForgotten: { bound: "idle_workloads", settings: ["services.max", "instances.max"] },
  attributesOverflowed: { bound: "attributes", settings: ["instances.attributes"] },
  pathsOverflowed: { bound: "paths", settings: ["paths.max", "paths.maxBytes"] },
  positionsOverflowed: { bound: "path_positions", settings: ["endpoints.positions"] },
  endpointsOverflowed: { bound: "endpoints", settings: ["endpoints.perService"] },
  pairsFolded: { bound: "instance_pairs", settings: ["instanceRelations.perInstance"] },
  handOversEarly: { bound: "hand_over", settings: ["flush.maxSlots", "flush.maxLatencies"] },
  failuresFolded: { bound: "failures", settings: ["failures.perMinute"] },
  detailsOverflowed: { bound: "code_details", settings: ["failures.codeDetails"] },
  logRowsOverflowed: { bound: "log_rows", settings: ["accessLog.failedRowsPerSecond", "accessLog.rowsPerSecond"] },
  logTextsCut: { bound: "log_texts", settings: ["accessLog.pathMaxBytes", "accessLog.textMaxBytes"] },
  logRecallOverflowed: { bound: "log_recall", settings: ["accessLog.recallBytes"] },
  logKeptOverflowed: { bound: "log_kept", settings: ["accessLog.failedRowsPerSecond", "accessLog.rowsPerSecond"] },
  logLatenciesEvicted: { bound: "log_latencies", settings: ["services.max"] },
  memoryPauses: { bound: "memory", settings: ["memory.maxBytes"] },
  // main
  registerPositionsOverflowed: { bound: "node_path_positions", settings: ["endpoints.nodePositions"] },
  registerNamesOverflowed: { bound: "node_endpoints", settings: ["endpoints.nodeNames"] },
  batchesDropped: { bound: "spool", settings: ["spool.maxBytes"] },
  logRowsDropped: { bound: "spool_log_rows", settings: ["spool.maxBytes"] },
  refusedForgotten: { bound: "refused_batches", settings: ["spool.refusedBatches"] },
  loginsRefused: { bound: "failed_logins", settings: ["http.failedLoginsPerMinute"] },
  httpConnectionsRefused: { bound: "http_connections", settings: ["http.maxConnections"] },
  bodiesRefused: { bound: "query_body", settings: ["query.maxBodyBytes"] },
  tokensRefused: { bound: "query_tokens", settings: ["query.maxTokens"] },
  fieldsRefused: { bound: "query_fields", settings: ["query.maxFields"] },
  aliasesRefused: { bound: "query_aliases", settings: ["query.maxAliases"] },
  depthRefused: { bound: "query_depth", settings: ["query.maxDepth"] },
  valuesRefused: { bound: "query_values", settings: ["query.maxValues"] },
  // supervisor
  socketsRefused: { bound: "held_connections", settings: ["grpc.heldConnections"] },
};
