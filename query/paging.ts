/** Pages of the query protocol: numbered from 1, without a total. */
import { QueryError } from "../oap/model/errors.ts";

export interface Pagination {
  /** null and 0 mean 1. */
  readonly pageNum?: number | null;
  readonly pageSize: number;
}

export interface Page {
  readonly offset: number;
  readonly size: number;
}

/** A page is read with all rows before it. */
const ROWS_MAX = 10_000;

/** @throws QueryError when the page is empty or too far down. */
export function pageOf({ pageNum, pageSize }: Pagination): Page {
  if (pageSize < 1) throw new QueryError(`paging: pageSize ${pageSize} is not 1 or more`);
  const offset = (Math.max(1, pageNum ?? 1) - 1) * pageSize;
  if (offset + pageSize > ROWS_MAX) throw new QueryError(`paging: only the first ${ROWS_MAX} rows can be paged through`);
  return { offset, size: pageSize };
}
