import { useQuery } from "@tanstack/react-query";
import { ask } from "../../lib/graphql-client.ts";

/** The contract is query/schema/storage.graphql. */
export interface Storage {
  readonly now: number;
  readonly engine: string;
  readonly version: string;
  readonly shards: readonly { readonly name: string; readonly freeBytes: number | null }[];
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly minFreeBytes: number;
  readonly rows: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  readonly bytesPerDay: number | null;
  readonly daysUntilFull: number | null;
  readonly settlesAtBytes: number | null;
  readonly tables: readonly StorageTable[];
  readonly dropped: readonly StorageDrop[];
  readonly spool: { readonly bytesWaiting: number; readonly oldestWaitingSeconds: number };
}

export interface StorageTable {
  readonly name: string;
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly bytesPerDay: number | null;
  readonly retentionDays: number | null;
}

export interface StorageDrop {
  readonly at: number;
  readonly shard: string;
  readonly table: string;
  readonly kind: string;
  readonly rows: number;
  readonly bytes: number;
  readonly oldest: number;
  readonly newest: number;
}

const QUERY = `{ meshStorage { now engine version freeBytes totalBytes minFreeBytes rows bytes uncompressedBytes bytesPerDay daysUntilFull settlesAtBytes
  shards { name freeBytes } spool { bytesWaiting oldestWaitingSeconds }
  tables { name kind rows bytes uncompressedBytes oldest newest bytesPerDay retentionDays }
  dropped { at shard table kind rows bytes oldest newest } } }`;
const REFRESH_MS = 10_000;

export function useStorage() {
  return useQuery({
    queryKey: ["storage"],
    queryFn: ({ signal }) => ask<{ meshStorage: Storage }>(QUERY, {}, signal),
    select: ({ data }) => data.meshStorage,
    refetchInterval: REFRESH_MS,
  });
}
