import type { ReactNode } from "react";
import { Figure } from "../../components/number.tsx";
import { formatAgo, formatBytes, formatCount, formatMs } from "../../lib/format.ts";
import type { MeshServer } from "../../lib/mesh-types.ts";

interface ThisServerProps {
  readonly server: MeshServer;
  readonly now: number;
}

/** What an operator asks of the server itself: does it keep up, does it lose anything, what does it take. */
export function ThisServer({ server, now }: ThisServerProps) {
  const { boundsHit } = server;
  return (
    <section aria-label="This server" className="flex flex-col gap-2">
      <h2 className="font-semibold">This server</h2>
      <div className="card grid grid-cols-2 divide-line sm:grid-cols-3 lg:grid-cols-6 lg:divide-x">
        <Tile title="Coming in" note={server.streams === 1 ? "1 stream" : `${formatCount(server.streams)} streams`}>
          <Figure field="entriesPerSecond" value={server.entriesPerSecond} as="rate" />
        </Tile>
        <Tile title="Safe on disk" note="reports since the start">
          <Figure field="reportsDurable" value={server.reportsDurable} as="count" />
        </Tile>
        <Tile title="Waiting for ClickHouse" note={waiting(server)}>
          <Figure field="spoolBytes" value={server.spoolBytes} as="bytes" />
        </Tile>
        <Tile title="Inserts repeated" note={server.insertRetries === 0 ? "none had to be" : "it was away or busy"}>
          <Figure field="insertRetries" value={server.insertRetries} as="count" />
        </Tile>
        <Tile title="Lost" note={server.reportsLost === 0 ? "nothing" : "reports, see above"} isBad={server.reportsLost > 0}>
          <Figure field="reportsLost" value={server.reportsLost} as="count" />
        </Tile>
        <Audit server={server} now={now} />
      </div>
      <Processes processes={server.processes} />
      {boundsHit.length > 0 && (
        <p className="text-text-2">
          Bounds that were hit since the start:{" "}
          {boundsHit.map(({ bound, hits, settings }, i) => (
            <span key={bound}>
              {i > 0 && ", "}
              {bound.replaceAll("_", " ")} {hits === 1 ? "once" : `${formatCount(hits)} times`} (
              <code className="font-mono text-[12.5px]">{settings.join(", ")}</code>)
            </span>
          ))}
          .
        </p>
      )}
    </section>
  );
}

function waiting({ spoolBytes, spoolOldestSeconds }: MeshServer): string {
  if (spoolBytes === 0) return "nothing waits";
  return spoolOldestSeconds < 1 ? "just written" : `the oldest for ${formatMs(Math.round(spoolOldestSeconds) * 1_000)}`;
}

function Audit({ server: { auditDifference, auditedAt }, now }: ThisServerProps) {
  const text =
    auditDifference === 0
      ? auditedAt === null
        ? "Not compared yet"
        : "All there"
      : `${formatCount(Math.abs(auditDifference))} ${auditDifference > 0 ? "missing" : "too many"}`;
  const note = auditedAt === null ? "came in against stored" : `compared ${formatAgo(auditedAt, now)}`;
  return (
    <Tile title="What came in" note={note} isBad={auditDifference !== 0}>
      <span data-field="auditDifference" data-value={auditDifference}>
        {text}
      </span>
    </Tile>
  );
}

interface TileProps {
  readonly title: string;
  readonly note: string;
  readonly isBad?: boolean;
  readonly children: ReactNode;
}

function Tile({ title, note, isBad = false, children }: TileProps) {
  return (
    <div className="min-w-0 px-4 py-3">
      <div className="text-xs text-text-3">{title}</div>
      <div className={`truncate text-lg font-semibold ${isBad ? "text-bad" : ""}`}>{children}</div>
      <div className="truncate text-xs text-text-3">{note}</div>
    </div>
  );
}

function Processes({ processes }: { readonly processes: MeshServer["processes"] }) {
  return (
    <div className="card overflow-auto">
      <table className="grid-table" aria-label="Processes">
        <thead>
          <tr>
            <th className="line">Process</th>
            <th className="line">Its job</th>
            <th className="num">Memory</th>
            <th className="num">CPU time</th>
            <th className="num">Event loop delay, p99</th>
          </tr>
        </thead>
        <tbody>
          {processes.map(({ name, memoryBytes, cpuSeconds, loopDelayMs }) => (
            <tr key={name} data-row={name}>
              <td className="line font-mono text-[12.5px]">{name}</td>
              <td className="line text-text-2">{JOBS[name.replace(/-\d+$/, "")]}</td>
              <td className="num">{formatBytes(memoryBytes)}</td>
              <td className="num">{formatMs(cpuSeconds * 1_000)}</td>
              <td className={`num ${loopDelayMs === null ? "text-text-3" : ""}`}>{formatMs(loopDelayMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const JOBS: Readonly<Record<string, string>> = {
  ingest: "takes access logs, adds them up",
  main: "inserts, answers questions",
  clickhouse: "the embedded database",
  supervisor: "replaces the others when they die",
};
