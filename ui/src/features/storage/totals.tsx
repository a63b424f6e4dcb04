import type { ReactNode } from "react";
import { formatBytes, formatCount, formatSpan, MISSING } from "../../lib/format.ts";
import type { Storage } from "./use-storage.ts";
import { paceMsOf } from "./verdict.ts";

/** The numbers behind the verdict. */
export function Totals({ storage }: { readonly storage: Storage }) {
  const { bytes, uncompressedBytes, rows, bytesPerDay, settlesAtBytes, spool } = storage;
  const isWaiting = spool.oldestWaitingSeconds >= 30;
  return (
    <section aria-label="Summary" className="card grid grid-cols-2 divide-line sm:grid-cols-3 lg:grid-cols-5 lg:divide-x">
      <Tile title="Stored" note={`${formatCount(rows)} rows`} field="bytes" value={bytes}>
        {formatBytes(bytes)}
      </Tile>
      <Tile title="Compression" note={`${formatBytes(uncompressedBytes)} unpacked`}>
        {bytes === 0 ? MISSING : `${(uncompressedBytes / bytes).toFixed(1)} ×`}
      </Tile>
      <Tile title="Coming in" note={`a day, judged by ${formatSpan(paceMsOf(storage))}`}>
        {bytesPerDay === null ? MISSING : formatBytes(Math.round(bytesPerDay))}
      </Tile>
      <Tile title="Settles at" note={settlesAtBytes === null ? "not known" : "once as much expires"}>
        {settlesAtBytes === null ? MISSING : formatBytes(Math.round(settlesAtBytes))}
      </Tile>
      <Tile title="Waiting to be stored" note={isWaiting ? "ClickHouse does not take it" : "in the spool, for a few seconds"}>
        <span className={isWaiting ? "text-warn" : undefined}>{formatBytes(spool.bytesWaiting)}</span>
      </Tile>
    </section>
  );
}

interface TileProps {
  readonly title: string;
  readonly note: string;
  readonly field?: string;
  readonly value?: number;
  readonly children: ReactNode;
}

function Tile({ title, note, field, value, children }: TileProps) {
  return (
    <div className="px-4 py-3">
      <div className="text-xs text-text-3">{title}</div>
      <div className="mt-0.5 text-xl font-semibold tracking-tight" data-field={field} data-value={value}>
        {children}
      </div>
      <div className="mt-0.5 min-h-4 text-xs text-text-3">{note}</div>
    </div>
  );
}
