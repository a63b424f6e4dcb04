/** Rows by a value of theirs; null goes last either way, for missing is neither small nor large. */
export function sortRows<Row>(
  rows: readonly Row[],
  order: ((row: Row) => number | string | null) | undefined,
  descending: boolean,
): readonly Row[] {
  if (order === undefined) return rows;
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return (left < right ? -1 : left > right ? 1 : 0) * direction;
  });
}
