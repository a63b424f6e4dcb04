/** Rows by a value of theirs; null goes last either way, for missing is neither small nor large. Rows of equal values go by their key:
 *  where the server put them changes from one reading to the next. */
export function sortRows<Row>(
  rows: readonly Row[],
  order: ((row: Row) => number | string | null) | undefined,
  descending: boolean,
  keyOf: (row: Row) => string,
): readonly Row[] {
  if (order === undefined) return rows;
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    if (left === right) return compare(keyOf(a), keyOf(b));
    if (left === null || right === null) return left === null ? 1 : -1;
    return compare(left, right) * direction;
  });
}

/** To the three digits that a reader compares: of what differs by less, the order would change with every reading. */
export function threeDigits(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(3));
}

function compare(left: number | string, right: number | string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
