import type { ReactNode } from "react";
import { ErrorShare, Figure } from "../../components/number.tsx";
import { formatBytes, formatShare } from "../../lib/format.ts";
import type { MeshTraffic } from "../../lib/mesh-types.ts";

interface HeadlineProps {
  readonly traffic: MeshTraffic;
  readonly statusClasses: readonly { readonly class: string; readonly calls: number }[];
}

/** The numbers of the window at a glance. */
export function Headline({ traffic, statusClasses }: HeadlineProps) {
  const { calls, tcpConnections } = traffic;
  return (
    <section aria-label="Summary" className="card grid grid-cols-2 divide-line sm:grid-cols-4 lg:grid-cols-7 lg:divide-x">
      {calls > 0 && (
        <>
          <Tile title="Calls" note={<Figure field="callRate" value={traffic.callRate} as="rate" />}>
            <Figure field="calls" value={calls} as="count" />
          </Tile>
          <Tile title="Errors" note={<StatusClasses classes={statusClasses} />}>
            <ErrorShare value={traffic.errorShare} />
          </Tile>
          <Tile title="p50">
            <Figure field="p50" value={traffic.p50} as="ms" />
          </Tile>
          <Tile title="p95">
            <Figure field="p95" value={traffic.p95} as="ms" />
          </Tile>
          <Tile title="p99">
            <Figure field="p99" value={traffic.p99} as="ms" />
          </Tile>
        </>
      )}
      {tcpConnections > 0 && (
        <Tile title="TCP connections" note={<Figure field="connectionRate" value={traffic.connectionRate} as="rate" />}>
          <Figure field="tcpConnections" value={tcpConnections} as="count" />
        </Tile>
      )}
      <Tile
        title="Encrypted"
        note={traffic.tlsShare === null || traffic.tlsShare === 0 ? "plain text" : `${formatShare(traffic.mtlsShare)} mutual TLS`}
      >
        <Figure field="tlsShare" value={traffic.tlsShare} as="share" />
      </Tile>
      <Tile title="Bytes in" note={`out ${formatBytes(traffic.bytesOut)}`}>
        <span data-field="bytesIn" data-value={traffic.bytesIn}>
          {formatBytes(traffic.bytesIn)}
        </span>
      </Tile>
    </section>
  );
}

function Tile({ title, note, children }: { readonly title: string; readonly note?: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="px-4 py-3">
      <div className="text-xs text-text-3">{title}</div>
      <div className="mt-0.5 text-xl font-semibold tracking-tight">{children}</div>
      <div className="mt-0.5 min-h-4 text-xs text-text-3">{note}</div>
    </div>
  );
}

function classLabel(name: string): string {
  return name === "none" ? "no response" : name;
}

function StatusClasses({ classes }: { readonly classes: HeadlineProps["statusClasses"] }) {
  const total = classes.reduce((sum, { calls }) => sum + calls, 0);
  const text = classes.map(({ class: name, calls }) => `${classLabel(name)} ${formatShare(calls / total)}`).join(", ");
  return (
    <span title={text}>
      {classes
        .filter(({ class: name }) => name !== "2xx")
        .map(({ class: name, calls }) => `${classLabel(name)} ${formatShare(calls / total)}`)
        .slice(0, 2)
        .join(" · ") || "all 2xx"}
    </span>
  );
}
