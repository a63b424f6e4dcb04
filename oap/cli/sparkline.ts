/** A series in one line of text. */

const BLOCKS = [..."▁▂▃▄▅▆▇█"];
const NONE = "–";
const NO_NUMBER = "?";

/** A block for each value, from the lowest to the highest of them; – where there is none. A series that does not move is a flat line: low when
 *  it is 0, else in the middle. */
export function sparkline(values: readonly (number | null)[]): string {
  const finite = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return values.map((value) => blockOf(value, low, high)).join("");
}

function blockOf(value: number | null, low: number, high: number): string {
  if (value === null) return NONE;
  if (Number.isNaN(value)) return NO_NUMBER;
  const top = BLOCKS.length - 1;
  const share = value === high && low === high ? (value === 0 ? 0 : 0.5) : (value - low) / (high - low);
  return BLOCKS[Math.round(Math.min(1, Math.max(0, share)) * top)] ?? NO_NUMBER;
}
