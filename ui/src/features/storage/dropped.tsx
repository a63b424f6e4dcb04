/** What was given up when the disk was full. */
import { CircleCheck } from "lucide-react";
import { formatAgo, formatBytes, formatCount, formatTime } from "../../lib/format.ts";
import { titleOf } from "./families.ts";
import type { Storage, StorageDrop } from "./use-storage.ts";

export function Dropped({ storage: { dropped, now } }: { readonly storage: Storage }) {
  return (
    <section aria-label="Dropped">
      <h2 className="mb-2 font-semibold">Dropped for want of room</h2>
      {dropped.length === 0 ? (
        <p className="card flex items-center gap-2 px-5 py-3 text-text-2">
          <CircleCheck size={16} aria-hidden className="text-good" /> Nothing was ever dropped.
        </p>
      ) : (
        <div className="card overflow-auto">
          <table className="grid-table" aria-label="Dropped for want of room">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col" className="line">
                  What
                </th>
                <th scope="col" className="max-sm:hidden">
                  From
                </th>
                <th scope="col" className="max-sm:hidden">
                  To
                </th>
                <th scope="col" className="num">
                  Rows
                </th>
                <th scope="col" className="num">
                  Size
                </th>
              </tr>
            </thead>
            <tbody>
              {dropped.map((one) => (
                <DroppedRow key={`${one.at} ${one.shard} ${one.table} ${one.kind} ${one.oldest}`} dropped={one} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function DroppedRow({ dropped, now }: { readonly dropped: StorageDrop; readonly now: number }) {
  const { at, shard, table, kind, rows, bytes, oldest, newest } = dropped;
  return (
    <tr>
      <td title={formatTime(at)}>{formatAgo(at, now)}</td>
      <td className="line font-medium sm:whitespace-nowrap">
        {titleOf(table, kind)}
        {shard !== "" && <span className="font-normal text-text-3"> on {shard}</span>}
        <div className="font-normal text-text-3 sm:hidden">
          {formatTime(oldest)} to {formatTime(newest)}
        </div>
      </td>
      <td className="max-sm:hidden">{formatTime(oldest)}</td>
      <td className="max-sm:hidden">{formatTime(newest)}</td>
      <td className="num">{formatCount(rows)}</td>
      <td className="num">{formatBytes(bytes)}</td>
    </tr>
  );
}
