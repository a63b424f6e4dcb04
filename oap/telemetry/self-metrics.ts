/** Our own counters in Prometheus' text format, from what the processes told. */
import { Counter, Gauge, Registry } from "prom-client";
import type { IngestStatus } from "../model/ipc.ts";

/** Counter of an ingest process -> name and help of the metric. */
const INGEST: Readonly<Record<string, readonly [string, string]>> = {
  messages: ["sidelight_messages_total", "Messages received."],
  bytes: ["sidelight_message_bytes_total", "Bytes of messages received."],
  entries: ["sidelight_entries_total", "Access-log entries received."],
  reports: ["sidelight_reports_total", "Reports of calls made of them: none, one or two per entry."],
  intermediate: ["sidelight_entries_uncounted_total", "Entries that report no finished call."],
  unresolved: ["sidelight_entries_unresolved_total", "Entries of senders that could not be named."],
  clockSkewed: ["sidelight_entries_clock_total", "Reports with an implausible start, booked on the minute of receipt."],
  streamsOpened: ["sidelight_streams_opened_total", "Streams opened."],
  entriesDurable: ["sidelight_entries_durable_total", "Reports fsynced in the spool."],
  entriesLost: ["sidelight_entries_lost_total", "Reports the spool could not take."],
  batchesClosed: ["sidelight_batches_closed_total", "Batches closed for insert."],
  spoolBytes: ["sidelight_spool_bytes_total", "Bytes written to the spool."],
  peersUndecodable: ["sidelight_peers_undecodable_total", "Peer objects that could not be decoded."],
  peerEvictions: ["sidelight_peer_evictions_total", "Times the memory of peers was full and emptied."],
  streamEvictions: ["sidelight_stream_evictions_total", "Periodic streams forgotten to make room."],
  proxyEvictions: ["sidelight_proxy_evictions_total", "Proxies forgotten to make room."],
  workloadsOverflowed: ["sidelight_workloads_overflowed_total", "Services and instances counted as {other}."],
  endpointsOverflowed: ["sidelight_endpoints_overflowed_total", "Endpoint names counted as {other}."],
  pathsOverflowed: ["sidelight_paths_overflowed_total", "Paths counted as {other} because the memory of paths was full."],
  memoryPauses: ["sidelight_memory_pauses_total", "Times streams were paused because memory was short."],
};
const REFUSED = "refused_";

export function exposition(ingest: readonly IngestStatus[], writer: Readonly<Record<string, number>> | null): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  for (const [counter, [name, help]] of Object.entries(INGEST)) {
    const metric = new Counter({ name, help, labelNames: ["process"], registers });
    ingest.forEach(({ counters }, process) => void metric.inc({ process }, counters[counter] ?? 0));
  }
  const refused = new Counter({
    name: "sidelight_refused_total",
    help: "Entries and messages refused, by reason.",
    labelNames: ["process", "reason"],
    registers,
  });
  ingest.forEach(({ counters }, process) => {
    for (const [key, count] of Object.entries(counters))
      if (key.startsWith(REFUSED)) refused.inc({ process, reason: key.slice(REFUSED.length) }, count);
  });
  for (const [key, value] of Object.entries(writer ?? {})) {
    const snake = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    new Gauge({ name: `sidelight_writer_${snake}`, help: `Writer: ${snake.replaceAll("_", " ")}.`, registers }).set(value);
  }
  return registry.metrics();
}
