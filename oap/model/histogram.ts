/** The log-linear latency histogram: its buckets, and what can be read from merged ones. Buckets are logarithmic over
 *  microseconds with ratio GAMMA, so a value is never more than 1 % away from its bucket's midpoint, from 1 µs to 1 h. */
export const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
export const LATENCY_MAX_US = 3_600_000_000;
/** Highest bucket; longer latencies are counted in it. Bucket 0 holds 1 µs and less. */
export const BUCKET_MAX = Math.ceil(Math.log(LATENCY_MAX_US) / LOG_GAMMA);

/** Bucket of a latency in µs. Bucket b > 0 holds the values in (GAMMA^(b-1), GAMMA^b]. */
export function bucketOf(latencyUs: number): number {
  if (!(latencyUs > 1)) return 0;
  if (latencyUs >= LATENCY_MAX_US) return BUCKET_MAX;
  return Math.ceil(Math.log(latencyUs) / LOG_GAMMA - 1e-9);
}

/** The value that stands for a bucket, µs: equally far, relatively, from both of its ends. */
export function bucketMidpointUs(bucket: number): number {
  return bucket === 0 ? 1 : (2 * GAMMA ** bucket) / (1 + GAMMA);
}

/** Buckets in one of the coarse histogram (column latency_coarse): coarse bucket c holds the buckets 8c - 7 to 8c. */
export const BUCKETS_PER_COARSE = 8;

/** The value that stands for a coarse bucket, µs: at most 8.3 % from any value in it. */
export function coarseMidpointUs(coarse: number): number {
  return coarse === 0 ? 1 : (2 * GAMMA ** (coarse * BUCKETS_PER_COARSE)) / (1 + GAMMA ** BUCKETS_PER_COARSE);
}

/** The bucket that holds quantile q (0 to 1) of a merged histogram, null when it is empty. `buckets` ascending, as sumMap
 *  returns them. The rank rule is ClickHouse's quantileExactWeighted, so that SQL and this agree. */
export function quantileBucket(buckets: ArrayLike<number>, counts: ArrayLike<number>, q: number): number | null {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] ?? 0;
  if (total === 0) return null;
  const rank = Math.ceil(total * q);
  let seen = 0;
  for (let i = 0; i < buckets.length; i++) {
    seen += counts[i] ?? 0;
    if (seen >= rank && seen > 0) return buckets[i] ?? null;
  }
  return buckets[buckets.length - 1] ?? null;
}

/** A percentile as clients of the query protocol get it: whole ms, at least 1; null when there is nothing. */
export function bucketMs(bucket: number | null): number | null {
  return bucket === null ? null : Math.max(1, Math.round(bucketMidpointUs(bucket) / 1_000));
}
