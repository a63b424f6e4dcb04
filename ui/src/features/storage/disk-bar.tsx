/** The disk as one bar: what we keep, what others keep, what is free, and the mark below which data is dropped. Below it what we keep
 *  as a bar of its own, by family: on a large disk it would be a line. */
import type { ReactNode } from "react";
import { formatBytes, formatShare } from "../../lib/format.ts";
import { bytesByFamily, FAMILIES } from "./families.ts";
import type { Storage } from "./use-storage.ts";

const HATCHED = "repeating-linear-gradient(135deg, var(--line) 0 4px, var(--line-strong) 4px 5px)";

interface Piece {
  readonly title: string;
  readonly bytes: number;
  readonly background: string;
}

export function DiskBar({ storage }: { readonly storage: Storage }) {
  const { freeBytes, totalBytes, minFreeBytes, bytes, tables } = storage;
  const others = Math.max(0, totalBytes - freeBytes - bytes);
  const disk: Piece[] = [
    { title: "Sidelight", bytes, background: "var(--accent)" },
    { title: "Everything else", bytes: others, background: HATCHED },
    { title: "Free", bytes: freeBytes, background: "var(--sunken)" },
  ];
  const ours = bytesByFamily(tables).map(
    ({ family, bytes: size }): Piece => ({ title: FAMILIES[family].title, bytes: size, background: FAMILIES[family].color }),
  );
  return (
    <section aria-label="Disk" className="card grid gap-5 px-5 py-4 lg:grid-cols-2 lg:gap-8">
      <Bar title="Disk" note={`${formatBytes(totalBytes)}, ${formatShare(freeBytes / totalBytes)} free`} pieces={disk}>
        {minFreeBytes > 0 && minFreeBytes < totalBytes && <Reserve share={minFreeBytes / totalBytes} bytes={minFreeBytes} />}
      </Bar>
      <Bar title="Sidelight" note={formatBytes(bytes)} pieces={ours} />
    </section>
  );
}

interface BarProps {
  readonly title: string;
  readonly note: string;
  readonly pieces: readonly Piece[];
  readonly children?: ReactNode;
}

function Bar({ title, note, pieces, children }: BarProps) {
  const total = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <div className="min-w-0">
      <div className="mb-2 flex items-baseline gap-2">
        <h2 className="font-semibold">{title}</h2>
        <span className="text-text-3">{note}</span>
      </div>
      <div className="relative">
        <div className="flex h-5 gap-px overflow-hidden rounded-md border border-line bg-surface">
          {pieces.map(({ title: name, bytes, background }) => (
            <span
              key={name}
              title={`${name}: ${formatBytes(bytes)}`}
              style={{ width: `${(bytes / total) * 100}%`, minWidth: bytes > 0 ? 3 : 0, background }}
            />
          ))}
        </div>
        {children}
      </div>
      <ul className="mt-2.5 flex flex-wrap gap-x-4 gap-y-1 text-xs text-text-2" aria-label={`Legend: ${title}`}>
        {pieces.map(({ title: name, bytes, background }) => (
          <li key={name} className="flex items-center gap-1.5">
            <span aria-hidden className="size-3 rounded-sm border border-line" style={{ background }} /> {name}{" "}
            <span className="text-text-3">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Where free space ends that is not to be used. */
function Reserve({ share, bytes }: { readonly share: number; readonly bytes: number }) {
  return (
    <span
      role="img"
      aria-label={`${formatBytes(bytes)} are kept free`}
      title={`${formatBytes(bytes)} are kept free`}
      className="absolute -top-1 -bottom-1 border-l-2 border-dashed border-text-3"
      style={{ left: `${100 - share * 100}%` }}
    />
  );
}
