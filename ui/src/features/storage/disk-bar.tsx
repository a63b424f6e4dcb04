/** The disk as one bar: what we keep, by family, what others keep, what is free, and the mark below which data is dropped. */
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
  const pieces: Piece[] = [
    ...bytesByFamily(tables).map(({ family, bytes: size }) => ({
      title: FAMILIES[family].title,
      bytes: size,
      background: FAMILIES[family].color,
    })),
    { title: "Everything else on the disk", bytes: others, background: HATCHED },
  ];
  const reserve = Math.min(100, (minFreeBytes / totalBytes) * 100);
  return (
    <section aria-label="Disk" className="card px-5 py-4">
      <div className="mb-2 flex items-baseline gap-2">
        <h2 className="font-semibold">Disk</h2>
        <span className="text-text-3">
          {formatBytes(totalBytes)}, {formatShare(freeBytes / totalBytes)} free
        </span>
      </div>
      <div className="relative">
        <div className="flex h-6 overflow-hidden rounded-md border border-line bg-sunken">
          {pieces.map(({ title, bytes: size, background }) => (
            <span
              key={title}
              title={`${title}: ${formatBytes(size)}`}
              style={{ width: `${(size / totalBytes) * 100}%`, minWidth: 3, background }}
            />
          ))}
        </div>
        {minFreeBytes > 0 && reserve < 100 && (
          <span
            aria-hidden
            title={`${formatBytes(minFreeBytes)} are kept free`}
            className="absolute -top-1 -bottom-1 border-l-2 border-dashed border-bad"
            style={{ left: `${100 - reserve}%` }}
          />
        )}
      </div>
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-xs text-text-2" aria-label="Legend">
        {pieces.map((piece) => (
          <Entry key={piece.title} {...piece} />
        ))}
        <Entry title="Free" bytes={freeBytes} background="var(--sunken)" />
        {minFreeBytes > 0 && (
          <li className="flex items-center gap-1.5">
            <span aria-hidden className="h-3 border-l-2 border-dashed border-bad" /> kept free{" "}
            <span className="text-text-3">{formatBytes(minFreeBytes)}</span>
          </li>
        )}
      </ul>
    </section>
  );
}

function Entry({ title, bytes, background }: Piece) {
  return (
    <li className="flex items-center gap-1.5">
      <span aria-hidden className="size-3 rounded-sm border border-line" style={{ background }} /> {title}{" "}
      <span className="text-text-3">{formatBytes(bytes)}</span>
    </li>
  );
}
