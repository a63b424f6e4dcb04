import { ErrorState, Loading, Notice } from "../../components/states.tsx";
import { useTitle } from "../../lib/use-title.ts";
import { DiskBar } from "./disk-bar.tsx";
import { Dropped } from "./dropped.tsx";
import { Tables } from "./tables.tsx";
import { Totals } from "./totals.tsx";
import { useStorage } from "./use-storage.ts";
import { verdictOf } from "./verdict.ts";
import { VerdictCard } from "./verdict-card.tsx";

const ENGINES: Readonly<Record<string, string>> = {
  embedded: "ClickHouse inside",
  server: "ClickHouse server",
  cluster: "ClickHouse cluster",
};

export function StoragePage() {
  useTitle("Storage");
  const { data, error, refetch } = useStorage();
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div className="mx-auto max-w-6xl p-3 sm:p-5">
        <Loading rows={8} />
      </div>
    );
  }
  const away = data.shards.filter(({ freeBytes }) => freeBytes === null);
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-5 p-3 sm:p-5">
      <div className="flex items-baseline gap-3">
        <h1 className="text-lg font-semibold">Storage</h1>
        <span className="text-text-3">
          {ENGINES[data.engine] ?? data.engine} {data.version}
          {data.shards.length > 1 && `, ${data.shards.length} shards`}
        </span>
      </div>
      {error !== null && <Notice>Shown is what was read last: {error.message}</Notice>}
      {away.length > 0 && (
        <Notice>Missing here is what these shards hold, which do not answer: {away.map(({ name }) => name).join(", ")}</Notice>
      )}
      <VerdictCard verdict={verdictOf(data)} />
      <Totals storage={data} />
      <DiskBar storage={data} />
      <Tables storage={data} />
      <Dropped storage={data} />
    </div>
  );
}
